"""The addresses that a graph asks for."""

import secrets
from collections.abc import Iterable

from nodeloom.graph.document import Graph, Node

WEBHOOK = "core.webhook"
RESERVED = "-"

_LONGEST = 500


def hook_path(raw: str) -> str:
    """The path as it is claimed and looked up: without slashes at its ends."""
    return raw.strip("/")


def is_reserved(path: str) -> bool:
    """Addresses under /hooks/-/ are the product's own."""
    return path.split("/", 1)[0] == RESERVED


def webhook_nodes(graph: Graph) -> Iterable[tuple[Node, str]]:
    """The webhook triggers that would listen, each with its path.

    What is no path at all (the compiler says so) is left out: a database may not even take it for text.
    """
    for node in graph.nodes:
        raw = node.params.get("path")
        if node.type != WEBHOOK or node.disabled or not isinstance(raw, str):
            continue
        path = hook_path(raw)
        if path and path.isprintable() and len(path) <= _LONGEST:
            yield node, path


def with_fresh_paths(graph: Graph) -> Graph:
    """The same graph under addresses of its own, for a copy: the original keeps those it has."""

    def fresh(node: Node) -> Node:
        if node.type != WEBHOOK or "path" not in node.params:
            return node
        return node.model_copy(update={"params": {**node.params, "path": secrets.token_urlsafe(16)}})

    return graph.model_copy(update={"nodes": [fresh(node) for node in graph.nodes]})
