"""Look back from an item to the item of an earlier node that it was made from: `$('Name').item`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from nodeloom.compiler.plan import Plan
from nodeloom.engine.inputs import SCOPE_INPUT, Emitted, Joined, Source, inputs_of
from nodeloom.engine.results import result_ports
from nodeloom.graph.item import Item, Origin
from nodeloom.graph.scope import NodeKey


@dataclass(frozen=True, slots=True)
class NotLinked:
    """None of the items that led here was given by that node."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The item was made from several items of that node."""

    count: int


Traced: TypeAlias = Source | NotLinked | Ambiguous


def trace(plan: Plan, key: NodeKey, origin: Origin, node_id: str, emitted: Emitted) -> Traced:
    """The item of `node_id` that an item at `key` was made from.

    `origin` points into the inputs of `key`: (("in", 3),) while it works on the fourth item that came in. All origins
    are followed, through any number of nodes and out of containers; several that lead to the same item are one.
    """
    inputs: dict[NodeKey, Mapping[str, Joined]] = {}
    found: set[Source] = set()
    seen: set[Source] = set()
    pending = [(key, origin)]
    while pending:
        at, behind = pending.pop()
        if at not in inputs:
            inputs[at] = inputs_of(plan, _taking(at), emitted)
        for source in _unseen(inputs[at], behind, seen):
            if source.key[0] == node_id:
                found.add(source)
            else:
                pending.append((source.key, emitted(source.key, source.port)[source.position].origin))
    if len(found) > 1:
        return Ambiguous(len(found))
    return found.pop() if found else NotLinked()


def _taking(key: NodeKey) -> NodeKey:
    """The node whose inputs an origin at `key` points into: for a container's scope, the container outside it."""
    node_id, path = key
    return (node_id, path[:-1]) if path and path[-1][0] == node_id else key


def _unseen(inputs: Mapping[str, Joined], origin: Iterable[tuple[str, int]], seen: set[Source]) -> Iterator[Source]:
    for name, position in origin:
        joined = inputs.get(name)
        source = joined.source(position) if joined is not None else None
        if source is not None and source not in seen:
            seen.add(source)
            yield source


def given_back(plan: Plan, trigger: str, emitted: Emitted) -> list[Item]:
    """What a run gives whoever called it: the items of all end nodes that ran, in graph order.

    Each points by `in` at the items of the trigger that it was made from; where that is not clear, at all of them.
    """
    begun = range(sum(len(emitted((trigger, ()), port)) for port in plan.nodes[trigger].ports))
    given: list[Item] = []
    for node_id, port in result_ports(plan):
        for position, item in enumerate(emitted((node_id, ()), port)):
            if node_id == trigger:
                places: Sequence[int] = (position,)
            else:
                found = trace(plan, (node_id, ()), item.origin, trigger, emitted)
                places = (found.position,) if isinstance(found, Source) else begun
            given.append(Item(item.json, item.files, tuple((SCOPE_INPUT, place) for place in places)))
    return given
