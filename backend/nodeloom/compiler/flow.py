"""Checks of the way through the graph: triggers, cycles, reach, and the order that a plan keeps."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush

from nodeloom.compiler.draft import Draft, DraftNode
from nodeloom.graph.problem import Problem


def check_triggers(draft: Draft) -> Iterator[Problem]:
    if not any(_is_trigger(drawn) and not drawn.node.disabled for drawn in draft.nodes.values()):
        yield Problem(
            "error",
            "no_trigger",
            "Nothing starts this workflow.",
            "Add a trigger (or enable one): Manual, Webhook or Schedule, and lead it to the first node.",
        )


def check_reach(draft: Draft) -> Iterator[Problem]:
    """Counted from any trigger; what stands in a container is reached with it. A warning: it only never runs."""
    starts = [id_ for id_, drawn in draft.nodes.items() if _is_trigger(drawn) or _may_be_trigger(draft, drawn)]
    if not any(_is_trigger(drawn) for drawn in draft.nodes.values()):
        return
    reached = _walk(starts, _targets(draft, draft.nodes))
    for node_id, drawn in draft.nodes.items():
        if node_id not in reached and drawn.node.parent is None:
            yield Problem(
                "warning",
                "unreachable",
                f"No trigger leads to “{drawn.node.title}”, so it never runs.",
                "Connect it, or remove it.",
                node_id=node_id,
            )


def check_cycles(draft: Draft) -> Iterator[Problem]:
    """One problem for each ring of nodes, with the ring's shortest way round through its first node."""
    rings = _on_rings(draft)
    targets = _targets(draft, rings)
    told: set[str] = set()
    for node_id in rings:
        way = [] if node_id in told else _way_round(node_id, targets)
        told.update(way)
        if way:
            titles = " → ".join(f"“{draft.nodes[step].node.title}”" for step in (*way, node_id))
            yield Problem(
                "error",
                "cycle",
                f"These nodes lead back to where they began: {titles}.",
                "Remove one of the edges. To repeat steps, put them into a Loop.",
                node_id=node_id,
            )


def in_order(draft: Draft) -> list[str]:
    """Topological, a container before what stands in it; among equals the document decides. Cycles are left out."""
    edges = [(edge.source, edge.target) for edge in draft.edges]
    parents = ((drawn.node.parent, node_id) for node_id, drawn in draft.nodes.items())
    edges += [(parent, node_id) for parent, node_id in parents if parent is not None and parent in draft.nodes]
    targets: dict[str, list[str]] = {node_id: [] for node_id in draft.nodes}
    missing = dict.fromkeys(draft.nodes, 0)
    for source, target in edges:
        targets[source].append(target)
        missing[target] += 1
    ready = [(draft.nodes[node_id].index, node_id) for node_id, count in missing.items() if not count]
    heapify(ready)
    order: list[str] = []
    while ready:
        _, node_id = heappop(ready)
        order.append(node_id)
        for target in targets[node_id]:
            missing[target] -= 1
            if not missing[target]:
                heappush(ready, (draft.nodes[target].index, target))
    return order


def _is_trigger(drawn: DraftNode) -> bool:
    return drawn.spec is not None and drawn.spec.trigger


def _may_be_trigger(draft: Draft, drawn: DraftNode) -> bool:
    """Of an unknown type and with nothing leading into it: its missing connector is problem enough."""
    return drawn.spec is None and not draft.sources_of(drawn.node.id)


def _targets(draft: Draft, among: Collection[str]) -> Mapping[str, list[str]]:
    targets: dict[str, list[str]] = {node_id: [] for node_id in among}
    for edge in draft.edges:
        if edge.source in targets and edge.target in targets:
            targets[edge.source].append(edge.target)
    return targets


def _walk(starts: Iterable[str], targets: Mapping[str, list[str]]) -> set[str]:
    reached = set(starts)
    pending = [*reached]
    while pending:
        fresh = set(targets[pending.pop()]) - reached
        reached |= fresh
        pending.extend(fresh)
    return reached


def _on_rings(draft: Draft) -> dict[str, None]:
    """The nodes that stay when those that nothing leads to, or that lead nowhere, are taken away again and again."""
    left = dict.fromkeys(draft.nodes)
    while True:
        edges = [(edge.source, edge.target) for edge in draft.edges if edge.source in left and edge.target in left]
        stay = {source for source, _ in edges} & {target for _, target in edges}
        if len(stay) == len(left):
            return left
        left = {node_id: None for node_id in left if node_id in stay}


def _way_round(start: str, targets: Mapping[str, list[str]]) -> list[str]:
    """The shortest way from the node back to itself, breadth first; empty when there is none."""
    came_from: dict[str, str] = {}
    pending = deque([start])
    while pending:
        at = pending.popleft()
        for target in targets[at]:
            if target == start:
                return _steps_to(at, start, came_from)
            if target not in came_from:
                came_from[target] = at
                pending.append(target)
    return []


def _steps_to(end: str, start: str, came_from: Mapping[str, str]) -> list[str]:
    steps = [end]
    while steps[-1] != start:
        steps.append(came_from[steps[-1]])
    return steps[::-1]
