"""Where in a spreadsheet: its sheets, their columns, and ranges as Google writes them (A1 notation)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from nodeloom_connectors.sdk import OptionsFrom, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodeloom_connectors.google_sheets.client import SheetsClient

Cells = list[list[JsonValue]]


class SpreadsheetParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    spreadsheet: Annotated[str, OptionsFrom("spreadsheets")] = Field(
        title="Spreadsheet", min_length=1, max_length=200, description="Chosen from the list, or its id."
    )


class SheetParams(SpreadsheetParams):
    sheet: Annotated[str, OptionsFrom("sheets", depends_on=("spreadsheet",))] = Field(
        title="Sheet", min_length=1, max_length=200, description="The name at the bottom of the page."
    )
    header_row: int = Field(
        default=1,
        ge=1,
        le=1000,
        title="Row with the column names",
        json_schema_extra={"x-advanced": True},
    )


Entered = Annotated[
    Literal["RAW", "USER_ENTERED"],
    Field(
        title="Values are taken",
        json_schema_extra={
            "x-advanced": True,
            "x-labels": {
                "RAW": "As they are",
                "USER_ENTERED": "As if typed: formulas count, so only with values that you trust",
            },
        },
    ),
]


def quoted(sheet: str) -> str:
    escaped = sheet.replace("'", "''")
    return f"'{escaped}'"


def letters(column: int) -> str:
    """The name of a column, counted from 0: A, B, … Z, AA."""
    text = ""
    while column >= 0:
        text = chr(65 + column % 26) + text
        column = column // 26 - 1
    return text


def row_range(sheet: str, row: int, columns: int) -> str:
    return f"{quoted(sheet)}!A{row}:{letters(max(columns, 1) - 1)}{row}"


async def cells_of(client: SheetsClient, spreadsheet: str, name: str) -> Cells:
    """Values as they are calculated: numbers stay numbers, dates are texts as they are shown."""
    answer = await client.call(
        "values.get",
        spreadsheetId=spreadsheet,
        range=name,
        valueRenderOption="UNFORMATTED_VALUE",
        dateTimeRenderOption="FORMATTED_STRING",
    )
    return answer.get("values") or []


async def columns_of(client: SheetsClient, spreadsheet: str, sheet: str, header_row: int) -> list[str]:
    cells = await cells_of(client, spreadsheet, f"{quoted(sheet)}!{header_row}:{header_row}")
    return names_of(cells[0] if cells else [])


def names_of(header: Sequence[JsonValue]) -> list[str]:
    """A name for each column; one without a name has its letter, and what is there twice gets a number."""
    names: list[str] = []
    for index, cell in enumerate(header):
        name = str(cell).strip() if cell not in ("", None) else letters(index)
        taken, number = name, 2
        while name in names:
            name, number = f"{taken}_{number}", number + 1
        names.append(name)
    return names


def cell_of(value: JsonValue) -> JsonValue:
    """What a cell can hold; nothing at all empties it."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def line_of(columns: Sequence[str], values: Mapping[str, JsonValue]) -> list[JsonValue]:
    """The values in the order of the columns; None leaves a cell as it is."""
    return [cell_of(values[name]) if name in values else None for name in columns]


def refuse_unknown(columns: Sequence[str], values: Mapping[str, JsonValue], sheet: str) -> None:
    strange = [name for name in values if name not in columns]
    if strange:
        there = ", ".join(columns) or "none"
        text = f"The sheet {sheet!r} has no column {strange[0]!r}."
        raise Refused(text, "no_such_column", hint=f"Its columns: {there}. Or let new columns be added.")


async def put(
    client: SheetsClient, spreadsheet: str, name: str, cells: Sequence[Sequence[JsonValue]], entered: Entered
) -> dict[str, Any]:
    body = {"values": [list(line) for line in cells], "majorDimension": "ROWS"}
    return await client.call(
        "values.update", spreadsheetId=spreadsheet, range=name, valueInputOption=entered, body=body
    )
