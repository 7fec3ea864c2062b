"""What a run said is read on its page and in the editor, and the line of code that failed is marked."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.graphs import by_hand, chain, node
from tests.e2e.installed import Installed
from tests.e2e.test_pages import look

pytestmark = pytest.mark.timeout(120)

SOURCE = """const total = items.length;
console.log('Orders:', total);
console.warn('Nobody checked them.');
return items[0].json.customer.name;"""


def code(title: str, column: int, source: str) -> dict[str, object]:
    return node("core.code", title, column, source=source, language="javascript", mode="all")


def test_the_log_of_a_run_and_the_line_that_failed(open_page: Callable[[str], Page], home: Installed) -> None:
    workflow = home.workflow("Orders of today", chain(by_hand(), code("Check", 1, SOURCE)))
    run = home.start(workflow)
    home.run_ends(run, "failed")
    page = open_page(f"/runs/{run}")

    log = page.get_by_role("region", name="Log", exact=True)
    expect(log.get_by_text("Orders: 1")).to_be_visible()
    expect(log.get_by_text("Nobody checked them.")).to_be_visible()
    expect(log.get_by_role("listitem")).to_have_count(3)
    look(page, "run-log", "wide")

    page.get_by_role("combobox", name="Level").click()
    page.get_by_role("option", name="Errors", exact=True).click()
    expect(log.get_by_role("listitem")).to_have_count(1)
    expect(log.get_by_text(re.compile("line 4"))).to_be_visible()
    page.get_by_role("searchbox", name="Search the log").fill("no such thing")
    expect(page.get_by_text("No line is like that")).to_be_visible()
    page.get_by_role("searchbox", name="Search the log").fill("")
    log.get_by_role("button", name="Check").click()

    page.goto(f"/workflows/{workflow}?run={run}")
    page.locator("[data-id=check]").click()
    field = page.locator("[data-field=source]")
    expect(field.get_by_text("In the shown run:")).to_be_visible()
    expect(field.locator("[class*=marked]")).to_have_text("4")
    expect(field.get_by_role("radio", name="Expression")).to_have_count(0)
    page.get_by_role("tab", name="Log").click()
    expect(page.get_by_role("region", name="Log", exact=True).get_by_text("Orders: 1")).to_be_visible()
    look(page, "editor-log", "wide")


def test_lines_come_as_they_are_said(open_page: Callable[[str], Page], home: Installed) -> None:
    say = "console.log('first');\nreturn items"
    pause = {**node("core.wait", "Pause", 2), "params": {"for": "call"}}
    workflow = home.workflow(
        "In two parts",
        chain(by_hand(), code("Say", 1, say), pause, code("More", 3, "console.log('second');\nreturn items")),
    )
    run = home.start(workflow)
    home.run_ends(run, "waiting")
    page = open_page(f"/runs/{run}")
    log = page.get_by_role("region", name="Log", exact=True)
    expect(log.get_by_text("first")).to_be_visible()
    expect(log.get_by_text("Waits for a call to its resume address.")).to_be_visible()

    address = home.ask("GET", f"/runs/{run}")["waiting"]["url"]
    assert home.client.post(address.replace(address.split("/hooks")[0], home.url)).is_success

    expect(log.get_by_text("second")).to_be_visible()
