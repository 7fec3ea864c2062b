"""What Trello refuses and what breaks on the way, as the four errors of the SDK."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2

from nodeloom_connectors.sdk import OutcomeUnknown, Reconnect, Refused, RetryLater, retry_after

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import ConnectorError

# Atlassian, "Trello REST API rate limits": 100 calls in 10 s for a token, 300 for a key; no header says when.
_WINDOW = timedelta(seconds=10)
_BUSY = "Trello may be busy: it is tried again."
_HINTS = {
    400: "Trello finds something wrong with the request: check the parameters of this node.",
    403: "The account may not do this: check its rights, and whether the app may work in this Workspace.",
    404: "There is nothing with this id, or this account may not see it.",
}


def unclear(method: str, text: str, after: timedelta | None = None) -> ConnectorError:
    """It left, and what became of it isn't known. Reading changes nothing; a PUT says only how something shall be."""
    match method:
        case "GET" | "PUT":
            return RetryLater(text, after, nothing_happened=method == "GET", hint=_BUSY)
        case _:
            return OutcomeUnknown(text, hint="Look at Trello whether it happened before you run it again.")


@contextmanager
def translated(method: str, timeout_s: float) -> Generator[None]:
    """Turns what breaks on the way into SDK errors; httpx2's own texts may name the whole URL, so they stay inside."""
    try:
        yield
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        text = f"Trello can't be reached ({type(error).__name__})."
        raise RetryLater(text, nothing_happened=True, hint="Check the network of this installation.") from error
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise unclear(method, f"Trello did not answer within {timeout_s:g} s.") from error
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        raise unclear(method, "The connection to Trello broke before the whole answer had come.") from error


def refusal(method: str, status: int, headers: Mapping[str, str], said: str) -> ConnectorError:
    """The error for any answer that isn't a success; `said` is the beginning of the body, without secrets."""
    text = f"Trello answered {status}" + (f": {said}" if said else ".")
    match status:
        case 429:
            wait = retry_after(headers) or _WINDOW
            return RetryLater(text, wait, nothing_happened=True, hint="Trello's rate limit was reached.")
        case 401 if said.startswith("unauthorized"):
            # The token is good, but not for this: a board of others, or a right that was never given.
            hint = "Check the account's rights to this board, and what was allowed when it was connected."
            return Refused(text, "not_allowed", {"status": status, "message": said}, hint=hint)
        case 401:
            return Reconnect("Trello no longer accepts this connection.", hint="Connect the account again.")
        case status if status >= 500 or status == 408:
            return unclear(method, text, retry_after(headers))
        case status if 300 <= status < 400:
            hint = "Something stands between this installation and Trello: check TRELLO_API_URL and the network."
            return Refused(f"Trello's address leads elsewhere ({status}).", "redirected", hint=hint)
        case _:
            hint = _HINTS.get(status, "Compare the request with Trello's documentation.")
            code = "not_found" if status == 404 else f"http_{status}"
            return Refused(text, code, {"status": status, "message": said}, hint=hint)
