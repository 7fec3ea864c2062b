"""Google Drive's and Google Sheets' actions under faults: the right one of the four errors, nothing done twice."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest

from nodeloom_connectors.google_drive import connector as google_drive
from nodeloom_connectors.google_sheets import connector as google_sheets
from nodeloom_connectors.sdk import ConnectorError, OutcomeUnknown, Reconnect, Refused, RetryLater
from tests.connectors.google_calls import Calls
from tests.support.standins.fault_proxy import Fault, FaultProxy, fault_proxy
from tests.support.standins.google import GoogleStandin, google_standin

ONE_OF_EACH = (Fault.LIMITED_GOOGLE, Fault.UNAVAILABLE, Fault.RESET_AFTER, Fault.HTML, Fault.REVOKED)
LIMITED = {Fault.LIMITED_SECONDS, Fault.LIMITED_DATE, Fault.LIMITED_BARE, Fault.LIMITED_HOUR, Fault.LIMITED_GOOGLE}
# Deleting is answered with no body, and what was asked to come as a file may be anything.
OF_THE_BODY = {Fault.SLOW_BODY, Fault.TRUNCATED_JSON, Fault.CUT_BODY, Fault.HTML}
WITHOUT_AN_END = {Fault.SLOW_HEADERS, Fault.SLOW_BODY, Fault.ENDLESS_BODY}
WITHOUT_A_FAULT = {Fault.LIMITED_TRELLO, Fault.HUGE}
# They have half an hour.
CONTENT = ("download", "upload", "replace_content")


@pytest.fixture
async def google() -> AsyncGenerator[GoogleStandin]:
    async with google_standin() as standin:
        yield standin


@pytest.fixture
async def proxy(google: GoogleStandin) -> AsyncGenerator[FaultProxy]:
    async with fault_proxy(google.url, vendor="google") as made:
        made.drip_s = 0.05
        yield made


def prepared_drive(google: GoogleStandin, drive: Calls) -> dict[str, dict[str, Any]]:
    drive.files.add("data", b"new", file_name="x.txt", media_type="text/plain")
    file = {"file_id": google.drive.put("a.txt", "text/plain", b"a" * 200)}
    return {
        "search": {"name": "a"},
        "get": file,
        "download": file,
        "upload": {},
        "replace_content": file,
        "create_folder": {"name": "New"},
        "copy": file,
        "move": {**file, "folder": "other"},
        "rename": {**file, "name": "b"},
        "share": {**file, "email": "ada@loom.test"},
        "list_permissions": file,
        "trash": file,
        "untrash": file,
        "delete": file,
    }


def prepared_sheets(google: GoogleStandin, _sheets: Calls) -> dict[str, dict[str, Any]]:
    spreadsheet = google.sheets.open("s1", "Orders", ("One",))
    spreadsheet.sheets[0].rows[:] = [["Id", "Name"], [1, "Ada"]]
    book = {"spreadsheet": "s1"}
    place = {**book, "sheet": "One"}
    return {
        "read_rows": place,
        "append_row": {**place, "values": {"Id": 2}},
        "append_rows": {**place, "rows": [{"Id": 2}]},
        "update_row": {**place, "row_number": 2, "values": {"Id": 3}},
        "upsert_row": {**place, "key_column": "Id", "values": {"Id": 4}},
        "delete_rows": {**place, "row_number": 2},
        "read_range": place,
        "update_range": {**place, "values": [["x"]]},
        "clear_range": place,
        "list_sheets": book,
        "add_sheet": {**book, "name": "New"},
        "create_spreadsheet": {"title": "New"},
    }


def right(error: ConnectorError, fault: Fault, effect: object) -> bool:
    """Whether this is what the caller has to hear."""
    if fault in LIMITED:
        return isinstance(error, RetryLater) and error.nothing_happened
    if fault in (Fault.EXPIRED, Fault.REVOKED):
        return isinstance(error, Reconnect)
    if fault is Fault.REDIRECT:
        return isinstance(error, Refused)
    if effect in ("once", "destructive"):
        return isinstance(error, OutcomeUnknown)
    if fault in (Fault.ENDLESS_BODY, Fault.GZIP_BOMB):
        return isinstance(error, Refused | RetryLater | OutcomeUnknown)
    return isinstance(error, OutcomeUnknown) or (
        isinstance(error, RetryLater) and error.nothing_happened is (effect == "read")
    )


async def check_all(google: GoogleStandin, proxy: FaultProxy, http: httpx2.AsyncClient, fault: Fault) -> None:
    for connector, prepared in ((google_drive, prepared_drive), (google_sheets, prepared_sheets)):
        patience_s = "1" if fault in WITHOUT_AN_END else "10"
        calls = Calls(connector, http, google, address=proxy.url, timeout_s=patience_s)
        assert set(prepared(google, calls)) == set(calls.actions)
        for name in calls.actions:
            if fault in OF_THE_BODY and name in ("delete", "download"):
                continue
            if fault in WITHOUT_AN_END and name in CONTENT:
                continue
            params = prepared(google, calls)[name]
            effect = calls.actions[name].effect
            proxy.heal()
            proxy.fail(fault, lambda seen, effect=effect: effect == "read" or seen.method != "GET")
            before = proxy.count()
            error = await calls.failure(name, **params)
            assert right(error, fault, effect), (connector.name, name, fault, error)
            assert error.hint
            assert calls.token not in f"{error.message} {error.hint}"
            assert len([seen for seen in proxy.reached[before:] if seen.method != "GET"]) <= 1
    assert proxy.strayed == []


async def test_each_action_needs_no_more_rights_than_it_names(google: GoogleStandin, http: httpx2.AsyncClient) -> None:
    """The stand-in knows from Google's description which rights each method needs."""
    for connector, prepared in ((google_drive, prepared_drive), (google_sheets, prepared_sheets)):
        for action in connector.actions:
            calls = Calls(connector, http, google, scopes=action.scopes)
            await calls.call(action.name, **prepared(google, calls)[action.name])


@pytest.mark.parametrize("fault", ONE_OF_EACH, ids=str)
async def test_each_action_under_one_fault_of_each_class(
    google: GoogleStandin, proxy: FaultProxy, http: httpx2.AsyncClient, fault: Fault
) -> None:
    await check_all(google, proxy, http, fault)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in WITHOUT_A_FAULT], ids=str)
async def test_each_action_under_every_fault(
    google: GoogleStandin, proxy: FaultProxy, http: httpx2.AsyncClient, fault: Fault
) -> None:
    await check_all(google, proxy, http, fault)


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.BAD_GATEWAY])
async def test_what_was_made_is_found_and_not_made_again(
    google: GoogleStandin, proxy: FaultProxy, http: httpx2.AsyncClient, fault: Fault
) -> None:
    drive = Calls(google_drive, http, google, address=proxy.url)
    every = prepared_drive(google, drive)
    for name in ("upload", "create_folder", "copy", "share"):
        proxy.heal()
        proxy.fail(fault, lambda seen: seen.method == "POST")
        params, key = every[name], f"run/{name}"
        there = len(google.drive.files)
        with pytest.raises(OutcomeUnknown):
            await drive.call(name, of_call=key, **params)
        found = await drive.confirm(name, of_call=key, **params)
        assert (found is not None) is (fault is Fault.RESET_AFTER), name
        if found is None:
            await drive.call(name, of_call=key, **params)
        assert len(google.drive.files) == there + (name != "share")
    assert len(await drive.call("list_permissions", file_id=every["share"]["file_id"])) == 1
