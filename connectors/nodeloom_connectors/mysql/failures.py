"""What MySQL and the way to it report, as the four errors of the SDK."""

from __future__ import annotations

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nodeloom_connectors.sdk import ConnectorError, OutcomeUnknown, Reconnect, Refused, RetryLater

if TYPE_CHECKING:
    from pydantic import JsonValue

# By the server's numbers: busy or in each other's way, rolled back; and the account.
_AGAIN = {1040, 1205, 1213, 1053, 1203}
_ACCOUNT = {1044, 1045, 1049, 1698, 1130}
_READ_ONLY = 1792
_TOO_SLOW = {1969, 3024}
_FIRST_OF_THE_CLIENT = 2000


@dataclass
class Journey:
    """`sent`: a statement that changes something is on its way, so a broken connection leaves it open what happened."""

    changing: bool = False
    sent: bool = False


@contextmanager
def translated(host: str, journey: Journey) -> Generator[None]:
    import pymysql

    try:
        yield
    except ssl.SSLError as error:
        hint = "If its certificate is its own, choose 'any certificate' in the connection."
        raise Refused(f"No encrypted connection to {host}: {error.reason}", "tls", hint=hint) from error
    except OSError as error:
        raise _lost(host, error, journey) from error
    except pymysql.MySQLError as error:
        raise _error(host, error, journey) from error
    except UnicodeError as error:
        raise Refused("A value holds half a character.", "bad_value", hint="Look at the values.") from error


def _error(host: str, error: Exception, journey: Journey) -> ConnectorError:
    given: tuple[Any, ...] = error.args
    number = given[0] if given and isinstance(given[0], int) else 0
    text = str(given[1] if len(given) > 1 else error)[:500]
    if number in _ACCOUNT:
        return Reconnect(f"{host} does not accept the account: {text}", hint="Check user, password and database.")
    if number in _AGAIN:
        return RetryLater(f"{host} is busy: {text}", nothing_happened=True)
    if number in _TOO_SLOW:
        return Refused("The statement took too long.", "too_slow", hint="Raise its time limit or make it quicker.")
    if number == _READ_ONLY:
        return Refused(text, "read_only", hint="This action only reads: use 'Run a statement' for changes.")
    if number >= _FIRST_OF_THE_CLIENT and number < 3000:
        return _lost(host, error, journey)
    detail: dict[str, JsonValue] = {"number": number}
    return Refused(text, "database_refused", detail, hint="Look at the statement and its values.")


def _lost(host: str, error: Exception, journey: Journey) -> ConnectorError:
    if journey.changing and journey.sent:
        text = f"The connection to {host} broke before it said what became of the statement."
        return OutcomeUnknown(text, hint="Look whether the rows were changed.")
    text = str(error.args[-1] if error.args else error)[:300]
    return RetryLater(f"{host} can't be reached: {text}", nothing_happened=True)
