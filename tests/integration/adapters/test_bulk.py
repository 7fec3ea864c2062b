"""Rows written in bulk are the rows that were given, on both databases."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select

from nodeloom.adapters.bulk import Bulk
from nodeloom.adapters.columns import metadata
from nodeloom.adapters.database import Database
from nodeloom.features.runs.models import NODE_RUNS, RUNS
from nodeloom.features.workflows import models

assert models  # its tables are in `metadata` now

NOON = datetime(2026, 3, 29, 12, 0, 0, 250_000, tzinfo=UTC)
COLUMNS = tuple(column.name for column in NODE_RUNS.columns)


def row(node: str, **more: Any) -> dict[str, Any]:
    blank = dict.fromkeys(COLUMNS)
    given = {"run_id": "run_1", "node_id": node, "path": "", "workspace_id": "ws_1", "seq": 1, "status": "running"}
    counts = {"attempt": 1, "items_in": 2**31 - 1, "items_out": 0, "started_at": NOON}
    return blank | given | counts | more


async def write(database: Database, bulk: Bulk, rows: list[dict[str, Any]]) -> None:
    def operation(connection: Connection, payloads: Sequence[list[dict[str, Any]]]) -> list[None]:
        return [bulk.write(connection, payload) for payload in payloads]

    await database.writer.call(operation, rows)


async def stored(database: Database) -> dict[str, dict[str, Any]]:
    async with database.read() as session:
        rows = (await session.execute(select(NODE_RUNS))).mappings()
        return {found["node_id"]: dict(found) for found in rows}


async def test_rows_come_back_as_they_were_given(database: Database) -> None:
    bulk = Bulk(NODE_RUNS, COLUMNS)
    rows = [row("a", output=b"\0j{}", error="ünïcode \N{SNOWMAN}"), row("b", finished_at=NOON, port="out")]
    await write(database, bulk, rows)
    assert await stored(database) == {"a": rows[0], "b": rows[1]}


async def test_a_row_with_the_same_key_is_replaced(database: Database) -> None:
    bulk = Bulk(NODE_RUNS, COLUMNS, replacing=True)
    for status in ("running", "succeeded"):
        rows = [row("a", status=status, finished_at=None if status == "running" else NOON)]
        await write(database, bulk, rows)
    assert (await stored(database))["a"]["status"] == "succeeded"


def test_a_column_with_a_default_has_to_be_given() -> None:
    with pytest.raises(TypeError, match="have to be given"):
        Bulk(RUNS, ("id", "workspace_id", "input"))


def test_what_converts_its_values_is_refused() -> None:
    table = metadata.tables["workflow"]
    with pytest.raises(TypeError, match="would not be asked"):
        Bulk(table, tuple(column.name for column in table.columns))
