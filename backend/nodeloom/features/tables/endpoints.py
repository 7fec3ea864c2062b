"""/tables: the built-in data store. Viewers read, runners write rows (as their runs do), editors change tables."""

import asyncio
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response, UploadFile
from pydantic import ValidationError

from nodeloom.adapters.paging import Page, PageQuery, PageRequest
from nodeloom.features.accounts.caller import Editor, Runner, Viewer
from nodeloom.features.accounts.requests import ReadSession, WriteSession
from nodeloom.features.tables import exchange, reading, repository, service
from nodeloom.features.tables.errors import FileTooLarge, problem_of
from nodeloom.features.tables.models import DataTable
from nodeloom.features.tables.reading import Known
from nodeloom.features.tables.schemas import (
    ColumnRead,
    RowFilter,
    RowRead,
    RowsImported,
    RowValues,
    TableChange,
    TableCreate,
    TableRead,
)
from nodeloom.features.tables.structure import SYSTEM, Refusal
from nodeloom.features.tables.writes import MOST_ROWS

_FILTER = """JSON such as {"conditions": [{"left": "age", "operator": "gt", "right": 30}], "combine": "and"}"""

router = APIRouter(prefix="/tables", tags=["tables"])


@router.post("", status_code=201)
async def create_table(caller: Editor, session: WriteSession, body: TableCreate) -> TableRead:
    """Make a table with typed columns; `key` names those that tell its rows apart."""
    return _read(await service.create(session, caller, body))


@router.get("")
async def list_tables(caller: Viewer, session: ReadSession, page: PageQuery) -> Page[TableRead]:
    """The workspace's tables, newest first."""
    rows = await repository.tables(session, caller.workspace_id, limit=page.fetch, after=page.after)
    shown, next_cursor = page.page(rows, lambda row: row.id)
    return Page(items=[_read(row) for row in shown], next_cursor=next_cursor)


@router.get("/{table_id}")
async def get_table(table_id: str, caller: Viewer, session: ReadSession) -> TableRead:
    """One table: its columns, its key and how many rows it has."""
    return _read(await service.find(session, caller.workspace_id, table_id))


@router.patch("/{table_id}")
async def change_table(table_id: str, caller: Editor, session: WriteSession, body: TableChange) -> TableRead:
    """Rename it, change its columns or its key; what is left out stays."""
    return _read(await service.change(session, caller, table_id, body))


@router.delete("/{table_id}", status_code=204)
async def delete_table(table_id: str, caller: Editor, session: WriteSession) -> None:
    """Delete it with all its rows."""
    await service.delete(session, caller, table_id)


@router.get("/{table_id}/rows")
async def list_rows(
    table_id: str,
    caller: Viewer,
    session: ReadSession,
    page: PageQuery,
    sort: Annotated[str | None, Query(max_length=101, description="A column; with - before it, descending")] = None,
    q: Annotated[str, Query(max_length=200, description="A word that some column holds")] = "",
    chosen: Annotated[str, Query(alias="filter", max_length=20_000, description=_FILTER)] = "",
) -> Page[RowRead]:
    """Newest first, or sorted; those that a filter and a word choose."""
    table = await service.find(session, caller.workspace_id, table_id)
    known = Known(table.id, table.workspace_id, service.structure(table))
    try:
        query = _query(page, sort, q, _filter(chosen))
        rows = await reading.rows(session, known, query)
    except Refusal as refusal:
        raise problem_of(refusal) from None
    if query.plain:
        shown, next_cursor = page.page(rows, lambda row: str(row["id"]))
    else:
        pairs, next_cursor = page.page(list(enumerate(rows, query.offset + 1)), lambda pair: str(pair[0]))
        shown = [row for _, row in pairs]
    return Page(items=[_row(row) for row in shown], next_cursor=next_cursor)


