"""Writes a page of the guide for each node type, of its form and of the example that the tests run.

node_pages.py write    docs/guide/nodes/: a page for each type, and the list of them
node_pages.py check    fails if a page or an example is missing, left over, or says something else

The example of a built-in node is played by the tests (tests/integration/nodes). That of a connector's node is made of
its form, and held against its parameters here: what it does to the service is in the tests of its connector.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from node_errors import error_codes
from pydantic import BaseModel, ValidationError

from nodeloom.features.catalog.catalog import InstalledCatalog, load_catalog
from nodeloom.features.catalog.palette import node_types
from nodeloom.features.catalog.schemas import NodeTypeRead
from nodeloom_connectors.sdk.contract_calls import sample_of

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "guide" / "nodes"
EXAMPLES = ROOT / "tests" / "integration" / "nodes" / "examples"

GROUPS = {
    "trigger": "What starts a workflow",
    "flow": "The way through it",
    "human": "People",
    "data": "Data",
    "code": "Code",
    "http": "Services",
}
# What an example may hold beside its parameters, and how the page introduces it.
GIVEN = {
    "inside": "Inside the container:",
    "other": "The other workflow:",
    "service": "The service answers:",
    "given": "What comes in:",
    "input": "Items in:",
    "output": "Items out, by port:",
    "answer": "The caller gets:",
    "error": "The run fails with:",
}
EFFECTS = {
    "none": "none: it computes, and may be computed again",
    "read": "read",
    "idempotent": "idempotent",
    "once": "once",
    "destructive": "destructive",
}


def main(arguments: list[str]) -> int:
    if arguments not in (["write"], ["check"]):
        print(__doc__, file=sys.stderr)
        return 2
    catalog = load_catalog()
    types = node_types(catalog).items
    wanting = [type_.type for type_ in types if is_played(type_.type) and not _example_file(type_.type).is_file()]
    if wanting:
        print(f"no example in {EXAMPLES.relative_to(ROOT)} for: {', '.join(wanting)}", file=sys.stderr)
        return 1
    pages = {f"{type_.type}.md": _page(type_, catalog) for type_ in types} | {"README.md": _index(types)}
    return _write(pages) if arguments == ["write"] else _check(pages)


def _write(pages: dict[str, str]) -> int:
    PAGES.mkdir(parents=True, exist_ok=True)
    for left_over in {path.name for path in PAGES.glob("*.md")} - pages.keys():
        (PAGES / left_over).unlink()
    for name, text in pages.items():
        (PAGES / name).write_text(text)
    return 0


def _check(pages: dict[str, str]) -> int:
    written = {path.name: path.read_text() for path in PAGES.glob("*.md")}
    differing = sorted(name for name in pages.keys() | written.keys() if pages.get(name) != written.get(name))
    for name in differing:
        print(f"docs/guide/nodes/{name} is not what the node type says: run `make guide`", file=sys.stderr)
    return 1 if differing else 0


def is_played(type_: str) -> bool:
    """Whether the node's example is a workflow that the tests play."""
    return type_.startswith(("core.", "http."))


def _example_file(type_: str) -> Path:
    return EXAMPLES / f"{type_}.json"


def _index(types: list[NodeTypeRead]) -> str:
    lines = [
        "# The nodes",
        "",
        "One page for each, made of what the node itself says; its example is run by the tests. In the editor the same",
        "words stand beside the fields. A parameter may be an [expression](../expressions.md) where its page doesn't",
        "say otherwise; what happens when a node fails is up to its settings ([failures](../failures.md)).",
    ]
    known = [*GROUPS, *sorted({type_.group for type_ in types} - GROUPS.keys())]
    for group in known:
        members = [type_ for type_ in types if type_.group == group]
        if members:
            lines += ["", f"## {GROUPS.get(group, group.title())}", "", "| node | |", "|---|---|"]
            lines += [f"| [{type_.title}]({type_.type}.md) `{type_.type}` | {type_.description} |" for type_ in members]
    return "\n".join(lines) + "\n"


def _page(type_: NodeTypeRead, catalog: InstalledCatalog) -> str:
    parts = [f"# {type_.title}", f"`{type_.type}` · [all nodes](README.md)", type_.description]
    doc = _docstring(catalog, type_.type)
    if doc:
        parts.append(doc)
    parts.append(_facts(type_))
    spec = catalog.node_spec(type_.type)
    rows = list(_parameters(type_.params_schema, ""))
    if rows:
        parts += ["## Parameters", "\n".join(["| parameter | takes | default | |", "|---|---|---|---|", *rows])]
    else:
        parts += ["## Parameters", "None."]
    if rows and spec is not None and spec.literal:
        parts.append(f"Taken as written, without expressions: {_names(sorted(spec.literal))}.")
    parts += _errors(type_, catalog)
    if is_played(type_.type):
        parts += _example(json.loads(_example_file(type_.type).read_text()))
    else:
        parts += _made_example(type_, catalog)
    if type_.aliases:
        parts.append(f"Also found in the palette by: {', '.join(type_.aliases)}.")
    return "\n\n".join(parts) + "\n"


def _docstring(catalog: InstalledCatalog, type_: str) -> str:
    """What the node's function says of itself, where that is more than its parameters."""
    built_in = catalog.built_in(type_)
    found = built_in.run if built_in is not None else None
    return " ".join((getattr(found, "__doc__", None) or "").split())


