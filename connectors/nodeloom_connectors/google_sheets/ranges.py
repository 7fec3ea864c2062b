"""Ranges: any block of cells, as Google writes it (A2:C10)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from nodeloom_connectors.google_sheets.client import SHEETS, SheetsClient
from nodeloom_connectors.google_sheets.places import (
    Entered,
    SpreadsheetParams,
    cell_of,
    cells_of,
    put,
    quoted,
)
from nodeloom_connectors.sdk import ActionContext, OptionsFrom, action


class RangeParams(SpreadsheetParams):
    sheet: Annotated[str, OptionsFrom("sheets", depends_on=("spreadsheet",))] = Field(
        title="Sheet", min_length=1, max_length=200
    )
    cells: str = Field(
        title="Cells",
        max_length=50,
        pattern=r"^(\$?[A-Za-z]{0,3}\$?\d{0,8}(:\$?[A-Za-z]{0,3}\$?\d{0,8})?|.*\{\{.*)$",
        description="Empty: the whole sheet.",
        examples=["A2:C10"],
        default="",
    )


class Block(BaseModel):
    range: str = Field(title="Range")
    values: list[list[JsonValue]] = Field(title="Rows of cells")


@action(title="Read cells", effect="read", summary="{sheet} {cells}|{sheet}", icon="sheet", scopes=(SHEETS,))
async def read_range(ctx: ActionContext[SheetsClient], params: RangeParams) -> Block:
    """A block of cells as one item: a list of rows."""
    name = range_of(params)
    return Block(range=name, values=await cells_of(ctx.client, params.spreadsheet, name))


class UpdateRangeParams(RangeParams):
    values: list[list[JsonValue]] = Field(
        title="Rows of cells",
        min_length=1,
        max_length=10_000,
        examples=[[["Name", "Amount"], ["Ada", 1815]]],
        json_schema_extra={"x-widget": "code"},
    )
    entered: Entered = "RAW"


class Changed(BaseModel):
    range: str = Field(title="Range that was written")
    cells: int = Field(title="Number of cells")


@action(title="Write cells", effect="idempotent", summary="{sheet} {cells}|{sheet}", icon="pen-line", scopes=(SHEETS,))
async def update_range(ctx: ActionContext[SheetsClient], params: UpdateRangeParams) -> Changed:
    """Writes a block of cells, from the upper left corner of a range on."""
    lines = [[cell_of(cell) for cell in line] for line in params.values]
    answer = await put(ctx.client, params.spreadsheet, range_of(params), lines, params.entered)
    return Changed(range=str(answer.get("updatedRange") or ""), cells=int(answer.get("updatedCells") or 0))


class Cleared(BaseModel):
    range: str = Field(title="Range that was emptied")


@action(title="Empty cells", effect="idempotent", summary="{sheet} {cells}|{sheet}", icon="circle-x", scopes=(SHEETS,))
async def clear_range(ctx: ActionContext[SheetsClient], params: RangeParams) -> Cleared:
    """Takes the values out of a block of cells; their format stays."""
    answer = await ctx.client.call("values.clear", spreadsheetId=params.spreadsheet, range=range_of(params), body={})
    return Cleared(range=str(answer.get("clearedRange") or ""))


def range_of(params: RangeParams) -> str:
    return f"{quoted(params.sheet)}!{params.cells}" if params.cells.strip() else quoted(params.sheet)
