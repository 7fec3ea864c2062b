"""A run with children, and a map of which items failed: what its page shows, and the retry of those items."""

import pytest
from playwright.sync_api import expect

from tests.e2e.graphs import by_hand, chain, node, setting
from tests.e2e.installed import Installed
from tests.e2e.test_pages import look
from tests.support.browser import PHONE, WIDE, Tabs

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def run_id(home: Installed) -> str:
    """A parent that calls a workflow for each of three items, then maps them; one fails in the map."""
    callee = home.workflow("Price an order", chain(node("core.called", "Called", 0), setting("Priced", 1, "9 €")))
    home.publish(callee)
    call = {**node("core.run_workflow", "Price each", 1, workflow_id=callee), "id": "price"}
    each = {**node("core.map", "Each order", 2, on_item_error="collect"), "id": "each"}
    source = "if (items[0].json.bad) throw new Error('No such order');\nreturn items;"
    graph = chain(by_hand(), call, each)
    graph["nodes"].append({**node("core.code", "Check", 0, source=source), "parent": "each"})
    orders = [{"bad": False}, {"bad": True}, {"bad": False}]
    return home.start(home.workflow("Orders of the day", graph), input=orders)


def test_a_run_shows_its_children_and_they_their_parent(home: Installed, tabs: Tabs, run_id: str) -> None:
    home.run_ends(run_id, "succeeded")
    for name, size in (("wide", WIDE), ("phone", PHONE)):
        page = tabs.open(f"/runs/{run_id}", cookies=home.cookies(), size=size)
        expect(page.get_by_role("heading", name="Started by this run")).to_be_visible()
        page.get_by_role("heading", name="Started by this run").scroll_into_view_if_needed()
        look(page, "run-with-children", "wide" if name == "wide" else "phone")
    children = tabs.open(f"/runs/{run_id}", cookies=home.cookies()).get_by_label("Runs that this run started")
    expect(children.get_by_role("link")).to_have_count(3)
    children.get_by_role("link").first.click()
    expect(children.page.get_by_role("link", name="Called by another run")).to_be_visible()


def test_the_failed_items_of_a_map_run_again(home: Installed, tabs: Tabs, run_id: str) -> None:
    home.run_ends(run_id, "succeeded")
    page = tabs.open(f"/runs/{run_id}", cookies=home.cookies())
    expect(page.get_by_text("1 item of “Each order” failed.")).to_be_visible()
    page.get_by_role("button", name="Retry failed items").click()
    expect(page.get_by_role("link", name="Retry of an earlier run")).to_be_visible()
    expect(page.get_by_text("1 item of “Each order” failed.")).to_be_visible()
