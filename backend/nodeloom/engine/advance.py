"""What may start next and what never will, from what has happened so far.

An edge is *taken* when its source finished with at least one item on the edge's port, and *dead* when it never will
be: its source was skipped, failed, or finished without an item there. A node is ready once every edge into it is
decided and one was taken, and skipped once all of them are dead. A node that no edge leads into is ready when it is
the trigger that started the run, or when its container's scope was opened; else it is skipped.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from nodeloom.compiler.plan import Plan
from nodeloom.engine.outcome import Failed, Finished, Open, Outcome, Skipped, Waiting
from nodeloom.graph.scope import ROOT, NodeKey, ScopePath

_SKIPPED = Skipped()


class Advance(NamedTuple):
    """`ready` and `skipped` stand in plan order, scope by scope; `finished` says that the whole run is decided."""

    ready: tuple[NodeKey, ...]
    skipped: tuple[NodeKey, ...]
    finished: bool


class Frontier:
    """The edge between what is decided in a run and what is not; each step does only local work."""

    __slots__ = ("_begun", "_decided", "_left", "_opened", "_plan", "_started", "_taken", "_undecided")

    def __init__(self, plan: Plan, started: str) -> None:
        self._plan = plan
        self._started = started
        self._begun: set[NodeKey] = set()
        self._decided: set[NodeKey] = set()
        self._undecided: dict[NodeKey, int] = {}
        self._taken: set[NodeKey] = set()
        self._opened: dict[NodeKey, int] = {}
        self._left: dict[ScopePath, int] = {ROOT: len(plan.children())}

    @property
    def finished(self) -> bool:
        return self._left[ROOT] == 0

    def scope_finished(self, path: ScopePath) -> bool:
        """Whether every node directly in this scope is decided; false for a scope that was not opened."""
        return self._left.get(path) == 0

    def begin(self) -> Advance:
        """The first step, once and before any other.

        The trigger that started the run is ready; what only other triggers lead to is skipped.
        """
        ready: list[NodeKey] = []
        skipped: list[NodeKey] = []
        for node_id in self._plan.entry_nodes():
            key = (node_id, ROOT)
            if node_id == self._started:
                ready.append(key)
            else:
                skipped.append(key)
                self._decide(key, _SKIPPED, ready, skipped)
        return self._advance(ready, skipped)

    def settle(self, key: NodeKey, outcome: Outcome) -> Advance:
        """What the outcome of one node makes ready and skipped; a node that is already decided changes nothing."""
        ready: list[NodeKey] = []
        skipped: list[NodeKey] = []
        match outcome:
            case Waiting():
                self._begun.add(key)
            case Open(scopes, first):
                self._begun.add(key)
                self._open(key, scopes, first, ready)
            case Finished() | Skipped() | Failed():
                self._decide(key, outcome, ready, skipped)
        return self._advance(ready, skipped)

    def _advance(self, ready: list[NodeKey], skipped: list[NodeKey]) -> Advance:
        return Advance(in_plan_order(self._plan, ready), in_plan_order(self._plan, skipped), self.finished)

    def _open(self, container: NodeKey, scopes: int, first: int, ready: list[NodeKey]) -> None:
        node_id, path = container
        for index in range(self._opened.get(container, first), scopes):
            inner: ScopePath = (*path, (node_id, index))
            self._left[inner] = self._left.get(inner, 0) + len(self._plan.children(node_id))
            entries = ((entry, inner) for entry in self._plan.entry_nodes(node_id))
            ready.extend(key for key in entries if key not in self._begun)
        self._opened[container] = max(scopes, self._opened.get(container, 0))

    def _decide(
        self, key: NodeKey, outcome: Finished | Skipped | Failed, ready: list[NodeKey], skipped: list[NodeKey]
    ) -> None:
        """Carry a decision over the edges that leave the node, and every skip that follows from it further down."""
        pending: list[tuple[NodeKey, Finished | Skipped | Failed]] = [(key, outcome)]
        while pending:
            key, outcome = pending.pop()
            if key in self._decided:
                continue
            self._decided.add(key)
            self._begun.add(key)
            node_id, path = key
            self._left[path] = self._left.get(path, 0) - 1
            counts = outcome.counts if isinstance(outcome, Finished) else None
            for edge in self._plan.edges_from(node_id):
                target = (edge.target, path)
                taken = counts is not None and counts.get(edge.port, 0) > 0
                if not self._last_edge(target, taken=taken):
                    continue
                if target in self._taken:
                    ready.append(target)
                else:
                    skipped.append(target)
                    pending.append((target, _SKIPPED))

    def _last_edge(self, target: NodeKey, *, taken: bool) -> bool:
        """Count one decided edge; true when it was the last into a node that nothing was known of."""
        if taken:
            self._taken.add(target)
        left = self._undecided.get(target)
        left = (len(self._plan.edges_into(target[0])) if left is None else left) - 1
        self._undecided[target] = left
        return left == 0 and target not in self._begun


def advance(plan: Plan, started: str, outcomes: Mapping[NodeKey, Outcome]) -> Advance:
    """The state of the whole run from all outcomes at once, in whatever order they are given.

    A `Frontier` that was told the same outcomes one by one has said the same in sum.
    """
    frontier = Frontier(plan, started)
    steps = [frontier.begin(), *(frontier.settle(key, outcome) for key, outcome in outcomes.items())]
    return Advance(
        ready=in_plan_order(plan, (key for step in steps for key in step.ready if key not in outcomes)),
        skipped=in_plan_order(plan, (key for step in steps for key in step.skipped if key not in outcomes)),
        finished=frontier.finished,
    )


def in_plan_order(plan: Plan, keys: Iterable[NodeKey]) -> tuple[NodeKey, ...]:
    """Outer scopes first, then by index, then in topological order."""
    listed = tuple(keys)
    if len(listed) < 2:
        return listed
    return tuple(sorted(listed, key=lambda key: (key[1], plan.order(key[0]))))
