"""A graph with what the catalog says of its nodes: what every check looks at. Nothing in it is known to be right."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from nodeloom.compiler.catalog import Catalog, KnownConnection, NodeSpec
from nodeloom.compiler.params import checked_params
from nodeloom.compiler.plan import upstream
from nodeloom.compiler.ports import inputs_of, ports_of
from nodeloom.expressions.template import Template, compile_template
from nodeloom.graph.document import Edge, Graph, Node
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.problem import Problem


@dataclass(frozen=True)
class DraftNode:
    """`spec`, `ports` and `inputs` are None when the node's type is unknown."""

    index: int
    node: Node
    spec: NodeSpec | None
    params: Mapping[str, JsonValue]
    param_problems: tuple[Problem, ...]
    template: Template
    ports: tuple[str, ...] | None
    inputs: tuple[str, ...] | None


@dataclass(frozen=True)
class Draft:
    """`edges` are those of the graph whose both ends exist; the rest is dangling."""

    graph: Graph
    catalog: Catalog
    nodes: Mapping[str, DraftNode]
    edges: tuple[Edge, ...]
    taken_paths: Collection[str]
    connections: Mapping[str, KnownConnection] | None
    variables: Collection[str] | None

    @cached_property
    def by_title(self) -> Mapping[str, list[DraftNode]]:
        titles: dict[str, list[DraftNode]] = {}
        for drawn in self.nodes.values():
            titles.setdefault(drawn.node.title, []).append(drawn)
        return titles

    @cached_property
    def _sources(self) -> Mapping[str, list[str]]:
        sources: dict[str, list[str]] = {node_id: [] for node_id in self.nodes}
        for edge in self.edges:
            sources[edge.target].append(edge.source)
        return sources

    def sources_of(self, node_id: str) -> list[str]:
        return self._sources[node_id]

    def containers_around(self, node_id: str) -> list[str]:
        """The containers that the node stands in, from the inside out; ends where the parents go wrong."""
        around: list[str] = []
        parent = self.nodes[node_id].node.parent
        while parent is not None and parent in self.nodes and parent not in around and parent != node_id:
            around.append(parent)
            parent = self.nodes[parent].node.parent
        return around

    def ancestors(self, node_id: str) -> set[str]:
        """What is upstream of the node, or of a container around it, on some path."""
        return {
            ancestor
            for inner in (node_id, *self.containers_around(node_id))
            for ancestor in upstream(inner, self.sources_of)
        }


def draft(
    graph: Graph,
    catalog: Catalog,
    taken_paths: Collection[str],
    connections: Mapping[str, KnownConnection] | None,
    variables: Collection[str] | None,
) -> Draft:
    ids = {node.id for node in graph.nodes}
    edges = tuple(edge for edge in graph.edges if edge.source in ids and edge.target in ids)
    used: dict[str, list[str]] = {node_id: [] for node_id in ids}
    for edge in edges:
        used[edge.target].append(edge.input)
    nodes = {node.id: _drawn(index, node, catalog, used[node.id]) for index, node in enumerate(graph.nodes)}
    return Draft(graph, catalog, nodes, edges, taken_paths, connections, variables)


def _drawn(index: int, node: Node, catalog: Catalog, used: Iterable[str]) -> DraftNode:
    spec = catalog.node_spec(node.type)
    params, problems = (node.params, ()) if spec is None else checked_params(node, spec)
    return DraftNode(
        index=index,
        node=node,
        spec=spec,
        params=params,
        param_problems=problems,
        template=compile_template(dict(params), () if spec is None else spec.literal),
        ports=None if spec is None else ports_of(spec, node),
        inputs=None if spec is None else inputs_of(spec, used),
    )
