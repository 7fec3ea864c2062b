"""A container at work: which of its scopes may begin, and what those that ended gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from nodeloom.compiler.plan import Plan
from nodeloom.engine.inputs import SCOPE_INPUT, Emitted, Source
from nodeloom.engine.lineage import Traced, trace
from nodeloom.engine.results import result_ports
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.scope import NodeKey, ScopePath


@dataclass(slots=True)
class OpenContainer:
    """`scopes` are the items of each scope, in order; `failures` the errors of those scopes that failed.

    `collects` says that a failed scope is a result like others; `error` that one failed the container itself.
    """

    key: NodeKey
    scopes: Sequence[Sequence[Item]]
    at_once: int
    collects: bool
    opened: int = 0
    finished: set[int] = field(default_factory=set[int])
    results: dict[int, Sequence[Item]] = field(default_factory=dict[int, Sequence[Item]])
    failures: dict[int, dict[str, JsonValue]] = field(default_factory=dict[int, dict[str, JsonValue]])
    error: dict[str, JsonValue] | None = None

    def path(self, index: int) -> ScopePath:
        node_id, outer = self.key
        return (*outer, (node_id, index))

    def items(self, index: int) -> Sequence[Item]:
        """What the scope's first nodes take in, each item pointing at its place in the container's input."""
        start = self._starts()[index]
        return [
            Item(item.json, item.files, ((SCOPE_INPUT, start + place),))
            for place, item in enumerate(self.scopes[index])
        ]

    @property
    def may_open(self) -> int:
        """How many scopes may have begun by now."""
        if self.error is not None:
            return self.opened
        return min(len(self.scopes), len(self.finished) + self.at_once)

    @property
    def ended(self) -> bool:
        wanted = self.opened if self.error is not None else len(self.scopes)
        return len(self.finished) >= wanted

    def collect(self, plan: Plan, index: int, emitted: Emitted) -> None:
        """Take in what a finished scope gave, with each item pointing at the container's input it was made from."""
        self.finished.add(index)
        if index in self.failures:
            return
        path = self.path(index)
        given: list[Item] = []
        for node_id, port in result_ports(plan, self.key[0]):
            key = (node_id, path)
            for item in emitted(key, port):
                places = self._places(trace(plan, key, item.origin, self.key[0], emitted), index)
                given.append(Item(item.json, item.files, tuple((SCOPE_INPUT, place) for place in places)))
        self.results[index] = given

    def outcome(self) -> Mapping[str, Sequence[Item]]:
        """What leaves by the container's ports, in the order of the scopes."""
        done = [item for index in sorted(self.results) for item in self.results[index]]
        return {"done": done, "errors": self._failed_items()} if self.collects else {"done": done}

    def _failed_items(self) -> list[Item]:
        starts = self._starts()
        return [
            Item({**item.json, "error": self.failures[index]}, item.files, ((SCOPE_INPUT, starts[index] + place),))
            for index in sorted(self.failures)
            for place, item in enumerate(self.scopes[index])
        ]

    def _places(self, found: Traced, index: int) -> Sequence[int]:
        start = self._starts()[index]
        if isinstance(found, Source):
            _, _, position = found
            return (start + position,)
        return range(start, start + len(self.scopes[index]))

    def _starts(self) -> Sequence[int]:
        return (0, *accumulate(len(scope) for scope in self.scopes))
