"""Who may come in, and what each may do there."""

import re
from collections.abc import Callable

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.graphs import by_hand, chain, setting
from tests.e2e.installed import EMAIL, PASSWORD, Installed
from tests.support.browser import Tabs

pytestmark = pytest.mark.timeout(180)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_leads_where_one_was_going_and_signing_out_leaves_nothing(tabs: Tabs) -> None:
    page = tabs.open("/settings/appearance")
    sign_in(page, EMAIL, "not this one")
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, EMAIL)
    expect(page.get_by_role("heading", name="Appearance")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Account of")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/workflows")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_viewer_looks_but_changes_nothing(tabs: Tabs, home: Installed) -> None:
    workflow_id = home.workflow("Shown", chain(by_hand(), setting("First", 1, "one")))
    home.run_ends(home.start(workflow_id), "succeeded")
    home.add_viewer("vera@example.com")
    page = tabs.open(f"/workflows/{workflow_id}")
    sign_in(page, "vera@example.com")
    canvas = Canvas(page).ready()
    canvas.select("First")
    value = canvas.inspector.get_by_label("Value")
    expect(value).to_have_value("one")
    expect(value).not_to_be_editable()
    for name in ("Run", "Publish", "Undo", "Add node"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    canvas.node("First").press("Delete")
    page.keyboard.press("n")
    expect(canvas.palette).to_have_count(0)
    expect(canvas.node("First")).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("link", name="Members")).to_be_visible()
    expect(page.get_by_role("link", name="API keys")).to_have_count(0)


def test_a_new_key_is_shown_once_and_works(home: Installed, open_page: Callable[[str], Page]) -> None:
    page = open_page("/settings/keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name").fill("Nightly report")
    page.get_by_role("button", name="Make the key").click()
    dialog = page.get_by_role("dialog", name="Your new key")
    key = dialog.get_by_role("code").inner_text()
    assert key.startswith("nl_")
    answer = httpx2.get(f"{home.url}/api/v1/workflows", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    dialog.get_by_role("button", name="I have kept it").click()
    expect(page.get_by_text("Nightly report")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Nightly report")).to_be_visible()
    assert key not in page.content()
