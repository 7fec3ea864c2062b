"""core.code: a step that a person writes, in JavaScript or Python."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Literal, Protocol, TypeAlias

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.expressions.plain import json_text
from nodeloom.expressions.program import problem
from nodeloom.graph.item import Item, item_to_document
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.code_result import NotItems, json_of, returned_items
from nodeloom.nodes.lists import Inputs
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

Fault: TypeAlias = tuple[str, int | None]
"""What is wrong, and in which line of the code, from 1."""

Kills: TypeAlias = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""While the block goes on, whoever stops the run calls what was handed over."""
Ran: TypeAlias = tuple[Any, None] | tuple[None, Fault]

_NAMES: Final = ("vars", "run", "workflow")


class Python(Protocol):
    """Runs a subset of Python where it can reach nothing, under limits."""

    def problem(self, source: str, /) -> Fault | None: ...

    def run(self, source: str, names: Mapping[str, Any], log: Callable[[str, str], None], kills: Kills, /) -> Ran: ...


class JavaScript(Protocol):
    """Runs JavaScript where it can reach nothing, under limits; the values of the names are JSON text."""

    def run(self, source: str, names: Mapping[str, str], log: Callable[[str, str], None], kills: Kills, /) -> Ran: ...


class FullPython(JavaScript, Protocol):
    """Runs Python with all its libraries, in a sandbox of the system's."""

    def missing(self) -> str | None:
        """Why it can't, and what to do about it."""
        ...

    def problem(self, source: str, /) -> Fault | None: ...


class NoInterpreter:
    """Where none was wired in."""

    def __init__(self, missing: str) -> None:
        self._missing = missing

    def missing(self) -> str | None:
        return self._missing

    def problem(self, _source: str, /) -> Fault | None:
        return self._missing.rstrip("."), None

    def run(self, _source: str, _names: Mapping[str, Any], _log: Callable[[str, str], None], _kills: Kills, /) -> Ran:
        return None, (self._missing, None)


NO_PYTHON: Final = NoInterpreter("Python can't run here.")
NO_JAVASCRIPT: Final = NoInterpreter("JavaScript can't run here.")
SWITCHED_OFF: Final = NoInterpreter(
    "Full Python is switched off here; an administrator switches it on with NODELOOM_FULL_PYTHON=on."
)


class CodeParams(Params):
    source: str = Field(
        title="Code",
        description="Return what leaves the node. There are `items` (all items at once) or `item` (one by one), each"
        " {json, files}, and `vars`, `run` and `workflow`. One by one: an object is the item's new data, a list makes"
        " several items, null or None drops it. All at once: return a list of objects, or of {json, files}; an item"
        " that is passed on remembers where it came from (its pairedItem), a new one comes from all.",
        examples=["return items.filter((item) => item.json.total > 100);", "return {**item['json'], 'seen': True}"],
        min_length=1,
        max_length=100_000,
        json_schema_extra=hints("code"),
    )
    language: Literal["javascript", "python"] = Field(
        default="javascript",
        title="Language",
        description="Of Python, the last expression counts if nothing is returned.",
        json_schema_extra=hints(labels={"javascript": "JavaScript", "python": "Python"}),
    )
    runtime: Literal["sandbox", "full"] = Field(
        default="sandbox",
        title="Python",
        description="Built-in is a subset without packages that starts at once. Full is all of Python, with the"
        " packages that an administrator chose; it takes a moment to start, and has to be switched on.",
        json_schema_extra=hints(
            show_if={"language": ["python"]}, labels={"sandbox": "Built-in", "full": "Full, with packages"}
        ),
    )
    mode: Literal["all", "each"] = Field(
        default="all",
        title="Runs",
        json_schema_extra=hints(labels={"all": "Once for all items", "each": "Item by item"}),
    )


