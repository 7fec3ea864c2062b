"""The first hour of somebody who has never seen Nodeloom, as one story."""

import re
from collections.abc import Generator

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.installed import Installed, installed
from tests.e2e.payloads import Payload, github_push, slack_command, stripe_payment
from tests.support.browser import Tabs

pytestmark = pytest.mark.timeout(240)

IS_PUSH = "{{ $json.headers['x-github-event'] ?? 'none' }}"
PUSHED = "{{ $json.body.pusher.name }} pushed {{ $json.body.commits.length }} commits"
OTHER = "Not a push: {{ $json.body.type ?? $json.body.command }}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Installed]:
    """Nobody has been here yet."""
    with installed(tmp_path_factory.mktemp("fresh"), owner=False) as running:
        yield running


def test_from_the_first_visit_to_a_repaired_run(tabs: Tabs) -> None:
    page = tabs.open()
    set_up_the_owner(page)
    canvas = begin_with_a_webhook(page)
    draw(canvas)
    fill_in(canvas)
    try_it(canvas)
    address = publish(canvas)
    post_and_watch(canvas, address)
    open_a_run(page)
    page.go_back()
    break_and_repair(canvas.ready(), address)


def set_up_the_owner(page: Page) -> None:
    expect(page.get_by_role("heading", name="Set up Nodeloom")).to_be_visible()
    page.get_by_label("Your name").fill("Grace Weaver")
    page.get_by_label("E-mail").fill("grace@example.com")
    page.get_by_label("Password", exact=True).fill("a loom of my own")
    page.get_by_role("button", name="Make the owner account").click()


def begin_with_a_webhook(page: Page) -> Canvas:
    page.get_by_role("button", name="When it is called").click()
    canvas = Canvas(page).ready()
    expect(canvas.node("Webhook")).to_be_visible()
    page.get_by_label("Name of the workflow").fill("Tell pushes apart")
    page.keyboard.press("Enter")
    return canvas


def draw(canvas: Canvas) -> None:
    """Each node from the palette to its place, each wire from eyelet to eyelet."""
    place = canvas.node("Webhook").bounding_box()
    ground = canvas.ground.bounding_box()
    assert place is not None
    assert ground is not None
    # The first card stands in the middle: what comes after it needs the room to its right.
    canvas.page.mouse.move(place["x"] + 60, place["y"] + 20)
    canvas.page.mouse.down()
    canvas.page.mouse.move(ground["x"] + 90, ground["y"] + 300, steps=8)
    canvas.page.mouse.up()
    canvas.drop("if", "If", 420, 180)
    canvas.drop("edit", "Edit fields", 700, 80)
    canvas.drop("edit", "Edit fields", 700, 330)
    canvas.drop("respond", "Respond", 900, 480)
    canvas.wire(canvas.output("Webhook"), canvas.input("If"))
    canvas.wire(canvas.output("If", "true"), canvas.input("Edit fields"))
    canvas.wire(canvas.output("If", "false"), canvas.input("Edit fields 2"))
    canvas.wire(canvas.output("Edit fields"), canvas.input("Respond"))
    canvas.wire(canvas.output("Edit fields 2"), canvas.input("Respond"))


def fill_in(canvas: Canvas) -> None:
    inspector = canvas.inspector
    canvas.select("Webhook")
    canvas.choose("Answer", "What a Respond node says")
    canvas.select("If")
    condition = inspector.get_by_role("group", name="Condition 1")
    condition.get_by_label("Value").fill(IS_PUSH)
    condition.get_by_label("Compared with").fill("push")
    canvas.select("Edit fields")
    set_field(canvas, "line", PUSHED)
    canvas.select("Edit fields 2")
    set_field(canvas, "line", OTHER)
    canvas.select("Respond")
    inspector.get_by_label("Body").press_sequentially("=$json.line")
    canvas.saved()


def set_field(canvas: Canvas, name: str, value: str) -> None:
    add = canvas.inspector.get_by_role("button", name="Add to fields")
    field = canvas.inspector.get_by_role("group", name="Fields 1")
    if not field.is_visible():
        add.click()
    field.get_by_label("Name").fill(name)
    field.get_by_label("Value").fill(value)


