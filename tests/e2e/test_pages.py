"""Every page, in both themes and on both widths: nothing overflows, everything has a name, nothing is complained of.

The pictures in screenshots/ are for looking at.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from tests.e2e.graphs import by_hand, chain, node, setting
from tests.e2e.installed import Installed, installed
from tests.e2e.outside import far_side_in_a_thread, hang_up
from tests.support.browser import PHONE, WIDE, Tabs

pytestmark = pytest.mark.timeout(300)

Size = Literal["wide", "phone"]
_PICTURES = Path(__file__).resolve().parents[2] / "screenshots"
_SIZES: dict[Size, ViewportSize] = {"wide": WIDE, "phone": PHONE}
_THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Controls that a screen reader would call by their role alone.
_NAMELESS = re.compile(
    r"^\s*- '?((?:button|link|textbox|searchbox|combobox|tab|switch|checkbox|menuitem)(?: \[.*\])?)'?:?$", re.M
)
_BROKEN = (
    '{"type": "https://nodeloom.dev/problems/internal", "title": "Something broke here", "status": 500,'
    ' "detail": "The server could not answer.", "hint": "Try again; the log of the API says more."}'
)
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def look(page: Page, name: str, size: Size) -> None:
    """As it stands, in both themes."""
    for theme in _THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        page.evaluate("document.fonts.ready")
        page.screenshot(path=_PICTURES / f"{name}-{size}-{theme}.png", animations="disabled")
    assert page.evaluate(_OVERFLOW) <= 0, f"{name} is wider than the window ({size})"
    assert _NAMELESS.findall(page.locator("body").aria_snapshot()) == [], f"{name} ({size})"


@dataclass(frozen=True)
class Content:
    """Workflows and runs in every state there is a page for."""

    published: str
    succeeded: str
    broken: str
    failed: str
    parked: str
    unsettled: str
    empty: str


@pytest.fixture(scope="module")
def content(home: Installed) -> Content:
    greeting = "{{ $json.body.name }} ordered {{ $json.body.lines.length }} things"
    branch = node(
        "core.if", "Large", 1, conditions=[{"left": "{{ $json.body.total }}", "operator": "gt", "right": 100}]
    )
    hook = node("core.webhook", "Order came in", 0, path="orders-a8f3k2", method="POST", respond="last_node")
    graph = chain({**hook, "id": "hook"}, branch, setting("Praise", 2, greeting))
    graph["nodes"].append(setting("Note", 2, "a small order of {{ $json.body.name }}", row=1))
    graph["edges"][1]["port"] = "true"
    graph["edges"].append({"id": "small", "source": "large", "port": "false", "target": "note", "input": "in"})
    published = home.workflow("Orders, large and small", graph)
    home.publish(published)
    order = {"body": {"name": "Grace", "lines": [1, 2, 3], "total": 420}, "headers": {}, "query": {}}
    succeeded = home.start(published, input=[order, {**order, "body": {"name": "Ada", "lines": [1], "total": 7}}])
    broken = home.workflow(
        "Nightly report that looks for a field which the day's orders do not have",
        chain(by_hand(), setting("First", 1, "one"), setting("Summary", 2, "{{ $json.totals.net }}")),
    )
    failed = home.start(broken)
    answer = {**node("core.wait", "Answer", 1), "params": {"for": "call"}}
    parked = home.start(home.workflow("Ask a person", chain(by_hand(), answer)))
    with far_side_in_a_thread() as outside:
        outside.raw = hang_up
        call = node("http.request", "Book the courier", 1, method="POST", url=outside.url("/pick-ups"))
        unsettled = home.start(home.workflow("Courier", chain(by_hand(), {**call, "id": "courier"})))
        home.run_ends(unsettled, "waiting")
    empty = home.workflow("Nothing yet", {"format": 1, "nodes": [], "edges": []})
    home.ask("POST", "/connections", {"connector": "bearer", "name": "Order office", "secret": {"token": "abc"}})
    home.ask("POST", "/keys", {"name": "Nightly report", "role": "runner"})
    for run, status in ((succeeded, "succeeded"), (failed, "failed"), (parked, "waiting")):
        home.run_ends(run, status)
    return Content(published, succeeded, broken, failed, parked, unsettled, empty)


@pytest.fixture(params=["wide", "phone"])
def size(request: pytest.FixtureRequest) -> Size:
    return request.param


@pytest.fixture
def page(tabs: Tabs, home: Installed, content: Content, size: Size) -> Page:
    return tabs.open("/settings/appearance", cookies=home.cookies(), size=_SIZES[size])


def headed(page: Page, path: str, heading: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()


def test_the_pages_of_a_new_installation(browser: Browser, tmp_path: Path) -> None:
    with installed(tmp_path, owner=False) as fresh:
        new = Tabs(browser, fresh.url)
        pages: list[tuple[Size, Page]] = [(size, new.open("/", size=window)) for size, window in _SIZES.items()]
        for size, page in pages:
            expect(page.get_by_role("heading", name="Set up Nodeloom")).to_be_visible()
            look(page, "set-up", size)
        fresh.set_up()
        for size, page in pages:
            headed(page, "/", "Sign in")
            look(page, "sign-in", size)
            page.context.add_cookies([{"name": k, "value": v, "url": fresh.url} for k, v in fresh.cookies().items()])
            for name, path, heading in (
                ("workflows-none", "/workflows", "How does it begin?"),
                ("runs-none", "/runs", "Nothing has run yet"),
                ("waiting-none", "/waiting", "Nothing waits"),
                ("connections-none", "/connections", "No connections yet"),
                ("apis-none", "/connections/apis", "Any API becomes a connector"),
                ("hosts-none", "/connections/hosts", "Every host answers"),
                ("tables-none", "/tables", "No tables yet"),
                ("variables-none", "/settings/variables", "No variables yet"),
                ("keys-none", "/settings/keys", "No API keys yet"),
            ):
                page.goto(path)
                expect(page.get_by_text(heading)).to_be_visible()
                look(page, name, size)
        new.close()
        assert new.complaints == []


def test_the_lists(page: Page, size: Size) -> None:
    headed(page, "/workflows", "Workflows")
    expect(page.get_by_text("Orders, large and small")).to_be_visible()
    look(page, "workflows", size)
    page.get_by_role("button", name="New workflow").click()
    expect(page.get_by_role("dialog", name="New workflow")).to_be_visible()
    look(page, "workflows-new", size)
    headed(page, "/runs", "Runs")
    expect(page.get_by_role("link", name=re.compile("Courier"))).to_be_visible()
    look(page, "runs", size)
    headed(page, "/connections", "Connections")
    expect(page.get_by_text("Order office").first).to_be_visible()
    look(page, "connections", size)
    page.get_by_role("button", name="Details of Order office").first.click()
    expect(page.get_by_text("No workflow uses it yet.")).to_be_visible()
    look(page, "connections-details", size)
    page.get_by_role("button", name="New connection").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=re.compile("Bearer"))).to_be_visible()
    look(page, "connections-new", size)
    dialog.get_by_role("button", name=re.compile("Bearer")).click()
    expect(dialog.get_by_label("Token")).to_be_visible()
    look(page, "connections-secret", size)
    dialog.get_by_role("button", name="Another kind").click()
    dialog.get_by_role("button", name=re.compile("^Trello")).click()
    expect(dialog.get_by_role("list", name="Set up Trello")).to_be_visible()
    look(page, "connections-set-up", size)


def test_what_people_are_told_and_how_they_come_in(page: Page, home: Installed, size: Size) -> None:
    name = f"Invoices of a customer who changed their address ({size})"
    workflow_id = home.workflow(name, chain(by_hand(), setting("Total", 1, "{{ $json.totals.net }}")))
    home.publish(workflow_id)
    home.ask("POST", f"/workflows/{workflow_id}/runs", {"wait_s": 20})
    headed(page, "/notifications", "Notifications")
    expect(page.get_by_text(f"“{name}” began to fail")).to_be_visible()
    look(page, "notifications", size)
    home.ask("POST", "/notifications/read")
    page.reload()
    page.get_by_role("radio", name="Unread").click()
    expect(page.get_by_text("Nothing unread")).to_be_visible()
    look(page, "notifications-none", size)
    invited = home.ask("POST", "/invites", {"role": "editor", "email": "grace@example.org"})
    page.goto(invited["url"].removeprefix(home.url))
    expect(page.get_by_role("heading", name=re.compile("^Join "))).to_be_visible()
    look(page, "invite", size)
    page.goto("/invite/none-such")
    expect(page.get_by_text("used, withdrawn or has expired")).to_be_visible()
    look(page, "invite-used", size)


def test_what_waits(page: Page, home: Installed, content: Content, size: Size) -> None:
    asks = node("core.approval", "Ask the head of the office", 1, approvers=["anyone"], timeout_s=172_800)
    asks["params"]["message"] = "Refund 20 € to Grace Hopper, whose parcel came open and half empty?\n\nOrder 1042"
    run_id = home.start(home.workflow(f"Refunds of the week ({size})", chain(by_hand(), asks)))
    home.run_ends(run_id, "waiting")
    headed(page, "/waiting", "Waiting")
    row = page.get_by_role("listitem").filter(has_text=f"({size})")
    expect(row).to_be_visible()
    expect(page.get_by_role("link", name="Ask a person").first).to_be_visible()
    look(page, "waiting", size)
    row.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look(page, "waiting-decide", size)
    page.goto(home.ask("GET", f"/runs/{run_id}")["waiting"]["url"].removeprefix(home.url))
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    look(page, "approval", size)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="Approved")).to_be_visible()
    look(page, "approval-decided", size)


def test_the_pages_of_tables(page: Page, home: Installed, size: Size) -> None:
    columns = [
        {"name": "email", "type": "text"},
        {"name": "orders", "type": "number"},
        {"name": "since", "type": "datetime"},
        {"name": "address", "type": "json"},
    ]
    table = {"name": f"customers-{size}", "columns": columns, "key": ["email"]}
    table_id = home.ask("POST", "/tables", table)["id"]
    for number in range(3):
        address = {"street": "A street whose name does not fit", "zip": "89073"}
        row = {"email": f"ada{number}@example.org", "orders": number, "since": "2026-05-31", "address": address}
        home.ask("POST", f"/tables/{table_id}/rows", {"values": row})
    headed(page, "/tables", "Tables")
    expect(page.get_by_text(f"customers-{size}")).to_be_visible()
    look(page, "tables", size)
    headed(page, f"/tables/{table_id}", f"customers-{size}")
    expect(page.get_by_text("ada2@example.org")).to_be_visible()
    look(page, "table", size)
    page.get_by_role("button", name="Add row").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look(page, "table-row", size)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"More for customers-{size}").click()
    page.get_by_role("menuitem", name="Name and columns").click()
    expect(page.get_by_role("dialog", name="Name and columns")).to_be_visible()
    look(page, "table-columns", size)
    page.goto("/settings/variables")
    page.get_by_role("button", name="New variable").first.click()
    expect(page.get_by_role("dialog", name="New variable")).to_be_visible()
    look(page, "settings-new-variable", size)


def test_the_settings(page: Page, size: Size) -> None:
    sections = (
        "account",
        "appearance",
        "pages",
        "sessions",
        "notifications",
        "variables",
        "apps",
        "failures",
        "members",
        "keys",
        "audit",
    )
    for name in sections:
        page.goto(f"/settings/{name}")
        expect(page.get_by_role("main").get_by_role("heading", level=2)).to_be_visible()
        look(page, f"settings-{name}", size)
    page.goto("/settings/members")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_role("dialog", name="Invite somebody")).to_be_visible()
    look(page, "settings-invite", size)
    page.goto("/settings/keys")
    page.get_by_role("button", name="New key").click()
    expect(page.get_by_role("dialog", name="New API key")).to_be_visible()
    look(page, "settings-new-key", size)


def test_the_pages_of_runs(page: Page, content: Content, size: Size) -> None:
    for name, run, says in (
        ("succeeded", content.succeeded, "Succeeded"),
        ("failed", content.failed, "Summary failed."),
        ("waiting", content.parked, "Waiting"),
        ("outcome", content.unsettled, "Did “Book the courier” happen?"),
    ):
        page.goto(f"/runs/{run}")
        shown = page.get_by_role("main").last
        expect(shown.get_by_text(says).first).to_be_visible()
        expect(shown.get_by_role("tabpanel")).to_be_visible()
        look(page, f"run-{name}", size)
    page.get_by_role("button", name="It happened").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look(page, "run-settle", size)


def test_the_editor(page: Page, content: Content, size: Size) -> None:
    bar = page.get_by_role("toolbar", name="Canvas")
    page.goto(f"/workflows/{content.empty}")
    expect(bar).to_be_visible()
    look(page, "editor-empty", size)
    page.goto(f"/workflows/{content.published}?run={content.succeeded}")
    expect(page.get_by_role("article", name=re.compile("^Praise, .*succeeded"))).to_be_visible()
    look(page, "editor-run", size)
    page.get_by_role("article", name=re.compile("^Large, ")).click()
    page.get_by_role("region", name="Data").get_by_role("tab", name="Output").click()
    expect(page.get_by_role("table", name="Output items")).to_be_visible()
    look(page, "editor-run-node", size)
    page.goto(f"/workflows/{content.broken}?run={content.failed}")
    failed = page.get_by_role("article", name=re.compile("^Summary, .*failed"))
    # On a phone the card is too small for it: a tap opens the panel that says it.
    failed.click()
    page.get_by_role("region", name="Data").get_by_role("tab", name="Input").click()
    expect(page.get_by_role("alert").first).to_contain_text("totals")
    look(page, "editor-error", size)
    if size == "wide":
        page.goto(f"/workflows/{content.published}?node=hook")
        expect(page.get_by_role("complementary", name="Inspector")).to_be_visible()
        page.keyboard.press("n")
        expect(page.get_by_role("combobox", name="Search nodes")).to_be_focused()
        look(page, "editor-palette", size)


def test_what_goes_wrong(page: Page, size: Size) -> None:
    for name, path, says in (
        ("nowhere", "/nowhere", "There is no such page"),
        ("missing-run", "/runs/run_nowhere", "There is no such run"),
        ("missing-workflow", "/workflows/wf_nowhere", "No such workflow"),
        ("consent", "/oauth/callback?state=made-up", "Nobody asked for this consent"),
    ):
        page.goto(path)
        expect(page.get_by_text(says).first).to_be_visible()
        look(page, f"wrong-{name}", size)

    def refuse(route: Route) -> None:
        route.fulfill(status=500, content_type="application/problem+json", body=_BROKEN)

    page.route(re.compile("/api/v1/connections"), refuse)
    page.goto("/connections")
    expect(page.get_by_text("Something broke here")).to_be_visible()
    look(page, "wrong-answer", size)
    page.goto("/workflows")
    expect(page.get_by_text("Orders, large and small")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("Nodeloom can't be reached.")).to_be_visible()
    look(page, "wrong-offline", size)
