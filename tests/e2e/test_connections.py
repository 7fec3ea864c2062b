"""Connecting an account on its service's own page, using it in the editor, and parting from it."""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.consenting import consent
from tests.e2e.graphs import by_hand, chain, node
from tests.e2e.installed import EMAIL, PASSWORD, Installed
from tests.support.browser import Tabs
from tests.support.bulletin import Bulletin, bulletin
from tests.support.standins.oauth import OAuthProvider, oauth_provider
from tests.support.up import free_port, nodeloom_up
from tests.support.waiting import wait_until

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Town:
    """An installation at a public address of its own, the service, and who gives tokens for it."""

    home: Installed
    provider: OAuthProvider
    service: Bulletin


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town]:
    folder, port = tmp_path_factory.mktemp("town"), free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {
        "NODELOOM_PUBLIC_URL": address,
        "NODELOOM_EGRESS_ALLOW": "127.0.0.1",
        "NODELOOM_WORKERS": "1",
        "NODELOOM_OWNER_EMAIL": EMAIL,
        "NODELOOM_OWNER_PASSWORD": PASSWORD,
        "PYTHONPATH": str(folder),
    }
    with (
        oauth_provider(redirect_uri=f"{address}/oauth/callback") as provider,
        bulletin(folder, provider) as service,
        nodeloom_up(folder, port=port, **settings) as up,
        httpx2.Client(timeout=30, base_url=address) as client,
    ):
        home = Installed(folder, up, client)
        home.sign_in()
        yield Town(home, provider, service)
        up.process.terminate()
        up.process.wait(30)


@pytest.fixture
def tabs(browser: Browser, town: Town) -> Generator[Tabs]:
    opened = Tabs(browser, town.home.url)
    yield opened
    opened.close()
    assert not opened.complaints


@pytest.fixture
def open_page(tabs: Tabs, town: Town) -> Callable[[str], Page]:
    return lambda path: tabs.open(path, cookies=town.home.cookies())


@pytest.fixture
def app(town: Town) -> None:
    """The app is set up already."""
    town.home.ask("PUT", "/oauth-apps/bulletin", {"client_id": "loom-client", "client_secret": "loom-client-secret"})


def choose_bulletin(page: Page) -> Locator:
    page.get_by_role("button", name="New connection").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Search what to connect").fill("bull")
    dialog.get_by_role("button", name="Bulletin").click()
    return dialog


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))


def test_the_first_account_is_connected_with_the_app_set_up_on_the_way(
    open_page: Callable[[str], Page], town: Town
) -> None:
    page = open_page("/connections")
    dialog = choose_bulletin(page)
    steps = dialog.get_by_role("list", name="Set up Bulletin")
    dialog.get_by_role("button", name="Copy redirect address").click()
    assert page.evaluate("navigator.clipboard.readText()") == f"{town.home.url}/oauth/callback"
    steps.get_by_role("button", name="Check that it can be reached").click()
    expect(steps.get_by_text(re.compile(r"It (can|can't) be reached\."))).to_be_visible()
    steps.get_by_label("Client ID").fill("loom-client")
    steps.get_by_label("Client secret").fill("loom-client-secret")
    steps.get_by_role("button", name="Save the app").click()
    connect = dialog.get_by_role("button", name="Connect with Bulletin")
    dialog.get_by_label("Name").fill("The town's boards")
    consent(page, connect)
    expect(dialog).to_have_count(0)
    made = row(page, "The town's boards")
    expect(made.get_by_text("Works")).to_be_visible()
    expect(made.get_by_text("Bulletin · Ada's boards")).to_be_visible()


