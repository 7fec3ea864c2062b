"""Calls to the outside as the screen shows them: secrets that go along, and answers that never came."""

import re
from collections.abc import Callable, Generator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.graphs import by_hand, chain, node
from tests.e2e.installed import Installed
from tests.e2e.outside import far_side_in_a_thread, hang_up
from tests.support.far_side import FarSide, Reply, Seen

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def outside() -> Generator[FarSide]:
    with far_side_in_a_thread() as side:
        yield side


def answer(seen: Seen) -> Reply:
    return Reply(headers={"Content-Type": "application/json"}, body=b'{"number": "order 1042"}')


def test_a_secret_made_at_the_node_goes_along_with_its_call(
    outside: FarSide, home: Installed, open_page: Callable[[str], Page]
) -> None:
    outside.answer = answer
    call = node("http.request", "Ask", 1, method="GET", url=outside.url("/orders"))
    canvas = Canvas(open_page(f"/workflows/{home.workflow('With a secret', chain(by_hand(), call))}")).ready()
    page = canvas.page
    canvas.select("Ask")
    canvas.choose("Authentication", "Bearer token")
    canvas.inspector.get_by_role("button", name="New connection").click()
    dialog = page.get_by_role("dialog", name=re.compile("^New connection"))
    dialog.get_by_label("Name", exact=True).fill("Order office")
    dialog.get_by_label("Token").fill("s3cret-token")
    dialog.get_by_role("button", name="Save connection").click()
    expect(canvas.inspector.get_by_role("combobox", name="Connection")).to_have_text("Order office")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(canvas.node("Ask", "succeeded")).to_be_visible()
    assert outside.seen[-1].headers["authorization"] == "Bearer s3cret-token"

    page.get_by_role("link", name="Connections").click()
    expect(page.get_by_text("Order office")).to_be_visible()
    assert "s3cret-token" not in page.content()


def test_an_unknown_outcome_is_settled_on_the_run_page(
    outside: FarSide, home: Installed, open_page: Callable[[str], Page]
) -> None:
    outside.answer, outside.raw = answer, hang_up
    call = node("http.request", "Order", 1, method="POST", url=outside.url("/orders"))
    workflow_id = home.workflow("Orders", chain(by_hand(), call))
    canvas = Canvas(open_page(f"/workflows/{workflow_id}")).ready()
    page = canvas.page
    page.get_by_role("button", name="Run", exact=True).click()
    expect(canvas.node("Order", "outcome unknown")).to_be_visible()

    page.get_by_role("link", name=re.compile("^Runs, 1 outcome to settle")).click()
    page.get_by_role("link", name=re.compile("Orders")).first.click()
    expect(page.get_by_text("Did “Order” happen?")).to_be_visible()
    outside.raw = None
    page.get_by_role("button", name="It did not").click()
    page.get_by_role("button", name="It did not, call again").click()
    main = page.get_by_role("main").last
    expect(main.get_by_text("Succeeded", exact=True)).to_be_visible()
    assert [seen.method for seen in outside.seen] == ["POST", "POST"]

    outside.raw = hang_up
    waiting = home.start(workflow_id)
    home.run_ends(waiting, "waiting")
    page.goto(f"/runs/{waiting}")
    page.get_by_role("button", name="It happened").click()
    page.get_by_label("What it gave back").fill('{"number": "by phone"}')
    page.get_by_role("button", name="It happened, go on").click()
    expect(main.get_by_text("Succeeded", exact=True)).to_be_visible()
    main.get_by_role("tab", name="Output").click()
    expect(main.get_by_role("cell", name="by phone")).to_be_visible()
    assert len(outside.seen) == 3
    expect(page.get_by_role("link", name="Runs", exact=True)).to_be_visible()
