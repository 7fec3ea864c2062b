"""A scope to evaluate in, without an engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.sandbox import Sandbox
from nodeloom.expressions.scope import NodeView
from nodeloom.expressions.template import compile_template, evaluate
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue

SHARED = Sandbox()
BERLIN_IN_SPRING = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Ran:
    """A node that ran; its last item is the one that led to the current one."""

    items: Sequence[Item]

    def item(self) -> Item:
        return self.items[-1]

    def first(self) -> Item:
        return self.items[0]

    def last(self) -> Item:
        return self.items[-1]

    def all(self) -> Sequence[Item]:
        return self.items


@dataclass(frozen=True)
class Here:
    json: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    nodes: Mapping[str, Sequence[Item]] = field(default_factory=dict[str, Sequence[Item]])
    index: int = 0
    now: datetime = BERLIN_IN_SPRING
    timezone: str = "Europe/Berlin"

    @property
    def item(self) -> Item | None:
        return Item(self.json)

    @property
    def items(self) -> Sequence[Item]:
        return (Item(self.json), Item({"second": True}))

    @property
    def workflow(self) -> Mapping[str, JsonValue]:
        return {"id": "wf_1", "name": "Orders"}

    @property
    def run(self) -> Mapping[str, JsonValue]:
        return {"id": "run_1", "version": 3}

    @property
    def scope(self) -> Mapping[str, JsonValue]:
        return {}

    @property
    def vars(self) -> Mapping[str, JsonValue]:
        return {"region": "eu"}

    def node(self, title: str) -> NodeView:
        if title not in self.nodes:
            raise ExpressionFailed("node_not_run", f"“{title}” did not run.")
        return Ran(self.nodes[title])


def value_of(template: JsonValue, scope: Here | None = None, sandbox: Sandbox | None = None) -> JsonValue:
    return evaluate(compile_template(template), scope or Here(), sandbox or SHARED)


def failure_of(template: JsonValue, scope: Here | None = None, sandbox: Sandbox | None = None) -> ExpressionFailed:
    try:
        value = value_of(template, scope, sandbox)
    except ExpressionFailed as failed:
        return failed
    raise AssertionError(f"evaluated to {value!r}")