@pytest.mark.usefixtures("app")
def test_a_no_and_a_blocked_window_say_what_to_do(open_page: Callable[[str], Page], town: Town) -> None:
    page = open_page("/connections")
    before = len(town.home.ask("GET", "/connections")["items"])
    dialog = choose_bulletin(page)
    connect = dialog.get_by_role("button", name="Connect with Bulletin")
    consent(page, connect, "Deny")
    expect(dialog.get_by_text("Nothing was connected.").first).to_be_visible()
    expect(dialog.get_by_text("You said no")).to_be_visible()
    with page.context.expect_page() as opened:
        connect.click()
    opened.value.wait_for_url(re.compile("authorize"))
    opened.value.close()
    expect(dialog.get_by_text("The window is closed, and nothing was connected yet.")).to_be_visible()
    assert len(town.home.ask("GET", "/connections")["items"]) == before
    page.evaluate("window.open = () => null")
    connect.click()
    expect(dialog.get_by_text("The browser blocked the window.")).to_be_visible()
    dialog.get_by_label("Name").fill("By the link")
    consent(page, dialog.get_by_role("link", name="the page of Bulletin"))
    expect(dialog).to_have_count(0)
    expect(row(page, "Bulletin").first).to_be_visible()


@pytest.mark.usefixtures("app")
def test_a_node_is_connected_in_place_and_asks_for_the_rights_it_lacks(
    open_page: Callable[[str], Page], town: Town
) -> None:
    workflow_id = town.home.workflow("Post something", chain(by_hand()))
    page = open_page(f"/workflows/{workflow_id}")
    canvas = Canvas(page).ready()
    canvas.open_palette()
    canvas.palette.get_by_role("option", name="Bulletin", exact=True).click()
    expect(canvas.palette.get_by_role("group", name="Starts a workflow").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    canvas.search("bulletin post", "Put up a post").click()
    canvas.select("Put up a post")
    inspector = canvas.inspector
    expect(inspector.get_by_role("combobox", name="Board")).to_have_text("Choose a connection first")
    inspector.get_by_role("button", name=re.compile("Connect")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Half a consent")
    consent(page, dialog.get_by_role("button", name="Connect with Bulletin"), untick="posts:write")
    expect(inspector.get_by_role("combobox", name="Connection")).to_have_text("Half a consent")
    expect(inspector.get_by_text("This node needs more rights: posts:write")).to_be_visible()
    consent(page, inspector.get_by_role("button", name="Reconnect with them"))
    expect(inspector.get_by_text("This node needs more rights")).to_have_count(0)


def with_a_token(town: Town, name: str) -> str:
    """A connection whose token was pasted."""
    secret = {"token": town.provider.issue("boards:read", "posts:write")["access_token"]}
    return town.home.ask("POST", "/connections", {"connector": "bulletin", "name": name, "secret": secret})["id"]


def posting(connection_id: str, **params: str) -> dict[str, Any]:
    return {**node("bulletin.post", "Post", 1), "params": params, "connection_id": connection_id}


def test_choices_come_from_the_service_and_go_with_what_they_depend_on(
    open_page: Callable[[str], Page], town: Town
) -> None:
    graph = chain(by_hand(), posting(with_a_token(town, "Pasted")))
    page = open_page(f"/workflows/{town.home.workflow('Choose', graph)}")
    canvas = Canvas(page).ready()
    canvas.select("Post")
    inspector, options = canvas.inspector, page.get_by_role("option")
    board, listed = (inspector.get_by_role("combobox", name=name) for name in ("Board", "List"))
    search = page.get_by_role("combobox", name="Search", exact=True)
    expect(listed).to_have_text("Choose a board first")
    board.press("ArrowDown")
    expect(options).to_have_count(20)
    options.last.scroll_into_view_if_needed()
    expect(options).to_have_count(40)
    search.fill("gard")
    expect(options.filter(has_text="Board 03")).to_have_count(0)
    search.press("Enter")
    expect(board).to_have_text("Garden")
    listed.click()
    options.filter(has_text="Doing in Garden").click()
    inspector.get_by_label("Text").fill("Hello")
    expect(canvas.node("Post")).to_contain_text("Post “Hello” to Doing in Garden")
    inspector.get_by_role("combobox", name="Labels").click()
    for label in ("Red", "Urgent"):
        options.filter(has_text=label).click()
    page.keyboard.press("Escape")
    urgent = inspector.get_by_role("button", name="Remove Urgent")
    expect(urgent).to_be_visible()

    board.click()
    options.filter(has_text="Shop").click()
    expect(listed).to_have_text("Choose…")
    expect(urgent).to_have_count(0)
    listed.click()
    search.fill("typed-id")
    options.filter(has_text="Use “typed-id” as it is").click()
    expect(listed).to_have_text("typed-id")
    canvas.saved()
    page.reload()
    canvas.ready().select("Post")
    expect(board).to_have_text("Shop")


def test_a_service_that_is_down_is_asked_again(open_page: Callable[[str], Page], town: Town) -> None:
    graph = chain(by_hand(), posting(with_a_token(town, "Down"), board="b2"))
    page = open_page(f"/workflows/{town.home.workflow('Down', graph)}")
    canvas = Canvas(page).ready()
    canvas.select("Post")
    # Nobody chose it in this browser: the service says what it is called.
    expect(canvas.inspector.get_by_role("combobox", name="Board")).to_have_text("Garden")
    town.service.down = True
    canvas.inspector.get_by_role("combobox", name="List").click()
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    town.service.down = False
    again.click()
    expect(page.get_by_role("option", name="To do in Garden")).to_be_visible()


@pytest.mark.usefixtures("app")
def test_a_revoked_account_is_marked_and_connected_again(open_page: Callable[[str], Page], town: Town) -> None:
    page = open_page("/connections")
    dialog = choose_bulletin(page)
    dialog.get_by_label("Name").fill("Revoked")
    consent(page, dialog.get_by_role("button", name="Connect with Bulletin"))
    mine = row(page, "Revoked")
    expect(mine.get_by_text("Works")).to_be_visible()
    town.provider.revoke_grants()
    mine.get_by_role("button", name="Test").click()
    expect(mine.get_by_text("Refused", exact=True)).to_be_visible()
    consent(page, mine.get_by_role("button", name="Reconnect"))
    expect(mine.get_by_text("Works")).to_be_visible()


@pytest.mark.usefixtures("app")
def test_one_connection_takes_the_place_of_another_and_the_old_one_is_parted_from(
    open_page: Callable[[str], Page], town: Town
) -> None:
    page = open_page("/connections")
    for name, person in (("Old", "U0FORMER"), ("New", "U0PERSON")):
        # Where two connections hold one account, the service is told only when both are gone.
        town.provider.subject = person
        dialog = choose_bulletin(page)
        dialog.get_by_label("Name").fill(name)
        consent(page, dialog.get_by_role("button", name="Connect with Bulletin"))
        expect(row(page, name)).to_be_visible()
    ids = {item["name"]: item["id"] for item in town.home.ask("GET", "/connections")["items"]}
    post = posting(ids["Old"], board="b1", list="b1-To do", text="Hello")
    workflow_id = town.home.workflow("Uses the old one", chain(by_hand(), post))
    old = row(page, "Old")
    old.get_by_role("button", name="Details of Old").click()
    expect(old.get_by_role("link", name="Uses the old one")).to_be_visible()

    old.get_by_role("button", name="More for Old").click()
    page.get_by_role("menuitem", name="Share").click()
    page.get_by_role("dialog").get_by_role("combobox", name="Who may use it").click()
    page.get_by_role("option", name="Admins and owners").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(old.get_by_text("Only admins and owners may use it")).to_be_visible()

    old.get_by_role("button", name="More for Old").click()
    page.get_by_role("menuitem", name="Replace everywhere").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="With").click()
    page.get_by_role("option", name="New").click()
    dialog.get_by_role("button", name="Replace in 1 workflow").click()
    expect(dialog).to_have_count(0)
    graph = town.home.ask("GET", f"/workflows/{workflow_id}")["graph"]
    assert [one["connection_id"] for one in graph["nodes"] if one["id"] == "post"] == [ids["New"]]

    revocations = town.provider.revocations
    old.get_by_role("button", name="More for Old").click()
    page.get_by_role("menuitem", name="Disconnect").click()
    expect(page.get_by_role("dialog").get_by_text("No workflow uses it.")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
    expect(old).to_have_count(0)
    wait_until(lambda: town.provider.revocations == revocations + 1, "the provider to be told")
