"""Files on the way through a run, as a person sees them."""

import io
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.graphs import chain, node
from tests.e2e.installed import Installed
from tests.e2e.test_pages import look
from tests.support.browser import PHONE, WIDE
from tests.unit.nodes.files.test_pdf_and_calendars import pdf

pytestmark = pytest.mark.timeout(300)

ORDERS = "Name;Preis;Ort\r\n" + "".join(f"Kunde {n};1.234,5{n % 10};Köln\r\n" for n in range(80))


def picture() -> bytes:
    """A PNG of 64 by 64 in one colour."""

    def part(name: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)

    rows = b"".join(b"\0" + bytes((58, 70, 189)) * 64 for _ in range(64))
    head = (64).to_bytes(4) * 2 + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


@pytest.fixture(scope="module")
def run_id(home: Installed) -> str:
    """A run of a published webhook that took in four files."""
    hook = node("core.webhook", "Files came in", 0, path="files-k3x8", method="POST", respond="at_once")
    rows = node("core.extract_file", "Rows", 1, file="orders")
    made = node("core.convert_file", "Workbook", 2, format="xlsx", name="orders.xlsx")
    workflow_id = home.workflow("Orders as files", chain(hook, rows, made))
    home.publish(workflow_id)
    files = {
        "orders": (
            "Bestellungen aus dem Shop vom Mai 2026, bereinigt.csv",
            io.BytesIO(ORDERS.encode("cp1252")),
            "text/csv",
        ),
        "photo": ("photo.png", io.BytesIO(picture()), "image/png"),
        "invoice": ("invoice.pdf", io.BytesIO(pdf("Invoice 7: 42 EUR")), "application/pdf"),
        "blob": ("blob.bin", io.BytesIO(bytes(100)), "application/octet-stream"),
    }
    answer = home.client.post("/hooks/files-k3x8", files=files, data={"note": "May"})
    assert answer.status_code == 202, answer.text
    home.run_ends(answer.json()["run_id"], "succeeded")
    return answer.json()["run_id"]


def test_files_of_a_run_are_looked_at_and_downloaded(
    home: Installed, run_id: str, open_page: Callable[[str], Page]
) -> None:
    page = open_page(f"/runs/{run_id}")
    page.get_by_role("button", name="Files came in").first.click()
    page.get_by_role("button", name="Bestellungen").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("cell", name="Kunde 3", exact=True)).to_be_visible()
    expect(dialog.get_by_text("Only the begin is shown")).to_be_visible()
    look(page, "file-table", "wide")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith("bereinigt.csv")
    assert home.client.get(download.value.url).content == ORDERS.encode("cp1252")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    page.get_by_role("button", name="photo.png").click()
    shown = page.get_by_role("img", name="photo.png")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 64
    look(page, "file-picture", "wide")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="invoice.pdf").click()
    expect(page.get_by_text("Invoice 7: 42 EUR")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="blob.bin").click()
    expect(page.get_by_text("There is no preview of files of this kind.")).to_be_visible()


def test_files_fit_on_a_phone(home: Installed, run_id: str, open_page: Callable[[str], Page]) -> None:
    page = open_page(f"/runs/{run_id}")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Workbook").first.click()
    page.get_by_role("button", name="orders.xlsx").first.click()
    expect(page.get_by_role("dialog").get_by_role("cell", name="Kunde 3", exact=True)).to_be_visible()
    look(page, "file-table", "phone")
    page.set_viewport_size(WIDE)
