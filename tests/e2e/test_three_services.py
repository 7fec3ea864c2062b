"""Three services in the browser: each connected on its own page, chosen from its own lists, and a mail through all."""

import asyncio
import re
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from nodeloom.adapters.database import Database
from tests.e2e.canvas import Canvas
from tests.e2e.consenting import consent
from tests.e2e.graphs import chain, node
from tests.e2e.installed import EMAIL, PASSWORD, Installed
from tests.faults.three_services import CHANNEL, Services, services
from tests.support.browser import Tabs
from tests.support.standins.google import Attachment
from tests.support.up import free_port, nodeloom_up

pytestmark = pytest.mark.timeout(300)

MAILS = range(4)


@dataclass(frozen=True)
class Office:
    home: Installed
    found: Services
    label_id: str

    def order(self, number: int) -> str:
        """The id of a new mail that its sender's label makes one of those that are waited for."""
        file = Attachment(f"order-{number}.pdf", "application/pdf", b"%PDF order " + str(number).encode())
        return self.found.google.deliver_mail(
            subject=f"Order {number}", labels=["INBOX", "UNREAD", self.label_id], attachments=[file]
        )

    def look_now(self) -> None:
        """The trigger asks at once, not in a minute."""
        # The browser's driver keeps the loop of this thread busy.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._look_now()).result()

    async def _look_now(self) -> None:
        database = Database.open(f"sqlite:///{self.home.folder / 'home' / 'nodeloom.db'}")
        async with database.transaction() as session:
            await session.execute(text("UPDATE registration SET due_at = asked_at WHERE kind = 'poll'"))
        await database.dispose()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Generator[Office]:
    folder, port = tmp_path_factory.mktemp("three"), free_port()
    address = f"http://127.0.0.1:{port}"
    with services(f"{address}/oauth/callback") as found:
        settings = {
            **found.settings,
            "NODELOOM_PUBLIC_URL": address,
            "NODELOOM_EGRESS_ALLOW": "127.0.0.1",
            "NODELOOM_WORKERS": "1",
            "NODELOOM_OWNER_EMAIL": EMAIL,
            "NODELOOM_OWNER_PASSWORD": PASSWORD,
        }
        with (
            nodeloom_up(folder, port=port, **settings) as up,
            httpx2.Client(timeout=30, base_url=address) as client,
        ):
            home = Installed(folder, up, client)
            home.sign_in()
            found.slack.subscribe(f"{address}/hooks/-/apps/slack")
            garden = found.trello.put("POST", "/boards", name="Garden")["id"]
            found.trello.put("POST", "/lists", name="To plant", idBoard=garden)
            yield Office(home, found, found.google.mailbox.ask("POST", "labels", {"name": "Orders"})["id"])
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


def drafted() -> dict[str, Any]:
    """The nodes in their places with their texts: no account, and nothing that a service lists."""
    told = "{{ $('Mail').item.json.subject }} is {{ $('Card').item.json.url }}"
    match = [{"left": "ts", "operator": "equals", "right": "{{ $('Tell').item.json.ts }}"}]
    return chain(
        node("gmail.new_mail", "Mail", 0, has_attachment=True),
        node("trello.create_card", "Card", 1, name="{{ $json.subject }}"),
        node("trello.attach_file", "File", 2, card_id="{{ $json.id }}", file="attachment_0"),
        node("slack.send_message", "Tell", 0, 2, text=told),
        node("core.wait", "Reaction", 1, 2, **{"for": "event"}, match=match),
        node("gmail.archive", "Archive", 2, 2, message_id="{{ $('Mail').item.json.id }}"),
    )


def connect(canvas: Canvas, service: str) -> None:
    """From the node that needs it, on the service's own page."""
    canvas.inspector.get_by_role("button", name=f"Connect {service}…").click()
    dialog = canvas.page.get_by_role("dialog")
    consent(canvas.page, dialog.get_by_role("button", name=f"Connect with {service}"))
    expect(dialog).to_have_count(0)
    expect(canvas.inspector.get_by_role("combobox", name="Connection")).to_have_text(service)


def pick(canvas: Canvas, field: str, choice: str) -> None:
    """Of what the service lists, found by a part of its name."""
    chosen = canvas.inspector.get_by_role("combobox", name=field)
    chosen.click()
    canvas.page.get_by_role("combobox", name="Search", exact=True).fill(choice[:3])
    canvas.page.get_by_role("option", name=re.compile(f"^#?{choice}")).click()
    expect(chosen).to_have_text(re.compile(f"^#?{choice}$"))


def chosen_by_hand(canvas: Canvas) -> None:
    """Every account, and everything that a service lists."""
    canvas.select("Mail")
    connect(canvas, "Gmail")
    pick(canvas, "With the label", "Orders")
    canvas.select("Card")
    connect(canvas, "Trello")
    pick(canvas, "Board", "Post")
    pick(canvas, "List", "In")
    canvas.select("File")
    canvas.choose("Connection", "Trello")
    canvas.select("Tell")
    connect(canvas, "Slack")
    pick(canvas, "Channel or person", CHANNEL)
    canvas.select("Reaction")
    canvas.choose("Kind", "Slack: New reaction")
    canvas.choose("Connection", "Slack")
    lacks = canvas.inspector.get_by_text("This node needs more rights:")
    expect(lacks).to_be_visible()
    consent(canvas.page, canvas.inspector.get_by_role("button", name="Reconnect with them"))
    expect(lacks).to_have_count(0)
    canvas.select("Archive")
    canvas.choose("Connection", "Gmail")
    canvas.saved()


def test_a_mail_becomes_a_card_the_channel_is_told_and_a_reaction_archives_it(
    open_page: Callable[[str], Page], office: Office
) -> None:
    found, home = office.found, office.home
    page = open_page(f"/workflows/{home.workflow('Orders', drafted())}")
    canvas = Canvas(page).ready()
    chosen_by_hand(canvas)
    assert "live" in canvas.publish()
    canvas.select("Mail")
    expect(canvas.inspector.get_by_text(re.compile("Asked"))).to_be_visible()

    mails = [office.order(number) for number in MAILS]
    found.google.deliver_mail(subject="Order of nothing", labels=["INBOX"])
    office.look_now()
    page.goto("/waiting")
    waits = page.get_by_role("listitem").filter(has_text="Reaction")
    expect(waits).to_have_count(len(MAILS))
    for number in MAILS:
        [message] = found.told(number)
        [card] = found.cards(number)
        assert card["url"] in message["text"]
        assert found.files(number) == [f"order-{number}.pdf"]
        assert not found.is_archived(mails[number])
        found.slack.react("mia", CHANNEL, message["ts"], "white_check_mark")

    expect(waits).to_have_count(0)
    page.get_by_role("link", name="Runs").first.click()
    runs = page.get_by_role("complementary", name="Runs").get_by_role("listitem")
    expect(runs).to_have_count(len(MAILS))
    expect(runs.filter(has=page.get_by_role("img", name="Succeeded"))).to_have_count(len(MAILS))
    runs.first.click()
    expect(page.get_by_role("button", name=re.compile("^Succeeded Archive"))).to_be_visible()
    assert [found.is_archived(mail) for mail in mails] == [True] * len(MAILS)
    assert [len(found.told(number)) for number in MAILS] == [1] * len(MAILS)
