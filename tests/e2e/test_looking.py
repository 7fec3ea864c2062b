"""Looking at what ran: on the graph that ran, live, and from afar."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.graphs import by_hand, chain, node, setting
from tests.e2e.installed import Installed

pytestmark = pytest.mark.timeout(180)

SLOW = "const end = Date.now() + 400;\nwhile (Date.now() < end);\nreturn items;"


def test_a_past_run_is_shown_on_the_version_that_ran(home: Installed, open_page: Callable[[str], Page]) -> None:
    workflow = home.workflow("Past", chain(by_hand(), setting("First", 1, "one")))
    home.publish(workflow)
    run = home.start(workflow, version=1)
    home.run_ends(run, "succeeded")
    canvas = Canvas(open_page(f"/workflows/{workflow}?run={run}")).ready()
    page = canvas.page
    told = page.get_by_role("status").filter(has_text="as it ran")
    canvas.node("First").click()
    expect(told).to_have_count(0)
    canvas.inspector.get_by_label("Value").fill("another")
    canvas.saved()

    page.goto(f"{home.url}/workflows/{workflow}?run={run}")

    expect(told).to_contain_text("Version 1, as it ran.")
    expect(canvas.node("First", "succeeded")).to_be_visible()
    canvas.node("First").click()
    expect(canvas.inspector.get_by_label("Value")).to_have_value("one")
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    told.get_by_role("button", name="Back to the draft").click()
    expect(told).to_have_count(0)
    expect(canvas.inspector.get_by_label("Value")).to_have_value("another")
    expect(page.get_by_role("button", name="Publish")).to_be_visible()
    assert home.ask("GET", f"/workflows/{workflow}")["graph"]["nodes"][1]["params"]["fields"][0]["value"] == "another"


def test_a_loop_says_how_far_it_got_while_it_runs(home: Installed, open_page: Callable[[str], Page]) -> None:
    inner: dict[str, Any] = {
        **node("core.code", "Slow", 0, source=SLOW),
        "parent": "loop",
        "position": {"x": 24, "y": 56},
    }
    document = chain(by_hand(), node("core.loop", "Loop", 1))
    document["nodes"].append(inner)
    workflow = home.workflow("Loop", document)
    canvas = Canvas(open_page(f"/workflows/{workflow}")).ready()
    # A run that is there before the page has asked for runs is not new to it, and not shown by itself.
    canvas.page.wait_for_function("performance.getEntriesByType('resource').some(e => e.name.includes('/v1/runs?'))")
    run = home.start(workflow, input=[{"n": number} for number in range(9)])
    frame = canvas.node("Loop", "running")
    for count in (1, 3, 6):
        expect(frame).to_contain_text(re.compile(rf"[{count}-8] of 9"))
    home.run_ends(run, "succeeded")
    expect(canvas.node("Loop")).to_contain_text("9 of 9")


def test_the_node_that_an_address_names_is_in_view(home: Installed, open_page: Callable[[str], Page]) -> None:
    steps = [setting(f"Step {number}", number * 4, "x") for number in range(1, 9)]
    for step in steps:
        step["id"] = step["id"].replace(" ", "-")
    workflow = home.workflow("Wide", chain(by_hand(), *steps))
    canvas = Canvas(open_page(f"/workflows/{workflow}?node=step-8")).ready()
    expect(canvas.inspector.get_by_label("Name of the node")).to_have_value("Step 8")
    expect(canvas.node("Step 8")).to_be_in_viewport()
    expect(canvas.node("Step 8").get_by_text("line")).to_be_visible()
    expect(canvas.node("Start")).not_to_be_in_viewport()


def test_from_afar_an_error_still_says_what_happened(home: Installed, open_page: Callable[[str], Page]) -> None:
    halt = node("core.stop", "Halt", 1, message="The order has no customer.")
    workflow = home.workflow("Afar", chain(by_hand(), halt))
    run = home.start(workflow)
    home.run_ends(run, "failed")
    canvas = Canvas(open_page(f"/workflows/{workflow}?run={run}")).ready()
    said = canvas.node("Halt").get_by_role("alert").get_by_text("The order has no customer.")
    expect(said).to_be_visible()
    for _ in range(4):
        canvas.page.get_by_role("button", name="Zoom out").click()
    expect(canvas.node("Halt").get_by_role("button", name="Retry run")).to_be_hidden()
    expect(said).to_be_visible()