def try_it(canvas: Canvas) -> None:
    """With made-up data, before anybody else may call it."""
    page = canvas.page
    page.get_by_role("button", name="Run with input…").click()
    dialog = page.get_by_role("dialog", name="Run with input")
    dialog.get_by_label("Input").fill('{"headers": {}, "body": {"type": "first try"}}')
    dialog.get_by_role("button", name="Start the run").click()
    expect(canvas.node("Edit fields 2", "succeeded, 1 item out")).to_be_visible()
    expect(canvas.node("Edit fields", "skipped")).to_be_visible()
    expect(canvas.node("Respond", "succeeded")).to_be_visible()
    canvas.select("Edit fields 2")
    canvas.data.get_by_role("tab", name="Output").click()
    expect(canvas.data.get_by_role("cell", name="Not a push: first try")).to_be_visible()


def publish(canvas: Canvas) -> str:
    assert canvas.publish() == "Version 1 is live"
    canvas.select("Webhook")
    address = canvas.inspector.get_by_role("region", name="Address").get_by_role("code").first.inner_text()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/hooks/\w{16,}", address)
    return address


def post(address: str, payload: Payload) -> httpx2.Response:
    return httpx2.post(address, content=payload.body, headers=dict(payload.headers), timeout=30)


def post_and_watch(canvas: Canvas, address: str) -> None:
    """The page is not touched: each run appears by itself, with its states and counts."""
    for payload, answer, went, skipped in (
        (github_push("72d3162e-cc78-11e3-81ab-4c9367dc0958"), "ada-weaves pushed 2 commits", "true", "false"),
        (stripe_payment(), "Not a push: payment_intent.succeeded", "false", "true"),
        (slack_command(), "Not a push: /pattern", "false", "true"),
    ):
        response = post(address, payload)
        assert response.status_code == 200, response.text
        assert response.text == answer
        branch = {"true": "Edit fields", "false": "Edit fields 2"}
        expect(canvas.node(branch[went], "succeeded, 1 item out")).to_be_visible()
        expect(canvas.node(branch[skipped], "skipped")).to_be_visible()
        expect(canvas.node("Respond", "succeeded")).to_be_visible()
        # Webhook to If, If to the branch, the branch to the answer.
        expect(canvas.counts).to_have_text(["1", "1", "1"])


def open_a_run(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Succeeded")).click()
    pushed = page.get_by_role("menuitem", name=re.compile("webhook, .* version 1")).nth(2)
    pushed.click()
    expect(Canvas(page).node("Edit fields", "succeeded")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Succeeded")).click()
    page.get_by_role("menuitem", name="Open the run's page").click()
    nodes = page.get_by_role("list", name="Nodes of this run")
    nodes.get_by_role("button", name=re.compile("Edit fields(?! 2)")).click()
    shown = page.get_by_role("region", name="Edit fields", exact=True)
    shown.get_by_role("tab", name="Output").click()
    expect(shown.get_by_role("cell", name="ada-weaves pushed 2 commits")).to_be_visible()


def break_and_repair(canvas: Canvas, address: str) -> None:
    page = canvas.page
    canvas.select("Edit fields")
    set_field(canvas, "line", "{{ $json.body.pusher.nickname }} pushed")
    assert canvas.publish() == "Version 2 is live"
    response = post(address, github_push("0a5e4d0c-91f1-4b0a-a5a4-7d1d9f7a6c11"))
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"

    failure = canvas.node("Edit fields", "failed").get_by_role("alert")
    expect(failure).to_contain_text("nickname")
    expect(failure.get_by_role("paragraph")).to_contain_text("Where it may be missing")
    failure.get_by_role("button", name="Go to field").click()
    expect(canvas.inspector.get_by_label("Value")).to_be_focused()

    set_field(canvas, "line", PUSHED)
    assert canvas.publish() == "Version 3 is live"
    page.get_by_role("button", name=re.compile("^Failed")).click()
    page.get_by_role("menuitem", name="Open the run's page").click()
    page.get_by_role("button", name="Retry…").click()
    page.get_by_role("menuitem", name="From the start, on the live version").click()
    expect(page.get_by_role("link", name="Retry of an earlier run")).to_be_visible()
    shown = page.get_by_role("main").last
    expect(shown.get_by_text("Succeeded")).to_be_visible()
    expect(shown.get_by_text("Version 3")).to_be_visible()
