"""What Google refuses and what breaks on the way, as the four errors of the SDK."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast

import httpx2

from nodeloom_connectors.sdk import OutcomeUnknown, Reconnect, Refused, RetryLater

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodeloom_connectors.sdk import ConnectorError

_TOO_FAST = {
    "ratelimitexceeded",
    "userratelimitexceeded",
    "rate_limit_exceeded",
    "quotaexceeded",
    "resource_exhausted",
    "sharingratelimitexceeded",
}
_TODAY = {"dailylimitexceeded", "dailylimitexceededunreg"}
_SCOPE_MISSING = {"insufficientpermissions", "access_token_scope_insufficient", "insufficientscopes"}
_NOT_SWITCHED_ON = {"accessnotconfigured", "service_disabled"}
_HINTS = {
    400: "Google finds something wrong with the request: check the parameters of this node.",
    403: "The account may not do this: check its rights to this item with Google.",
    404: "There is nothing with this id, or this account may not see it.",
    409: "It exists already, or was changed in the meantime.",
    412: "It was changed in the meantime.",
    413: "Google takes no more than this in one request.",
}
_LOOK = "Look there whether it happened before you run it again."


@dataclass(frozen=True)
class Asked:
    """What was asked of whom. `repeatable`: doing it twice is the same as once. `scopes`: any of them allows it.

    What only `reads` has done nothing, whatever became of the answer; actions here read before they act, never after.
    """

    title: str
    reads: bool
    repeatable: bool
    scopes: Sequence[str]

    def unclear(self, text: str, after: timedelta | None = None) -> ConnectorError:
        """It left, and what became of it isn't known."""
        if self.repeatable:
            hint = "Google may be busy: it is tried again."
            return RetryLater(text, after, nothing_happened=self.reads, hint=hint)
        return OutcomeUnknown(text, hint=f"{self.title} may have done it. {_LOOK}")


@contextmanager
def translated(asked: Asked, timeout_s: float) -> Generator[None]:
    """Turns what breaks on the way into SDK errors."""
    title = asked.title
    try:
        yield
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        text = f"{title} can't be reached: {error or type(error).__name__}"
        raise RetryLater(text, nothing_happened=True, hint="Check the network of this installation.") from error
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise asked.unclear(f"{title} did not answer within {timeout_s:g} s.") from error
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        raise asked.unclear(f"The connection to {title} broke before the whole answer had come.") from error


def refusal(asked: Asked, status: int, headers: Mapping[str, str], body: bytes) -> ConnectorError:
    """The error for any answer that isn't a success."""
    said = _said(body)
    reasons = _reasons(said)
    message = str(said.get("message") or "").strip()
    text = f"{asked.title} answered {status}" + (f": {message}" if message else ".")
    after = retry_after(headers)
    if status == 429 or reasons & (_TOO_FAST | _TODAY):
        wait = after or (timedelta(hours=1) if reasons & _TODAY else None)
        return RetryLater(text, wait, nothing_happened=True, hint="Google's quota is used up for now.")
    if status == 401:
        return Reconnect(f"{asked.title} no longer accepts this connection.", hint="Connect the account again.")
    if reasons & _SCOPE_MISSING:
        return _scope_missing(asked)
    if reasons & _NOT_SWITCHED_ON:
        hint = f"Switch on the API of {asked.title} in the Google Cloud project that the client id belongs to."
        return Refused(text, "api_not_enabled", {"status": status, "message": message}, hint=hint)
    if status >= 500 or status == 408:
        return asked.unclear(text, after)
    detail: Any = {"status": status, "message": message, "reasons": sorted(reasons)}
    return Refused(text, f"http_{status}", detail, hint=_HINTS.get(status, "Google does not take this request."))


def _scope_missing(asked: Asked) -> ConnectorError:
    short = [scope.rpartition("/")[2] for scope in asked.scopes if not scope.endswith("/")]
    wanted = " or ".join(name for name in short if ".addons." not in name) or "more rights"
    hint = "Connect the account again, and leave every box of Google's page ticked."
    text = f"This connection was not given the right that {asked.title} asks for: {wanted}."
    return Reconnect(text, token_is_good=True, hint=hint)


def _said(body: bytes) -> dict[str, Any]:
    """The error of Google's answer; empty where it isn't one, as of a proxy in between."""
    try:
        whole = json.loads(body)
    except ValueError:
        return {}
    error = cast("dict[str, Any]", whole).get("error") if isinstance(whole, dict) else None
    if isinstance(error, dict):
        return cast("dict[str, Any]", error)
    return {"message": error} if isinstance(error, str) else {}


def _reasons(said: Mapping[str, Any]) -> set[str]:
    """In lower case, of the old form of Google's errors and of the new one."""
    found = {str(said.get("status") or "").lower()}
    for place in ("errors", "details"):
        entries = said.get(place)
        for entry in cast("list[object]", entries) if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                found.add(str(cast("dict[str, Any]", entry).get("reason") or "").lower())
    return found - {""}


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Seconds, or a date measured by the service's own clock where it shows one; a week at most."""
    given = headers.get("retry-after", "").strip()
    if given.isdecimal():
        return timedelta(seconds=min(int(given), 7 * 86_400))
    moment = _http_date(given)
    if moment is None:
        return None
    now = _http_date(headers.get("date", "")) or datetime.fromtimestamp(time.time(), UTC)
    return min(max(moment - now, timedelta(0)), timedelta(days=7))


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