def code_node(
    python: Python, javascript: JavaScript = NO_JAVASCRIPT, full_python: FullPython = SWITCHED_OFF
) -> NodeType:
    """The node type, with what runs its code."""
    code = _Code(python, javascript, full_python)

    class CheckedParams(CodeParams):
        @model_validator(mode="after")
        def _readable(self) -> "CheckedParams":
            missing = code.missing(self)
            if missing is not None:
                raise _refusal("runtime", missing.rstrip("."), None)
            fault = code.problem(self)
            if fault is not None:
                raise _refusal("source", *fault)
            return self

    CheckedParams.__name__ = CodeParams.__name__
    spec = NodeSpec(
        "core.code",
        "Code",
        CheckedParams,
        mode="all",
        mode_param="mode",
        literal=("source", "language", "runtime", "mode"),
        slow=True,
        lane_param="runtime",
    )
    return NodeType(
        spec,
        description="Runs JavaScript or Python on the items, where it can reach nothing else.",
        group="code",
        icon="code",
        run=code.run,
        aliases=("script", "function", "javascript", "python", "js", "program"),
        summary="{language}",
    )


class _Code:
    def __init__(self, python: Python, javascript: JavaScript, full_python: FullPython) -> None:
        self._python = python
        self._javascript = javascript
        self._full_python = full_python

    def missing(self, params: CodeParams) -> str | None:
        return self._full_python.missing() if _is_full(params) else None

    def problem(self, params: CodeParams) -> Fault | None:
        if params.language == "python":
            return (self._full_python if _is_full(params) else self._python).problem(params.source)
        broken = problem(params.source, (*_subject(params), *_NAMES))
        return None if broken is None else (broken.message, broken.line)

    def run(self, params: CodeParams, given: Item | Inputs, ctx: NodeContext) -> Emitted:
        if isinstance(given, Item):
            return self._each(params, given, ctx)
        name, items = next(iter(given.items()))
        documents: list[JsonValue] = [
            {**item_to_document(Item(item.json, item.files)), "pairedItem": index} for index, item in enumerate(items)
        ]
        value = self._returned(params, {"items": documents}, ctx)
        return Emitted({"out": _items(value, items, name)})

    def _each(self, params: CodeParams, item: Item, ctx: NodeContext) -> Emitted:
        value = self._returned(params, {"item": item_to_document(Item(item.json, item.files))}, ctx)
        return Emitted({"out": _items(value, [item], None)})

    def _returned(self, params: CodeParams, subject: dict[str, JsonValue], ctx: NodeContext) -> JsonValue:
        value, fault = self._ran(params, {**subject, **{name: ctx.names.get(name, {}) for name in _NAMES}}, ctx)
        if fault is not None:
            raise _failure(params.source, *fault)
        try:
            return json_of(value)
        except NotItems as refused:
            raise _failure(params.source, str(refused)) from None

    def _ran(self, params: CodeParams, names: Mapping[str, JsonValue], ctx: NodeContext) -> Ran:
        if params.language == "python" and not _is_full(params):
            return self._python.run(params.source, names, ctx.log, ctx.stop.kills)
        texts = {name: json_text(value) for name, value in names.items()}
        run = self._full_python.run if _is_full(params) else self._javascript.run
        return run(params.source, texts, ctx.log, ctx.stop.kills)


def _is_full(params: CodeParams) -> bool:
    return params.language == "python" and params.runtime == "full"


def _subject(params: CodeParams) -> tuple[str]:
    return ("item",) if params.mode == "each" else ("items",)


def _items(value: JsonValue, items: Sequence[Item], name: str | None) -> list[Item]:
    try:
        return returned_items(value, items, name)
    except NotItems as refused:
        raise NodeFailed("code_failed", str(refused), "Return an object, or a list of objects.") from None


def _failure(source: str, message: str, line: int | None = None) -> NodeFailed:
    lines = source.split("\n")
    if line is None or not 1 <= line <= len(lines):
        return NodeFailed("code_failed", message)
    return NodeFailed("code_failed", message, f"line {line}: {lines[line - 1].strip()[:200]}", line)


def _refusal(field: str, message: str, line: int | None) -> ValidationError:
    text = (message if line is None else f"line {line}: {message}").replace("{", "{{").replace("}", "}}")
    error = PydanticCustomError("code_syntax", text)  # pyright: ignore[reportArgumentType]
    detail: InitErrorDetails = {"type": error, "loc": (field,), "input": None}
    return ValidationError.from_exception_data("CodeParams", [detail])


CODE: Final = code_node(NO_PYTHON)
