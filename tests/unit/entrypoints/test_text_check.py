import json
import tracemalloc

import pytest

from nodeloom.entrypoints.api.text_check import unstorable


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (r'{"name": "a\u0000b"}', "name", "nul_character"),
        (r'{"a": [{"b": "\ud800"}]}', "a[0].b", "half_character"),
        (r'{"a": {"\u0000": 1}}', "a", "nul_character"),
        ('{"a": 9223372036854775808}', "a", "number_too_large"),
        ('{"a": [-9223372036854775809]}', "a[0]", "number_too_large"),
        ('{"a": 1e999}', "a", "not_a_number"),
        ('{"a": NaN}', "a", "not_a_number"),
        (r'"\u0000"', "body", "nul_character"),
    ],
)
def test_what_a_database_can_not_keep_is_found_and_named(body: str, field: str, code: str) -> None:
    assert [(found["field"], found["code"]) for found in unstorable(body.encode())] == [(field, code)]


@pytest.mark.parametrize(
    "body",
    [
        r'{"a": "\ud83d\ude00"}',
        '{"a": "NaN", "b": "12345678901234567890"}',
        '{"a": 9223372036854775807, "b": 1e100, "c": true}',
        "{not json",
        r'{"\u0000',
        "",
    ],
)
def test_what_can_be_kept_or_is_not_json_at_all_is_let_through(body: str) -> None:
    assert unstorable(body.encode()) == []


def test_deep_nesting_is_walked_to_the_end() -> None:
    deep = "[" * 900 + json.dumps("\0") + "]" * 900
    assert [found["code"] for found in unstorable(deep.encode())] == ["nul_character"]


def test_long_names_cost_no_more_memory_than_they_have() -> None:
    """Where each of many values stands was spelled out: a few megabytes became terabytes."""
    name = "n" * 200_000
    body = json.dumps({name: [0] * 200_000, "bad": "\0"}).encode()
    tracemalloc.start()
    found = unstorable(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [problem["field"] for problem in found] == ["bad"]
    assert peak < 100_000_000


def test_a_long_place_is_shortened() -> None:
    field = unstorable(json.dumps({"n" * 10_000: "\0"}).encode())[0]["field"]
    assert len(field) <= 300
