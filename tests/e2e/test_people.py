"""People: how somebody comes in by a link, hears of what fails, and is shown the door."""

import re
from collections.abc import Callable

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.graphs import by_hand, chain, setting
from tests.e2e.installed import Installed
from tests.support.browser import Tabs

pytestmark = pytest.mark.timeout(180)

GRACE = {"name": "Grace Hopper", "email": "grace@example.com", "password": "nanoseconds are short"}


def invite_link(owner: Page) -> str:
    owner.get_by_role("button", name="Invite", exact=True).click()
    owner.get_by_role("button", name="Make the link").click()
    dialog = owner.get_by_role("dialog", name="The invite")
    link = dialog.get_by_role("code").inner_text()
    dialog.get_by_role("button", name="Done").click()
    return link


def test_a_link_lets_one_person_in_until_the_owner_signs_them_out(
    tabs: Tabs, home: Installed, open_page: Callable[[str], Page]
) -> None:
    home.workflow("Shown to Grace", chain(by_hand(), setting("First", 1, "one")))
    owner = open_page("/settings/members")
    link = invite_link(owner)
    expect(owner.get_by_text("Whoever has the link")).to_be_visible()

    grace = tabs.open(link.removeprefix(home.url))
    expect(grace.get_by_role("heading", name=re.compile("^Join "))).to_be_visible()
    grace.get_by_label("Your name").fill(GRACE["name"])
    grace.get_by_label("E-mail").fill(GRACE["email"])
    grace.get_by_label("Choose a password").fill(GRACE["password"])
    grace.get_by_role("button", name="Make the account and join").click()
    expect(grace.get_by_text("Shown to Grace")).to_be_visible()
    again = tabs.open(link.removeprefix(home.url))
    expect(again.get_by_text("used, withdrawn or has expired")).to_be_visible()

    owner.reload()
    expect(owner.get_by_text("Whoever has the link")).to_have_count(0)
    owner.get_by_role("button", name="Sign Grace Hopper out").click()
    owner.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    expect(owner.get_by_text("Grace Hopper is signed out").first).to_be_visible()
    # Nobody touches Grace's page: it hears of it.
    expect(grace.get_by_role("heading", name="Sign in")).to_be_visible()

    owner.get_by_role("link", name="Audit trail").click()
    expect(owner.get_by_text("Ada signed Grace Hopper out")).to_be_visible()
    owner.get_by_role("combobox", name="Of what").click()
    owner.get_by_role("option", name="Invites").click()
    expect(owner.get_by_text("Grace Hopper joined as an editor, invited by Ada")).to_be_visible()
    expect(owner.get_by_text("Ada signed Grace Hopper out")).to_have_count(0)


def test_the_bell_rings_where_a_workflow_begins_to_fail(home: Installed, open_page: Callable[[str], Page]) -> None:
    name = "Nightly report that breaks"
    workflow_id = home.workflow(name, chain(by_hand(), setting("Summary", 1, "{{ $json.totals.net }}")))
    home.publish(workflow_id)
    home.ask("POST", "/notifications/read")
    page = open_page("/workflows")
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()
    run_id = home.ask("POST", f"/workflows/{workflow_id}/runs", {})["id"]
    page.get_by_role("link", name="Notifications, 1 unread").click()
    page.get_by_role("link", name=re.compile(f"“{name}” began to fail")).click()
    expect(page).to_have_url(re.compile(f"/runs/{run_id}$"))
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()


def test_who_is_signed_in_where_is_listed_and_ended(home: Installed, open_page: Callable[[str], Page]) -> None:
    with httpx2.Client(base_url=home.url) as elsewhere:
        account = {"email": "ada@example.com", "password": "a sentence does well"}
        elsewhere.post("/api/v1/auth/login", json=account, headers={"User-Agent": "Lost laptop"})
        page = open_page("/settings/sessions")
        row = page.get_by_role("listitem").filter(has_text="Lost laptop").first
        row.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("Lost laptop")).to_have_count(0)
        expect(page.get_by_text("This one")).to_be_visible()
        assert elsewhere.get("/api/v1/me").status_code == 401


def test_each_says_what_they_want_to_be_told_of(open_page: Callable[[str], Page]) -> None:
    page = open_page("/settings/notifications")
    failing = page.get_by_role("group", name="A workflow began to fail")
    failing.get_by_role("switch", name="By mail").click()
    expect(failing.get_by_role("switch", name="By mail")).not_to_be_checked()
    page.reload()
    expect(failing.get_by_role("switch", name="By mail")).not_to_be_checked()
    expect(failing.get_by_role("switch", name="Here")).to_be_checked()
    expect(page.get_by_text("No mail server is set")).to_be_visible()
    expect(page.get_by_role("button", name="Send a test mail to me")).to_be_disabled()
