import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.node_type import Emitted, NodeFailed
from tests.unit.nodes.running import Json, items, out, run_all, run_each

SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
VALUE = st.recursive(
    SCALAR, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text("ab", max_size=2), v, max_size=2)
)
JSONS = st.lists(st.dictionaries(st.sampled_from(["a", "b", "c.d"]), VALUE, max_size=3), max_size=8)
NUMBERED: list[Json] = [{"n": 0}, {"n": 1}, {"n": 2}, {"n": 3}]
FILE = ArtifactRef("art_1", "a.txt", "text/plain", 3)


def field(name: str, order: str = "asc") -> dict[str, object]:
    return {"fields": [{"name": name, "order": order}]}


@pytest.mark.parametrize(
    ("values", "ordered"),
    [
        ([3, "10", 2.5], [2.5, 3, "10"]),
        (["item10", "item2", "Item1"], ["Item1", "item2", "item10"]),
        (["b", 1, True, "a", [1], False], [False, True, 1, "a", "b", [1]]),
        (["2026-05-02", "2026-05-01"], ["2026-05-01", "2026-05-02"]),
    ],
)
def test_sort_orders_by_kind_and_size(values: list[JsonValue], ordered: list[JsonValue]) -> None:
    assert [json["n"] for json in out("core.sort", field("n"), *({"n": value} for value in values))] == ordered


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_sort_puts_missing_values_last(order: str) -> None:
    given_: list[Json] = [{"n": None}, {"n": 1}, {}, {"n": 2}]
    present: list[Json] = [{"n": 1}, {"n": 2}] if order == "asc" else [{"n": 2}, {"n": 1}]
    assert out("core.sort", field("n", order), *given_) == [*present, {"n": None}, {}]


def test_sort_by_several_fields_is_stable() -> None:
    given_: list[Json] = [{"a": 1, "b": {"c": 1}}, {"a": 2, "b": {"c": 1}}, {"a": 1, "b": {"c": 2}}]
    params = {"fields": [{"name": "a", "order": "desc"}, {"name": "b.c", "order": "desc"}]}
    assert out("core.sort", params, *given_) == [given_[1], given_[2], given_[0]]
    assert out("core.sort", field("b.c"), *given_) == given_


@given(JSONS, st.sampled_from(["asc", "desc"]))
def test_sort_is_a_permutation(jsons: list[Json], order: str) -> None:
    result = run_all("core.sort", field("a", order), {"in": items(*jsons)})
    assert isinstance(result, Emitted)
    positions = [item.origin[0][1] for item in result.ports["out"]]
    assert sorted(positions) == list(range(len(jsons)))
    assert [item.json for item in result.ports["out"]] == [jsons[position] for position in positions]


@pytest.mark.parametrize(
    ("params", "kept"),
    [
        ({"count": 2}, [0, 1]),
        ({"count": 2, "from": "last"}, [2, 3]),
        ({"count": 9, "from": "last"}, [0, 1, 2, 3]),
        ({"count": 0}, []),
    ],
)
def test_limit(params: dict[str, object], kept: list[int]) -> None:
    assert [json["n"] for json in out("core.limit", params, *NUMBERED)] == kept


def test_dedupe_by_fields() -> None:
    given_: list[Json] = [{"e": "a", "n": 1}, {"e": "b", "n": 2}, {"e": "a", "n": 3}, {"n": 4}, {"e": None, "n": 5}]
    assert [json["n"] for json in out("core.dedupe", {"fields": ["e"]}, *given_)] == [1, 2, 4, 5]
    assert [json["n"] for json in out("core.dedupe", {"fields": ["e"], "keep": "last"}, *given_)] == [2, 3, 4, 5]


def test_dedupe_by_the_whole_item_whatever_the_order_of_fields() -> None:
    assert len(out("core.dedupe", {}, {"a": 1, "b": 2}, {"b": 2, "a": 1.0}, {"a": True, "b": 2})) == 2


@given(JSONS)
def test_dedupe_twice_is_dedupe_once(jsons: list[Json]) -> None:
    once = out("core.dedupe", {}, *jsons)
    assert out("core.dedupe", {}, *once) == once


