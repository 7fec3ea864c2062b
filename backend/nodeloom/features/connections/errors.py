"""What connections refuse.

ApiProblem
├── ConnectionMissing   404  choose another connection: it isn't there, or belongs to another workspace
├── ConnectionInUse     409  take it out of the workflows named, or force
├── ConnectorUnknown    422  choose an installed connector that takes a secret
├── SecretRefused       422  correct the fields that `problems` names
├── NoAppsOf            404  choose a connector that is connected by OAuth
├── AppMissing          422  register an app with the service and set it up
├── OtherAddress        422  open Nodeloom at its public address
├── ConsentUnavailable  502  the service gave no request token: try again
├── NotYours            403  ask the owner of the connection, or an admin
├── OptionsRefused      422  the service does not give these choices: correct what the form says so far
├── OptionsUnavailable  503  the service can't be asked just now: try again
└── ReconnectFirst      409  connect the account again
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


class NoAppsOf(ApiProblem):
    status = 404
    code = "not_found"
    title = "No such connector is connected in the name of an app"
    hint = "GET /api/v1/oauth-apps lists those that are."


class AppMissing(ApiProblem):
    status = 422
    code = "app_missing"
    title = "No app of the service is set up"


class OtherAddress(ApiProblem):
    status = 422
    code = "other_address"
    title = "Nodeloom is open at another address than its public one"


class ConsentUnavailable(ApiProblem):
    status = 502
    code = "consent_unavailable"
    title = "The service does not begin the consent"
    hint = "Try again in a moment; check the app's id and secret if it stays like this."


class NotYours(ApiProblem):
    status = 403
    code = "connection_not_yours"
    title = "This connection is not yours"
    hint = "Ask its owner or an admin, or connect an account of your own."


class OptionsRefused(ApiProblem):
    status = 422
    code = "options_refused"
    title = "The service does not give these choices"


class OptionsUnavailable(ApiProblem):
    status = 503
    code = "options_unavailable"
    title = "The service can't be asked just now"
    hint = "Try again in a moment, or type the value."


class ReconnectFirst(ApiProblem):
    status = 409
    code = "reconnect"
    title = "The service no longer takes the account"
    hint = "Connect the account again on the page Connections."