def _facts(type_: NodeTypeRead) -> str:
    inputs = "`in1`, `in2`, … (as many as are drawn)" if type_.inputs == "numbered" else _names(type_.inputs)
    rows = [
        ("Takes", "nothing: a run starts here" if type_.trigger else inputs),
        ("Gives", _outputs(type_)),
        ("Works", "once for the whole list" if type_.mode == "all" else "on each item"),
        ("Effect", _effect(type_)),
    ]
    if type_.container:
        rows.append(("Holds", "other nodes: those that are put into its frame"))
    if type_.connection:
        rows.append(("Needs", f"a connection: {type_.connection}"))
    if type_.scopes:
        rows.append(("Rights", _names(type_.scopes)))
    if type_.trigger:
        rows = [row for row in rows if row[0] != "Works"]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _outputs(type_: NodeTypeRead) -> str:
    if isinstance(type_.outputs, list):
        names = _names(type_.outputs) or "nothing: it ends a branch"
    else:
        plus = f", and {_names(type_.outputs.plus)}" if type_.outputs.plus else ""
        names = f"a port for each of `{type_.outputs.source}`{plus}"
    return names + (", and `error` if failures are to leave by it" if type_.can_fail else "")


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _effect(type_: NodeTypeRead) -> str:
    if isinstance(type_.effect, str):
        return EFFECTS[type_.effect]
    by = "; ".join(f"{value}: {effect}" for value, effect in type_.effect.values.items())
    return f"by `{type_.effect.by}`: {by} ([what that means](../failures.md))"


def _parameters(schema: dict[str, Any], place: str) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        where = f"{place}{name}"
        default = "needed" if name in required else _code(field.get("default"))
        yield f"| **{field.get('title', name)}**<br>`{where}` | {_takes(field)} | {default} | {_says(field)} |"
        inner = field.get("items") or {}
        yield from _parameters(field, f"{where}.")
        yield from _parameters(inner, f"{where}[].")
        for choice in field.get("anyOf", ()):
            yield from _parameters(choice, f"{where}.")
            yield from _parameters(choice.get("items") or {}, f"{where}[].")


def _takes(field: dict[str, Any]) -> str:
    if "enum" in field:
        labels = field.get("x-labels", {})
        return "; ".join(
            f"{_code(value)} {labels[value]}" if value in labels else _code(value) for value in field["enum"]
        )
    if "const" in field:
        return _code(field["const"])
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_takes(choice) for choice in field["anyOf"]))
    words = {"integer": "a whole number", "number": "a number", "string": "a text", "boolean": "yes or no"}
    words |= {"object": "fields", "null": "nothing", "array": f"a list of {_several(field.get('items') or {})}"}
    found = words.get(field.get("type", ""), "anything")
    least, most = field.get("minimum", field.get("exclusiveMinimum")), field.get("maximum")
    if least is not None and most is not None:
        return f"{found}, {least:g} to {most:,}"
    return found


def _several(items: dict[str, Any]) -> str:
    return {"string": "texts", "object": "entries", "integer": "numbers", "number": "numbers"}.get(
        items.get("type", ""), "values"
    )


def _says(field: dict[str, Any]) -> str:
    parts = [field.get("description", "")]
    shown = field.get("x-show-if")
    if shown:
        conditions = " and ".join(f"`{name}` is {_any_of(values)}" for name, values in shown.items())
        parts.append(f"Only where {conditions}.")
    examples = field.get("examples") or []
    if examples:
        parts.append(f"For example {' or '.join(_code(example) for example in examples)}.")
    return _cell(" ".join(part for part in parts if part))


def _any_of(values: Any) -> str:
    return " or ".join(_code(value) for value in (values if isinstance(values, list) else [values]))


def _code(value: Any) -> str:
    if value is None or value == "":
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = text.replace("\n", "⏎").replace("\t", "⇥")
    return _cell(f"`` {shown} ``" if "`" in shown else f"`{shown}`")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _errors(type_: NodeTypeRead, catalog: InstalledCatalog) -> list[str]:
    codes = error_codes(catalog, type_.type)
    if not codes:
        return []
    rows = [f"| `{code}` | {_cell(message.strip('…') and message)} |" for code, message in codes.items()]
    return ["## Errors", "\n".join(["| code | for example |", "|---|---|", *rows])]


def _example(example: dict[str, Any]) -> list[str]:
    parts = ["## Example", example["text"]]
    if example.get("params"):
        parts += ["Parameters:", _block(example["params"])]
    for name, introduction in GIVEN.items():
        if name in example:
            parts += [introduction, _block(example[name])]
    return parts


def _made_example(type_: NodeTypeRead, catalog: InstalledCatalog) -> list[str]:
    """What the fields' own examples make; it has to fit the parameters."""
    spec = catalog.node_spec(type_.type)
    assert spec is not None
    given = sample_of(type_.params_schema)
    _check_fits(spec.params, given)
    found = catalog.trigger(type_.type)
    parts = ["## Example", "Parameters:", _block(given)] if given else []
    if found is not None and found[1].sample:
        parts += ([] if parts else ["## Example"]) + ["An item that starts a run:", _block(dict(found[1].sample))]
    return parts


def _check_fits(model: type[BaseModel], given: dict[str, Any]) -> None:
    """Raises ValidationError; what an expression comes to isn't known here."""
    try:
        model.model_validate(given)
    except ValidationError as invalid:
        if any("{{" not in str(error["input"]) for error in invalid.errors()):
            raise


def _block(value: Any) -> str:
    language = "text" if isinstance(value, str) else "json"
    text = value if isinstance(value, str) else _pretty(value)
    return f"```{language}\n{text}\n```"


def _pretty(value: Any, indent: int = 0) -> str:
    """JSON with what fits into a line on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= 100 or not isinstance(value, dict | list) or not value:
        return flat
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        entries = [f"{json.dumps(name)}: {_pretty(each, indent + 2)}" for name, each in value.items()]
    else:
        entries = [_pretty(each, indent + 2) for each in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(entries) + f"\n{' ' * indent}{closing}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
