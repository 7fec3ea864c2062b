"""core.summarize: counts, sums and the like, over all items or by group."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from pydantic import Field, model_validator

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import Number, canonical, natural_key, number
from nodeloom.nodes.field_path import Absent, DottedPath, json_kind, read, written
from nodeloom.nodes.lists import Inputs
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

Operation: TypeAlias = Literal[
    "count", "count_distinct", "sum", "average", "min", "max", "first", "last", "concat", "collect"
]
_WORDS: Final[dict[str, str]] = {
    "count": "Count",
    "count_distinct": "Count different values",
    "sum": "Sum",
    "average": "Average",
    "min": "Smallest",
    "max": "Largest",
    "first": "First",
    "last": "Last",
    "concat": "Join as text",
    "collect": "Gather in a list",
}
_MOST_TEXT: Final = 10_000_000
_Placed: TypeAlias = tuple[tuple[str, int], Item]


class Summary(Params):
    operation: Operation = Field(title="Operation", json_schema_extra=hints(labels=_WORDS))
    field: DottedPath | None = Field(
        default=None,
        title="Field",
        description="Items where it is missing or null are left out. “Count” without a field counts all items.",
        examples=["total"],
    )
    name: DottedPath | None = Field(
        default=None, title="As", description="The name of the result; such as sum_total by default."
    )
    separator: str = Field(
        default=", ",
        title="Between the texts",
        max_length=100,
        json_schema_extra=hints(advanced=True, show_if={"operation": ["concat"]}),
    )

    @model_validator(mode="after")
    def _has_a_field(self) -> "Summary":
        if self.field is None and self.operation != "count":
            raise ValueError(f"name the field for “{_WORDS[self.operation]}”")
        return self

    @property
    def result(self) -> str:
        return self.name or "_".join([self.operation, *(self.field or "").split(".")]).rstrip("_")


class SummarizeParams(Params):
    summaries: list[Summary] = Field(
        title="Summaries",
        min_length=1,
        examples=[[{"operation": "sum", "field": "total"}, {"operation": "count"}]],
    )
    group_by: list[DottedPath] = Field(
        default=[],
        title="Group by",
        description="One item for each combination of these fields' values. Empty: one item for all.",
        examples=[["customer.country"]],
    )

    @model_validator(mode="after")
    def _names_differ(self) -> "SummarizeParams":
        names = [*self.group_by, *(summary.result for summary in self.summaries)]
        for position, name in enumerate(names):
            if name in names[:position]:
                raise ValueError(f"two results are called “{name}”: give one of them another name")
        return self


def _summarize(params: SummarizeParams, inputs: Inputs, _ctx: NodeContext) -> Emitted:
    """Groups in the order in which their first items came; each points at all items that went into it."""
    placed: list[_Placed] = [
        ((name, position), item) for name, items in inputs.items() for position, item in enumerate(items)
    ]
    groups = _groups(placed, params.group_by) if params.group_by else [placed]
    return Emitted({"out": [_summary_item(params, group) for group in groups]})


def _groups(placed: Sequence[_Placed], fields: Sequence[str]) -> list[list[_Placed]]:
    groups: dict[str, list[_Placed]] = {}
    for place, item in placed:
        key = canonical([_value(item, field) for field in fields])
        groups.setdefault(key, []).append((place, item))
    return list(groups.values())


def _value(item: Item, field: str) -> JsonValue:
    """Missing and null are one."""
    value = read(item.json, field)
    return None if isinstance(value, Absent) else value


def _summary_item(params: SummarizeParams, group: Sequence[_Placed]) -> Item:
    json: dict[str, JsonValue] = {}
    for field in params.group_by:
        json = written(json, field, _value(group[0][1], field))
    for summary in params.summaries:
        json = written(json, summary.result, _result(summary, [item for _, item in group]))
    return Item(json, origin=tuple(place for place, _ in group))


def _result(summary: Summary, items: Sequence[Item]) -> JsonValue:
    if summary.field is None:
        return len(items)
    values: list[JsonValue] = [value for value in (_value(item, summary.field) for item in items) if value is not None]
    if summary.operation == "concat":
        return _joined(values, summary.separator)
    if summary.operation in ("sum", "average"):
        return _calculated(summary.operation, values, summary.field)
    return _CHOICES[summary.operation](values)


_CHOICES: Final[Mapping[str, Callable[[list[JsonValue]], JsonValue]]] = {
    "count": len,
    "count_distinct": lambda values: len(set(map(canonical, values))),
    "min": lambda values: min(values, key=natural_key, default=None),
    "max": lambda values: max(values, key=natural_key, default=None),
    "first": lambda values: values[0] if values else None,
    "last": lambda values: values[-1] if values else None,
    "collect": lambda values: values,
}


def _calculated(operation: Literal["sum", "average"], values: Sequence[JsonValue], field: str) -> JsonValue:
    numbers = [_number(value, field) for value in values]
    if operation == "average" and not numbers:
        return None
    try:
        total = _total(numbers)
        return _storable(total if operation == "sum" else total / len(numbers))
    except OverflowError:
        raise NodeFailed("too_large", f"The {operation} of “{field}” is too large for a number.") from None


def _number(value: JsonValue, field: str) -> Number:
    found = number(value)
    if found is None:
        shown = canonical(value)
        raise NodeFailed(
            "not_a_number",
            f"“{field}” holds {shown if len(shown) <= 40 else shown[:40] + '…'}, {json_kind(value)}, not a number.",
            "Filter such items out, or make them numbers before.",
        )
    return found


def _total(numbers: Sequence[Number]) -> Number:
    """Exact for whole numbers; others are rounded once, at the end."""
    whole = sum(value for value in numbers if isinstance(value, int))
    fractions = [value for value in numbers if isinstance(value, float)]
    return math.fsum([*fractions, whole]) if fractions else whole


def _storable(value: Number) -> Number:
    """JSON as it is stored holds whole numbers of 64 bits."""
    return float(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value


def _joined(values: Iterable[JsonValue], separator: str) -> str:
    texts = [value if isinstance(value, str) else canonical(value) for value in values]
    if sum(map(len, texts)) + len(separator) * len(texts) > _MOST_TEXT:
        raise NodeFailed("too_large", f"The joined text is longer than {_MOST_TEXT:,} characters.", "Group by a field.")
    return separator.join(texts)


SUMMARIZE = NodeType(
    NodeSpec("core.summarize", "Summarize", SummarizeParams, mode="all"),
    description="Counts, adds up, averages or joins fields, over all items or by group.",
    group="data",
    icon="sigma",
    run=_summarize,
    aliases=("group by", "pivot", "sum", "count", "average", "total", "statistics", "min", "max"),
    summary="By {group_by}",
)
