"""Gmail in the browser: connected on Google's page, a mail sent by a run, a label picked for a trigger that listens."""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.graphs import by_hand, chain, node
from tests.e2e.installed import EMAIL, PASSWORD, Installed
from tests.support.browser import Tabs
from tests.support.standins.google import GoogleStandin, google_standin
from tests.support.up import free_port, nodeloom_up
from tests.support.waiting import wait_until

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Office:
    home: Installed
    google: GoogleStandin


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Generator[Office]:
    folder, port = tmp_path_factory.mktemp("office"), free_port()
    address = f"http://127.0.0.1:{port}"
    with google_standin(redirect_uris=[f"{address}/oauth/callback"]) as google:
        settings = {
            "NODELOOM_PUBLIC_URL": address,
            "NODELOOM_EGRESS_ALLOW": "127.0.0.1",
            "NODELOOM_WORKERS": "1",
            "NODELOOM_OWNER_EMAIL": EMAIL,
            "NODELOOM_OWNER_PASSWORD": PASSWORD,
            "NODELOOM_GMAIL_CLIENT_ID": google.client_id,
            "NODELOOM_GMAIL_CLIENT_SECRET": google.client_secret,
            "NODELOOM_GMAIL_AUTHORIZE_URL": google.authorize_url,
            "NODELOOM_GMAIL_TOKEN_URL": google.token_url,
            "NODELOOM_GMAIL_API_URL": google.url,
        }
        with (
            nodeloom_up(folder, port=port, **settings) as up,
            httpx2.Client(timeout=30, base_url=address) as client,
        ):
            home = Installed(folder, up, client)
            home.sign_in()
            yield Office(home, google)
            up.process.terminate()
            up.process.wait(30)


@pytest.fixture
def tabs(browser: Browser, office: Office) -> Generator[Tabs]:
    opened = Tabs(browser, office.home.url)
    yield opened
    opened.close()
    assert not opened.complaints


@pytest.fixture
def open_page(tabs: Tabs, office: Office) -> Callable[[str], Page]:
    return lambda path: tabs.open(path, cookies=office.home.cookies())


def connected(page: Page, office: Office) -> str:
    """On Google's own page, which opens in a window of its own; the id of the connection."""
    page.get_by_role("button", name="New connection").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Search what to connect").fill("gmail")
    dialog.get_by_role("button", name="Gmail").click()
    dialog.get_by_label("Name").fill("The office's mail")
    with page.context.expect_page() as opened:
        dialog.get_by_role("button", name="Connect with Gmail").click()
    opened.value.get_by_role("button", name=office.google.address).click()
    expect(dialog).to_have_count(0)
    [connection] = office.home.ask("GET", "/connections")["items"]
    return connection["id"]


def bound(connection_id: str, type_: str, title: str, at: int, **params: str) -> dict[str, Any]:
    return {**node(type_, title, at), "params": params, "connection_id": connection_id}


def test_a_mailbox_is_connected_used_and_heard(open_page: Callable[[str], Page], office: Office) -> None:
    google = office.google
    google.mailbox.ask("POST", "labels", {"name": "Orders"})
    page = open_page("/connections")
    gmail = connected(page, office)
    made = page.get_by_role("listitem").filter(has=page.get_by_text("The office's mail", exact=True))
    expect(made.get_by_text(f"Gmail · {google.address}")).to_be_visible()

    send = bound(gmail, "gmail.send", "Send", 1, to="")
    page.goto(f"/workflows/{office.home.workflow('Write', chain(by_hand(), send))}")
    canvas = Canvas(page).ready()
    canvas.select("Send")
    canvas.inspector.get_by_label(re.compile("^To")).fill("boss@loom.test")
    canvas.inspector.get_by_label("Subject").fill("By hand")
    canvas.inspector.get_by_label("Text").fill("Hello")
    canvas.saved()
    expect(canvas.node("Send")).to_contain_text("boss@loom.test: By hand")
    page.get_by_role("button", name="Run", exact=True).click()
    wait_until(lambda: len(google.sent()) == 1, "the mail")
    assert str(google.sent()[0]["To"]) == "boss@loom.test"

    hear = bound(gmail, "gmail.new_mail", "Hear", 0)
    keep = node("core.noop", "Keep", 1)
    workflow_id = office.home.workflow("Hear", chain(hear, keep))
    page.goto(f"/workflows/{workflow_id}")
    canvas = Canvas(page).ready()
    canvas.select("Hear")
    canvas.inspector.get_by_role("combobox", name="With the label").click()
    page.get_by_role("option", name="Orders").click()
    canvas.saved()
    office.home.publish(workflow_id)
    states = f"/workflows/{workflow_id}/triggers"
    wait_until(lambda: office.home.ask("GET", states)["items"][0]["status"] == "live", "the trigger to listen")
    page.reload()
    expect(Canvas(page).ready().node("Hear")).to_contain_text("Orders")
