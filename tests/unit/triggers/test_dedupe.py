from datetime import UTC, datetime
from typing import Any

import pytest

from nodeloom.expressions.sandbox import Sandbox
from nodeloom.features.triggers.dedupe import ArrivalScope, DedupeKey, dedupe_key
from nodeloom.graph.item import Item

BODY: dict[str, Any] = {"body": {"id": 7, "tags": ["a", "b"]}, "headers": {}}


async def key(source: str | None, headers: dict[str, str] | None = None) -> str | None:
    scope = ArrivalScope(Item(BODY), datetime(2026, 1, 1, tzinfo=UTC), "UTC", {"id": "wf_1", "name": "Orders"})
    found, failed = await dedupe_key(DedupeKey.of(source), headers or {}, scope, Sandbox())
    assert failed is None or "{{" in (source or "")
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ $json.body.id }}", "key:7"),
        ("order-{{ $json.body.id }}", "key:order-7"),
        ("{{ $json.body.tags.join('+') }}", "key:a+b"),
        ("{{ $json.body.tags }}", 'key:["a","b"]'),
    ],
)
async def test_the_triggers_own_key_is_read_from_the_request(source: str, expected: str) -> None:
    assert await key(source) == expected


@pytest.mark.parametrize("source", [None, "", "{{ $json.body.nothing }}", "{{ $('Other').item.json.x }}", "{{ ( }}"])
async def test_without_a_key_of_its_own_the_delivery_header_counts(source: str | None) -> None:
    assert await key(source, {"x-github-delivery": "72d3162e"}) == "x-github-delivery:72d3162e"
    assert await key(source) is None


async def test_a_long_key_is_kept_by_its_hash() -> None:
    long = await key(None, {"idempotency-key": "k" * 5000})
    assert long is not None
    assert long.startswith("sha256:")
