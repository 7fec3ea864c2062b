"""How Google words a refusal."""

from typing import Any


class Problem(Exception):
    def __init__(self, code: int, message: str, reason: str, status: str, *more: dict[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.body: dict[str, Any] = {
            "error": {
                "code": code,
                "message": message,
                "errors": [{"message": message, "domain": "global", "reason": reason}],
                "status": status,
                **({"details": list(more)} if more else {}),
            }
        }


def bad_token() -> Problem:
    """One answer for tokens that are unknown, expired or revoked: Google doesn't tell them apart."""
    return Problem(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid"
        " authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        "authError",
        "UNAUTHENTICATED",
    )


def too_few_scopes(method: str) -> Problem:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"method": method},
    }
    text = "Request had insufficient authentication scopes."
    return Problem(403, text, "insufficientPermissions", "PERMISSION_DENIED", info)


def unknown_name(name: str) -> Problem:
    text = f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'
    return Problem(400, text, "badRequest", "INVALID_ARGUMENT")


def not_found() -> Problem:
    return Problem(404, "Requested entity was not found.", "notFound", "NOT_FOUND")
