"""Does a node have the connection that it needs, is that to the right service, and may it do what the node does?"""

from collections.abc import Iterator

from nodeloom.compiler.catalog import KnownConnection, NodeSpec
from nodeloom.compiler.draft import Draft, DraftNode
from nodeloom.graph.document import Node
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.problem import Problem


def check_connections(draft: Draft) -> Iterator[Problem]:
    for drawn in draft.nodes.values():
        if not drawn.node.disabled:
            yield from missing_connections(drawn)
            yield from _unfit(draft, drawn)


def missing_connections(drawn: DraftNode) -> Iterator[Problem]:
    if drawn.spec is not None and drawn.spec.connection and not drawn.node.connection_id:
        yield _missing(drawn.node, drawn.spec.connection, "connection_id")
    auth = _auth(drawn)
    if auth is not None and not auth.get("connection_id"):
        yield _missing(drawn.node, str(auth["kind"]), "auth.connection_id")


def unfit_connection(
    draft: Draft, node: Node, connection_id: object, connector: str | None, spec: NodeSpec | None, field: str
) -> Iterator[Problem]:
    """`connector` is whose account it has to be; None: anybody's. `spec` tells which rights it takes."""
    if draft.connections is None or not isinstance(connection_id, str) or not connection_id:
        return
    known = draft.connections.get(connection_id)
    if known is None:
        text = f"The connection that “{node.title}” uses is not there (any more)."
        yield _problem(node, field, "unknown_connection", text, "Open the node and choose another connection.")
    elif connector is not None and known.connector != connector:
        text = f"“{node.title}” needs a connection to {connector}, and has one to {known.connector}."
        yield _problem(node, field, "wrong_connection", text, "Open the node and choose another connection.")
    elif spec is not None and (missing := _missing_scopes(spec, known)):
        text = f"The connection of “{node.title}” lacks rights that it needs: {', '.join(missing)}."
        hint = "Connect the account again with these rights, or choose another connection."
        yield _problem(node, field, "missing_scopes", text, hint)


def _unfit(draft: Draft, drawn: DraftNode) -> Iterator[Problem]:
    spec, node = drawn.spec, drawn.node
    own = spec.connection if spec is not None else None
    yield from unfit_connection(draft, node, node.connection_id, own, spec if own else None, "connection_id")
    if (auth := _auth(drawn)) is not None:
        field = "auth.connection_id"
        yield from unfit_connection(draft, node, auth.get("connection_id"), str(auth["kind"]), None, field)


def _auth(drawn: DraftNode) -> dict[str, JsonValue] | None:
    """The `auth` parameter when it names a kind that needs a connection."""
    auth = drawn.params.get("auth")
    if not isinstance(auth, dict) or auth.get("kind") in (None, "", "none"):
        return None
    return auth


def _missing(node: Node, kind: str, field: str) -> Problem:
    text = f"“{node.title}” needs a connection ({kind}) and has none."
    return _problem(
        node, field, "missing_connection", text, "Open the node and choose a connection, or make a new one."
    )


def _missing_scopes(spec: NodeSpec, known: KnownConnection) -> list[str]:
    if known.scopes is None:
        return []
    return [scope for scope in spec.scopes if scope not in known.scopes]


def _problem(node: Node, field: str, code: str, message: str, hint: str) -> Problem:
    return Problem("error", code, message, hint, node_id=node.id, field=field)
