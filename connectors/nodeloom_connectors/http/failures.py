"""Failures of the wire and refusals by status, as the four errors of the SDK."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx2

from nodeloom_connectors.sdk import OutcomeUnknown, Reconnect, Refused, RetryLater

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import ConnectorError, Effect

_HINTS = {
    400: "The service finds something wrong with the request: compare its parameters with the service's documentation.",
    401: "Choose an authentication and a connection for this node.",
    403: "The account is not allowed to do this: check its rights with the service.",
    404: "Check the URL: there is nothing at this address, or this account may not see it.",
    405: "The address exists, but not for this method: choose another one.",
    409: "The service's data is in another state than the request expects.",
    413: "The body is too large for this service.",
    415: "The service does not take this body type.",
    422: "The service finds something wrong with the body: compare it with the service's documentation.",
}


@dataclass
class Journey:
    """How far a request came: `carried_out` once the service answered it with a redirect to its result."""

    host: str
    carried_out: bool = False


@contextmanager
def translated(host: str, timeout_s: float) -> Generator[Journey]:
    """Turns what httpx2 raises into SDK errors; texts name the host, never the whole URL."""
    journey = Journey(host)
    try:
        yield journey
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        raise _not_connected(error, journey) from error
    except (TimeoutError, httpx2.TimeoutException) as error:
        hint = "Give the node a longer timeout, or check whether the service is slow."
        raise OutcomeUnknown(f"{journey.host} did not answer within {timeout_s:g} s.", hint=hint) from error
    except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL) as error:
        raise Refused(
            f"The request can't be sent: {error}", "invalid_request", hint="Check URL and headers."
        ) from error
    except httpx2.DecodingError as error:
        raise Refused(f"The answer of {journey.host} can't be decompressed.", "invalid_answer") from error
    except httpx2.TransportError as error:
        text = f"The connection to {journey.host} broke before the whole answer had come."
        raise OutcomeUnknown(text, hint="Try again, or look at the service whether the call took effect.") from error


def _not_connected(error: httpx2.TransportError, journey: Journey) -> ConnectorError:
    text = f"{journey.host} can't be reached: {error or type(error).__name__}"
    hint = "Check the address, and that the service is up."
    if journey.carried_out:
        return OutcomeUnknown(f"The service carried out the request, but {text}", hint=hint)
    return RetryLater(text, nothing_happened=True, hint=hint)


def refusal(response: httpx2.Response, excerpt: str, effect: Effect, *, has_account: bool) -> ConnectorError:
    """The error for a status of 400 and above; `excerpt` is the beginning of the body, without secrets."""
    status, host = response.status_code, response.request.url.host
    text = f"{host} answered {status} {response.reason_phrase}".rstrip() + (f": {excerpt}" if excerpt else ".")
    match status:
        case 401 if has_account:
            return Reconnect(f"{host} no longer accepts this connection (401).", hint="Renew the connection's secret.")
        case 429 | 503:
            # 429 is a refusal before any work; a 503 may come from a proxy after the service has acted.
            return RetryLater(text, retry_after(response), nothing_happened=status == 429)
        case status if status >= 500 and effect in ("once", "destructive"):
            return OutcomeUnknown(text, hint="Look at the service whether the call took effect.")
        case status if status >= 500:
            return RetryLater(text, retry_after(response))
        case status:
            hint = _HINTS.get(status, "Compare the request with the service's documentation.")
            return Refused(text, f"http_{status}", {"status": status, "body": excerpt}, hint=hint)


def retry_after(response: httpx2.Response) -> timedelta | None:
    """The Retry-After header, as seconds or as a date measured by the service's own clock where it shows one."""
    given = response.headers.get("retry-after", "").strip()
    if given.isdecimal():
        return timedelta(seconds=min(int(given), 7 * 86_400))
    moment = _http_date(given)
    if moment is None:
        return None
    now = _http_date(response.headers.get("date", "")) or datetime.fromtimestamp(time.time(), UTC)
    return min(max(moment - now, timedelta(0)), timedelta(days=7))


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
