"""What can be shown of a file."""

from typing import Any

import pytest

from tests.integration.runs.conftest import Running
from tests.unit.nodes.files.archives import archive
from tests.unit.nodes.files.test_pdf_and_calendars import CALENDAR, pdf
from tests.unit.nodes.files.test_workbooks import workbook

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


async def preview(running: Running, content: bytes, name: str, media_type: str = "") -> dict[str, Any]:
    form = {"file": (name, content, media_type or "application/octet-stream")}
    stored = (await running.client.post("/api/v1/artifacts", files=form)).json()
    answer = await running.client.get(f"/api/v1/artifacts/{stored['id']}/preview")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_each_kind_of_file_shows_what_it_can(running: Running) -> None:
    assert (await preview(running, PNG, "a.png", "image/png"))["kind"] == "image"
    assert (await preview(running, b"ID3", "a.mp3", "audio/mpeg"))["kind"] == "audio"
    csv = await preview(running, "Name;Größe\nA;1\n".encode("cp1252"), "a.csv")
    assert (csv["kind"], csv["columns"], csv["rows"], csv["truncated"]) == (
        "table",
        ["Name", "Größe"],
        [["A", "1"]],
        False,
    )
    book = await preview(running, workbook(a=[["n"], *([n] for n in range(60))]), "a.xlsx")
    assert (book["kind"], len(book["rows"]), book["truncated"]) == ("table", 50, True)
    assert (await preview(running, pdf("Invoice 7", "more"), "a.pdf"))["text"] == "Invoice 7"
    assert (await preview(running, archive(a=b"12"), "a.zip"))["rows"] == [["a", "2"]]
    assert len((await preview(running, CALENDAR.encode(), "a.ics"))["rows"]) == 3
    assert (await preview(running, b'[{"a": [1]}]', "a.json"))["rows"] == [["[1]"]]
    assert (await preview(running, b'{"a": 1}', "a.json"))["rows"] == [["1"]]


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "a.svg", "image/svg+xml"),
        (b"<html><script>alert(1)</script>", "a.html", "image/png"),
    ],
)
async def test_what_could_run_a_script_is_never_a_picture(
    running: Running, content: bytes, name: str, media_type: str
) -> None:
    assert (await preview(running, content, name, media_type))["kind"] in ("text", "none")


async def test_a_file_that_cant_be_read_says_why(running: Running) -> None:
    seen = await preview(running, b"%PDF-1.4 broken", "a.pdf")
    assert (seen["kind"], "can't be read" in seen["note"]) == ("none", True)
    assert (await preview(running, bytes(50), "a.bin"))["note"]


async def test_a_long_text_is_cut_between_characters(running: Running) -> None:
    seen = await preview(running, ("x" + "é" * 200_000).encode(), "a.txt")
    assert (seen["kind"], seen["truncated"], seen["text"][:3]) == ("text", True, "xéé")


async def test_a_download_can_run_nothing_and_a_preview_belongs_to_its_workspace(running: Running) -> None:
    stored = (await running.client.post("/api/v1/artifacts", files={"file": ("a.html", b"<p>", "text/html")})).json()
    answer = await running.client.get(f"/api/v1/artifacts/{stored['id']}")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment")
    elsewhere = await running.api.with_key("owner", await running.api.add_workspace())
    assert (await elsewhere.get(f"/api/v1/artifacts/{stored['id']}/preview")).status_code == 404
