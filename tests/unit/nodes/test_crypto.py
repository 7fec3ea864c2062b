import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.running import run_each


def result(operation: str, value: JsonValue = None, **params: object) -> str:
    (item,) = run_each("core.crypto", {"operation": operation, "value": value, **params}, Item({})).ports["out"]
    found = item.json["result"]
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ],
)
def test_hashes(algorithm: str, digest: str) -> None:
    assert result("hash", "abc", algorithm=algorithm) == digest


def test_hashes_are_written_in_other_ways() -> None:
    assert result("hash", "abc", written_as="base64") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
    assert result("hash", "abc", written_as="base64url") == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
    assert len(result("hash", "abc", algorithm="sha512")) == 128


def test_the_order_of_fields_makes_no_other_hash() -> None:
    assert result("hash", {"a": 1, "b": 2}) == result("hash", {"b": 2, "a": 1}) == result("hash", '{"a":1,"b":2}')


def test_random_values_differ() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", result("uuid"))
    assert len({result("random", bytes=16) for _ in range(20)} | {result("uuid") for _ in range(20)}) == 40
    assert re.fullmatch(r"[0-9a-f]{10}", result("random", bytes=5))
    assert re.fullmatch(r"[\w-]{22}", result("random", bytes=16, written_as="base64url"))


@settings(max_examples=30)
@given(st.text(), st.sampled_from(["base64", "base64url", "hex", "url"]))
def test_what_is_encoded_can_be_decoded(text: str, encoding: str) -> None:
    assert result("decode", result("encode", text, encoding=encoding), encoding=encoding) == text


def test_encodings() -> None:
    assert result("encode", "ä/ ?", encoding="url") == "%C3%A4%2F%20%3F"
    assert result("decode", "aGVs\nbG8", encoding="base64") == "hello"


@pytest.mark.parametrize(
    ("value", "encoding", "code"),
    [
        ("a", "base64", "wrong_encoding"),
        ("a*b=", "base64", "wrong_encoding"),
        ("xy", "hex", "wrong_encoding"),
        ("50%", "url", "wrong_encoding"),
        ("ff", "hex", "not_text"),
        ("%FF", "url", "not_text"),
        (5, "hex", "not_text"),
    ],
)
def test_what_can_not_be_decoded(value: JsonValue, encoding: str, code: str) -> None:
    with pytest.raises(NodeFailed) as failed:
        result("decode", value, encoding=encoding)
    assert failed.value.code == code


@pytest.mark.parametrize("value", [None, "\ud800"])
def test_what_can_not_be_hashed(value: JsonValue) -> None:
    with pytest.raises(NodeFailed):
        result("hash", value)
