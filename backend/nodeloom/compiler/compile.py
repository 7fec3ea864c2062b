"""From a graph and a catalog to a plan, or to everything that is wrong with it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from nodeloom.compiler.accounts import check_connections
from nodeloom.compiler.awaited import check_awaited
from nodeloom.compiler.catalog import Catalog, KnownConnection, NodeSpec
from nodeloom.compiler.draft import Draft, DraftNode, draft
from nodeloom.compiler.flow import check_cycles, check_reach, check_triggers, in_order
from nodeloom.compiler.nodes import (
    check_params,
    check_paths,
    check_pinned,
    check_titles,
    check_types,
)
from nodeloom.compiler.plan import Plan, PlanEdge, PlanNode
from nodeloom.compiler.references import check_references, check_variables
from nodeloom.compiler.settings import check_settings
from nodeloom.compiler.wiring import check_edges, check_parents
from nodeloom.graph.document import Graph
from nodeloom.graph.item import Item, item_from_document
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.problem import Problem

_CHECKS: tuple[Callable[[Draft], Iterable[Problem]], ...] = (
    check_triggers,
    check_settings,
    check_types,
    check_titles,
    check_params,
    check_awaited,
    check_connections,
    check_paths,
    check_references,
    check_variables,
    check_pinned,
    check_parents,
    check_edges,
    check_cycles,
    check_reach,
)


@dataclass(frozen=True)
class Compiled:
    """`plan` is None exactly when one of the problems is an error."""

    plan: Plan | None
    problems: tuple[Problem, ...]


def compile_graph(
    graph: Graph,
    catalog: Catalog,
    *,
    taken_paths: Collection[str] = (),
    connections: Mapping[str, KnownConnection] | None = None,
    variables: Collection[str] | None = None,
) -> Compiled:
    """All problems of the graph, what concerns the whole first, then node by node in document order.

    `taken_paths` are the addresses that other workflows claim, `connections` what is connected (None: not checked).
    """
    drawn = draft(graph, catalog, taken_paths, connections, variables)
    places = {node_id: known.index for node_id, known in drawn.nodes.items()}
    problems = sorted(
        (problem for check in _CHECKS for problem in check(drawn)),
        key=lambda problem: places.get(problem.node_id or "", -1),
    )
    sound = all(problem.severity == "warning" for problem in problems)
    return Compiled(_plan(drawn) if sound else None, tuple(problems))


def _plan(drawn: Draft) -> Plan:
    ordered = (drawn.nodes[node_id] for node_id in in_order(drawn))
    nodes = {known.node.id: _plan_node(known, known.spec) for known in ordered if known.spec is not None}
    return Plan(
        nodes=nodes,
        edges=tuple(PlanEdge(edge.id, edge.source, edge.port, edge.target, edge.input) for edge in drawn.edges),
        triggers=tuple(id_ for id_, node in nodes.items() if node.spec.trigger and not node.disabled),
        settings=drawn.graph.settings,
    )


def _plan_node(drawn: DraftNode, spec: NodeSpec) -> PlanNode:
    node = drawn.node
    return PlanNode(
        id=node.id,
        index=drawn.index,
        type=node.type,
        title=node.title,
        spec=_in_its_mode(spec, drawn.params),
        raw_params=drawn.params,
        params=drawn.template,
        ports=drawn.ports or (),
        inputs=drawn.inputs or (),
        settings=node.settings,
        disabled=node.disabled,
        connection_id=node.connection_id,
        parent=node.parent,
        pinned=None if node.pinned is None else {port: _items(listed) for port, listed in node.pinned.items()},
    )


def _in_its_mode(spec: NodeSpec, params: Mapping[str, JsonValue]) -> NodeSpec:
    chosen = params.get(spec.mode_param) if spec.mode_param is not None else None
    return replace(spec, mode=chosen) if chosen == "each" or chosen == "all" else spec


def _items(documents: Iterable[Mapping[str, JsonValue]]) -> tuple[Item, ...]:
    return tuple(item_from_document(document) for document in documents)
