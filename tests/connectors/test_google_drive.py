"""Google Drive's actions and triggers against the stand-in."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest

from nodeloom_connectors.google_drive import connector, verify
from nodeloom_connectors.google_drive.client import READ
from nodeloom_connectors.sdk import OAuth2, Reconnect, Refused
from tests.connectors.google_calls import Calls
from tests.support.standins.google import GoogleStandin, google_standin
from tests.support.standins.google_drive import DOCUMENT, FOLDER

CONTENT = b"%PDF-1 " * 1000


@pytest.fixture
async def google() -> AsyncGenerator[GoogleStandin]:
    async with google_standin() as standin:
        yield standin


@pytest.fixture
def drive(http: httpx2.AsyncClient, google: GoogleStandin) -> Calls:
    return Calls(connector, http, google)


def held(google: GoogleStandin, file_id: str) -> dict[str, Any]:
    return google.drive.files[file_id].about


async def test_a_file_goes_up_and_comes_down(drive: Calls, google: GoogleStandin) -> None:
    folder = await drive.call("create_folder", name="Orders")
    drive.files.add("data", CONTENT, file_name="Übersicht.pdf", media_type="application/pdf")
    assert await drive.confirm("upload", of_call="two", folder=folder.id) is None
    up = await drive.call("upload", of_call="two", folder=folder.id)
    assert (up.name, up.media_type, up.size, up.folder_id) == (
        "Übersicht.pdf",
        "application/pdf",
        len(CONTENT),
        folder.id,
    )
    assert google.drive.files[up.id].content == CONTENT
    assert (await drive.confirm("upload", of_call="two", folder=folder.id)).id == up.id

    down = await drive.call("download", file_id=up.id)
    assert (down.file, down.id) == ("data", up.id)
    assert list(drive.files.contents.values())[-1] == CONTENT

    drive.files.add("data", b"new", file_name="x", media_type="text/plain")
    replaced = await drive.call("replace_content", file_id=up.id)
    assert (replaced.id, replaced.name, replaced.size) == (up.id, "Übersicht.pdf", 3)


async def test_googles_own_documents_come_in_another_format(drive: Calls, google: GoogleStandin) -> None:
    document = google.drive.put("Letter", DOCUMENT, b"word")
    await drive.call("download", file_id=document)
    assert google.calls[-1].method == "drive.files.export"
    assert "wordprocessingml" in google.calls[-1].target
    await drive.call("download", file_id=document, format="pdf")
    assert "mimeType=application%2Fpdf" in google.calls[-1].target
    error = await drive.failure("download", file_id=google.drive.put("Folder", FOLDER))
    assert isinstance(error, Refused)
    assert error.code == "is_folder"


async def test_a_file_becomes_a_google_document(drive: Calls, google: GoogleStandin) -> None:
    drive.files.add("data", b"a,b", file_name="x.csv", media_type="text/csv; charset=utf-8")
    made = await drive.call("upload", convert=True, name="Numbers")
    assert held(google, made.id)["mimeType"] == "application/vnd.google-apps.spreadsheet"
    assert made.name == "Numbers"


async def test_files_are_found_by_name_text_folder_and_kind(drive: Calls, google: GoogleStandin) -> None:
    folder = google.drive.put("It's a folder", FOLDER)
    inside = google.drive.put("Order 1.txt", "text/plain", b"needle", (folder,))
    google.drive.put("Order 2.txt", "text/plain", b"hay")
    assert [file.id for file in await drive.call("search", text="needle")] == [inside]
    assert [file.id for file in await drive.call("search", folder=folder)] == [inside]
    assert [file.id for file in await drive.call("search", name="it's", kind="folders")] == [folder]
    assert {file.name for file in await drive.call("search", name="Order", kind="files")} == {
        "Order 1.txt",
        "Order 2.txt",
    }
    assert len(await drive.call("search", limit=1)) == 1
    for number in range(130):
        google.drive.put(f"Many {number}", "text/plain")
    assert len({file.id for file in await drive.call("search", name="Many", limit=120)}) == 120
    error = await drive.failure("search", query="nonsense")
    assert isinstance(error, Refused)


async def test_a_file_is_moved_copied_renamed_binned_and_deleted(drive: Calls, google: GoogleStandin) -> None:
    folder = google.drive.put("Folder", FOLDER)
    file = google.drive.put("a.txt", "text/plain", b"a")
    assert (await drive.call("move", file_id=file, folder=folder)).folder_id == folder
    assert (await drive.call("move", file_id=file, folder=folder)).folder_id == folder
    assert (await drive.call("rename", file_id=file, name="b.txt")).name == "b.txt"
    copy = await drive.call("copy", file_id=file, name="c.txt", folder="root")
    assert (copy.name, copy.folder_id, google.drive.files[copy.id].content) == ("c.txt", "root", b"a")
    assert (await drive.confirm("copy", file_id=file)).id == copy.id
    assert (await drive.call("trash", file_id=file)).trashed
    assert file not in [each.id for each in await drive.call("search")]
    assert file in [each.id for each in await drive.call("search", in_bin=True)]
    assert not (await drive.call("untrash", file_id=file)).trashed
    await drive.call("delete", file_id=file)
    error = await drive.failure("get", file_id=file)
    assert isinstance(error, Refused)
    assert (error.code, "File not found" in error.message) == ("http_404", True)


async def test_a_file_is_shared(drive: Calls, google: GoogleStandin) -> None:
    file = google.drive.put("a.txt", "text/plain")
    ada = {"file_id": file, "email": "ada@loom.test", "role": "writer"}
    assert await drive.confirm("share", **ada) is None
    made = await drive.call("share", **ada, message="Have a look")
    assert await drive.confirm("share", **ada) == made
    assert "sendNotificationEmail=true" in google.calls[-3].target or any(
        "emailMessage=Have+a+look" in call.target for call in google.calls
    )
    await drive.call("share", file_id=file, who="anyone")
    assert [(each.type, each.role, each.email) for each in await drive.call("list_permissions", file_id=file)] == [
        ("user", "writer", "ada@loom.test"),
        ("anyone", "reader", None),
    ]
    error = await drive.failure("share", file_id=file)
    assert isinstance(error, Refused)
    assert error.code == "nobody_named"


async def test_pickers_list_folders_and_files(drive: Calls, google: GoogleStandin) -> None:
    folder = google.drive.put("Orders", FOLDER)
    file = google.drive.put("order.pdf", "application/pdf")
    assert [option.value for option in (await drive.choices("folders")).items] == ["root", folder]
    assert [option.value for option in (await drive.choices("folders", "ord")).items] == [folder]
    assert [(option.value, option.label) for option in (await drive.choices("files")).items] == [(file, "order.pdf")]


async def test_new_files_and_changed_files_are_told(drive: Calls, google: GoogleStandin) -> None:
    old = google.drive.put("old.txt", "text/plain")
    folder = google.drive.put("Folder", FOLDER)
    for trigger in ("new_file", "changed_file"):
        assert await drive.new(trigger, folder=folder, content=True) == []
    elsewhere = google.drive.put("else.txt", "text/plain")
    await drive.call("move", file_id=old, folder=folder)
    first = google.drive.put("first.txt", "text/plain", b"1", (folder,))
    [told] = await drive.new("new_file", folder=folder, content=True)
    assert (told.key, told.json["name"], told.summary) == (first, "first.txt", "first.txt")
    assert drive.files.contents[told.files["data"].id] == b"1"
    assert [each.json["id"] for each in await drive.new("changed_file", folder=folder)] == [old, first]

    await drive.call("rename", file_id=first, name="1.txt")
    google.drive.put("second.txt", "text/plain", b"2", (folder,))
    later = await drive.new("new_file", folder=folder)
    assert [each.json["name"] for each in later if each.key != told.key] == ["second.txt"]
    await drive.call("rename", file_id=first, name="one.txt")
    assert [each.key for each in await drive.new("new_file", folder=folder)] == []
    assert elsewhere not in [each.json["id"] for each in await drive.new("changed_file")]
    await drive.call("delete", file_id=first)
    assert await drive.new("changed_file") == []


async def test_whose_drive_it_is_and_which_rights_are_asked_for(
    drive: Calls, google: GoogleStandin, http: httpx2.AsyncClient
) -> None:
    account = await verify(drive.access)
    assert account.id == google.address
    assert isinstance(connector.auth, OAuth2)
    assert connector.auth.scopes == (READ,)
    reading = Calls(connector, http, google, scopes=connector.auth.scopes)
    assert await verify(reading.access) == account
    for action in connector.actions:
        if action.scopes == (READ,):
            assert action.effect == "read"
    assert await reading.call("search") == []
    error = await reading.failure("create_folder", name="x")
    assert isinstance(error, Reconnect)
    assert "drive" in error.message
