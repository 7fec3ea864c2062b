"""What PostgreSQL and the way to it report, as the four errors of the SDK."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from nodeloom_connectors.sdk import ConnectorError, OutcomeUnknown, Reconnect, Refused, RetryLater

# By SQLSTATE. Of the first it is sure that the transaction was rolled back.
_AGAIN = {"40001", "40P01", "55P03", "53300", "57P01", "57P03"}
_ACCOUNT = {"28000", "28P01", "3D000"}
# Whoever isn't let in is told so without a SQLSTATE; these are reasons that pass.
_PASSING = ("too many", "starting up", "shutting down", "recovery mode", "remaining connection slots")


@dataclass
class Journey:
    """`committing`: from here on nobody can tell what became of it if the connection breaks."""

    committing: bool = False


@contextmanager
def translated(host: str, *, changing: bool) -> Generator[Journey]:
    """The message of a refusal is PostgreSQL's own: it names tables and columns, never values of other rows."""
    import psycopg

    journey = Journey()
    try:
        yield journey
    except psycopg.Error as error:
        raise _error(host, error, journey, changing=changing) from error
    except UnicodeError as error:
        raise Refused("A value holds half a character.", "bad_value", hint="Look at the values.") from error


def _error(host: str, error: Exception, journey: Journey, *, changing: bool) -> ConnectorError:
    import psycopg

    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    text = _first_line(error)
    if state in _ACCOUNT or (state is None and _not_let_in(text)):
        return Reconnect(f"{host} does not accept the account: {text}", hint="Check user, password and database.")
    if state is not None and state not in _AGAIN:
        return _refused(state, text)
    lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    if state is None and not lost:
        return Refused(text, "bad_statement", hint="Look at the statement and its values.")
    if changing and journey.committing:
        return OutcomeUnknown(f"{host} went away while it committed.", hint="Look whether the rows were changed.")
    return RetryLater(f"{host} can't be reached or is busy: {text}", nothing_happened=True)


def _not_let_in(text: str) -> bool:
    if "no password supplied" in text:
        return True
    return "FATAL:" in text and not any(reason in text for reason in _PASSING)


def _refused(state: str, text: str) -> Refused:
    if state == "57014":
        return Refused("The statement took too long.", "too_slow", hint="Raise its time limit or make it quicker.")
    if state == "25006":
        return Refused(text, "read_only", hint="This action only reads: use 'Run a statement' for changes.")
    return Refused(text, "database_refused", {"sqlstate": state}, hint="Look at the statement and its values.")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:500]
