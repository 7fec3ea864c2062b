"""What connections refuse.

ApiProblem
├── ConnectionMissing   404  choose another connection: it isn't there, or belongs to another workspace
├── ConnectionInUse     409  take it out of the workflows named, or force
├── ConnectorUnknown    422  choose an installed connector that takes a secret
└── SecretRefused       422  correct the fields that `problems` names
"""

from collections.abc import Sequence

from nodeloom.adapters.problem import ApiProblem


class ConnectionMissing(ApiProblem):
    status = 404
    code = "not_found"
    title = "There is no such connection"
    hint = "Choose another connection; this one was deleted or belongs to another workspace."


class ConnectionInUse(ApiProblem):
    status = 409
    code = "connection_in_use"
    title = "Workflows use this connection"
    hint = "Choose another connection in these workflows first, or delete with ?force=true."


class ConnectorUnknown(ApiProblem):
    status = 422
    code = "unknown_connector"
    title = "The connector can't be connected"
    hint = "GET /api/v1/connectors lists the connectors and the secrets they take."


class SecretRefused(ApiProblem):
    status = 422
    code = "secret_refused"
    title = "The secret can't be used"
    hint = "Correct the fields that `problems` names."

    def __init__(self, detail: str, fields: Sequence[tuple[str, str, str]], *, hint: str | None = None) -> None:
        """`fields`: field path, code and message of each."""
        problems = [
            {"severity": "error", "node_id": None, "field": field, "code": code, "message": message, "hint": ""}
            for field, code, message in fields
        ]
        super().__init__(detail, hint=hint, problems=problems)
