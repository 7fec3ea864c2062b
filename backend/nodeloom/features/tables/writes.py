"""Changes of rows, on a connection whose transaction belongs to the caller. Each locks its table first.

So writers of one table come one after the other on PostgreSQL as they do on SQLite, and of two that upsert the same
key the second finds the row of the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.ids import new_id
from nodeloom.features.audit import trail
from nodeloom.features.tables.models import DATA_ROWS, DATA_TABLES, DATA_WRITES
from nodeloom.features.tables.reading import Known, Query, Stored, fits, shown
from nodeloom.features.tables.structure import (
    Cells,
    Column,
    Refusal,
    Structure,
    checked_names,
    structure_of,
    type_for,
)
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.table import TableParams

MOST_TABLES: Final = 100
MOST_ROWS: Final = 50_000
MOST_AT_ONCE: Final = 1_000
_LARGEST_RESULT: Final = 8 * 1024 * 1024
_WORKFLOW: Final = "A workflow"

Shown = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class RowWrite:
    """What a workflow wants done, once for each `key`; `row_ids` are those that its conditions chose before."""

    workspace_id: str
    wanted: TableParams
    key: str
    row_ids: Sequence[str]
    now: datetime


def write_rows(connection: Connection, writes: Sequence[RowWrite]) -> list[list[Shown]]:
    """An operation of the writer. Raises Refusal."""
    results: dict[int, list[Shown]] = {}
    # Always in the same order: two workers must not each wait for the table that the other has locked.
    order = sorted(range(len(writes)), key=lambda index: (writes[index].workspace_id, writes[index].wanted.table))
    for index in order:
        results[index] = _write(connection, writes[index])
    return [results[index] for index in range(len(writes))]


def _write(connection: Connection, write: RowWrite) -> list[Shown]:
    table = locked(connection, write.workspace_id, write.wanted.table)
    done = select(DATA_WRITES.c.result).where(
        DATA_WRITES.c.workspace_id == write.workspace_id, DATA_WRITES.c.key == write.key
    )
    before = connection.execute(done).scalar_one_or_none()
    if before is not None:
        return orjson.loads(before)
    result = _carried_out(connection, table or _made(connection, write), write)
    packed = dump_json(result)
    if len(packed) > _LARGEST_RESULT:
        raise Refusal("too_large", "These rows are too large to be changed at once.", "Choose fewer rows.")
    row = {"workspace_id": write.workspace_id, "key": write.key, "result": packed, "done_at": write.now}
    connection.execute(insert(DATA_WRITES).values(row))
    return result


def _carried_out(connection: Connection, table: Known, write: RowWrite) -> list[Shown]:
    wanted = write.wanted
    if wanted.new_columns == "add":
        table = _widened(connection, table, wanted.row, write.now)
    match wanted.operation:
        case "insert":
            return [add(connection, table, table.structure.cells(wanted.row), write.now)]
        case "upsert":
            return [_upsert(connection, table, wanted, write.now)]
        case "update":
            cells = table.structure.cells(wanted.row)
            return [change(connection, table, row, cells, write.now) for row in _chosen(connection, table, write)]
        case "delete":
            return remove(connection, table, _chosen(connection, table, write))
        case "get":
            raise AssertionError(wanted.operation)


def locked(connection: Connection, workspace_id: str, table: str) -> Known | None:
    """The table of this name or id, and nobody else writes in it until the transaction ends."""
    statement = select(DATA_TABLES).where(
        DATA_TABLES.c.workspace_id == workspace_id, or_(DATA_TABLES.c.id == table, DATA_TABLES.c.name == table)
    )
    rows = connection.execute(statement.with_for_update()).all()
    row = next((row for row in rows if row.id == table), rows[0] if rows else None)
    return None if row is None else known(row)


def known(row: Any) -> Known:
    return Known(row.id, row.workspace_id, structure_of(row.name, row.columns, row.key_columns))


def add(connection: Connection, table: Known, cells: Cells, now: datetime) -> Shown:
    key = table.structure.key_of(cells)
    if key is not None and _with_key(connection, table, key) is not None:
        raise _taken(table.structure, cells)
    counted = update(DATA_TABLES).where(DATA_TABLES.c.id == table.id, DATA_TABLES.c.row_count < MOST_ROWS)
    if not connection.execute(counted.values(row_count=DATA_TABLES.c.row_count + 1)).rowcount:
        hint = "Delete rows that are no longer needed, or keep so much data in a database."
        raise Refusal("too_many_rows", f"A table has at most {MOST_ROWS:,} rows.", hint)
    id_ = new_id("row")
    row = {
        "id": id_,
        "table_id": table.id,
        "workspace_id": table.workspace_id,
        "key": key,
        "cells": table.structure.written(cells),
        "created_at": now,
        "updated_at": now,
    }
    connection.execute(insert(DATA_ROWS).values(row))
    return table.structure.shown(id_, cells, now, now)


def change(connection: Connection, table: Known, row: Stored, cells: Cells, now: datetime) -> Shown:
    """The row with these cells in place of its own; what is not named stays."""
    merged: Cells = {**orjson.loads(row.cells), **cells}
    key = table.structure.key_of(merged)
    if key is not None and key != row.key and _with_key(connection, table, key) is not None:
        raise _taken(table.structure, merged)
    values = {"key": key, "cells": table.structure.written(merged), "updated_at": now}
    connection.execute(update(DATA_ROWS).where(DATA_ROWS.c.id == row.id).values(values))
    return table.structure.shown(row.id, merged, row.created_at, now)


def remove(connection: Connection, table: Known, rows: Sequence[Stored]) -> list[Shown]:
    """The rows as they were."""
    connection.execute(delete(DATA_ROWS).where(DATA_ROWS.c.id.in_([row.id for row in rows])))
    left = update(DATA_TABLES).where(DATA_TABLES.c.id == table.id)
    connection.execute(left.values(row_count=DATA_TABLES.c.row_count - len(rows)))
    return [shown(table.structure, row) for row in rows]


def rows_with(connection: Connection, table: Known, row_ids: Sequence[str]) -> Sequence[Stored]:
    statement = select(DATA_ROWS).where(DATA_ROWS.c.table_id == table.id, DATA_ROWS.c.id.in_(row_ids))
    return connection.execute(statement.order_by(DATA_ROWS.c.id)).all()


def _upsert(connection: Connection, table: Known, wanted: TableParams, now: datetime) -> Shown:
    structure = table.structure
    if not structure.key:
        raise Refusal(
            "no_key",
            f"“{structure.table}” has no key columns, so no row can be told from another.",
            "Choose its key columns on the page of the table.",
        )
    if wanted.key and {structure.column(name).id for name in wanted.key} != set(structure.key):
        names = [column.name for column in structure.columns if column.id in structure.key]
        raise Refusal("other_key", f"The key of “{structure.table}” is {', '.join(names)}.", "Leave the key out here.")
    cells = structure.cells(wanted.row)
    found = _with_key(connection, table, structure.key_of(cells) or "")
    return add(connection, table, cells, now) if found is None else change(connection, table, found, cells, now)


def _chosen(connection: Connection, table: Known, write: RowWrite) -> list[Stored]:
    """Of the rows that were found before the table was locked, those that still fit."""
    if len(write.row_ids) > MOST_AT_ONCE:
        raise Refusal(
            "too_many_rows", f"At most {MOST_AT_ONCE:,} rows are changed at once.", "Choose fewer by the conditions."
        )
    query = Query(conditions=write.wanted.conditions, combine=write.wanted.combine)
    return [row for row in rows_with(connection, table, write.row_ids) if fits(table.structure, query, row)]


def _with_key(connection: Connection, table: Known, key: str) -> Stored | None:
    statement = select(DATA_ROWS).where(DATA_ROWS.c.table_id == table.id, DATA_ROWS.c.key == key)
    return connection.execute(statement).one_or_none()


def _taken(structure: Structure, cells: Cells) -> Refusal:
    values = ", ".join(
        f"{column.name} {dump_json(cells[column.id])[:60]}"
        for column in structure.columns
        if column.id in structure.key
    )
    return Refusal(
        "duplicate_key", f"“{structure.table}” has a row with {values} already.", "Use “Insert or update a row”."
    )


def _made(connection: Connection, write: RowWrite) -> Known:
    """The table that an insert asks for where there is none: its columns are those of the row."""
    wanted = write.wanted
    if wanted.operation not in ("insert", "upsert"):
        raise missing(connection, write.workspace_id, wanted.table)
    if wanted.operation == "upsert" and not wanted.key:
        hint = "Say its key columns here, or make it on the page Tables."
        raise Refusal("no_table", f"There is no table “{wanted.table}”, and a new one needs a key.", hint)
    columns = _columns(wanted.row, 1)
    unknown = [name for name in wanted.key if name not in wanted.row]
    if unknown:
        raise Refusal("unknown_column", f"The row has no value for the key column “{unknown[0]}”.")
    key = [column.id for column in columns if column.name in wanted.key]
    make(connection, write.workspace_id, wanted.table, columns, key, _WORKFLOW, write.now)
    about = {"name": wanted.table, "columns": [column.name for column in columns]}
    made = locked(connection, write.workspace_id, wanted.table)
    assert made is not None  # by us, or by somebody who was faster
    trail.record_at_once(connection, _actor(write.workspace_id), "table.created", "table", made.id, about)
    return made


def missing(connection: Connection, workspace_id: str, name: str) -> Refusal:
    names = connection.execute(select(DATA_TABLES.c.name).where(DATA_TABLES.c.workspace_id == workspace_id)).scalars()
    return no_table(name, list(names))


def no_table(name: str, names: Sequence[str]) -> Refusal:
    there = ", ".join(f"“{each}”" for each in names[:10])
    return Refusal(
        "no_table", f"There is no table “{name[:100]}”.", f"There are {there}." if there else "There is none."
    )


def make(
    connection: Connection,
    workspace_id: str,
    name: str,
    columns: Sequence[Column],
    key: Sequence[str],
    by: str,
    now: datetime,
) -> str | None:
    """The new table's id, or None if the name is taken. Raises Refusal."""
    checked_names([column.name for column in columns])
    if not name.strip():
        raise Refusal("bad_name", "A table needs a name.", field="name")
    counted = select(func.count()).select_from(DATA_TABLES).where(DATA_TABLES.c.workspace_id == workspace_id)
    if connection.execute(counted).scalar_one() >= MOST_TABLES:
        raise Refusal("too_many_tables", f"A workspace has at most {MOST_TABLES} tables.", "Delete one that is unused.")
    row = {
        "id": new_id("tbl"),
        "workspace_id": workspace_id,
        "name": name,
        "columns": [column.document() for column in columns],
        "key_columns": list(key),
        "next_column": len(columns) + 1,
        "row_count": 0,
        "created_by": by,
        "created_at": now,
        "updated_at": now,
    }
    of_dialect = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = of_dialect(DATA_TABLES).values(row).on_conflict_do_nothing().returning(DATA_TABLES.c.id)
    return connection.execute(statement).scalar_one_or_none()


