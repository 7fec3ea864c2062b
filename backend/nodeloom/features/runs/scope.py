"""What expressions see of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nodeloom.engine.inputs import SCOPE_INPUT, Source
from nodeloom.engine.lineage import Ambiguous, trace
from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.runs.state import RunState
from nodeloom.graph.item import Item, Origin
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.scope import NodeKey


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is the same for every node of the run; `shown_id` is its parent's where it is a part of a map."""

    workflow: Mapping[str, JsonValue]
    run_id: str
    shown_id: str
    version: int | None
    tokens: ResumeTokens
    vars: Mapping[str, JsonValue]
    timezone: str

    @property
    def run(self) -> Mapping[str, JsonValue]:
        """Put together when somebody asks: signing an address is dear, and few look at it."""
        return {
            "id": self.shown_id,
            "version": self.version,
            "resume_url": self.tokens.url(self.run_id),
            "approval_url": self.tokens.approval_url(self.run_id),
        }

    @property
    def names(self) -> Mapping[str, JsonValue]:
        """What code sees of the run beside its items."""
        return {"vars": dict(self.vars), "run": dict(self.run), "workflow": dict(self.workflow)}


@dataclass(slots=True)
class NodeScope:
    """An `expressions.Scope` over one node's input; `index` and `item` move on from item to item."""

    state: RunState
    key: NodeKey
    facts: RunFacts
    items: Sequence[Item]
    now: datetime
    index: int = 0
    item: Item | None = None
    input: str = "in"

    @property
    def timezone(self) -> str:
        return self.facts.timezone

    @property
    def workflow(self) -> Mapping[str, JsonValue]:
        return self.facts.workflow

    @property
    def run(self) -> Mapping[str, JsonValue]:
        return self.facts.run

    @property
    def vars(self) -> Mapping[str, JsonValue]:
        return self.facts.vars

    @property
    def scope(self) -> Mapping[str, JsonValue]:
        path = self.key[1]
        if not path:
            return {}
        container, index = path[-1]
        items: list[JsonValue] = [item.json for item in self.state.emitted((container, path), SCOPE_INPUT)]
        return {"index": index, "items": items}

    def at(self, index: int) -> "NodeScope":
        self.index = index
        self.item = self.items[index]
        return self

    def node(self, title: str) -> "Earlier":
        node = self.state.plan.node_by_title(title)
        if node is None:
            raise ExpressionFailed("node_not_run", f"There is no node called “{title}”.", "Check the name.")
        path = self.key[1]
        while True:
            key = (node.id, path)
            if key in self.state.ports:
                return Earlier(self, key, title)
            if not path:
                break
            path = path[:-1]
        raise ExpressionFailed(
            "node_not_run",
            f"“{title}” did not run before this node in this run.",
            "It stands on a branch that was not taken. Use ?. or another node's data.",
        )


@dataclass(frozen=True, slots=True)
class Earlier:
    """The items of a node that ran; the first port that gave any, in the order of its ports."""

    scope: NodeScope
    key: NodeKey
    title: str

    def all(self) -> Sequence[Item]:
        ports = self.scope.state.ports[self.key]
        return next((items for items in ports.values() if items), ())

    def first(self) -> Item:
        return self._given()[0]

    def last(self) -> Item:
        return self._given()[-1]

    def _given(self) -> Sequence[Item]:
        items = self.all()
        if not items:
            raise ExpressionFailed("unresolved", f"“{self.title}” gave no items.", "Use ?. where it may be empty.")
        return items

    def item(self) -> Item:
        scope = self.scope
        origin: Origin = ((scope.input, scope.index),)
        if scope.item is None:
            origin = tuple((scope.input, position) for position in range(len(scope.items)))
        found = trace(scope.state.plan, scope.key, origin, self.key[0], scope.state.emitted)
        if isinstance(found, Source):
            key, port, index = found
            return scope.state.emitted(key, port)[index]
        if isinstance(found, Ambiguous):
            raise ExpressionFailed(
                "ambiguous_item",
                f"This item was made from {found.count} items of “{self.title}”, so there is no single one.",
                f"Use $('{self.title}').all() or .first().",
            )
        raise ExpressionFailed(
            "no_lineage",
            f"No item of “{self.title}” led to this one.",
            f"Use $('{self.title}').first() or .all() if any will do.",
        )