@router.get("/{table_id}/export", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_rows(
    table_id: str,
    caller: Viewer,
    session: ReadSession,
    q: Annotated[str, Query(max_length=200, description="A word that some column holds")] = "",
    chosen: Annotated[str, Query(alias="filter", max_length=20_000, description=_FILTER)] = "",
) -> Response:
    """All rows that a filter and a word choose as CSV, oldest first; a file that can be imported again."""
    table = await service.find(session, caller.workspace_id, table_id)
    structure = service.structure(table)
    try:
        wanted = _filter(chosen)
        query = reading.Query(wanted.conditions, wanted.combine, q.strip(), limit=MOST_ROWS)
        rows = await reading.rows(session, Known(table.id, table.workspace_id, structure), query)
    except Refusal as refusal:
        raise problem_of(refusal) from None
    name = quote(f"{table.name}.csv", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"}
    return Response(await asyncio.to_thread(exchange.csv_of, structure, rows), 200, headers, "text/csv")


@router.post("/{table_id}/import")
async def import_rows(table_id: str, caller: Runner, session: WriteSession, file: UploadFile) -> RowsImported:
    """Take in CSV (multipart, field `file`) whose first line names columns: all of its rows, or none.

    A row whose key is there already changes that row; an empty cell has no value.
    """
    if file.size is None or file.size > exchange.LARGEST_FILE:
        raise FileTooLarge(f"A file of at most {exchange.LARGEST_FILE // 1024 // 1024} MB is taken in at once.")
    structure = service.structure(await service.find(session, caller.workspace_id, table_id))
    try:
        given = await asyncio.to_thread(exchange.cells_of, structure, file.file)
    except Refusal as refusal:
        raise problem_of(refusal) from None
    done = await service.import_rows(session, caller, table_id, given)
    return RowsImported(added=done.added, changed=done.changed)


@router.post("/{table_id}/rows", status_code=201)
async def add_row(table_id: str, caller: Runner, session: WriteSession, body: RowValues) -> RowRead:
    """Add a row; a column that is left out stays empty."""
    return _row(await service.add_row(session, caller, table_id, body.values))


@router.patch("/{table_id}/rows/{row_id}")
async def change_row(table_id: str, row_id: str, caller: Runner, session: WriteSession, body: RowValues) -> RowRead:
    """Change some columns of a row; the others stay."""
    return _row(await service.change_row(session, caller, table_id, row_id, body.values))


@router.delete("/{table_id}/rows/{row_id}", status_code=204)
async def delete_row(table_id: str, row_id: str, caller: Runner, session: WriteSession) -> None:
    """Delete a row."""
    await service.delete_row(session, caller, table_id, row_id)


def _filter(text: str) -> RowFilter:
    if not text:
        return RowFilter(conditions=[])
    try:
        return RowFilter.model_validate_json(text)
    except ValidationError as invalid:
        problem = invalid.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, ("filter", *problem["loc"])))
        raise Refusal("bad_filter", f"The filter can't be read: {problem['msg']}.", _FILTER, place) from None


def _query(page: PageRequest, sort: str | None, word: str, chosen: RowFilter) -> reading.Query:
    query = reading.Query(
        conditions=chosen.conditions,
        combine=chosen.combine,
        word=word.strip(),
        sort_by=sort.removeprefix("-") if sort else None,
        descending=sort.startswith("-") if sort else True,
        limit=page.fetch,
    )
    if query.plain:
        return reading.Query(descending=True, limit=page.fetch, before=page.after)
    return replace(query, offset=page.start)


def _read(row: DataTable) -> TableRead:
    names = {column["id"]: column["name"] for column in row.columns}
    return TableRead(
        id=row.id,
        name=row.name,
        columns=[ColumnRead(**column) for column in row.columns],
        key=[names[id_] for id_ in row.key_columns],
        row_count=row.row_count,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _row(row: dict[str, Any]) -> RowRead:
    values = {name: value for name, value in row.items() if name not in SYSTEM}
    return RowRead.model_validate({"id": row["id"], "values": values, **{name: row[name] for name in SYSTEM[1:]}})