def _widened(connection: Connection, table: Known, row: Mapping[str, JsonValue], now: datetime) -> Known:
    """The table with a column for each value that has none."""
    structure = table.structure
    names = {column.name for column in structure.columns}
    fresh = {name: value for name, value in row.items() if name not in names}
    if not fresh:
        return table
    first = connection.execute(select(DATA_TABLES.c.next_column).where(DATA_TABLES.c.id == table.id)).scalar_one()
    columns = (*structure.columns, *_columns(fresh, first))
    checked_names([column.name for column in columns])
    values = {
        "columns": [column.document() for column in columns],
        "next_column": first + len(fresh),
        "updated_at": now,
    }
    connection.execute(update(DATA_TABLES).where(DATA_TABLES.c.id == table.id).values(values))
    about = {"name": structure.table, "added": list(fresh)}
    trail.record_at_once(connection, _actor(table.workspace_id), "table.changed", "table", table.id, about)
    return replace(table, structure=replace(structure, columns=columns))


def _columns(row: Mapping[str, JsonValue], first: int) -> list[Column]:
    return [Column(f"c{number}", name, type_for(value)) for number, (name, value) in enumerate(row.items(), first)]


def _actor(workspace_id: str) -> trail.Installation:
    return trail.Installation(workspace_id, name=_WORKFLOW)
