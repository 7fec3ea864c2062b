"""Telling what is broken for good from what may be over in a moment."""

import errno

from sqlalchemy import exc

from nodeloom.adapters.turns import NoTurn
from nodeloom.adapters.writer import DatabaseUnavailable, WriterClosed

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EROFS})


def is_outage(error: BaseException) -> bool:
    """Whether the database is away or busy, or the disk full: nothing was stored, and the same may work later."""
    match error:
        case DatabaseUnavailable() | WriterClosed() | NoTurn():
            return True
        case exc.OperationalError() | exc.InterfaceError() | exc.TimeoutError():
            return True
        case exc.DBAPIError():
            return error.connection_invalidated
        case OSError():
            return error.errno in _NO_ROOM
        case _:
            return False
