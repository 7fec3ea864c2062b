"""Tables and variables as people use them: a grid that workflows write into, and secrets that are seen nowhere."""

import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.graphs import by_hand, chain, node, setting
from tests.e2e.installed import Installed
from tests.e2e.outside import far_side_in_a_thread

pytestmark = pytest.mark.timeout(180)

SECRET = 'hush "hush" & 0815-token'
SHAPES = {SECRET, json.dumps(SECRET)[1:-1], quote(SECRET), quote(SECRET, safe="")}


def test_a_table_is_made_filled_and_changed_in_place(open_page: Callable[[str], Page]) -> None:
    page = open_page("/tables")
    page.get_by_role("button", name="New table").first.click()
    dialog = page.get_by_role("dialog", name="New table")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("guests")
    dialog.get_by_label("Name of column 1").fill("email")
    dialog.get_by_label("Column 1 is part of the key").check()
    dialog.get_by_role("button", name="Add column").click()
    dialog.get_by_label("Name of column 2").fill("visits")
    dialog.get_by_label("Type of column 2").click()
    page.get_by_role("option", name="Number").click()
    dialog.get_by_role("button", name="Make the table").click()
    expect(page.get_by_role("heading", name="guests")).to_be_visible()
    expect(page.get_by_text("No rows yet")).to_be_visible()

    for email, visits in (("ada@x.test", "1"), ("bob@x.test", "12")):
        page.get_by_role("button", name="Add row").first.click()
        row = page.get_by_role("dialog")
        row.get_by_role("textbox", name="email").fill(email)
        row.get_by_role("textbox", name="visits").fill(visits)
        row.get_by_role("button", name="Add the row").click()
        expect(row).to_have_count(0)
    grid = page.get_by_role("table", name="guests")
    expect(grid.get_by_role("row")).to_have_count(3)

    grid.get_by_role("button", name="Change visits: 1", exact=True).click()
    page.get_by_label("visits of this row").fill("many")
    page.keyboard.press("Enter")
    expect(page.get_by_text('“visits” takes a number, and "many" is none.').first).to_be_visible()
    page.get_by_label("visits of this row").fill("2")
    page.keyboard.press("Enter")
    expect(grid.get_by_role("button", name="Change visits: 2", exact=True)).to_be_visible()
    page.reload()
    expect(grid.get_by_role("button", name="Change visits: 2", exact=True)).to_be_visible()


def test_rows_are_sorted_searched_filtered_and_deleted(open_page: Callable[[str], Page], home: Installed) -> None:
    columns = [{"name": "email", "type": "text"}, {"name": "visits", "type": "number"}]
    table = home.ask("POST", "/tables", {"name": "visitors", "columns": columns})["id"]
    for email, visits in (("ada@x.test", 2), ("bob@x.test", 12)):
        home.ask("POST", f"/tables/{table}/rows", {"values": {"email": email, "visits": visits}})
    page = open_page(f"/tables/{table}")
    grid = page.get_by_role("table", name="visitors")
    grid.get_by_role("button", name=re.compile("^visits")).click()
    expect(grid.get_by_role("row").nth(1)).to_contain_text("ada@x.test")
    grid.get_by_role("button", name=re.compile("^visits")).click()
    expect(grid.get_by_role("row").nth(1)).to_contain_text("bob@x.test")
    page.get_by_label("Search in all columns").fill("ADA")
    expect(grid.get_by_role("row")).to_have_count(2)
    page.get_by_label("Search in all columns").fill("")
    page.get_by_label("Filter by column").click()
    page.get_by_role("option", name="visits").click()
    page.get_by_label("Operator").click()
    page.get_by_role("option", name="is greater than").click()
    page.get_by_label("Compared with").fill("5")
    expect(grid.get_by_role("row")).to_have_count(2)
    grid.get_by_role("button", name="Delete this row").click()
    page.get_by_role("button", name="Delete the row").click()
    expect(page.get_by_text("No row fits")).to_be_visible()
    expect(page.get_by_text("1 row", exact=True)).to_be_visible()

    page.get_by_role("button", name="More for visitors").click()
    page.get_by_role("menuitem", name="Delete the table").click()
    page.get_by_role("button", name="Delete the table").click()
    expect(page.get_by_role("heading", name="Tables")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("visitors"))).to_have_count(0)


def test_rows_go_out_as_a_file_and_come_in_again(open_page: Callable[[str], Page], home: Installed) -> None:
    columns = [{"name": "email", "type": "text"}, {"name": "visits", "type": "number"}]
    table = home.ask("POST", "/tables", {"name": "crossing", "columns": columns, "key": ["email"]})["id"]
    page = open_page(f"/tables/{table}")
    more = page.get_by_role("button", name="More for crossing")
    csv = b"email,visits\nada@x.test,2\nbob@x.test,12\n"
    page.get_by_label("CSV file").set_input_files({"name": "guests.csv", "mimeType": "text/csv", "buffer": csv})
    expect(page.get_by_text("2 rows added").first).to_be_visible()
    grid = page.get_by_role("table", name="crossing")
    expect(grid.get_by_role("row")).to_have_count(3)

    more.click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Export as CSV").click()
    assert download.value.suggested_filename == "crossing.csv"
    out = home.client.get(download.value.url).content.decode("utf-8-sig")
    assert out.splitlines() == ["email,visits", "ada@x.test,2", "bob@x.test,12"]

    wrong = b"email,visits\ncara@x.test,many\n"
    page.get_by_label("CSV file").set_input_files({"name": "more.csv", "mimeType": "text/csv", "buffer": wrong})
    expect(page.get_by_text("Row 1: “visits” takes a number").first).to_be_visible()
    expect(grid.get_by_role("row")).to_have_count(3)