def test_split_out() -> None:
    order: Json = {"id": 1, "order": {"lines": [{"p": 1}, {"p": 2}]}}
    assert out("core.split_out", {"field": "order.lines"}, order) == [{"p": 1}, {"p": 2}]
    assert out("core.split_out", {"field": "tags"}, {"tags": ["a", ["b"]]}) == [{"tags": "a"}, {"tags": ["b"]}]
    assert out("core.split_out", {"field": "x.tags"}, {"x": {"tags": [1]}}) == [{"tags": 1}]
    assert out("core.split_out", {"field": "order.lines", "keep_other_fields": True}, order) == [
        {"id": 1, "order": {"lines": {"p": 1}}},
        {"id": 1, "order": {"lines": {"p": 2}}},
    ]
    assert out(
        "core.split_out", {"field": "tags", "keep_other_fields": True, "into": "tag"}, {"n": 1, "tags": [5]}
    ) == [{"n": 1, "tag": 5}]
    assert out("core.split_out", {"field": "n"}, {"n": None}, {"n": 7}) == [{"n": 7}]


def test_split_out_names_what_is_there_when_the_list_is_not() -> None:
    with pytest.raises(NodeFailed, match=r"lines.*: it has id, rows"):
        out("core.split_out", {"field": "lines"}, {"id": 1, "rows": []})


def test_split_out_keeps_files_with_the_fields() -> None:
    given_ = [Item({"l": [1, 2]}, {"f": FILE})]
    kept = run_all("core.split_out", {"field": "l", "keep_other_fields": True}, {"in": given_})
    assert isinstance(kept, Emitted)
    assert [dict(item.files) for item in kept.ports["out"]] == [{"f": FILE}] * 2


def test_aggregate_fields() -> None:
    given_: list[Json] = [{"u": {"e": "a"}, "n": 1}, {"n": 2}, {"u": {"e": None}, "n": 3}]
    params = {"mode": "fields", "fields": [{"name": "u.e", "into": "emails"}, {"name": "n"}]}
    assert out("core.aggregate", params, *given_) == [{"emails": ["a", None], "n": [1, 2, 3]}]
    assert out("core.aggregate", {**params, "keep_missing": True}, *given_) == [
        {"emails": ["a", None, None], "n": [1, 2, 3]}
    ]
    with pytest.raises(ValidationError, match="at least one field"):
        out("core.aggregate", {"mode": "fields"})


def test_aggregate_numbers_files_of_one_name() -> None:
    given_ = [Item({}, {"f": FILE}), Item({}, {"f": FILE, "f_2": FILE}), Item({}, {"f": FILE})]
    result = run_all("core.aggregate", {"include_files": True}, {"in": given_})
    assert isinstance(result, Emitted)
    assert sorted(result.ports["out"][0].files) == ["f", "f_2", "f_2_2", "f_3"]


@given(JSONS.filter(bool))
def test_split_out_undoes_aggregate(jsons: list[Json]) -> None:
    assert out("core.split_out", {"field": "rows"}, *out("core.aggregate", {"into": "rows"}, *jsons)) == jsons


@given(JSONS)
def test_aggregate_comes_from_every_item(jsons: list[Json]) -> None:
    result = run_all("core.aggregate", {}, {"in": items(*jsons)})
    assert isinstance(result, Emitted)
    assert result.ports["out"][0].origin == tuple(("in", position) for position in range(len(jsons)))


SET_CASES: list[tuple[Json, list[tuple[str, JsonValue]], str, Json]] = [
    ({"a": 1}, [("b", 2)], "all", {"a": 1, "b": 2}),
    ({"a": 1}, [("b", 2)], "none", {"b": 2}),
    ({"a": {"b": 1}}, [("a.c.d", 2)], "all", {"a": {"b": 1, "c": {"d": 2}}}),
    ({"l": [{"p": 1}]}, [("l.0.p", 2)], "all", {"l": [{"p": 2}]}),
    ({"a": None}, [("a.b", [])], "all", {"a": {"b": []}}),
    ({}, [("a", 1), ("a", 2)], "all", {"a": 2}),
]


@pytest.mark.parametrize(("json", "fields", "keep", "expected"), SET_CASES)
def test_set(json: Json, fields: list[tuple[str, JsonValue]], keep: str, expected: Json) -> None:
    before = repr(json)
    params = {"fields": [{"name": name, "value": value} for name, value in fields], "keep": keep}
    (item,) = run_each("core.set", params, Item(json, {"f": FILE})).ports["out"]
    assert item.json == expected
    assert dict(item.files) == ({"f": FILE} if keep == "all" else {})
    assert repr(json) == before


def test_set_refuses_to_reach_into_a_text() -> None:
    with pytest.raises(NodeFailed, match="a text"):
        run_each("core.set", {"fields": [{"name": "a.b", "value": 1}]}, Item({"a": "x"}))
    with pytest.raises(ValidationError, match="dotted path"):
        run_each("core.set", {"fields": [{"name": "a..b", "value": 1}]}, Item({}))
