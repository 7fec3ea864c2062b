"""The revisions make what the models say, on both dialects, also when several processes bring them at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.engine import make_url

from nodeloom import migrations
from nodeloom.adapters.database import sync_engine
from nodeloom.migrations.tables import all_tables


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return request.getfixturevalue("empty_postgres_url")


def test_the_tables_are_those_of_the_models(database_url: str) -> None:
    with sync_engine(make_url(database_url)).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, all_tables()) == []


def test_a_second_upgrade_finds_nothing_to_do(empty_url: str) -> None:
    assert [migrations.upgrade(empty_url), migrations.upgrade(empty_url)] == [True, False]


def test_three_processes_at_once_bring_it_up_once(empty_url: str) -> None:
    program = "import sys; from nodeloom import migrations; print(migrations.upgrade(sys.argv[1]))"
    processes = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], stdout=subprocess.PIPE, text=True) for _ in "123"
    ]
    answers = sorted(process.communicate(timeout=50)[0].strip() for process in processes)
    assert answers == ["False", "False", "True"]


def test_tables_of_a_later_version_are_left_alone(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    with sync_engine(make_url(empty_url)).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrations.DatabaseIsNewer, match="9999"):
        migrations.upgrade(empty_url)
