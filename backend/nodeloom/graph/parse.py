"""From any JSON to a graph and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from nodeloom.graph.document import Graph, Node
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.problem import GraphInvalid, Problem
from nodeloom.graph.upgrades import Document, upgrade

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def parse_graph(document: object) -> Graph:
    """The graph that a document of any known format holds; raises GraphInvalid when it holds none."""
    if not isinstance(document, dict):
        raise GraphInvalid([_problem("not_a_graph", "A graph is a JSON object with nodes and edges.", field=None)])
    current = _with_edge_ids(upgrade(cast("Document", document)))
    try:
        graph = Graph.model_validate(current)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        raise GraphInvalid([_shape_problem(current, detail) for detail in details]) from None
    if repeated := _repeated_ids(graph):
        raise GraphInvalid(repeated)
    return graph


def graph_to_document(graph: Graph) -> Document:
    """The graph as JSON; optional parts appear as they were given, so that a document survives the round trip."""
    document = graph.model_dump(mode="json", exclude_unset=True, include={"notes", "settings"})
    return {
        "format": graph.format,
        "nodes": [_node_document(node) for node in graph.nodes],
        "edges": [edge.model_dump(mode="json") for edge in graph.edges],
        "notes": document.get("notes", []),
        "settings": document.get("settings", {}),
    }


def _node_document(node: Node) -> Document:
    always = node.model_dump(mode="json", include={"id", "type", "title", "position", "params"})
    return always | node.model_dump(mode="json", exclude_unset=True)


def _with_edge_ids(document: Document) -> Document:
    """Edges may come without an id; they get e1, e2 and so on, as far as these are free."""
    edges = document.get("edges")
    if not isinstance(edges, list):
        return document
    taken = {id_ for edge in edges if isinstance(edge, dict) and isinstance(id_ := edge.get("id"), str)}
    free = (f"e{number}" for number in range(1, 2 * len(edges) + 1) if f"e{number}" not in taken)
    named: list[JsonValue] = [
        {"id": next(free), **edge} if isinstance(edge, dict) and "id" not in edge else edge for edge in edges
    ]
    return {**document, "edges": named}


def _repeated_ids(graph: Graph) -> list[Problem]:
    kinds: Mapping[str, Sequence[str]] = {
        "nodes": [node.id for node in graph.nodes],
        "edges": [edge.id for edge in graph.edges],
        "notes": [note.id for note in graph.notes],
    }
    return [
        _problem(
            "duplicate_id",
            f"Two {kind} have the id {ids[index]!r}.",
            field=f"{kind}[{index}].id",
            node_id=ids[index] if kind == "nodes" else None,
            hint="Give each its own id.",
        )
        for kind, ids in kinds.items()
        for index in _repeats(ids)
    ]


def _repeats(ids: Sequence[str]) -> Iterable[int]:
    seen: set[str] = set()
    for index, id_ in enumerate(ids):
        if id_ in seen:
            yield index
        seen.add(id_)


def _shape_problem(document: Document, detail: "ErrorDetails") -> Problem:
    location = detail["loc"]
    node_id = _node_id_at(document, location)
    inner = location[2:] if node_id is not None else location
    field = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in inner).lstrip(".")
    what = detail["msg"]
    return _problem("invalid_document", f"{field or 'The document'}: {what}.", field=field or None, node_id=node_id)


def _node_id_at(document: Document, location: tuple[int | str, ...]) -> str | None:
    match location:
        case ("nodes", int(index), *_):
            nodes = document["nodes"]
            node = nodes[index] if isinstance(nodes, list) else None
            id_ = node.get("id") if isinstance(node, dict) else None
            return id_ if isinstance(id_, str) else None
        case _:
            return None


def _problem(
    code: str,
    message: str,
    *,
    field: str | None,
    node_id: str | None = None,
    hint: str = "Correct the document; the graph format is described in the guide.",
) -> Problem:
    return Problem("error", code, message, hint, node_id=node_id, field=field)
