"""A file for each call, opened in a thread; never one outside of the folder that the installation names."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.databases import Changed, Rows
from nodeloom_connectors.sdk import OptionsFrom, Refused, RetryLater

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import Access

FOLDER = "NODELOOM_SQLITE_FOLDER"
_STEPS_BETWEEN_LOOKS = 10_000
# A statement stays in its file: no other is attached, none is written to from beside.
_REFUSED = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}
_PRAGMAS = {"table_info", "table_xinfo", "index_list", "index_info", "foreign_key_list", "user_version"}
_BUSY = ("database is locked", "database table is locked")


class FileParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file: Annotated[str, OptionsFrom("files")] = Field(
        title="File",
        min_length=1,
        max_length=500,
        description="In the folder of the installation, which an admin names with NODELOOM_SQLITE_FOLDER.",
        examples=["orders.db"],
    )


class SqliteFiles:
    def __init__(self, folder: str) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        if not self._folder:
            hint = f"An admin sets {FOLDER} to the folder whose databases workflows may use."
            raise Refused("SQLite files are not allowed in this installation.", "sqlite_off", hint=hint)
        return Path(self._folder).resolve()

    def at(self, params: BaseModel) -> SqliteFile:
        """What leads out of the folder, by `..` or by a link, is not there."""
        name = str(getattr(params, "file", ""))
        folder = self.folder
        path = (folder / name).resolve() if "\0" not in name else folder
        if not path.is_relative_to(folder) or not path.is_file():
            raise Refused(f"There is no file {name!r}.", "no_such_file", hint="Choose one from the list.")
        return SqliteFile(path)


class SqliteFile:
    dialect: Literal["sqlite"] = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self, statement: str, values: Mapping[str, Any], *, at_most: int, timeout_s: float) -> Rows:
        return await asyncio.to_thread(self._read, statement, values, at_most, timeout_s)

    async def change(self, statement: str, values: Mapping[str, Any], *, at_most: int, timeout_s: float) -> Changed:
        return await asyncio.to_thread(self._change, statement, values, at_most, timeout_s)

    def _read(self, statement: str, values: Mapping[str, Any], at_most: int, timeout_s: float) -> Rows:
        with self._opened("ro", timeout_s) as connection:
            cursor = connection.execute(statement, _given(values))
            rows = [dict(row) for row in cursor.fetchmany(at_most + 1)]
            return Rows(rows[:at_most], more=len(rows) > at_most)

    def _change(self, statement: str, values: Mapping[str, Any], at_most: int, timeout_s: float) -> Changed:
        with self._opened("rw", timeout_s) as connection:
            before = connection.total_changes
            connection.execute("BEGIN IMMEDIATE")
            connection.set_authorizer(_writing)
            cursor = connection.execute(statement, _given(values))
            rows = [dict(row) for row in cursor.fetchmany(at_most)]
            # What comes after the last row that is fetched still has to happen.
            for _ in cursor:
                pass
            connection.set_authorizer(None)
            connection.execute("COMMIT")
            return Changed(connection.total_changes - before, rows, cursor.lastrowid or None)

    @contextmanager
    def _opened(self, mode: Literal["ro", "rw"], timeout_s: float) -> Generator[sqlite3.Connection]:
        with _translated():
            uri = f"{self._path.as_uri()}?mode={mode}"
            connection = sqlite3.connect(uri, uri=True, timeout=min(timeout_s, 30), isolation_level=None)
            try:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA trusted_schema = OFF")
                connection.set_progress_handler(_late(timeout_s), _STEPS_BETWEEN_LOOKS)
                if mode == "ro":
                    connection.set_authorizer(_reading)
                yield connection
            finally:
                connection.close()


def connect(access: Access[None]) -> SqliteFiles:
    return SqliteFiles(access.settings.get("folder", ""))


def _reading(action: int, name: str | None, value: str | None, *_where: str | None) -> int:
    pragma = action == sqlite3.SQLITE_PRAGMA and (
        name not in _PRAGMAS or (name == "user_version" and value is not None)
    )
    return sqlite3.SQLITE_DENY if pragma or action in _REFUSED else sqlite3.SQLITE_OK


def _writing(action: int, name: str | None, value: str | None, *where: str | None) -> int:
    """The transaction is ours."""
    ours = action in (sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT)
    return sqlite3.SQLITE_DENY if ours else _reading(action, name, value, *where)


def _late(timeout_s: float) -> Callable[[], int]:
    end = time.monotonic() + timeout_s
    return lambda: int(time.monotonic() > end)


@contextmanager
def _translated() -> Generator[None]:
    """Nothing of a failed statement stays: it is undone when the file is closed."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)[:500]
        if text.startswith(_BUSY):
            raise RetryLater("The file is in use by another.", nothing_happened=True) from error
        if text == "interrupted":
            hint = "Raise its time limit or make it quicker."
            raise Refused("The statement took too long.", "too_slow", hint=hint) from error
        if "readonly" in text:
            hint = "This action only reads: use 'Run a statement' for changes."
            raise Refused(text, "read_only", hint=hint) from error
        hint = "Look at the statement and its values."
        raise Refused(text, "database_refused", hint=hint) from error
    except (UnicodeError, OverflowError) as error:
        hint = "Look at the values."
        raise Refused("A value can't be kept: half a character, or too large.", "bad_value", hint=hint) from error


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Lists and objects go as JSON text, for json_each and its like."""
    return {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in values.items()}
