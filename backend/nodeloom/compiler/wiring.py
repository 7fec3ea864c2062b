"""Checks of the edges: their ends, ports and inputs, and the borders that they may not cross."""

from collections.abc import Iterator

from nodeloom.compiler.draft import Draft, DraftNode
from nodeloom.compiler.plan import ERROR_PORT
from nodeloom.graph.document import Edge
from nodeloom.graph.problem import Problem


def check_edges(draft: Draft) -> Iterator[Problem]:
    seen: set[tuple[str, str, str, str]] = set()
    for index, edge in enumerate(draft.graph.edges):
        ends = (edge.source, edge.port, edge.target, edge.input)
        yield from _dangling(draft, index, edge)
        if ends in seen:
            yield _edge_problem(
                edge.target,
                f"edges[{index}]",
                "duplicate_edge",
                "The same edge is drawn twice, so every item would come twice.",
                "Remove one of the two.",
            )
        seen.add(ends)
        if edge.source in draft.nodes and edge.target in draft.nodes:
            source, target = draft.nodes[edge.source], draft.nodes[edge.target]
            yield from _wrong_port(index, edge, source)
            yield from _wrong_input(index, edge, target)
            yield from _crossing(index, source, target)


def check_parents(draft: Draft) -> Iterator[Problem]:
    for drawn in draft.nodes.values():
        node = drawn.node
        if node.parent is None:
            continue
        parent = draft.nodes.get(node.parent)
        around = draft.containers_around(node.id)
        endless = bool(around) and draft.nodes[around[-1]].node.parent in (*around, node.id)
        if parent is None or endless or node.parent == node.id or (parent.spec and not parent.spec.container):
            yield Problem(
                "error",
                "no_parent",
                f"“{node.title}” says that it stands in {node.parent}, which is not a container around it.",
                "Move the node into a container, or out to the canvas.",
                node_id=node.id,
                field="parent",
            )
        if drawn.spec is not None and drawn.spec.trigger:
            yield Problem(
                "error",
                "trigger_in_container",
                f"“{node.title}” is a trigger and can't stand in a container.",
                "Move it out to the canvas: a run starts there.",
                node_id=node.id,
                field="parent",
            )


def _dangling(draft: Draft, index: int, edge: Edge) -> Iterator[Problem]:
    for side, gone, other in (("source", edge.source, edge.target), ("target", edge.target, edge.source)):
        if gone not in draft.nodes:
            yield _edge_problem(
                other if other in draft.nodes else None,
                f"edges[{index}].{side}",
                "dangling_edge",
                f"An edge {'comes from' if side == 'source' else 'leads to'} a node that is not there ({gone}).",
                "Remove the edge, or connect it to another node.",
            )


def _wrong_port(index: int, edge: Edge, source: DraftNode) -> Iterator[Problem]:
    if source.ports is None or edge.port in source.ports:
        return
    if edge.port == ERROR_PORT and source.spec is not None and source.spec.can_fail:
        hint = "In its settings, let the node leave by the error port when it fails, or remove the edge."
    elif source.ports:
        hint = f"It has: {', '.join(source.ports)}. Draw the edge from one of these."
    else:
        hint = "The node ends its branch: remove the edge."
    message = f"“{source.node.title}” has no port “{edge.port}”."
    yield _edge_problem(source.node.id, f"edges[{index}].port", "wrong_port", message, hint)


def _wrong_input(index: int, edge: Edge, target: DraftNode) -> Iterator[Problem]:
    if target.inputs is None or edge.input in target.inputs:
        return
    title = target.node.title
    if target.inputs:
        message = f"“{title}” has no input “{edge.input}”."
        hint = f"It has: {', '.join(target.inputs)}. Draw the edge to one of these."
    else:
        message = f"“{title}” starts the run, so nothing can lead into it."
        hint = "Remove the edge, or lead it to the node behind."
    yield _edge_problem(target.node.id, f"edges[{index}].input", "wrong_input", message, hint)


def _crossing(index: int, source: DraftNode, target: DraftNode) -> Iterator[Problem]:
    if source.node.parent != target.node.parent:
        yield _edge_problem(
            source.node.id,
            f"edges[{index}]",
            "crosses_container",
            f"The edge from “{source.node.title}” to “{target.node.title}” crosses the border of a container.",
            "Connect the container itself, and refer to what is outside by an expression.",
        )


def _edge_problem(node_id: str | None, field: str, code: str, message: str, hint: str) -> Problem:
    return Problem("error", code, message, hint, node_id=node_id, field=field)
