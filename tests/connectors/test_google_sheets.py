"""Google Sheets' actions and its trigger against the stand-in."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest

from nodeloom_connectors.google_sheets import connector, verify
from nodeloom_connectors.google_sheets.places import letters, names_of
from nodeloom_connectors.sdk import OAuth2, Refused
from tests.connectors.google_calls import Calls
from tests.support.standins.google import GoogleStandin, google_standin


@pytest.fixture
async def google() -> AsyncGenerator[GoogleStandin]:
    async with google_standin() as standin:
        yield standin


@pytest.fixture
def sheets(http: httpx2.AsyncClient, google: GoogleStandin) -> Calls:
    assert isinstance(connector.auth, OAuth2)
    return Calls(connector, http, google, scopes=connector.auth.scopes)


async def made(sheets: Calls, *rows: list[Any], name: str = "It's data") -> dict[str, str]:
    """A spreadsheet with a sheet of these rows."""
    spreadsheet = await sheets.call("create_spreadsheet", title="Orders", sheets=["First", name])
    place = {"spreadsheet": spreadsheet.id, "sheet": name}
    if rows:
        await sheets.call("update_range", **place, cells="A1", values=list(rows))
    return place


def cells(google: GoogleStandin, place: dict[str, str]) -> list[list[Any]]:
    found = google.sheets.spreadsheets[place["spreadsheet"]].sheet(place["sheet"])
    assert found is not None
    return found.rows


async def test_rows_come_and_go_by_the_names_of_their_columns(sheets: Calls, google: GoogleStandin) -> None:
    place = await made(sheets, ["Name", "Amount", "Paid"], ["Ada", 7, True])
    written = await sheets.call("append_row", **place, values={"Amount": 8.5, "Name": "=HYPERLINK()"})
    assert (written.row_number, written.rows) == (3, 1)
    await sheets.call("append_rows", **place, rows=[{"Name": "Kim"}, {"Name": "Jo", "Paid": {"on": "credit"}}])
    assert cells(google, place)[2] == ["=HYPERLINK()", 8.5, ""]
    rows = [row.model_dump(mode="json") for row in await sheets.call("read_rows", **place)]
    assert rows == [
        {"row_number": 2, "Name": "Ada", "Amount": 7, "Paid": True},
        {"row_number": 3, "Name": "=HYPERLINK()", "Amount": 8.5, "Paid": ""},
        {"row_number": 4, "Name": "Kim", "Amount": "", "Paid": ""},
        {"row_number": 5, "Name": "Jo", "Amount": "", "Paid": '{"on": "credit"}'},
    ]
    found = await sheets.call("read_rows", **place, column="Amount", value="7")
    assert [row.root["Name"] for row in found] == ["Ada"]

    await sheets.call("update_row", **place, row_number=2, values={"Paid": None, "Name": "Ada L."})
    assert cells(google, place)[1] == ["Ada L.", 7, ""]
    await sheets.call("delete_rows", **place, row_number=3, count=2)
    assert [row[0] for row in cells(google, place)] == ["Name", "Ada L.", "Jo"]


async def test_a_row_is_added_or_changed_by_its_key(sheets: Calls, google: GoogleStandin) -> None:
    place = await made(sheets, ["Id", "Name"], [7, "Ada"])
    assert sheets.actions["upsert_row"].effect == "idempotent"
    for _ in range(2):
        await sheets.call("upsert_row", **place, key_column="Id", values={"Id": "7", "Name": "Ada L."})
        await sheets.call("upsert_row", **place, key_column="Id", values={"Id": 8, "Name": "Kim"})
    assert cells(google, place) == [["Id", "Name"], ["7", "Ada L."], [8, "Kim"]]
    error = await sheets.failure("upsert_row", **place, key_column="Id", values={"Name": "x"})
    assert isinstance(error, Refused)
    assert error.code == "no_key"


async def test_columns_are_added_only_if_wanted(sheets: Calls, google: GoogleStandin) -> None:
    place = await made(sheets)
    await sheets.call("append_row", **place, values={"A": 1, "B": 2})
    assert cells(google, place) == [["A", "B"], [1, 2]]
    error = await sheets.failure("append_row", **place, values={"C": 3})
    assert isinstance(error, Refused)
    assert (error.code, "A, B" in error.hint) == ("no_such_column", True)
    await sheets.call("append_row", **place, values={"C": 3}, add_columns=True)
    assert cells(google, place) == [["A", "B", "C"], [1, 2], ["", "", 3]]


async def test_blocks_of_cells(sheets: Calls, google: GoogleStandin) -> None:
    place = await made(sheets, ["a", "b"], ["c", "d"])
    assert (await sheets.call("read_range", **place, cells="B1:B2")).values == [["b"], ["d"]]
    changed = await sheets.call("update_range", **place, cells="B2", values=[["7", None]], entered="USER_ENTERED")
    assert changed.cells == 2
    assert cells(google, place)[1] == ["c", 7, ""]
    await sheets.call("clear_range", **place, cells="A1:A2")
    assert (await sheets.call("read_range", **place)).values == [["", "b"], ["", 7]]
    with pytest.raises(ValueError, match="cells"):
        await sheets.call("read_range", **place, cells="A1'!B2")


async def test_sheets_are_listed_and_added_once(sheets: Calls) -> None:
    place = await made(sheets)
    added = await sheets.call("add_sheet", spreadsheet=place["spreadsheet"], name="New")
    assert await sheets.call("add_sheet", spreadsheet=place["spreadsheet"], name="New") == added
    assert [sheet.name for sheet in await sheets.call("list_sheets", spreadsheet=place["spreadsheet"])] == [
        "First",
        "It's data",
        "New",
    ]
    error = await sheets.failure("delete_rows", **{**place, "sheet": "None"}, row_number=1)
    assert isinstance(error, Refused)
    assert (error.code, "First, It's data, New" in error.hint) == ("no_such_sheet", True)


async def test_pickers_list_spreadsheets_and_then_their_sheets(sheets: Calls) -> None:
    place = await made(sheets)
    [option] = (await sheets.choices("spreadsheets", "ord")).items
    assert (option.value, option.label) == (place["spreadsheet"], "Orders")
    assert [each.value for each in (await sheets.choices("sheets", spreadsheet=option.value)).items] == [
        "First",
        "It's data",
    ]
    assert (await sheets.choices("sheets")).items == []


async def test_new_rows_are_told_also_after_others_were_deleted(sheets: Calls) -> None:
    place = await made(sheets, ["Name"], ["Ada"])
    assert await sheets.new("new_row", **place) == []
    await sheets.call("append_rows", **place, rows=[{"Name": "Kim"}, {"Name": "Jo"}])
    told = await sheets.new("new_row", **place)
    assert [each.json for each in told] == [{"row_number": 3, "Name": "Kim"}, {"row_number": 4, "Name": "Jo"}]
    assert told[0].summary == "It's data 3: Kim"
    assert await sheets.new("new_row", **place) == []
    await sheets.call("delete_rows", **place, row_number=2, count=2)
    assert await sheets.new("new_row", **place) == []
    await sheets.call("append_row", **place, values={"Name": "Eve"})
    assert [each.json["Name"] for each in await sheets.new("new_row", **place)] == ["Eve"]
    await sheets.call("append_rows", **place, rows=[{"Name": str(number)} for number in range(450)])
    assert [each.json["Name"] for each in await sheets.new("new_row", **place)] == [str(each) for each in range(450)]


async def test_whose_sheets_they_are(sheets: Calls, google: GoogleStandin) -> None:
    assert (await verify(sheets.access)).id == google.address


def test_columns_have_names() -> None:
    assert names_of(["Name", "", "Name", None, 7]) == ["Name", "B", "Name_2", "D", "7"]
    assert [letters(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
