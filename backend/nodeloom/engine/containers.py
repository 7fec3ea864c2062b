"""A container at work: which of its scopes may begin, and what those that ended gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import NamedTuple

from nodeloom.compiler.plan import Plan
from nodeloom.engine.inputs import SCOPE_INPUT, Emitted, Source
from nodeloom.engine.lineage import Traced, trace
from nodeloom.engine.results import result_ports
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.scope import NodeKey, ScopePath

SCOPES_A_SHARE = 25
MOST_SHARES = 16


class Share(NamedTuple):
    """The scopes from `first` to before `end`, `at_once` of them side by side."""

    first: int
    end: int
    at_once: int


def shares(scopes: int, at_once: int) -> Sequence[Share]:
    """Scopes divided among runs so that together no more than `at_once` are open; a single one: not worth it."""
    count = max(1, min(MOST_SHARES, at_once, -(-scopes // SCOPES_A_SHARE)))
    ends = [scopes * number // count for number in range(count + 1)]
    return [Share(first, end, (at_once + number) // count) for number, (first, end) in enumerate(pairwise(ends))]


@dataclass(slots=True)
class OpenContainer:
    """`scopes` are the items of each scope, in order; `failures` the errors of those scopes that failed.

    With a `share` only those scopes are opened here. `collects` says that a failed scope is a result like others;
    `error` that one failed the container itself.
    """

    key: NodeKey
    scopes: Sequence[Sequence[Item]]
    at_once: int
    collects: bool
    share: Share | None = None
    opened: int = field(init=False)
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

    def __post_init__(self) -> None:
        self.opened = self.first

    @property
    def first(self) -> int:
        return self.share.first if self.share is not None else 0

    @property
    def end(self) -> int:
        return self.share.end if self.share is not None else len(self.scopes)

    @property
    def may_open(self) -> int:
        """How many scopes may have begun by now."""
        if self.error is not None:
            return self.opened
        return min(self.end, self.first + len(self.finished) + self.at_once)

    @property
    def ended(self) -> bool:
        wanted = self.opened if self.error is not None else self.end
        return len(self.finished) >= wanted - self.first

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
