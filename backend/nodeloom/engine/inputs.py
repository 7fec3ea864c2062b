"""Which items a node takes in, and from where each of them came."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple, TypeAlias

from nodeloom.compiler.plan import Plan
from nodeloom.graph.item import Item
from nodeloom.graph.scope import NodeKey

SCOPE_INPUT = "in"

Emitted: TypeAlias = Callable[[NodeKey, str], Sequence[Item]]
"""The items that a node gave by a port; empty when it gave none or did not run.

A container's scope counts as a node of its own: `(container, path of the scope)` gives the scope's items by `in`.
"""


class Source(NamedTuple):
    """One item, by where it was given."""

    key: NodeKey
    port: str
    position: int


class Part(NamedTuple):
    """What came in over one edge."""

    key: NodeKey
    port: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Joined:
    """One input's items: the lists of its edges, one after the other in edge order."""

    parts: tuple[Part, ...]

    @property
    def items(self) -> Sequence[Item]:
        # One edge is the rule, and a cached property takes a lock before it looks.
        return self.parts[0].items if len(self.parts) == 1 else self._chained

    @cached_property
    def _chained(self) -> Sequence[Item]:
        return tuple(chain.from_iterable(part.items for part in self.parts))

    def source(self, position: int) -> Source | None:
        """Where the item at this position came from; None when there is no such position."""
        if not 0 <= position < len(self.items):
            return None
        which = bisect_right(self._ends, position)
        part = self.parts[which]
        start = self._ends[which] - len(part.items)
        return Source(part.key, part.port, position - start)

    @cached_property
    def _ends(self) -> Sequence[int]:
        return tuple(accumulate(len(part.items) for part in self.parts))


def inputs_of(plan: Plan, key: NodeKey, emitted: Emitted) -> Mapping[str, Joined]:
    """Each input of the node with what has come into it; an input whose edges are dead is there, and empty.

    Nodes inside a container that no edge leads into take the items of their scope. A trigger has no inputs.
    """
    node_id, path = key
    inputs = plan.nodes[node_id].inputs
    edges = plan.edges_into(node_id)
    if not edges and path and inputs:
        scope: NodeKey = (path[-1][0], path)
        return {inputs[0]: Joined((Part(scope, SCOPE_INPUT, emitted(scope, SCOPE_INPUT)),))}
    parts: dict[str, list[Part]] = {name: [] for name in inputs}
    for edge in edges:
        source = (edge.source, path)
        parts[edge.input].append(Part(source, edge.port, emitted(source, edge.port)))
    return {name: Joined(tuple(of_input)) for name, of_input in parts.items()}
