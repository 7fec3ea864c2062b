"""Any service as a connector of one's own, and what is known of hosts that fail."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.graphs import by_hand, chain, node
from tests.e2e.installed import Installed
from tests.e2e.outside import far_side_in_a_thread
from tests.support.far_side import Reply

pytestmark = pytest.mark.timeout(180)


def document(address: str) -> str:
    order: dict[str, Any] = {
        "operationId": "createOrder",
        "summary": "Create an order",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["article"],
                        "properties": {"article": {"type": "string"}, "size": {"enum": ["s", "m"], "type": "string"}},
                    }
                }
            },
        },
    }
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Corner shop"},
            "servers": [{"url": address}],
            "paths": {"/orders": {"post": order}, "/things/{id}": {"get": {"operationId": "broken"}}},
        }
    )


def test_a_document_becomes_nodes_and_a_run_calls_the_service(
    home: Installed, open_page: Callable[[str], Page]
) -> None:
    with far_side_in_a_thread() as side:
        side.answer = lambda _: Reply(200, {"content-type": "application/json"}, b'{"id": "o-7"}')
        page = open_page("/connections/apis")
        expect(page.get_by_text("Any API becomes a connector")).to_be_visible()
        page.get_by_role("button", name="New API").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Or the document itself").fill("hello")
        dialog.get_by_role("button", name="Read it").click()
        expect(dialog.get_by_text("not an OpenAPI document")).to_be_visible()
        dialog.get_by_label("Or the document itself").fill(document(side.url("")))
        dialog.get_by_role("button", name="Read it").click()
        expect(page.get_by_role("dialog", name="Corner shop is ready")).to_contain_text("does not describe id")
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_text("1 operation", exact=True)).to_be_visible()

        flow = chain(by_hand(), node("api_corner_shop.create_order", "Order", 1, body={"article": "tea", "size": "m"}))
        workflow = home.ask("POST", "/workflows", {"name": "Buy tea", "graph": flow})["id"]
        page.goto(f"{home.url}/workflows/{workflow}")
        canvas = Canvas(page).ready()
        canvas.node("Order").click()
        expect(canvas.inspector.get_by_label("Article")).to_have_value("tea")
        run = home.ask("POST", f"/workflows/{workflow}/runs", {"wait_s": 20})
        assert run["output"] == [{"id": "o-7"}], run
        assert json.loads(side.seen[-1].body) == {"article": "tea", "size": "m"}

        page.goto(f"{home.url}/connections/apis")
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Delete it").click()
        expect(page.get_by_role("dialog")).to_contain_text("Buy tea")
        home.ask("DELETE", f"/workflows/{workflow}")
        page.get_by_role("button", name="Delete it").click()
        expect(page.get_by_text("Any API becomes a connector")).to_be_visible()


def test_a_host_that_fails_is_on_the_page_of_hosts(home: Installed, open_page: Callable[[str], Page]) -> None:
    page = open_page("/connections/hosts")
    expect(page.get_by_text("Every host answers")).to_be_visible()
    with far_side_in_a_thread() as side:
        side.answer = lambda _: Reply(503)
        flow = chain(by_hand(), node("http.request", "Call", 1, method="GET", url=side.url("/x")))
        workflow = home.ask("POST", "/workflows", {"name": "Ask in vain", "graph": flow})["id"]
        for _ in range(5):
            home.ask("POST", f"/workflows/{workflow}/runs", {"wait_s": 20})

    expect(page.get_by_text("127.0.0.1", exact=True)).to_be_visible()
    expect(page.get_by_text("Left in peace")).to_be_visible()
    expect(page.get_by_text("5 of 5 calls failed in the last minute")).to_be_visible()
    home.ask("DELETE", f"/workflows/{workflow}")
