"""Drawing and changing a workflow, with nothing lost on the way."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.graphs import by_hand, chain, setting
from tests.e2e.installed import Installed
from tests.support.browser import Tabs

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def workflow(home: Installed, request: pytest.FixtureRequest) -> str:
    """Start to First to Second."""
    graph = chain(by_hand(), setting("First", 1, "one"), setting("Second", 2, "{{ $json.line }}"))
    return f"/workflows/{home.workflow(request.node.name, graph)}"


@pytest.fixture
def canvas(open_page: Callable[[str], Page], workflow: str) -> Canvas:
    return Canvas(open_page(workflow)).ready()


def test_a_deleted_node_joins_its_neighbours_and_undo_brings_it_back(canvas: Canvas) -> None:
    page = canvas.page
    undo, redo = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
    expect(undo).to_be_disabled()
    canvas.select("First")
    canvas.node("First").press("Delete")
    expect(canvas.node("First")).to_have_count(0)
    expect(page.get_by_role("img", name="input in of Second, connected")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(canvas.node("First")).to_be_visible()
    expect(page.get_by_role("img", name="output out of First, connected")).to_be_visible()
    expect(undo).to_be_disabled()
    page.keyboard.press("Control+Shift+z")
    expect(canvas.node("First")).to_have_count(0)
    undo.click()
    expect(canvas.node("First")).to_be_visible()
    redo.click()
    expect(canvas.node("First")).to_have_count(0)


def test_nodes_are_copied_within_a_workflow_and_to_another(canvas: Canvas, home: Installed, tabs: Tabs) -> None:
    page = canvas.page
    canvas.select("First")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    expect(canvas.node("First 2")).to_be_visible()
    canvas.saved()
    other = Canvas(tabs.beside(page.context, f"/workflows/{home.workflow('Another', chain(by_hand()))}")).ready()
    expect(other.node("Start")).to_be_visible()
    other.page.keyboard.press("Control+v")
    other.select("First")
    expect(other.inspector.get_by_label("Value")).to_have_value("one")


def test_edits_survive_a_reload(canvas: Canvas) -> None:
    page = canvas.page
    canvas.select("First")
    canvas.inspector.get_by_label("Value").fill("another")
    name = canvas.inspector.get_by_label("Name of the node")
    name.fill("Renamed")
    name.press("Enter")
    canvas.saved()
    page.reload()
    canvas.select("Renamed")
    expect(canvas.inspector.get_by_label("Value")).to_have_value("another")


def test_of_two_edits_at_once_the_choice_is_ours_and_undo_has_the_other(
    canvas: Canvas, workflow: str, open_page: Callable[[str], Page]
) -> None:
    context = canvas.page.context
    context.set_offline(True)
    canvas.select("First")
    canvas.inspector.get_by_label("Value").fill("mine")
    expect(canvas.draft).to_have_text("Offline, will retry")
    elsewhere = Canvas(open_page(workflow)).ready()
    elsewhere.select("First")
    elsewhere.inspector.get_by_label("Value").fill("theirs")
    elsewhere.saved()

    context.set_offline(False)
    dialog = canvas.page.get_by_role("dialog", name="Changed elsewhere")
    dialog.get_by_role("button", name="Keep mine").click()
    canvas.saved()
    value = canvas.inspector.get_by_label("Value")
    expect(value).to_have_value("mine")
    # What is selected there stays selected, and shows what was saved here.
    expect(elsewhere.inspector.get_by_label("Value")).to_have_value("mine")
    canvas.page.get_by_role("button", name="Undo").click()
    expect(value).to_have_value("theirs")


def test_a_problem_shows_at_its_node_and_field_and_stops_publishing(canvas: Canvas) -> None:
    page = canvas.page
    canvas.select("Second")
    value = canvas.inspector.get_by_label("Value")
    value.fill("{{ $('Nowhere').item.json.line }}")
    expect(canvas.node("Second", "1 problem")).to_be_visible()
    expect(value).to_have_attribute("aria-invalid", "true")
    expect(value).to_have_accessible_description(re.compile("Nowhere"))
    page.get_by_role("button", name="Publish").click()
    problem = canvas.data.get_by_role("button", name=re.compile("^Error Second: .*Nowhere"))
    expect(problem).to_be_visible()
    canvas.ground.click(position={"x": 20, "y": 20})
    expect(canvas.inspector).to_have_count(0)
    problem.click()
    expect(value).to_be_focused()
    value.fill("{{ $('First').item.json.line }}")
    expect(canvas.node("Second", "problem")).to_have_count(0)
    assert canvas.publish() == "Version 1 is live"


def test_the_keyboard_is_enough(canvas: Canvas) -> None:
    page = canvas.page
    page.keyboard.press("n")
    search = canvas.palette.get_by_role("combobox", name="Search nodes")
    expect(search).to_be_focused()
    page.keyboard.type("limit")
    page.keyboard.press("Enter")
    expect(canvas.palette).to_have_count(0)
    added = canvas.node("Limit")
    expect(added).to_be_visible()
    expect(canvas.inspector.get_by_label("Name of the node")).to_have_value("Limit")
    page.keyboard.press("Delete")
    expect(added).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(added).to_be_visible()
    page.keyboard.press("Escape")
    expect(canvas.inspector).to_have_count(0)


def test_a_refused_wire_says_why(canvas: Canvas) -> None:
    canvas.drag(canvas.output("Second"), canvas.input("First"))
    expect(canvas.page.get_by_text("This would make a circle: the target already leads here")).to_be_visible()
    canvas.page.mouse.up()
    expect(canvas.page.get_by_role("img", name="output out of Second", exact=True)).to_be_visible()
    canvas.drag(canvas.output("Second"), canvas.output("Start"))
    expect(canvas.page.get_by_text("Connect an output to an input")).to_be_visible()
    canvas.page.mouse.up()
