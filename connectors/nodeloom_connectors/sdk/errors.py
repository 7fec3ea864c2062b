"""What a connector may raise; the caller decides to retry, park or fail from the type alone.

ConnectorError
├── RetryLater       the service is busy, down or not reachable: the same call may work later
├── Reconnect        the credential no longer works: a person must reconnect
├── Refused          the service refused this very call: repeating it will not help
└── OutcomeUnknown   the request left and no answer came: it may have happened or not

Anything else that an action raises is a bug in the connector. No message may hold a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from pydantic import JsonValue


class ConnectorError(Exception):
    """The root of the tree: `message` says what went wrong, `hint` what to do about it."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class RetryLater(ConnectorError):
    """Call again, not before `after` if the service named a delay.

    `nothing_happened` is proof that the service did not act (connection refused, name not found, 429): only then may an
    action with the effect `once` or `destructive` be tried again by itself.
    """

    def __init__(
        self, message: str, after: timedelta | None = None, *, nothing_happened: bool = False, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.after = after
        self.nothing_happened = nothing_happened


class Reconnect(ConnectorError):
    """Mark the connection as broken and wait until a person has connected it again.

    `token_is_good`: the service takes the account, but it was not granted what this call needs. Then the connection
    isn't broken for others, and a renewed token would not help.
    """

    def __init__(self, message: str, *, token_is_good: bool = False, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.token_is_good = token_is_good


class Refused(ConnectorError):
    """Fail the node: the same call would be refused again.

    `code` is stable and lower-case with underscores; `detail` is what the service said, for a person to read.
    """

    def __init__(
        self, message: str, code: str = "refused", detail: dict[str, JsonValue] | None = None, *, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.detail: dict[str, JsonValue] = detail or {}


class OutcomeUnknown(ConnectorError):
    """Repeat a `read` or `idempotent` call; confirm any other with the service or ask a person."""
