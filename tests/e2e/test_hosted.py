"""Forms and chats as visitors use them, and as they are drawn."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.graphs import chain, node
from tests.e2e.installed import EMAIL, PASSWORD, Installed
from tests.e2e.test_pages import Size, look
from tests.support.browser import PHONE, WIDE, Tabs
from tests.support.waiting import wait_until

pytestmark = pytest.mark.timeout(300)

FIELDS: list[dict[str, Any]] = [
    {"label": "Your name", "name": "name", "required": True, "placeholder": "Ada Lovelace"},
    {"label": "E-mail", "kind": "email", "required": True, "help": "Only to send you the sample."},
    {"label": "What is it for?", "name": "purpose", "kind": "long_text"},
    {"label": "The sample", "kind": "page", "help": "What you would like to have, and a picture of the place."},
    {"label": "Size", "kind": "choice", "options": "Small\nMedium\nLarge", "required": True},
    {"label": "Colours", "kind": "choices", "options": "Linen\nIndigo\nCharcoal", "max": 2},
    {"label": "By when", "kind": "date", "earliest": "2026-01-01"},
    {"label": "Photo", "kind": "file", "accept": "image/*", "required": True},
    {"label": "I agree to be called", "name": "agreed", "kind": "checkbox", "required": True},
]


def published(home: Installed, name: str, *nodes: dict[str, Any]) -> str:
    workflow_id = home.workflow(name, chain(*nodes))
    home.publish(workflow_id)
    return workflow_id


def hosted(kind: str, **params: Any) -> dict[str, Any]:
    """A trigger called Ask."""
    return {**node(f"core.{kind}", "Ask", 0), "params": params}


def form(path: str, **params: Any) -> dict[str, Any]:
    about = "Tell us where it goes and we send you a sample of the cloth."
    return hosted("form", path=path, title="Order a sample", description=about, fields=FIELDS, **params)


def newest_run(home: Installed, workflow_id: str) -> str:
    return home.ask("GET", f"/runs?workflow_id={workflow_id}")["items"][0]["id"]


def test_a_form_of_two_pages_with_a_file_starts_a_run(home: Installed, tabs: Tabs) -> None:
    reply = node("core.set", "Reply", 1, fields=[{"name": "text", "value": "Thank you, {{ $json.name }}."}])
    workflow_id = published(home, "Samples", form("samples", respond="answer"), reply)
    page = tabs.open("/forms/samples")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("What is it for?").fill("A coat\nwith pockets")
    page.get_by_label("E-mail").fill("ada@example.com")
    # Nothing typed is lost on a reload.
    page.reload()
    expect(page.get_by_label("Your name")).to_have_value("Ada")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Step 2 of 2")).to_be_visible()
    page.get_by_label("Medium").check()
    page.get_by_label("Indigo").check()
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("What is it for?")).to_have_value("A coat\nwith pockets")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Step 2 of 2")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Medium")).to_be_checked()
    page.get_by_label("Photo").set_input_files({"name": "cat.png", "mimeType": "image/png", "buffer": b"\x89PNG cat"})
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_text("Thank you, Ada.")).to_be_visible()

    runs = home.ask("GET", f"/runs?workflow_id={workflow_id}")["items"]
    assert len(runs) == 1
    [item] = home.ask("GET", f"/runs/{runs[0]['id']}/nodes/ask/output")["items"]
    assert (item["json"]["size"], item["json"]["colours"], item["json"]["agreed"]) == ("Medium", ["Indigo"], True)
    file = item["files"]["photo"]
    assert home.client.get(f"/api/v1/artifacts/{file['id']}").content == b"\x89PNG cat"
    seen = tabs.open(f"/runs/{runs[0]['id']}", cookies=home.cookies())
    expect(seen.get_by_text("Succeeded").first).to_be_visible()
    page.goto("/forms/samples")
    expect(page.get_by_label("Your name")).to_have_value("")


def test_a_form_works_without_javascript_and_says_what_is_wrong(home: Installed, tabs: Tabs) -> None:
    fields = [{"label": "Code", "pattern": "[A-Z]{3}", "help": "Three capitals"}, *FIELDS[:1]]
    ask = hosted("form", path="plain", fields=fields)
    workflow_id = published(home, "Plain", ask)
    context = tabs.browser.new_context(base_url=home.url, java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto("/forms/plain")
    # The browser's own check is switched off, as that of an old one would be.
    answer = context.request.post(f"{home.url}/forms/plain", form={"-go": "send", "code": "abc"})
    assert (answer.status, "Three capitals" in answer.text()) == (422, True)
    page.get_by_label("Code").fill("ABC")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your answers have come in.")).to_be_visible()
    assert newest_run(home, workflow_id)
    context.close()


def test_a_chat_remembers_and_answers(home: Installed, tabs: Tabs) -> None:
    echo = "{{ $json.message }} ({{ $json.history.length }} before)"
    chat = hosted("chat", path="shop", title="Ask our shop", suggestions="Where is my order?")
    published(home, "Shop", chat, node("core.set", "Reply", 1, fields=[{"name": "text", "value": echo}], keep="none"))
    page = tabs.open("/chat/shop")
    page.get_by_role("button", name="Where is my order?").click()
    log = page.get_by_role("log")
    expect(log.get_by_text("Where is my order? (0 before)")).to_be_visible()
    field = page.get_by_label("Message")
    field.fill("And the")
    page.reload()
    expect(log.get_by_text("(0 before)")).to_be_visible()
    expect(field).to_have_value("And the")
    other = tabs.beside(page.context, "/chat/shop")
    expect(other.get_by_role("log").get_by_text("(0 before)")).to_be_visible()
    field.fill("And the bill?")
    field.press("Enter")
    expect(log.get_by_text("And the bill? (2 before)")).to_be_visible()
    expect(other.get_by_role("log").get_by_text("And the bill? (2 before)")).to_be_visible()
    expect(field).to_have_value("")
    stranger = tabs.open("/chat/shop")
    expect(stranger.get_by_text("Hello! How can I help?")).to_be_visible()
    expect(stranger.get_by_role("log").get_by_text("(0 before)")).to_have_count(0)


def test_a_message_that_fails_can_be_tried_again(home: Installed, tabs: Tabs) -> None:
    chat = hosted("chat", path="broken")
    workflow_id = published(home, "Broken", chat, node("core.stop", "Stop", 1, message="no"))
    page = tabs.open("/chat/broken")
    page.get_by_label("Message").fill("Hello")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Try again").click()
    wait_until(lambda: len(home.ask("GET", f"/runs?workflow_id={workflow_id}")["items"]) == 2, "a second run")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_form_for_members_is_found_again_after_signing_in(home: Installed, tabs: Tabs) -> None:
    published(home, "Inside", hosted("form", path="inside", title="Lunch", fields=FIELDS[:1], access="members"))
    page = tabs.open("/forms/inside")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Lunch")).to_be_visible()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your answers have come in.")).to_be_visible()


def test_a_form_is_drawn_with_the_keyboard(home: Installed, open_page: Callable[[str], Page]) -> None:
    ask = hosted("form", path="drawn", fields=[{"label": "Your name", "name": "name"}])
    canvas = Canvas(open_page(f"/workflows/{home.workflow('Drawn', chain(ask))}")).ready()
    page, inspector = canvas.page, canvas.inspector
    canvas.select("Ask")
    expect(inspector.get_by_text(f"{home.url}/forms/drawn", exact=True)).to_be_visible()
    inspector.get_by_role("button", name="Copy embed code").click()
    assert f'<iframe src="{home.url}/forms/drawn"' in page.evaluate("navigator.clipboard.readText()")
    inspector.get_by_role("button", name="Add to fields").press("Enter")
    page.keyboard.type("E-mail")
    fields = inspector.get_by_role("group", name=re.compile(r"^Fields \d"))
    expect(fields).to_have_count(2)
    added = fields.nth(1)
    added.get_by_role("combobox", name="Kind").press("Enter")
    page.get_by_role("option", name="E-mail").press("Enter")
    line = added.get_by_role("button", expanded=True).first
    line.press("Alt+ArrowUp")
    expect(fields.nth(0).get_by_role("button", expanded=True).first).to_be_focused()
    expect(fields.nth(0).get_by_text("E-mail").first).to_be_visible()
    canvas.saved()
    canvas.publish()
    visitor = page.context.new_page()
    visitor.goto("/forms/drawn")
    expect(visitor.get_by_label("E-mail")).to_be_visible()


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_how_they_look(home: Installed, tabs: Tabs, size: Size) -> None:
    published(home, "Looks", form(f"look-{size}"))
    chat = hosted(
        "chat", path=f"look-{size}", title="Ask our shop", files=True, suggestions="When are you open?\nPrices?"
    )
    answer = (
        "We are open from nine to six.\n\nOn Sundays we are closed; write to us at any time and we answer on Monday."
    )
    reply = node("core.set", "Reply", 1, fields=[{"name": "text", "value": answer}], keep="none")
    published(home, "Looks too", chat, reply)
    page = tabs.open(f"/forms/look-{size}", size=WIDE if size == "wide" else PHONE)
    look(page, "form-first", size)
    page.get_by_label("E-mail").fill("nobody@")
    page.evaluate("document.querySelector('form').noValidate = true")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("Some answers need another look.")
    look(page, "form-wrong", size)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Step 2 of 2")).to_be_visible()
    look(page, "form-second", size)
    page.goto("/forms/nobody-there")
    look(page, "form-missing", size)
    page.goto(f"/chat/look-{size}")
    expect(page.get_by_role("button", name="Prices?")).to_be_visible()
    look(page, "chat-empty", size)
    for text in ("When are you open?", "And on holidays, when most of the shops around you are closed?"):
        page.get_by_label("Message").fill(text)
        page.get_by_label("Message").press("Enter")
    expect(page.get_by_text("On Sundays")).to_have_count(2)
    look(page, "chat", size)
