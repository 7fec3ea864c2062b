"""The addresses that a graph asks for."""

import secrets
from collections.abc import Iterable

from nodeloom.graph.addresses import BASES, claim_of
from nodeloom.graph.awaited import listening, with_path
from nodeloom.graph.document import Graph, Node

RESERVED = "-"

_LONGEST = 500


def is_reserved(node: Node) -> bool:
    """Addresses under /hooks/-/, /forms/-/ and /chat/-/ are the product's own."""
    return str(node.params["path"]).strip("/").split("/", 1)[0] == RESERVED


def addressed_nodes(graph: Graph) -> Iterable[tuple[Node, str]]:
    """The triggers with an address that would listen, each with what it claims.

    What is no path at all (the compiler says so) is left out: a database may not even take it for text.
    """
    for node in map(listening, graph.nodes):
        raw = node.params.get("path")
        if node.type not in BASES or node.disabled or not isinstance(raw, str):
            continue
        path = raw.strip("/")
        if path and path.isprintable() and len(path) <= _LONGEST:
            yield node, claim_of(node.type, path)


def with_fresh_paths(graph: Graph) -> Graph:
    """The same graph under addresses of its own, for a copy: the original keeps those it has."""

    def fresh(node: Node) -> Node:
        trigger = listening(node)
        if trigger.type not in BASES or "path" not in trigger.params:
            return node
        return with_path(node, secrets.token_urlsafe(16))

    return graph.model_copy(update={"nodes": [fresh(node) for node in graph.nodes]})
