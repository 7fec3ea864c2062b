"""A compiled graph: what the engine drives and the run reads. Immutable; positions and notes are not in it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.expressions.template import Template
from nodeloom.graph.document import GraphSettings, NodeSettings
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue

ERROR_PORT = "error"

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class PlanEdge:
    id: str
    source: str
    port: str
    target: str
    input: str


@dataclass(frozen=True, slots=True)
class PlanNode:
    """A node ready to run; `index` is its place in the document, `raw_params` the source of `params`."""

    id: str
    index: int
    type: str
    title: str
    spec: NodeSpec
    raw_params: Mapping[str, JsonValue]
    params: Template = field(compare=False)
    ports: tuple[str, ...]
    inputs: tuple[str, ...]
    settings: NodeSettings
    disabled: bool
    connection_id: str | None
    parent: str | None
    pinned: Mapping[str, tuple[Item, ...]] | None

    @property
    def main_port(self) -> str | None:
        """Where a disabled node passes its items on, and where `continue` does: `out`, else the first port."""
        if "out" in self.ports or not self.ports:
            return "out" if self.ports else None
        return self.ports[0]


@dataclass(frozen=True)
class Plan:
    """`nodes` stand in topological order (the document's order decides among equals), `edges` in document order."""

    nodes: Mapping[str, PlanNode]
    edges: tuple[PlanEdge, ...]
    triggers: tuple[str, ...]
    settings: GraphSettings

    def edges_into(self, node_id: str, into: str | None = None) -> tuple[PlanEdge, ...]:
        edges = self._into[node_id]
        return edges if into is None else tuple(edge for edge in edges if edge.input == into)

    def edges_from(self, node_id: str, port: str | None = None) -> tuple[PlanEdge, ...]:
        edges = self._from[node_id]
        return edges if port is None else tuple(edge for edge in edges if edge.port == port)

    def node_by_title(self, title: str) -> PlanNode | None:
        return self._titles.get(title)

    def order(self, node_id: str) -> int:
        """The node's place in the topological order."""
        return self._order[node_id]

    def children(self, container: str | None = None) -> tuple[str, ...]:
        """The nodes that stand directly in the container (None: in the root), in topological order."""
        return self._children[container]

    def entry_nodes(self, container: str | None = None) -> tuple[str, ...]:
        """Those of `children` that no edge leads into."""
        return self._entries[container]

    def end_nodes(self, container: str | None = None) -> tuple[str, ...]:
        """Those of `children` that no edge leaves, in document order: what they give is the scope's result.

        An edge from the error port does not count: a node that only has its failure handled still ends its branch.
        """
        return self._ends[container]

    def ancestors(self, node_id: str) -> frozenset[str]:
        """What is upstream on some path; inner nodes also see what is upstream of the containers around them."""
        known = self._ancestors.get(node_id)
        if known is None:
            node = self.nodes[node_id]
            outer = self.ancestors(node.parent) if node.parent else frozenset[str]()
            known = self._ancestors[node_id] = upstream(node_id, self._sources_of) | outer
        return known

    def _sources_of(self, node_id: str) -> Iterable[str]:
        return (edge.source for edge in self._into[node_id])

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _into(self) -> Mapping[str, tuple[PlanEdge, ...]]:
        return _grouped(self.nodes, ((edge.target, edge) for edge in self.edges))

    @cached_property
    def _from(self) -> Mapping[str, tuple[PlanEdge, ...]]:
        return _grouped(self.nodes, ((edge.source, edge) for edge in self.edges))

    @cached_property
    def _order(self) -> Mapping[str, int]:
        return {node_id: place for place, node_id in enumerate(self.nodes)}

    @cached_property
    def _titles(self) -> Mapping[str, PlanNode]:
        return {node.title: node for node in self.nodes.values()}

    @cached_property
    def _children(self) -> Mapping[str | None, tuple[str, ...]]:
        scopes: list[str | None] = [None, *(node.id for node in self.nodes.values() if node.spec.container)]
        return _grouped(scopes, ((node.parent, node.id) for node in self.nodes.values()))

    @cached_property
    def _entries(self) -> Mapping[str | None, tuple[str, ...]]:
        return {
            container: tuple(node_id for node_id in inner if not self._into[node_id])
            for container, inner in self._children.items()
        }

    @cached_property
    def _ends(self) -> Mapping[str | None, tuple[str, ...]]:
        return {
            container: tuple(sorted(filter(self._ends_branch, inner), key=lambda id_: self.nodes[id_].index))
            for container, inner in self._children.items()
        }

    def _ends_branch(self, node_id: str) -> bool:
        return all(edge.port == ERROR_PORT for edge in self._from[node_id])


def upstream(node_id: str, sources_of: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """Everything from which a path leads to the node; the node itself only if it is on a cycle."""
    seen: set[str] = set()
    pending = [node_id]
    while pending:
        fresh = set(sources_of(pending.pop())) - seen
        seen |= fresh
        pending.extend(fresh)
    return frozenset(seen)


def _grouped(keys: Iterable[K], pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {key: [] for key in keys}
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
