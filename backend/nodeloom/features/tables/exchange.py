"""Rows out of a table and into it as CSV: what was written here is read here as it was."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.ids import new_id
from nodeloom.features.tables.models import DATA_ROWS, DATA_TABLES
from nodeloom.features.tables.reading import Known, Stored
from nodeloom.features.tables.structure import SYSTEM, Cells, Column, Refusal, Structure
from nodeloom.features.tables.writes import MOST_ROWS
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.files.csv_rows import rows as csv_rows
from nodeloom.nodes.files.reading import ReadOptions, Unreadable
from nodeloom.nodes.files.writing import harmless

LARGEST_FILE: Final = 10 * 1024 * 1024
MOST_IMPORTED: Final = 10_000
_PIECE: Final = 500


@dataclass(frozen=True, slots=True)
class Imported:
    added: int
    changed: int


def csv_of(structure: Structure, rows: Iterable[Mapping[str, JsonValue]]) -> bytes:
    """The columns in their order, with Excel's mark for UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(harmless(column.name) for column in structure.columns)
    writer.writerows([_cell(column, row[column.name]) for column in structure.columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def cells_of(structure: Structure, file: BinaryIO) -> list[Cells]:
    """Each line as its columns take it; an empty cell has no value. Raises Refusal, which names the line."""
    names = {harmless(column.name): column for column in structure.columns}
    found: list[Cells] = []
    try:
        for number, record in enumerate(csv_rows(file, ReadOptions(types=False)), 1):
            if number > MOST_IMPORTED:
                hint = "Divide the file, or let a workflow read it."
                raise Refusal("too_many_lines", f"At most {MOST_IMPORTED:,} lines are taken at once.", hint, "file")
            found.append(_cells(structure, names, record, number))
    except Unreadable as unreadable:
        raise Refusal(unreadable.code, unreadable.message, unreadable.hint, "file") from None
    if not found:
        raise Refusal(
            "no_lines", "The file holds no rows.", "Its first line names the columns; rows follow it.", "file"
        )
    return found


def import_rows(connection: Connection, table: Known, given: Sequence[Cells], now: datetime) -> Imported:
    """All of them or none: with a key, rows that are there are changed, and others added. The table is locked."""
    keyed: dict[str, Cells] = {}
    for number, cells in enumerate(given, 1):
        key = _of_line(number, table.structure, cells) or str(number)
        keyed[key] = {**keyed.get(key, {}), **cells}
    there = _rows_with(connection, table, list(keyed)) if table.structure.key else {}
    for key, row in there.items():
        keyed[key] = {**orjson.loads(row.cells), **keyed[key]}
    written = {key: table.structure.written(cells) for key, cells in keyed.items()}
    new = [key for key in written if key not in there]
    _count(connection, table, len(new))
    whole = bool(table.structure.key)
    fresh = [_row(table, key if whole else None, written[key], now) for key in new]
    for start in range(0, len(fresh), _PIECE):
        connection.execute(insert(DATA_ROWS), fresh[start : start + _PIECE])
    if there:
        changes = [{"row_id": row.id, "new": written[key], "now": now} for key, row in there.items()]
        connection.execute(_CHANGE, changes)
    return Imported(added=len(fresh), changed=len(there))


_CHANGE = (
    update(DATA_ROWS)
    .where(DATA_ROWS.c.id == bindparam("row_id"))
    .values(cells=bindparam("new"), updated_at=bindparam("now"))
)


def _cell(column: Column, value: JsonValue) -> str:
    if value is None:
        return ""
    if column.type == "json" or not isinstance(value, str):
        return dump_json(value)
    return harmless(value)


def _cells(
    structure: Structure, names: Mapping[str, Column], record: Mapping[str, str], number: int
) -> dict[str, JsonValue]:
    values: dict[str, JsonValue] = {}
    for name, cell in record.items():
        if name in SYSTEM:
            continue
        column = names.get(name) or next((one for one in structure.columns if one.name == name.strip()), None)
        if column is None:
            raise structure.unknown(name)
        values[column.name] = _value(column, cell)
    try:
        return structure.cells(values)
    except Refusal as refusal:
        raise _at(number, refusal) from None


def _value(column: Column, cell: str) -> JsonValue:
    if cell == "":
        return None
    if column.type == "json":
        try:
            return orjson.loads(cell)
        except orjson.JSONDecodeError:
            return cell
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def _at(number: int, refusal: Refusal) -> Refusal:
    return Refusal(refusal.code, f"Row {number}: {refusal.message}", refusal.hint, refusal.field)


def _of_line(number: int, structure: Structure, cells: Cells) -> str | None:
    try:
        return structure.key_of(cells)
    except Refusal as refusal:
        raise _at(number, refusal) from None


def _rows_with(connection: Connection, table: Known, keys: Sequence[str]) -> dict[str, Stored]:
    found: dict[str, Stored] = {}
    for start in range(0, len(keys), _PIECE):
        some = keys[start : start + _PIECE]
        statement = select(DATA_ROWS).where(
            DATA_ROWS.c.workspace_id == table.workspace_id,
            DATA_ROWS.c.table_id == table.id,
            DATA_ROWS.c.key.in_(some),
        )
        found |= {row.key: row for row in connection.execute(statement)}
    return found


def _count(connection: Connection, table: Known, more: int) -> None:
    counted = update(DATA_TABLES).where(DATA_TABLES.c.id == table.id, DATA_TABLES.c.row_count + more <= MOST_ROWS)
    if not connection.execute(counted.values(row_count=DATA_TABLES.c.row_count + more)).rowcount:
        hint = "Delete rows that are no longer needed, or keep so much data in a database."
        raise Refusal("too_many_rows", f"A table has at most {MOST_ROWS:,} rows.", hint)


def _row(table: Known, key: str | None, written: str, now: datetime) -> dict[str, object]:
    return {
        "id": new_id("row"),
        "table_id": table.id,
        "workspace_id": table.workspace_id,
        "key": key,
        "cells": written,
        "created_at": now,
        "updated_at": now,
    }
