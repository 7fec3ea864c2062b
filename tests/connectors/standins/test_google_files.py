"""The Drive and the Sheets of the Google stand-in with Google's own client."""

import json
from collections.abc import Generator
from contextlib import closing
from typing import Any, cast

import httpx2
import pytest
from google.oauth2.credentials import Credentials
from googleapiclient import discovery
from googleapiclient.errors import HttpError

from tests.support.standins.google import GoogleStandin, google_standin

_DRIVE = "https://www.googleapis.com/auth/drive"
_SHEETS = "https://www.googleapis.com/auth/spreadsheets"


@pytest.fixture
def google() -> Generator[GoogleStandin]:
    with google_standin() as standin:
        yield standin


@pytest.fixture
def drive(google: GoogleStandin) -> Generator[Any]:
    with closing(_client(google, "drive", "v3", google.drive_url)) as made:
        yield made


@pytest.fixture
def sheets(google: GoogleStandin) -> Generator[Any]:
    with closing(_client(google, "sheets", "v4", google.api_url)) as made:
        yield made


def _client(google: GoogleStandin, name: str, version: str, url: str) -> Any:
    credentials = Credentials(google.issue_token([_DRIVE, _SHEETS]))
    options = {"api_endpoint": url}
    return cast("Any", discovery).build(
        name, version, credentials=credentials, client_options=options, cache_discovery=False
    )


def test_files_are_found_moved_copied_shared_and_deleted(google: GoogleStandin, drive: Any) -> None:
    note = google.drive.put("note.txt", "text/plain", b"the loom")
    folder = drive.files().create(body={"name": "Papers", "mimeType": "application/vnd.google-apps.folder"}).execute()
    assert set(folder) == {"kind", "id", "name", "mimeType"}
    moved = drive.files().update(fileId=note, addParents=folder["id"], removeParents="root", fields="parents").execute()
    assert moved == {"parents": [folder["id"]]}
    query = f"'{folder['id']}' in parents and name contains 'NOTE' and trashed = false"
    assert drive.files().list(q=query, fields="files(name,size)").execute() == {
        "files": [{"name": "note.txt", "size": "8"}]
    }
    assert drive.files().get_media(fileId=note).execute() == b"the loom"
    copied = drive.files().copy(fileId=note, body={"name": "copy.txt"}).execute()
    shared = drive.permissions().create(fileId=note, body={"type": "anyone", "role": "reader"}).execute()
    assert drive.permissions().list(fileId=note).execute()["permissions"][0]["id"] == shared["id"]
    drive.files().delete(fileId=note).execute()
    assert {file.about["name"] for file in google.drive.files.values()} == {"Papers", copied["name"]}
    with pytest.raises(HttpError) as refused:
        drive.files().get(fileId=note).execute()
    assert json.loads(refused.value.content)["error"]["code"] == 404


def test_an_upload_in_one_request(google: GoogleStandin) -> None:
    token = google.issue_token([_DRIVE])
    body = (
        b"--b\r\nContent-Type: application/json\r\n\r\n" + b'{"name": "a.bin"}' + b"\r\n--b\r\n"
        b"Content-Type: application/octet-stream\r\n\r\n" + bytes(range(256)) + b"\r\n--b--\r\n"
    )
    answer = httpx2.post(
        f"{google.url}/upload/drive/v3/files",
        params={"uploadType": "multipart", "fields": "id,size"},
        headers={"Authorization": f"Bearer {token}", "Content-Type": "multipart/related; boundary=b"},
        content=body,
    ).json()
    assert answer["size"] == "256"
    assert google.drive.files[answer["id"]].content == bytes(range(256))


def test_rows_are_written_appended_read_and_cleared(google: GoogleStandin, sheets: Any, drive: Any) -> None:
    made = sheets.spreadsheets().create(body={"properties": {"title": "Orders"}}).execute()
    place = {"spreadsheetId": made["spreadsheetId"]}
    values = sheets.spreadsheets().values()
    body = {"values": [["name", "count"], ["thread", 3]]}
    values.update(**place, range="Sheet1!A1", valueInputOption="RAW", body=body).execute()
    appended = values.append(
        **place, range="Sheet1!A1", valueInputOption="USER_ENTERED", body={"values": [["needle", "7"]]}
    ).execute()
    assert appended["updates"]["updatedRange"] == "Sheet1!A3:B3"
    assert appended["tableRange"] == "Sheet1!A1:B2"
    read = values.get(**place, range="Sheet1!A2:B", valueRenderOption="UNFORMATTED_VALUE").execute()
    assert read["values"] == [["thread", 3], ["needle", 7]]
    assert values.get(**place, range="Sheet1").execute()["values"][2] == ["needle", "7"]
    values.clear(**place, range="Sheet1!A2:B2", body={}).execute()
    assert values.get(**place, range="A2:A3").execute()["values"] == [[], ["needle"]]
    many = {"valueInputOption": "RAW", "data": [{"range": "C1", "values": [["note"]]}]}
    assert values.batchUpdate(**place, body=many).execute()["totalUpdatedCells"] == 1
    request = {"requests": [{"addSheet": {"properties": {"title": "More things"}}}]}
    sheets.spreadsheets().batchUpdate(**place, body=request).execute()
    titles = [sheet["properties"]["title"] for sheet in sheets.spreadsheets().get(**place).execute()["sheets"]]
    assert titles == ["Sheet1", "More things"]
    with pytest.raises(HttpError, match="Unable to parse range"):
        values.get(**place, range="Nowhere!A1").execute()
    assert [file["name"] for file in drive.files().list().execute()["files"]] == ["Orders"]
