"""Writes Alembic revisions from the models.

migration.py new NAME     the next revision: what the models have and the revisions don't
migration.py initial      0001_initial from scratch, as long as nothing has been released
migration.py check        fails if the models and the revisions differ
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from nodeloom import migrations
from nodeloom.adapters.database import sync_engine
from nodeloom.migrations.tables import all_tables

VERSIONS = Path(migrations.__file__).parent / "versions"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["new", name]:
            return _write(name, f"{len(_written()) + 1:04}")
        case ["initial"]:
            for path in _written():
                path.unlink()
            return _write("initial", "0001")
        case ["check"]:
            return _check()
        case _:
            print(__doc__, file=sys.stderr)
            return 2


def _written() -> list[Path]:
    return sorted(VERSIONS.glob("0*.py"))


def _write(name: str, number: str) -> int:
    with tempfile.TemporaryDirectory() as folder, _migrated(folder) as connection:
        config = Config()
        config.set_main_option("script_location", "nodeloom:migrations")
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        config.attributes["connection"] = connection
        command.revision(config, name, autogenerate=True, rev_id=number)
    return 0


def _check() -> int:
    with tempfile.TemporaryDirectory() as folder, _migrated(folder) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, all_tables())
    for difference in differences:
        print(f"not in the revisions: {difference}", file=sys.stderr)
    return 1 if differences else 0


def _migrated(folder: str) -> Connection:
    url = f"sqlite:///{folder}/tables.db"
    if _written():
        migrations.upgrade(url)
    return sync_engine(make_url(url)).connect()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
