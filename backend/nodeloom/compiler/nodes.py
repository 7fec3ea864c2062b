"""Checks of one node at a time: its type, title, parameters, expressions, address and pinned items."""

from collections.abc import Iterator
from difflib import get_close_matches

from nodeloom.compiler.accounts import missing_connections
from nodeloom.compiler.draft import Draft, DraftNode
from nodeloom.graph.addresses import BASES, address_of, claim_of
from nodeloom.graph.awaited import listening
from nodeloom.graph.item import ItemInvalid, item_from_document
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
        settled = ("auth", "auth.connection_id") if [*missing_connections(drawn)] else ()
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
