"""core.code: a step that a person writes, in JavaScript or Python."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, Protocol, TypeAlias

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.expressions.program import Broken, Programs, problem
from nodeloom.expressions.sandbox import Undefined
from nodeloom.graph.item import Item, item_to_document
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.code_result import NotItems, json_of, returned_items
from nodeloom.nodes.lists import Inputs
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

Fault: TypeAlias = tuple[str, int | None]
"""What is wrong, and in which line of the code, from 1."""

_NAMES: Final = ("vars", "run", "workflow")


class Python(Protocol):
    """Runs Python where it can reach nothing, under limits."""

    def problem(self, source: str, /) -> Fault | None: ...

    def run(
        self, source: str, names: Mapping[str, Any], printed: Callable[[str], None], /
    ) -> tuple[Any, None] | tuple[None, Fault]: ...


class NoPython:
    """Where no interpreter was wired in."""

    def problem(self, _source: str, /) -> Fault | None:
        return "Python can't run here", None

    def run(
        self, _source: str, _names: Mapping[str, Any], _printed: Callable[[str], None], /
    ) -> tuple[Any, None] | tuple[None, Fault]:
        return None, ("Python can't run here.", None)


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
        description="Python is a subset without packages; its last expression counts if nothing is returned.",
        json_schema_extra=hints(labels={"javascript": "JavaScript", "python": "Python"}),
    )
    mode: Literal["all", "each"] = Field(
        default="all",
        title="Runs",
        json_schema_extra=hints(labels={"all": "Once for all items", "each": "Item by item"}),
    )


def code_node(python: Python, programs: Programs | None = None) -> NodeType:
    """The node type, with what runs its Python."""
    code = _Code(python, programs or Programs())

    class CheckedParams(CodeParams):
        @model_validator(mode="after")
        def _readable(self) -> "CheckedParams":
            fault = code.problem(self)
            if fault is not None:
                raise _refusal(*fault)
            return self

    CheckedParams.__name__ = CodeParams.__name__
    spec = NodeSpec(
        "core.code",
        "Code",
        CheckedParams,
        mode="all",
        mode_param="mode",
        literal=("source", "language", "mode"),
        slow=True,
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
    def __init__(self, python: Python, programs: Programs) -> None:
        self._python = python
        self._programs = programs

    def problem(self, params: CodeParams) -> Fault | None:
        if params.language == "python":
            return self._python.problem(params.source)
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
        names = {**subject, **{name: ctx.names.get(name, {}) for name in _NAMES}}
        if params.language == "python":
            value, fault = self._python.run(params.source, names, lambda text: ctx.log("info", text))
        else:
            value, fault = self._javascript(params.source, names, ctx)
        if fault is not None:
            raise _failure(params.source, *fault)
        try:
            return json_of(value)
        except NotItems as refused:
            raise _failure(params.source, str(refused)) from None

    def _javascript(
        self, source: str, names: Mapping[str, JsonValue], ctx: NodeContext
    ) -> tuple[JsonValue, None] | tuple[None, Fault]:
        value = self._programs.run(source, names, ctx.log)
        if isinstance(value, Broken):
            return None, (value.message, value.line)
        return (None if isinstance(value, Undefined) else value), None


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


def _refusal(message: str, line: int | None) -> ValidationError:
    text = (message if line is None else f"line {line}: {message}").replace("{", "{{").replace("}", "}}")
    error = PydanticCustomError("code_syntax", text)  # pyright: ignore[reportArgumentType]
    detail: InitErrorDetails = {"type": error, "loc": ("source",), "input": None}
    return ValidationError.from_exception_data("CodeParams", [detail])


CODE: Final = code_node(NoPython())
