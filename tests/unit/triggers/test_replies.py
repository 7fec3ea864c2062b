from typing import Any

import orjson
import pytest

from nodeloom.features.triggers.replies import Reply, StoredFile, last_node, respond_node, run_failed


def said(reply: Reply) -> Any:
    assert isinstance(reply.body, bytes)
    return orjson.loads(reply.body)


ONE, TWO = {"json": {"n": 1}}, {"json": {"n": 2}}
PHOTO = {"id": "art_1", "name": "photo.png", "media_type": "image/png", "size": 3}


@pytest.mark.parametrize(
    ("items", "respond_as", "body"),
    [
        ([ONE], "auto", {"n": 1}),
        ([ONE, TWO], "auto", [{"n": 1}, {"n": 2}]),
        ([], "auto", []),
        ([ONE, TWO], "first", {"n": 1}),
        ([], "first", None),
        ([ONE], "list", [{"n": 1}]),
        ([], "list", []),
    ],
)
def test_the_last_nodes_items_are_the_answer(items: list[dict[str, Any]], respond_as: Any, body: object) -> None:
    reply = last_node(items, respond_as)
    assert (reply.status, reply.media_type, said(reply)) == (200, "application/json", body)


def test_a_file_is_its_bytes_only_where_it_is_the_one_item() -> None:
    with_file = {"json": {"n": 1}, "files": {"data": PHOTO}}
    alone = last_node([with_file], "auto")
    assert (alone.body, alone.media_type) == (StoredFile("art_1", "photo.png", "image/png", 3), "image/png")
    assert said(last_node([with_file, ONE], "auto")) == [{"n": 1}, {"n": 1}]


def test_a_respond_node_says_status_headers_and_body() -> None:
    reply = respond_node({"status": 201, "headers": {"X-Id": "7"}, "body": {"ok": True}})
    assert (reply.status, dict(reply.headers), said(reply)) == (201, {"x-id": "7"}, {"ok": True})
    text = respond_node({"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>"})
    assert (text.media_type, text.body) == ("text/html", b"<p>")
    file = respond_node({"status": 200, "headers": {}, "file": PHOTO})
    assert file.media_type == "image/png"
    assert respond_node({"status": 204, "headers": {}, "body": "x"}).body == b""


def test_a_respond_node_can_neither_set_cookies_nor_lift_the_sandbox() -> None:
    headers = {
        "Set-Cookie": "a=b", "Content-Security-Policy": "", "Content-Length": "5", "X Bad": "1", "X-Split": "a\r\nb: c",
        "Location": "/elsewhere",
    }  # fmt: skip
    assert dict(respond_node({"status": 302, "headers": headers, "body": ""}).headers) == {"location": "/elsewhere"}


def test_a_failure_says_nothing_of_why() -> None:
    reply = run_failed("run_1")
    assert (reply.status, reply.media_type) == (500, "application/problem+json")
    assert said(reply)["detail"] == "The run run_1 did not succeed."


@pytest.mark.parametrize("name", ["Alt-Svc", "NEL", "Report-To", "Reporting-Endpoints", "Clear-Site-Data"])
def test_a_respond_node_says_nothing_that_counts_for_the_whole_origin(name: str) -> None:
    assert respond_node({"status": 200, "headers": {name: "x", "X-Own": "1"}, "body": "a"}).headers == {"x-own": "1"}
