"""A secret is hidden in every shape in which it travels."""

import asyncio
import base64
import html
import json
import re
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from nodeloom.adapters.masking import HIDDEN, Mask, hiding, masked

SECRET = 'päss "word"/with+all & <sorts>\nof things'

SHAPES = {
    "as it is": SECRET,
    "in JSON": json.dumps(SECRET)[1:-1],
    "in JSON of JavaScript": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "in JSON in JSON": json.dumps(json.dumps(SECRET)[1:-1])[1:-1],
    "in a query": quote_plus(SECRET),
    "in a path": quote(SECRET),
    "as a component": quote(SECRET, safe="!'()*"),
    "in lower case escapes": re.sub("%..", lambda code: code.group().lower(), quote(SECRET, safe="")),
    "in HTML": html.escape(SECRET),
    "in hex": SECRET.encode().hex(),
    "its second line": "of things",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_no_shape_of_a_secret_stays(shape: str) -> None:
    assert Mask([SECRET]).text(f"before {shape} after") in (
        f"before {HIDDEN} after",
        "before •••\n••• after",
    )


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
def test_base64_of_a_text_that_holds_it_gives_nothing_away(before: str) -> None:
    secret = "s3cr3t-token-0815"
    encoded = base64.b64encode(f"{before}{secret}/more".encode()).decode()
    hidden = Mask([secret]).text(encoded)
    assert HIDDEN in hidden
    rest = base64.b64decode(hidden.split(HIDDEN)[0] + "===", validate=False)
    assert b"s3cr" not in rest


def test_a_secret_that_was_cut_off_is_still_one() -> None:
    mask = Mask(["sk-live-0123456789abcdefghijklmnop"])
    assert mask.text("refused: “sk-live-0123456789abcde…”") == f"refused: “{HIDDEN}…”"
    assert mask.text("sk-live is how keys begin") == "sk-live is how keys begin"


def test_the_longest_of_several_secrets_is_taken() -> None:
    mask = Mask(["token", "token-of-the-office"])
    assert mask.text("token-of-the-office, token") == f"{HIDDEN}, {HIDDEN}"


def test_values_are_masked_wherever_they_stand() -> None:
    mask = Mask(["4711471147", "hush-hush"])
    value: dict[str, Any] = {
        "deep": [{"text": "it is hush-hush.", "hush-hush": 1}],
        "number": 4711471147,
        "kept": [1, 2.5, True, None, "x"],
    }
    assert mask.value(value) == {
        "deep": [{"text": f"it is {HIDDEN}.", HIDDEN: 1}],
        "number": HIDDEN,
        "kept": [1, 2.5, True, None, "x"],
    }


def test_what_holds_no_secret_is_the_same_object() -> None:
    value = {"list": [{"a": "b"}], "text": "nothing"}
    assert Mask(["hush-hush"]).value(value) is value
    assert Mask().value(value) is value


def test_short_values_are_no_secrets() -> None:
    assert Mask(["abc"]).text("abcabc") == "abcabc"


async def test_tasks_and_threads_inherit_what_is_hidden_and_nobody_else() -> None:
    async def shown() -> str:
        return await asyncio.to_thread(masked, "hush-hush")

    mask = Mask()
    with hiding(mask):
        task = asyncio.create_task(shown())
        mask.add(["hush-hush"])
        assert await task == HIDDEN
    assert await shown() == "hush-hush"
