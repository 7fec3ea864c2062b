"""Tables as people make, change and delete them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.features.accounts.caller import Caller
from nodeloom.features.audit import trail
from nodeloom.features.tables import exchange, repository, writes
from nodeloom.features.tables.errors import RowMissing, TableMissing, problem_of
from nodeloom.features.tables.models import DATA_ROWS, DataTable
from nodeloom.features.tables.reading import Known
from nodeloom.features.tables.schemas import ChangedColumn, Key, TableChange, TableCreate
from nodeloom.features.tables.structure import Cells, Column, Refusal, Structure, checked_names, structure_of

T = TypeVar("T")

_BATCH = 1_000


async def create(session: AsyncSession, caller: Caller, wanted: TableCreate) -> DataTable:
    columns = [Column(f"c{number}", column.name, column.type) for number, column in enumerate(wanted.columns, 1)]

    def make(connection: Connection) -> str:
        key = _key_ids(columns, wanted.key)
        now = clock.now()
        made = writes.make(connection, caller.workspace_id, wanted.name, columns, key, caller.name, now)
        if made is None:
            raise _name_taken(wanted.name)
        return made

    table_id = await on_connection(session, make)
    await _record(session, caller, "created", table_id, name=wanted.name, columns=[column.name for column in columns])
    return await find(session, caller.workspace_id, table_id)


async def find(session: AsyncSession, workspace_id: str, table_id: str, *, lock: bool = False) -> DataTable:
    row = await repository.table(session, workspace_id, table_id, lock=lock)
    if row is None:
        raise TableMissing(f"There is no table {table_id!r}.")
    return row


async def change(session: AsyncSession, caller: Caller, table_id: str, wanted: TableChange) -> DataTable:
    row = await find(session, caller.workspace_id, table_id, lock=True)
    before = _said(row)
    try:
        if wanted.name not in (None, row.name):
            await _rename(session, row, wanted.name)
        if wanted.columns is not None:
            _take_columns(row, wanted.columns)
        key = _names(row, row.key_columns) if wanted.key is None else wanted.key
        key_ids = _key_ids([Column(**column) for column in row.columns], key)
        rekeyed = key_ids != row.key_columns
        row.key_columns = key_ids
        row.updated_at = clock.now()
        await session.flush()
        if rekeyed:
            await _rekey(session, row)
    except Refusal as refusal:
        raise problem_of(refusal) from None
    if before != _said(row):
        await _record(session, caller, "changed", table_id, **_said(row))
    return row


async def delete(session: AsyncSession, caller: Caller, table_id: str) -> None:
    row = await find(session, caller.workspace_id, table_id, lock=True)
    await repository.remove(session, caller.workspace_id, table_id)
    await _record(session, caller, "deleted", table_id, name=row.name, rows=row.row_count)


async def add_row(session: AsyncSession, caller: Caller, table_id: str, values: dict[str, Any]) -> writes.Shown:
    def add(connection: Connection) -> writes.Shown:
        table = _locked(connection, caller, table_id)
        return writes.add(connection, table, table.structure.cells(values), clock.now())

    return await on_connection(session, add)


async def change_row(
    session: AsyncSession, caller: Caller, table_id: str, row_id: str, values: dict[str, Any]
) -> writes.Shown:
    def change(connection: Connection) -> writes.Shown:
        table = _locked(connection, caller, table_id)
        (row,) = writes.rows_with(connection, table, [row_id]) or [None]
        if row is None:
            raise RowMissing(f"There is no row {row_id!r}.")
        return writes.change(connection, table, row, table.structure.cells(values), clock.now())

    return await on_connection(session, change)


async def delete_row(session: AsyncSession, caller: Caller, table_id: str, row_id: str) -> None:
    def remove(connection: Connection) -> None:
        table = _locked(connection, caller, table_id)
        rows = writes.rows_with(connection, table, [row_id])
        if not rows:
            raise RowMissing(f"There is no row {row_id!r}.")
        writes.remove(connection, table, rows)

    await on_connection(session, remove)


async def import_rows(
    session: AsyncSession, caller: Caller, table_id: str, given: Sequence[Cells]
) -> exchange.Imported:
    def take(connection: Connection) -> exchange.Imported:
        return exchange.import_rows(connection, _locked(connection, caller, table_id), given, clock.now())

    done = await on_connection(session, take)
    await _record(session, caller, "imported", table_id, added=done.added, changed=done.changed)
    return done


async def on_connection(session: AsyncSession, work: Callable[[Connection], T]) -> T:
    """What the writer does for workflows, in the transaction of a request."""
    try:
        return await (await session.connection()).run_sync(work)
    except Refusal as refusal:
        raise problem_of(refusal) from None


def structure(row: DataTable) -> Structure:
    return structure_of(row.name, row.columns, row.key_columns)


def _locked(connection: Connection, caller: Caller, table_id: str) -> Known:
    table = writes.locked(connection, caller.workspace_id, table_id)
    if table is None or table.id != table_id:
        raise TableMissing(f"There is no table {table_id!r}.")
    return table


async def _rename(session: AsyncSession, row: DataTable, name: str | None) -> None:
    assert name is not None  # asked by our caller
    if await repository.table_named(session, row.workspace_id, name) is not None:
        raise _name_taken(name)
    row.name = name


def _take_columns(row: DataTable, wanted: Sequence[ChangedColumn]) -> None:
    there = {column["id"]: column for column in row.columns}
    columns: list[Column] = []
    for column in wanted:
        if column.id is None:
            columns.append(Column(f"c{row.next_column}", column.name, column.type))
            row.next_column += 1
        elif column.id not in there or column.id in {known.id for known in columns}:
            raise Refusal("unknown_column", f"There is no column {column.id!r}.", "Leave `id` out for a new one.")
        elif there[column.id]["type"] != column.type and row.row_count:
            hint = "Make a new column, move the values there, and delete the old one."
            raise Refusal("type_fixed", f"“{column.name}” holds values of its type already.", hint, column.name)
        else:
            columns.append(Column(column.id, column.name, column.type))
    checked_names([column.name for column in columns])
    lost = [name for id_, name in ((c["id"], c["name"]) for c in row.columns) if id_ in row.key_columns]
    kept = {column.id for column in columns}
    if any(id_ not in kept for id_ in row.key_columns):
        raise Refusal("key_column", f"The key is made of {', '.join(lost)}.", "Choose another key first.")
    row.columns = [column.document() for column in columns]


def _names(row: DataTable, ids: Sequence[str]) -> list[str]:
    names = {column["id"]: column["name"] for column in row.columns}
    return [names[id_] for id_ in ids]


def _key_ids(columns: Sequence[Column], names: Key) -> list[str]:
    ids = {column.name: column.id for column in columns}
    for name in names:
        if name not in ids:
            raise Refusal("unknown_column", f"The key names “{name}”, which is no column.", field="key")
    return list(dict.fromkeys(ids[name] for name in names))


async def _rekey(session: AsyncSession, row: DataTable) -> None:
    """Every row gets its key anew. Raises Refusal where two would have the same."""
    shape = structure(row)
    keys: dict[str, str | None] = {}
    after = ""
    while batch := await repository.rows_after(session, row.workspace_id, row.id, after, _BATCH):
        keys |= {id_: shape.key_of(orjson.loads(cells)) for id_, cells in batch}
        after = batch[-1][0]
    given = [key for key in keys.values() if key is not None]
    if len(set(given)) < len(given):
        raise Refusal("duplicate_key", "Several rows have the same values there.", "Delete the surplus ones first.")
    connection = await session.connection()
    # None first: the new key of one row may be the old key of another.
    await connection.execute(update(DATA_ROWS).where(DATA_ROWS.c.table_id == row.id).values(key=None))
    if given:
        statement = update(DATA_ROWS).where(DATA_ROWS.c.id == bindparam("row")).values(key=bindparam("digest"))
        await connection.execute(statement, [{"row": id_, "digest": key} for id_, key in keys.items()])


def _name_taken(name: str) -> Refusal:
    return Refusal("name_taken", f"There is a table “{name}” already.", "Take another name.", "name")


def _said(row: DataTable) -> dict[str, Any]:
    return {
        "name": row.name,
        "columns": [column["name"] for column in row.columns],
        "key": _names(row, row.key_columns),
    }


async def _record(session: AsyncSession, caller: Caller, done: str, table_id: str, **detail: object) -> None:
    await trail.record(session, caller, f"table.{done}", "table", table_id, detail)
