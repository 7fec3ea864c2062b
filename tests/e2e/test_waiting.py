"""What waits, in the browser: an approval by its link, and the page of all that waits."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.graphs import by_hand, chain, node
from tests.e2e.installed import EMAIL, PASSWORD, Installed
from tests.support.browser import Tabs

pytestmark = pytest.mark.timeout(180)


def asked(home: Installed, name: str, **approval: Any) -> str:
    """The run that waits for approval."""
    asks = node("core.approval", "Ask", 1, message="Refund 20 € to Grace?", **approval)
    asks["id"] = "ask"
    run_id = home.start(home.workflow(name, chain(by_hand(), asks)))
    home.run_ends(run_id, "waiting")
    return run_id


def link_of(home: Installed, run_id: str) -> str:
    return home.ask("GET", f"/runs/{run_id}")["waiting"]["url"].removeprefix(home.url)


def test_an_approval_link_opened_changes_nothing_and_its_post_counts_once(home: Installed, tabs: Tabs) -> None:
    run_id = asked(home, "Refunds", approvers=["anyone"])
    link = link_of(home, run_id)
    page, other = tabs.open("/sign-in"), tabs.open("/sign-in")
    for tab in (page, other):
        tab.goto(f"{home.url}{link}")
        expect(tab.get_by_text("Refund 20 € to Grace?")).to_be_visible()
    page.reload()
    # Enter in a field presses no button.
    page.get_by_label("Your name").press("Enter")
    assert home.ask("GET", f"/runs/{run_id}")["status"] == "waiting"

    page.get_by_label("Your name").fill("Grace")
    page.get_by_label("Comment").fill("It was broken")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="Approved")).to_be_visible()
    other.get_by_role("button", name="Reject").click()
    expect(other.get_by_text(re.compile("Approved by Grace on"))).to_be_visible()

    home.run_ends(run_id, "succeeded")
    [item] = home.ask("GET", f"/runs/{run_id}")["output"]
    assert (item["approval"]["decision"], item["approval"]["comment"]) == ("approved", "It was broken")
    other.goto(f"{home.url}{link}")
    expect(other.get_by_text("Already decided")).to_be_visible()


def test_a_member_signs_in_to_decide(home: Installed, tabs: Tabs) -> None:
    run_id = asked(home, "For admins", approvers=["admin"])
    link = link_of(home, run_id)
    page = tabs.open("/sign-in")
    page.goto(f"{home.url}{link}")
    expect(page.get_by_role("heading", name="This approval is for members")).to_be_visible()
    expect(page.get_by_text("Refund 20 €")).to_have_count(0)

    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Reject").click()

    expect(page.get_by_role("heading", name="Rejected")).to_be_visible()
    home.run_ends(run_id, "succeeded")


def test_the_page_of_what_waits_approves_resumes_and_cancels(home: Installed, open_page: Callable[[str], Page]) -> None:
    approval = asked(home, "Holidays", approvers=["editor"])
    pause = {**node("core.wait", "Night", 1, seconds=86_400), "id": "night"}
    night = home.start(home.workflow("Nightly", chain(by_hand(), pause)))
    hold = {**node("core.wait", "Answer", 1), "params": {"for": "call"}}
    answer = home.start(home.workflow("Letters", chain(by_hand(), hold)))
    for run_id in (night, answer):
        home.run_ends(run_id, "waiting")
    page = open_page("/waiting")
    rows = {name: page.get_by_role("listitem").filter(has_text=name) for name in ("Holidays", "Nightly", "Letters")}

    expect(rows["Holidays"].get_by_text("Refund 20 € to Grace?")).to_be_visible()
    expect(rows["Letters"].get_by_text("Waits for a call")).to_be_visible()
    rows["Holidays"].get_by_role("button", name="Approve", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    rows["Nightly"].get_by_role("button", name="Resume now").click()
    rows["Letters"].get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the run").click()

    for row in rows.values():
        expect(row).to_have_count(0)
    home.run_ends(approval, "succeeded")
    home.run_ends(night, "succeeded")
    home.run_ends(answer, "cancelled")


def test_the_editor_shows_where_a_node_waits_for_a_request(home: Installed, open_page: Callable[[str], Page]) -> None:
    trigger = {"type": "core.webhook", "path": "paid", "method": "PUT"}
    paid = {**node("core.wait", "Paid", 1), "params": {"for": "event", "trigger": trigger}}
    workflow = home.workflow("Waits to be paid", chain(by_hand(), paid))
    canvas = Canvas(open_page(f"/workflows/{workflow}")).ready()
    canvas.select("Paid")

    address = canvas.inspector.get_by_role("region", name="Address")
    expect(address.get_by_text(f"{home.url}/hooks/paid", exact=True)).to_be_visible()
    expect(address.get_by_text(re.compile(r"^curl -X PUT .*/hooks/paid "))).to_be_visible()
