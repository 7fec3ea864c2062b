"""Rows: read by the names of their columns, added, changed, found, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from pydantic import BaseModel, Field, JsonValue, RootModel

from nodeloom_connectors.google_sheets.client import SHEETS, SheetsClient
from nodeloom_connectors.google_sheets.places import (
    Cells,
    Entered,
    SheetParams,
    cells_of,
    columns_of,
    line_of,
    names_of,
    put,
    quoted,
    refuse_unknown,
    row_range,
)
from nodeloom_connectors.google_sheets.sheets import sheet_id_of
from nodeloom_connectors.sdk import ActionContext, Refused, action

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROW_NUMBER = "row_number"
Lines: TypeAlias = "Sequence[Mapping[str, JsonValue]]"
_MOST_ROWS = 10_000


class Target(Protocol):
    """What all forms that write rows have."""

    spreadsheet: str
    sheet: str
    header_row: int
    add_columns: bool
    entered: Entered


class Row(RootModel[dict[str, JsonValue]]):
    """The cells of a row by the names of their columns, and its number as `row_number`."""


class ReadRowsParams(SheetParams):
    column: str = Field(
        default="", title="Only where the column", max_length=300, description="Empty: all rows.", examples=["State"]
    )
    value: str = Field(default="", title="has the value", max_length=2000, examples=["open"])
    limit: int = Field(default=1000, ge=1, le=_MOST_ROWS, title="At most")


@action(
    title="Read rows",
    effect="read",
    summary="{sheet}: {column} is {value}|{sheet}",
    icon="table-2",
    aliases=("get", "find", "lookup", "search", "list"),
    scopes=(SHEETS,),
)
async def read_rows(ctx: ActionContext[SheetsClient], params: ReadRowsParams) -> list[Row]:
    """Rows of a sheet by the names of their columns, one item each; all, or those with a certain value."""
    cells = await cells_of(ctx.client, params.spreadsheet, quoted(params.sheet))
    columns = names_of(cells[params.header_row - 1]) if len(cells) >= params.header_row else []
    if params.column:
        refuse_unknown(columns, {params.column: ""}, params.sheet)
    rows = [
        Row(row)
        for row in rows_of(cells, params.header_row)
        if not params.column or _same(row.get(params.column), params.value)
    ]
    return rows[: params.limit]


class ValuesParams(BaseModel):
    """What is written into a row. The forms show the fields of the last base class first."""

    values: dict[str, JsonValue] = Field(
        title="Values",
        min_length=1,
        max_length=500,
        description="By the names of the columns.",
        examples=[{"Name": "{{ $json.name }}"}],
        json_schema_extra={"x-widget": "key-value"},
    )
    add_columns: bool = Field(default=False, title="Add columns that are not there")
    entered: Entered = "RAW"


class AppendRowParams(ValuesParams, SheetParams):
    """Where first, then what."""


class Written(BaseModel):
    range: str = Field(title="Range that was written")
    row_number: int | None = Field(title="Number of the (first) row")
    rows: int = Field(title="Number of rows")


@action(
    title="Add a row",
    effect="once",
    summary="{sheet}",
    icon="list-plus",
    aliases=("append", "insert", "create"),
    scopes=(SHEETS,),
)
async def append_row(ctx: ActionContext[SheetsClient], params: AppendRowParams) -> Written:
    """Adds a row below the last one."""
    return await _append(ctx.client, params, [params.values])


class AppendRowsParams(SheetParams):
    rows: list[dict[str, JsonValue]] = Field(
        title="Rows",
        min_length=1,
        max_length=_MOST_ROWS,
        description="A list of rows, each by the names of the columns.",
        examples=["{{ $json.lines }}"],
        json_schema_extra={"x-widget": "code"},
    )
    add_columns: bool = Field(default=False, title="Add columns that are not there")
    entered: Entered = "RAW"


@action(title="Add several rows", effect="once", summary="{sheet}", icon="rows-3", scopes=(SHEETS,))
async def append_rows(ctx: ActionContext[SheetsClient], params: AppendRowsParams) -> Written:
    """Adds a list of rows below the last one, in one call."""
    return await _append(ctx.client, params, params.rows)


class NumberedRowParams(SheetParams):
    row_number: int = Field(title="Row", ge=1, le=10_000_000, examples=["{{ $json.row_number }}"])


class UpdateRowParams(ValuesParams, NumberedRowParams):
    """Where first, then what."""


@action(title="Change a row", effect="idempotent", summary="{sheet} {row_number}", icon="square-pen", scopes=(SHEETS,))
async def update_row(ctx: ActionContext[SheetsClient], params: UpdateRowParams) -> Written:
    """Changes cells of a row; columns that are not named stay as they are."""
    columns = await _columns_for(ctx.client, params, [params.values])
    return await _change(ctx.client, params, columns, params.row_number, params.values)


class KeyedRowParams(SheetParams):
    key_column: str = Field(
        title="Key column", min_length=1, max_length=300, description="Tells which row it is.", examples=["Email"]
    )


class UpsertRowParams(ValuesParams, KeyedRowParams):
    """Where first, then what."""


@action(
    title="Add or change a row",
    effect="idempotent",
    summary="{sheet} by {key_column}",
    icon="table",
    aliases=("upsert",),
    scopes=(SHEETS,),
)
async def upsert_row(ctx: ActionContext[SheetsClient], params: UpsertRowParams) -> Written:
    """Changes the row whose key column has the given value; if there is none, adds one."""
    if params.key_column not in params.values:
        hint = f"Give a value for {params.key_column!r} under 'Values'."
        raise Refused("The values have no key.", "no_key", hint=hint)
    columns = await _columns_for(ctx.client, params, [params.values])
    cells = await cells_of(ctx.client, params.spreadsheet, quoted(params.sheet))
    for row in rows_of(cells, params.header_row):
        if _same(row.get(params.key_column), params.values[params.key_column]):
            return await _change(ctx.client, params, columns, int(str(row[ROW_NUMBER])), params.values)
    return await _append(ctx.client, params, [params.values])


class DeleteRowsParams(NumberedRowParams):
    count: int = Field(default=1, ge=1, le=_MOST_ROWS, title="How many")


class Removed(BaseModel):
    row_number: int = Field(title="Row")
    count: int = Field(title="How many")


@action(title="Delete rows", effect="destructive", summary="{sheet} {row_number}", icon="list-x", scopes=(SHEETS,))
async def delete_rows(ctx: ActionContext[SheetsClient], params: DeleteRowsParams) -> Removed:
    """Deletes rows of a sheet; those below move up."""
    first = params.row_number - 1
    place: dict[str, Any] = {
        "sheetId": await sheet_id_of(ctx.client, params.spreadsheet, params.sheet),
        "dimension": "ROWS",
        "startIndex": first,
        "endIndex": first + params.count,
    }
    body = {"requests": [{"deleteDimension": {"range": place}}]}
    await ctx.client.call("batchUpdate", spreadsheetId=params.spreadsheet, body=body)
    return Removed(row_number=params.row_number, count=params.count)


def rows_of(cells: Cells, header_row: int) -> Iterator[dict[str, JsonValue]]:
    """The rows below the header that are not empty; a cell behind the last column has its letter as a name."""
    width = max((len(line) for line in cells), default=0)
    header = cells[header_row - 1] if len(cells) >= header_row else []
    columns = names_of([*header, *[""] * (width - len(header))])
    for number, line in enumerate(cells[header_row:], header_row + 1):
        if any(cell not in ("", None) for cell in line):
            padded = [*line, *[""] * (len(header) - len(line))]
            yield {ROW_NUMBER: number, **dict(zip(columns, padded, strict=False))}


async def _append(client: SheetsClient, params: Target, rows: Lines) -> Written:
    columns = await _columns_for(client, params, rows)
    lines = [[cell if cell is not None else "" for cell in line_of(columns, values)] for values in rows]
    answer = await client.call(
        "values.append",
        spreadsheetId=params.spreadsheet,
        range=f"{quoted(params.sheet)}!A{params.header_row}",
        valueInputOption=params.entered,
        insertDataOption="INSERT_ROWS",
        body={"values": lines, "majorDimension": "ROWS"},
    )
    return _written(answer.get("updates") or {})


async def _change(
    client: SheetsClient, params: Target, columns: Sequence[str], number: int, values: Mapping[str, JsonValue]
) -> Written:
    name = row_range(params.sheet, number, len(columns))
    return _written(await put(client, params.spreadsheet, name, [line_of(columns, values)], params.entered))


async def _columns_for(client: SheetsClient, params: Target, rows: Lines) -> list[str]:
    """The columns of the sheet, with those that are missing if they may be added."""
    columns = await columns_of(client, params.spreadsheet, params.sheet, params.header_row)
    wanted = list(dict.fromkeys(name for values in rows for name in values if name != ROW_NUMBER))
    missing = [name for name in wanted if name not in columns]
    if not missing:
        return columns
    # An empty sheet has no columns to be mistaken for others.
    if columns and not params.add_columns:
        refuse_unknown(columns, {missing[0]: ""}, params.sheet)
    whole = [*columns, *missing]
    await put(client, params.spreadsheet, row_range(params.sheet, params.header_row, len(whole)), [[*whole]], "RAW")
    return whole


def _written(updates: Mapping[str, Any]) -> Written:
    name = str(updates.get("updatedRange") or "")
    first = "".join(filter(str.isdigit, name.rpartition("!")[2].partition(":")[0]))
    return Written(range=name, row_number=int(first) if first else None, rows=int(updates.get("updatedRows") or 0))


def _same(cell: JsonValue, value: JsonValue) -> bool:
    """A sheet turns texts into numbers and back: 7, 7.0 and "7" are one key."""
    return _text(cell) == _text(value)


def _text(value: JsonValue) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip().casefold()