def test_a_workflow_upserts_into_a_table_that_its_form_offers(
    open_page: Callable[[str], Page], home: Installed
) -> None:
    columns = [{"name": "email", "type": "text"}, {"name": "name", "type": "text"}]
    table = home.ask("POST", "/tables", {"name": "customers", "columns": columns, "key": ["email"]})["id"]
    keep = node("core.table", "Keep", 1, table="", operation="upsert")
    workflow = home.workflow("Keeps customers", chain(by_hand(), keep))
    canvas = Canvas(open_page(f"/workflows/{workflow}")).ready()
    page = canvas.page
    canvas.select("Keep")
    canvas.inspector.get_by_role("combobox", name="Table", exact=True).click()
    page.get_by_role("option", name="customers", exact=True).click()
    canvas.inspector.get_by_role("radio", name="The whole item").click()
    canvas.saved()
    for name in ("Ada", "Ada Lovelace"):
        home.run_ends(home.start(workflow, input={"email": "ada@x.test", "name": name}), "succeeded")

    page.goto(f"/tables/{table}")
    grid = page.get_by_role("table", name="customers")
    expect(grid.get_by_role("row")).to_have_count(2)
    expect(grid.get_by_role("row").nth(1)).to_contain_text("Ada Lovelace")


def shown(text: str) -> set[str]:
    return {shape for shape in SHAPES if shape in text}


def test_a_secret_variable_is_seen_nowhere(open_page: Callable[[str], Page], home: Installed) -> None:
    page = open_page("/settings/variables")
    page.get_by_role("button", name="New variable").first.click()
    dialog = page.get_by_role("dialog", name="New variable")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("shop_token")
    dialog.get_by_role("textbox", name="Value", exact=True).fill(SECRET)
    dialog.get_by_role("switch", name="Secret").click()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("shop_token")).to_be_visible()
    expect(page.get_by_text("•••")).to_be_visible()

    with far_side_in_a_thread() as outside:
        call = node(
            "http.request", "Call", 3, method="POST", url=outside.url("/?t={{ encodeURIComponent($vars.shop_token) }}")
        )
        call["params"] |= {"body": {"token": "{{ $json.line }}"}, "body_type": "json"}
        log = "console.log('with ' + vars.shop_token); return items;"
        say = node("core.code", "Say", 2, source=log, language="javascript")
        fail = node("core.stop", "Fail", 4, message="Refused: {{ $('Read').first().json.line }}")
        graph = chain(by_hand(), setting("Read", 1, "{{ $vars.shop_token }}"), say, call, fail)
        workflow = home.workflow("Calls the shop", graph)
        canvas = Canvas(page)
        page.goto(f"/workflows/{workflow}")
        canvas.ready()
        run = home.start(workflow)
        home.run_ends(run, "failed")
        assert json.loads(outside.seen[0].body) == {"token": SECRET}

    texts = [page.content()]
    page.goto(f"/runs/{run}")
    expect(page.get_by_text("Refused: •••").first).to_be_visible()
    main = page.get_by_role("main").last
    for name in ("Read", "Say", "Call", "Fail"):
        main.get_by_role("button").filter(has_text=name).first.click()
        for tab in ("Input", "Output"):
            main.get_by_role("tab", name=tab).click()
            texts.append(page.content())
    paths = (f"/runs/{run}", "/variables", "/audit", f"/workflows/{workflow}")
    texts += [json.dumps(home.ask("GET", path), ensure_ascii=False) for path in paths]
    for each in ("read", "say", "call", "fail"):
        for part in ("input", "output", "attempts"):
            answer = home.client.get(f"/api/v1/runs/{run}/nodes/{each}/{part}")
            texts.append(answer.text)
            texts.append(json.dumps(answer.json(), ensure_ascii=False))
    assert "•••" in "".join(texts)
    texts += [home.up.output(), *kept(home.folder)]
    assert shown("\n".join(texts)) == set()


def kept(folder: Path) -> list[str]:
    """Every file that the installation wrote, opened where it is compressed; Redis's and the database's too."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return [(zlib.decompress(file) if file[:2] == b"x\x01" else file).decode(errors="replace") for file in files]


def test_an_open_run_page_hears_no_secret(open_page: Callable[[str], Page], home: Installed) -> None:
    """The stream of events itself, read as a browser reads it."""
    home.ask("PUT", "/variables/live_token", {"value": SECRET, "secret": True})
    say = node("core.code", "Say", 1, source="console.log(vars.live_token); return [{a: vars.live_token}];")
    fail = node("core.stop", "Fail", 2, message="{{ $json.a }}")
    workflow = home.workflow("Says it aloud", chain(by_hand(), say, fail))
    heard: list[str] = []
    with httpx2.Client(cookies=home.cookies(), timeout=30) as client:
        address = f"{home.url}/api/v1/events?topics=workflow:{workflow},runs"
        with client.stream("GET", address) as stream:
            lines = stream.iter_lines()
            next(lines)
            # The first one may be over before the worker knows that somebody listens.
            home.run_ends(home.start(workflow), "failed")
            run = home.start(workflow)
            for line in lines:
                heard.append(line)
                if '"failed"' in line and run in line and '"workflow_name"' in line:
                    break
    assert "•••" in "".join(heard)
    assert shown("\n".join(heard)) == set()
