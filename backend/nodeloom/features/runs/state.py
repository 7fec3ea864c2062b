"""What a worker holds of the run it drives: the plan, what every node gave, and what is not yet written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from nodeloom.compiler.plan import Plan
from nodeloom.engine.advance import Frontier
from nodeloom.engine.containers import OpenContainer
from nodeloom.engine.inputs import Joined, inputs_of
from nodeloom.engine.results import result_ports
from nodeloom.features.runs.asks import AskRow, ScopesShared
from nodeloom.features.runs.logs import RunLog
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.scope import NodeKey
from nodeloom.nodes.node_type import Answer, Ask, Opened, Resumption

Ports: TypeAlias = Mapping[str, Sequence[Item]]
ErrorDocument: TypeAlias = dict[str, JsonValue]
"""`{code, message, hint, node_id, field?}`."""


class Asked(NamedTuple):
    """`item` is the one that the ask is about in a node that works item by item, else its place among the asks.

    `made` is what was prepared for carrying it out.
    """

    item: int
    ask: Ask | ScopesShared
    made: Any = None


@dataclass(frozen=True, slots=True)
class Done:
    """The node gave items (perhaps by its error port, with the `error` that was handled so)."""

    ports: Ports
    answer: Answer | None = None
    error: ErrorDocument | None = None
    attempt: int = 1
    asks: Sequence[Asked] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """The node failed, and its settings let that stop the run."""

    error: ErrorDocument
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Asleep:
    """The node waits without a worker."""

    reason: str
    until: datetime | None
    attempt: int = 1
    error: ErrorDocument | None = None
    asks: Sequence[Asked] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """The node is a container whose scopes may begin."""

    opened: Opened
    attempt: int = 1
    error: None = None


NodeEnd: TypeAlias = Done | Broken | Asleep | Opening


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt as the journal has it; `items` are what it gave, if it succeeded."""

    number: int
    status: str
    effect: str
    items: Sequence[Item] = ()


class Started(NamedTuple):
    """When a node began, as which of the run's nodes, and with how many items."""

    at: datetime
    seq: int
    items_in: int


@dataclass(slots=True)
class RunState:
    plan: Plan
    frontier: Frontier
    ports: dict[NodeKey, Ports] = field(default_factory=dict[NodeKey, Ports])
    answer: Answer | None = None
    attempts: dict[tuple[NodeKey, int], list[PastAttempt]] = field(
        default_factory=dict[tuple[NodeKey, int], list[PastAttempt]]
    )
    started: dict[NodeKey, Started] = field(default_factory=dict[NodeKey, Started])
    asleep: dict[NodeKey, Asleep] = field(default_factory=dict[NodeKey, Asleep])
    resumptions: dict[NodeKey, Resumption] = field(default_factory=dict[NodeKey, Resumption])
    containers: dict[NodeKey, OpenContainer] = field(default_factory=dict[NodeKey, OpenContainer])
    broken: dict[NodeKey, ErrorDocument] = field(default_factory=dict[NodeKey, ErrorDocument])
    """Nodes that the journal says failed inside containers that are not open again yet."""
    error: ErrorDocument | None = None
    seq: int = 0
    node_rows: dict[NodeKey, dict[str, Any]] = field(default_factory=dict[NodeKey, dict[str, Any]])
    attempt_rows: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    asks: list[AskRow] = field(default_factory=list[AskRow])
    """What nodes asked for whose rows are not yet written."""
    log: RunLog = field(default_factory=RunLog)

    def emitted(self, key: NodeKey, port: str) -> Sequence[Item]:
        ports = self.ports.get(key)
        return ports.get(port, ()) if ports is not None else ()

    def inputs(self, key: NodeKey) -> Mapping[str, Joined]:
        return inputs_of(self.plan, key, self.emitted)

    def end_items(self) -> list[Item]:
        """The items of all end nodes that ran, in graph order."""
        return [item for node_id, port in result_ports(self.plan) for item in self.emitted((node_id, ()), port)]
