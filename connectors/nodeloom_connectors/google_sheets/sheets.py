"""Spreadsheets and the sheets in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.google_sheets.client import SHEETS, SheetsClient
from nodeloom_connectors.google_sheets.places import SpreadsheetParams
from nodeloom_connectors.sdk import ActionContext, Option, Options, Refused, action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodeloom_connectors.sdk import OptionsQuery

_MEDIA_TYPE = "application/vnd.google-apps.spreadsheet"
_PROPERTIES = "properties(sheetId,title,index,gridProperties(rowCount,columnCount))"


class Spreadsheet(BaseModel):
    id: str = Field(title="Id")
    title: str = Field(title="Title")
    url: str = Field(title="Link")
    sheets: list[str] = Field(title="Names of its sheets")


class Sheet(BaseModel):
    id: int = Field(title="Id")
    name: str = Field(title="Name")
    rows: int = Field(title="Rows")
    columns: int = Field(title="Columns")


class CreateSpreadsheetParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(title="Title", min_length=1, max_length=500)
    sheets: list[str] = Field(
        default=[], title="Names of its sheets", max_length=100, description="Empty: one, as Google calls it."
    )


@action(title="Create a spreadsheet", effect="once", summary="{title}", icon="square-plus", scopes=(SHEETS,))
async def create_spreadsheet(ctx: ActionContext[SheetsClient], params: CreateSpreadsheetParams) -> Spreadsheet:
    """Makes a spreadsheet in one's own Drive."""
    body: dict[str, Any] = {"properties": {"title": params.title}}
    if params.sheets:
        body["sheets"] = [{"properties": {"title": name}} for name in params.sheets]
    given = await ctx.client.call("create", body=body)
    return Spreadsheet(
        id=str(given.get("spreadsheetId") or ""),
        title=params.title,
        url=str(given.get("spreadsheetUrl") or ""),
        sheets=[_sheet(sheet).name for sheet in given.get("sheets") or ()],
    )


@action(title="List sheets", effect="read", summary="{spreadsheet}", icon="layers", scopes=(SHEETS,))
async def list_sheets(ctx: ActionContext[SheetsClient], params: SpreadsheetParams) -> list[Sheet]:
    """The sheets of a spreadsheet, one item each."""
    return await sheets_of(ctx.client, params.spreadsheet)


class AddSheetParams(SpreadsheetParams):
    name: str = Field(title="Name", min_length=1, max_length=100)


@action(title="Add a sheet", effect="idempotent", summary="{name}", icon="plus", scopes=(SHEETS,))
async def add_sheet(ctx: ActionContext[SheetsClient], params: AddSheetParams) -> Sheet:
    """Adds a sheet; if there is one of this name, that is the result."""
    for sheet in await sheets_of(ctx.client, params.spreadsheet):
        if sheet.name == params.name:
            return sheet
    body = {"requests": [{"addSheet": {"properties": {"title": params.name}}}]}
    answer = await ctx.client.call("batchUpdate", spreadsheetId=params.spreadsheet, body=body)
    replies: list[dict[str, Any]] = answer.get("replies") or [{}]
    added: dict[str, Any] = replies[0].get("addSheet") or {}
    return _sheet(added)


async def sheets_of(client: SheetsClient, spreadsheet: str) -> list[Sheet]:
    given = await client.call("get", spreadsheetId=spreadsheet, fields=f"sheets({_PROPERTIES})")
    return [_sheet(sheet) for sheet in given.get("sheets") or ()]


async def sheet_id_of(client: SheetsClient, spreadsheet: str, name: str) -> int:
    sheets = await sheets_of(client, spreadsheet)
    for sheet in sheets:
        if sheet.name == name:
            return sheet.id
    there = ", ".join(sheet.name for sheet in sheets)
    raise Refused(f"The spreadsheet has no sheet {name!r}.", "no_such_sheet", hint=f"Its sheets: {there}.")


async def spreadsheet_options(client: SheetsClient, query: OptionsQuery) -> Options:
    """Spreadsheets by name, those changed last at the front."""
    terms = [f"mimeType = '{_MEDIA_TYPE}'", "trashed = false"]
    if query.search:
        escaped = query.search.replace("\\", "\\\\").replace("'", "\\'")
        terms.append(f"name contains '{escaped}'")
    answer = await client.drive(
        "files.list",
        q=" and ".join(terms),
        pageSize=50,
        pageToken=query.cursor,
        orderBy="modifiedTime desc",
        fields="nextPageToken,files(id,name,owners(emailAddress))",
        supportsAllDrives=True,
        includeItemsFromAllDrives=True,
    )
    return Options([_option(given) for given in answer.get("files") or ()], answer.get("nextPageToken"))


def _option(given: Mapping[str, Any]) -> Option:
    owners: list[dict[str, Any]] = given.get("owners") or [{}]
    return Option(str(given["id"]), str(given.get("name") or ""), str(owners[0].get("emailAddress") or ""))


async def sheet_options(client: SheetsClient, query: OptionsQuery) -> Options:
    """The sheets of the chosen spreadsheet."""
    spreadsheet = query.params.get("spreadsheet")
    if not isinstance(spreadsheet, str) or not spreadsheet:
        return Options([])
    typed = query.search.casefold()
    sheets = await sheets_of(client, spreadsheet)
    return Options([Option(sheet.name, sheet.name) for sheet in sheets if typed in sheet.name.casefold()])


def _sheet(given: Mapping[str, Any]) -> Sheet:
    properties: Mapping[str, Any] = given.get("properties") or {}
    grid: Mapping[str, Any] = properties.get("gridProperties") or {}
    return Sheet(
        id=int(properties.get("sheetId") or 0),
        name=str(properties.get("title") or ""),
        rows=int(grid.get("rowCount") or 0),
        columns=int(grid.get("columnCount") or 0),
    )
