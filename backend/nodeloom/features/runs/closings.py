"""Who is told of runs that failed, in the transaction that closes them."""

from collections.abc import Callable
from typing import TypeAlias

import structlog
from sqlalchemy import Connection

log = structlog.stdlib.get_logger(__name__)

OfFailed: TypeAlias = Callable[[Connection, list[str]], None]

_handlers: dict[str, OfFailed] = {}


def on_failed(name: str, handler: OfFailed) -> None:
    """To be called while a worker is wired; the name makes that wiring twice changes nothing."""
    _handlers[name] = handler


def tell_failed(connection: Connection, run_ids: list[str]) -> None:
    """A handler that breaks is logged and taken back alone: it must not hold up the end of a run."""
    for run_id in run_ids:
        for name, handler in _handlers.items():
            try:
                with connection.begin_nested():
                    handler(connection, [run_id])
            except Exception:
                if connection.invalidated:
                    raise
                log.exception("a failed run was not told of", run_id=run_id, to=name)
