"""What a run says, as a stranger is shown it."""

from typing import Any

import pytest

from nodeloom.features.hosted.answers import said
from nodeloom.features.runs.answers import RunAnswer


def answer(*items: Any, status: str = "succeeded", respond: dict[str, Any] | None = None) -> RunAnswer:
    return RunAnswer("run_1", status, respond, [{"json": item} for item in items])


def responded(body: Any = None, status: int = 200, **headers: str) -> RunAnswer:
    return answer(respond={"status": status, "headers": headers, "body": body}, status="running")


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"text": "Hello", "answer": "no"}, "Hello"),
        ({"answer": "Hello", "score": 1}, "Hello"),
        ({"greeting": "Hello"}, "Hello"),
        ({"a": 1, "b": "x"}, '{\n  "a": 1,\n  "b": "x"\n}'),
        ({"text": 7}, '{\n  "text": 7\n}'),
        ({}, ""),
    ],
)
def test_the_last_item_speaks(item: dict[str, Any], text: str) -> None:
    assert said(answer({"text": "first"}, item)).text == text


def test_a_respond_node_has_the_word() -> None:
    assert said(responded("Hello")).text == "Hello"
    assert said(responded({"message": "Hello"})).text == "Hello"
    assert said(responded(None)).text == ""


def test_a_respond_node_may_lead_elsewhere_over_https_alone() -> None:
    assert said(responded(status=303, Location="https://example.com/a")).redirect_to == "https://example.com/a"
    for address in ("http://example.com", "javascript:alert(1)", '"https://example.com', "//example.com"):
        assert said(responded(status=303, Location=address)).redirect_to is None


def test_files_are_named_and_need_no_words() -> None:
    file = {"id": "art_1", "name": "a.pdf", "media_type": "application/pdf", "size": 3}
    heard = said(RunAnswer("run_1", "succeeded", None, [{"json": {"a": 1, "b": 2}, "files": {"a": file}}]))
    assert (heard.text, [stored.name for stored in heard.files]) == ("", ["a.pdf"])


def test_what_failed_says_nothing() -> None:
    assert said(answer({"text": "half"}, status="failed")).failed
    assert said(answer({"text": "half"}, status="failed")).text == ""
    assert said(answer()).text == ""
