import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nodeloom.graph.item import Item
from nodeloom.nodes import merge
from nodeloom.nodes.node_type import Emitted, NodeFailed
from tests.unit.nodes.running import Json, items, run_all

LISTS = st.lists(st.lists(st.fixed_dictionaries({"k": st.integers(0, 3)}), max_size=5), min_size=1, max_size=4)
PEOPLE: list[Json] = [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}, {"id": None, "name": "Nil"}]
ORDERS: list[Json] = [{"customer": "2", "total": 5}, {"customer": 2, "total": 7}, {"customer": 9, "total": 9}]


def merged(params: dict[str, object], *lists: list[Json]) -> list[Item]:
    inputs = {f"in{number}": items(*jsons) for number, jsons in enumerate(lists, start=1)}
    result = run_all("core.merge", params, inputs)
    assert isinstance(result, Emitted)
    for item in result.ports["out"]:
        assert item.origin
        assert all(0 <= position < len(inputs[name]) for name, position in item.origin)
    return list(result.ports["out"])


def jsons(found: list[Item]) -> list[Json]:
    return [item.json for item in found]


@given(LISTS)
def test_append_gives_every_item_once_in_order(lists: list[list[Json]]) -> None:
    found = merged({}, *lists)
    assert jsons(found) == [json for given_ in lists for json in given_]
    assert len({item.origin for item in found}) == len(found)


def test_inputs_count_as_numbers() -> None:
    result = run_all("core.merge", {}, {f"in{n}": items({"n": n}) for n in (10, 2, 1)})
    assert isinstance(result, Emitted)
    assert [item.json["n"] for item in result.ports["out"]] == [1, 2, 10]


@pytest.mark.parametrize(("join", "length"), [("inner", 1), ("left", 1), ("right", 2), ("outer", 2)])
def test_by_position(join: str, length: int) -> None:
    found = merged({"mode": "by_position", "join": join}, [{"a": 1}], [{"b": 1}, {"b": 2}])
    assert jsons(found) == [{"a": 1, "b": 1}, {"b": 2}][:length]
    assert found[0].origin == (("in1", 0), ("in2", 0))


@pytest.mark.parametrize(
    ("join", "alone"),
    [("inner", set[str]()), ("left", {"Ada", "Nil"}), ("right", {"9"}), ("outer", {"Ada", "Nil", "9"})],
)
def test_by_key(join: str, alone: set[str]) -> None:
    params: dict[str, object] = {"mode": "by_key", "keys": [{"left": "id", "right": "customer"}], "join": join}
    found = merged(params, PEOPLE, ORDERS)
    pairs = [item.json for item in found if len(item.origin) == 2]
    assert [(pair["name"], pair["total"]) for pair in pairs] == [("Bob", 5), ("Bob", 7)]
    assert {str(item.json.get("name", item.json.get("total"))) for item in found if len(item.origin) == 1} == alone


@pytest.mark.parametrize("keys", ["id", ["id"], [{"left": "id"}], [{"left": "id", "right": "id"}]])
def test_ways_to_name_a_key(keys: object) -> None:
    found = merged({"mode": "by_key", "keys": keys}, [{"id": 1, "a": 1}], [{"id": 1, "b": 2}], [{"id": 1, "c": 3}])
    assert jsons(found) == [{"id": 1, "a": 1, "b": 2, "c": 3}]
    assert found[0].origin == (("in1", 0), ("in2", 0), ("in3", 0))


def test_several_keys_must_all_be_equal() -> None:
    found = merged({"mode": "by_key", "keys": "a, b"}, [{"a": 1, "b": 1}, {"a": 1, "b": 2}], [{"a": 1, "b": 2, "c": 3}])
    assert jsons(found) == [{"a": 1, "b": 2, "c": 3}]


def test_a_number_with_leading_zeros_is_another_key() -> None:
    assert merged({"mode": "by_key", "keys": "k"}, [{"k": "007"}], [{"k": 7}]) == []


@pytest.mark.parametrize(("prefer", "x"), [("last", 2), ("first", 1)])
def test_which_field_wins(prefer: str, x: int) -> None:
    assert jsons(merged({"mode": "by_position", "prefer": prefer}, [{"x": 1}], [{"x": 2}])) == [{"x": x}]


@given(LISTS)
def test_cross_gives_every_combination(lists: list[list[Json]]) -> None:
    length = 1
    for given_ in lists:
        length *= len(given_)
    found = merged({"mode": "cross"}, *lists)
    assert len(found) == length
    assert len({item.origin for item in found}) == length


@given(LISTS)
def test_an_outer_join_loses_no_item(lists: list[list[Json]]) -> None:
    found = merged({"mode": "by_key", "keys": "k", "join": "outer"}, *lists)
    seen = {place for item in found for place in item.origin}
    assert len(seen) == sum(map(len, lists))


def test_a_dead_input_is_empty() -> None:
    assert jsons(merged({}, [], [{"a": 1}])) == [{"a": 1}]
    assert merged({"mode": "by_position"}, [], [{"a": 1}]) == []


def test_too_many_combinations_are_refused() -> None:
    many: list[Json] = [{}] * (int(merge.MOST_ITEMS**0.5) + 1)
    with pytest.raises(NodeFailed) as refusal:
        merged({"mode": "cross"}, many, many)
    assert refusal.value.code == "too_many_items"


def test_by_key_needs_a_key() -> None:
    with pytest.raises(ValidationError, match="at least one key"):
        merged({"mode": "by_key"}, [])
