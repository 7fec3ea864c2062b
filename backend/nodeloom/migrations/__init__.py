"""Brings the tables of a database to what this program needs; safe to run from several processes at once."""

import re
import sqlite3
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.engine import make_url

from nodeloom.adapters.database import sync_engine

# Any number does, as long as no other program on the same PostgreSQL takes it.
_LOCK = 0x6E6F_6465_6C6F_6F6D
_LONGEST_WAIT_MS = 600_000

_REVISION = re.compile(r'^revision(?:: str)? = "([^"]+)"', re.MULTILINE)
_DOWN_REVISION = re.compile(r'^down_revision(?:: [^=]+)? = "([^"]+)"', re.MULTILINE)


class DatabaseIsNewer(Exception):
    """A later version of Nodeloom has brought the tables further than this one knows."""


@cache
def head() -> str:
    """The newest revision. Read from the files: the API asks for it and needs nothing else of Alembic."""
    revisions, parents = _revisions()
    (newest,) = revisions - parents
    return newest


def upgrade(url: str) -> bool:
    """Whether there was anything to do; raises `DatabaseIsNewer`."""
    engine = _patient_engine(url)
    with engine.connect() as connection, connection.begin():
        _wait_for_turn(connection)
        found = _found(connection)
        if found == head():
            return False
        if found is not None and found not in _revisions()[0]:
            raise DatabaseIsNewer(f"the tables are at revision {found}, which this version of Nodeloom does not know")
        _run(connection)
    return True


def _run(connection: Connection) -> None:
    # Imported here: most starts find nothing to do, and Alembic costs memory and a quarter of a second.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "nodeloom:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revisions() -> tuple[set[str], set[str]]:
    texts = [file.read_text() for file in files(__name__).joinpath("versions").iterdir() if file.name.endswith(".py")]
    revisions = {match[1] for text in texts if (match := _REVISION.search(text))}
    parents = {match[1] for text in texts if (match := _DOWN_REVISION.search(text))}
    return revisions, parents


def _patient_engine(url: str) -> Engine:
    engine = sync_engine(make_url(url))
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            # Rebuilding a table drops the old one: its rows must not take those that point to them along.
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(f"PRAGMA busy_timeout = {_LONGEST_WAIT_MS}")

        _ = prepare
    return engine


def _wait_for_turn(connection: Connection) -> None:
    """On SQLite the transaction itself (BEGIN IMMEDIATE) is the lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _found(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
