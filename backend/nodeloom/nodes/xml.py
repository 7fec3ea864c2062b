"""core.xml: XML to JSON and back. Entities and document types are refused, so nothing grows or is fetched."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pydantic import Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.field_path import DottedPath, json_kind, written
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

_MOST_CHARACTERS: Final = 10_000_000
_DEEPEST: Final = 100
_TEXT: Final = "#text"
_NAME: Final = re.compile(r"[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?")
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlParams(Params):
    operation: Literal["to_json", "from_json"] = Field(
        title="Operation", json_schema_extra=hints(labels={"to_json": "XML to JSON", "from_json": "JSON to XML"})
    )
    value: JsonValue = Field(
        title="Value",
        description="A text of XML, or an object. Attributes are fields that begin with “@”, text beside them is"
        " “#text”, and elements that repeat are a list.",
        examples=["{{ $json.body }}"],
        json_schema_extra=hints("multiline"),
    )
    always_lists: list[str] = Field(
        default=[],
        title="Always as a list",
        description="Elements that are a list also if there is only one.",
        examples=[["item"]],
        json_schema_extra=hints(advanced=True, show_if={"operation": ["to_json"]}),
    )
    root: str = Field(
        default="root",
        title="Outer element",
        description="Used where the object has not exactly one field that can be the outer element.",
        pattern=rf"^{_NAME.pattern}$",
        json_schema_extra=hints(advanced=True, show_if={"operation": ["from_json"]}),
    )
    declaration: bool = Field(
        default=True,
        title="Begin with <?xml …?>",
        json_schema_extra=hints(advanced=True, show_if={"operation": ["from_json"]}),
    )
    into: DottedPath = Field(default="data", title="Put the result into", examples=["order"])


def _xml(params: XmlParams, item: Item, _ctx: NodeContext) -> Emitted:
    if params.operation == "to_json":
        result = to_json(_checked_text(params.value), frozenset(params.always_lists))
    else:
        result = _document(params)
    return Emitted({"out": (Item(written(item.json, params.into, result), item.files),)})


def _checked_text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise NodeFailed("not_xml", f"XML is read from a text; this is {json_kind(value)}.")
    if len(value) > _MOST_CHARACTERS:
        raise NodeFailed(
            "too_large", f"The XML has {len(value):,} characters; at most {_MOST_CHARACTERS:,} are read.", "Split it."
        )
    return value


@dataclass
class _Element:
    name: str
    fields: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    texts: list[str] = field(default_factory=list[str])
    repeated: set[str] = field(default_factory=set[str])

    def add(self, name: str, value: JsonValue, *, as_list: bool) -> None:
        there = self.fields.get(name)
        if name in self.repeated:
            assert isinstance(there, list)
            there.append(value)
        elif name in self.fields or as_list:
            self.repeated.add(name)
            self.fields[name] = [there, value] if name in self.fields else [value]
        else:
            self.fields[name] = value

    def value(self) -> JsonValue:
        text = "".join(self.texts)
        if not self.fields:
            return text if text.strip() else ""
        return {**self.fields, _TEXT: text.strip()} if text.strip() else self.fields


class _Reader:
    """Builds the JSON while expat reads."""

    def __init__(self, always_lists: frozenset[str]) -> None:
        self.always_lists = always_lists
        self.open = [_Element("")]

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self.open) > _DEEPEST:
            raise NodeFailed("too_deep", f"The XML has more than {_DEEPEST} elements inside each other.")
        self.open.append(_Element(name, {f"@{key}": value for key, value in attributes.items()}))

    def end(self, name: str) -> None:
        element = self.open.pop()
        self.open[-1].add(name, element.value(), as_list=name in self.always_lists)

    def text(self, text: str) -> None:
        self.open[-1].texts.append(text)

    def doctype(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        # Entities and default attributes are declared in here; both can make a short text very long.
        if internal:
            raise NodeFailed(
                "not_allowed",
                "The XML declares entities or types of its own, which are refused.",
                "Remove <!DOCTYPE …>.",
            )

    def skipped(self, name: str, _parameter: int) -> None:
        raise NodeFailed("not_xml", f"The XML uses “&{name};”, which nothing explains.", "Write the character itself.")


def to_json(text: str, always_lists: frozenset[str] = frozenset()) -> JsonValue:
    reader = _Reader(always_lists)
    # A text has no encoding any more, whatever its declaration says.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.SkippedEntityHandler = reader.skipped
    complete = True
    try:
        parser.Parse(text.strip().removeprefix("\ufeff").encode("utf-8", "replace"), complete)
    except expat.ExpatError as error:
        message = (
            f"The XML is wrong in line {error.lineno}, column {error.offset + 1}: {expat.ErrorString(error.code)}."
        )
        raise NodeFailed("not_xml", message) from None
    return reader.open[0].fields


def _document(params: XmlParams) -> str:
    value = params.value
    names = list(value) if isinstance(value, dict) else []
    if isinstance(value, dict) and len(names) == 1 and not isinstance(value[names[0]], list) and _is_element(names[0]):
        root, value = names[0], value[names[0]]
    else:
        root = params.root
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n'] if params.declaration else []
    _write(parts, root, value, 1)
    return "".join(parts)


def from_json(value: JsonValue, name: str) -> str:
    """One element of that name, without a declaration."""
    parts: list[str] = []
    _write(parts, name, value, 1)
    return "".join(parts)


def _is_element(name: str) -> bool:
    return name[:1] not in ("@", "#")


def _write(parts: list[str], name: str, value: JsonValue, depth: int) -> None:
    if depth > _DEEPEST:
        raise NodeFailed("too_deep", f"The value has more than {_DEEPEST} objects inside each other.")
    if isinstance(value, list):
        raise NodeFailed("not_xml", f"“{name}” is a list inside a list, which XML doesn't have.", "Use objects in it.")
    fields = value if isinstance(value, dict) else {_TEXT: value}
    attributes = "".join(
        f" {_named(key[1:])}={quoteattr(_plain(key, entry))}" for key, entry in fields.items() if key[:1] == "@"
    )
    text = escape(_plain(_TEXT, fields.get(_TEXT)))
    inner = {key: entry for key, entry in fields.items() if _is_element(key)}
    if not text and not inner:
        parts.append(f"<{_named(name)}{attributes}/>")
        return
    parts.append(f"<{_named(name)}{attributes}>{text}")
    for key, entry in inner.items():
        for each in entry if isinstance(entry, list) else [entry]:
            _write(parts, key, each, depth + 1)
    parts.append(f"</{name}>")


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        hint = "Names begin with a letter and hold letters, digits, “.”, “-” and “_”; rename the field."
        raise NodeFailed("not_xml", f"“{name[:60]}” can't be the name of an element or attribute.", hint)
    return name


def _plain(name: str, value: JsonValue) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            if _FORBIDDEN.search(value):
                raise NodeFailed("not_xml", "A text holds a control character, which XML doesn't have.", "Remove it.")
            return value
        case int() | float():
            return str(value)
        case list() | dict():
            raise NodeFailed("not_xml", f"“{name}” holds {json_kind(value)}; only a plain value can stand there.")


XML = NodeType(
    NodeSpec("core.xml", "XML", XmlParams),
    description="Turns XML into JSON, and JSON into XML.",
    group="data",
    icon="file-code",
    run=_xml,
    aliases=("parse xml", "soap", "rss", "feed", "convert", "json"),
    summary="",
)
