"""Checks of one node at a time: its type, title, parameters, expressions, connection, address and pinned items."""

from collections.abc import Iterator
from difflib import get_close_matches

from nodeloom.compiler.draft import Draft, DraftNode
from nodeloom.graph.addresses import BASES, address_of, claim_of
from nodeloom.graph.awaited import listening
from nodeloom.graph.item import ItemInvalid, item_from_document
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.problem import Problem


def check_types(draft: Draft) -> Iterator[Problem]:
    for drawn in draft.nodes.values():
        if drawn.spec is None:
            near = get_close_matches(drawn.node.type, [*draft.catalog.types()], n=1)
            yield Problem(
                "error",
                "unknown_type",
                f"“{drawn.node.title}” is of the type {drawn.node.type}, which is not installed here.",
                f"Did you mean {near[0]}?" if near else "Install its connector, or replace the node.",
                node_id=drawn.node.id,
                field="type",
            )


def check_titles(draft: Draft) -> Iterator[Problem]:
    for title, (first, *others) in draft.by_title.items():
        for drawn in others:
            yield Problem(
                "error",
                "duplicate_title",
                f"Two nodes are called “{title}” ({first.node.id} and {drawn.node.id}), "
                "so an expression can't tell them apart.",
                "Rename one of them.",
                node_id=drawn.node.id,
                field="title",
            )


def check_params(draft: Draft) -> Iterator[Problem]:
    """A disabled node only passes items on: what stands in it may be unfinished."""
    for drawn in _enabled(draft):
        # A model may refuse its whole `auth` for want of a connection, which is told below in better words.
        settled = ("auth", "auth.connection_id") if [*_connection_problems(drawn)] else ()
        yield from (problem for problem in drawn.param_problems if problem.field not in settled)
        for field, message in drawn.template.problems:
            yield Problem(
                "error",
                "expression_syntax",
                f"The expression in {field or 'the parameters'} can't be read: {message}",
                "Correct what stands between {{ and }}; a path looks like {{ $json.name }}.",
                node_id=drawn.node.id,
                field=field or None,
            )


def check_connections(draft: Draft) -> Iterator[Problem]:
    for drawn in _enabled(draft):
        yield from _connection_problems(drawn)
        if draft.connections is not None:
            yield from _unknown_connections(draft, drawn)


def check_paths(draft: Draft) -> Iterator[Problem]:
    """A trigger's `path` is an address of the whole installation; in one workflow, different methods may share it."""
    taken = {claim.strip("/") for claim in draft.taken_paths}
    here: dict[str, list[tuple[str, str]]] = {}
    for drawn in _enabled(draft):
        node = listening(drawn.node)
        path = node.params.get("path")
        if node.type not in BASES or not isinstance(path, str) or not path:
            continue
        claim, method = claim_of(node.type, path), str(node.params.get("method", "POST"))
        sharing = next((title for title, used in here.get(claim, []) if _overlap(method, used)), None)
        here.setdefault(claim, []).append((drawn.node.title, method))
        if claim in taken or sharing is not None:
            yield Problem(
                "error",
                "path_taken",
                f"The address {address_of(claim)} already belongs to "
                + ("another workflow." if sharing is None else f"“{sharing}”."),
                f"Choose another path for “{drawn.node.title}”.",
                node_id=drawn.node.id,
                field="path" if node is drawn.node else "trigger.path",
            )


def check_pinned(draft: Draft) -> Iterator[Problem]:
    for drawn in draft.nodes.values():
        for port, documents in (drawn.node.pinned or {}).items():
            for index, document in enumerate(documents):
                try:
                    item_from_document(document)
                except ItemInvalid as invalid:
                    yield Problem(
                        "error",
                        "invalid_pinned",
                        f"A pinned item of “{drawn.node.title}” is not an item. {invalid}",
                        "Pin the output of a run again, or unpin it.",
                        node_id=drawn.node.id,
                        field=f"pinned.{port}[{index}]",
                    )


def _enabled(draft: Draft) -> Iterator[DraftNode]:
    return (drawn for drawn in draft.nodes.values() if not drawn.node.disabled)


def _overlap(method: str, other: str) -> bool:
    return method == other or "ANY" in (method, other)


def _auth(drawn: DraftNode) -> dict[str, JsonValue] | None:
    """The `auth` parameter when it names a kind that needs a connection."""
    auth = drawn.params.get("auth")
    if not isinstance(auth, dict) or auth.get("kind") in (None, "", "none"):
        return None
    return auth


def _connection_problems(drawn: DraftNode) -> Iterator[Problem]:
    if drawn.spec is not None and drawn.spec.connection and not drawn.node.connection_id:
        yield _missing_connection(drawn, drawn.spec.connection, "connection_id")
    auth = _auth(drawn)
    if auth is not None and not auth.get("connection_id"):
        yield _missing_connection(drawn, str(auth["kind"]), "auth.connection_id")


def _missing_connection(drawn: DraftNode, kind: str, field: str) -> Problem:
    return Problem(
        "error",
        "missing_connection",
        f"“{drawn.node.title}” needs a connection ({kind}) and has none.",
        "Open the node and choose a connection, or make a new one.",
        node_id=drawn.node.id,
        field=field,
    )


def _unknown_connections(draft: Draft, drawn: DraftNode) -> Iterator[Problem]:
    auth = _auth(drawn)
    used = {"connection_id": drawn.node.connection_id, "auth.connection_id": auth and auth.get("connection_id")}
    for field, connection_id in used.items():
        if isinstance(connection_id, str) and connection_id and connection_id not in (draft.connections or ()):
            yield Problem(
                "error",
                "unknown_connection",
                f"The connection that “{drawn.node.title}” uses is not there (any more).",
                "Open the node and choose another connection.",
                node_id=drawn.node.id,
                field=field,
            )
