from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.node_type import Emitted, NodeFailed
from tests.unit.nodes.running import Json, items, out, run_all, run_each

SCALAR = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2)
ROWS = st.lists(st.fixed_dictionaries({"k": st.integers(0, 2), "v": st.integers(-5, 5)}), max_size=8)
FILE = ArtifactRef("art_1", "a.txt", "text/plain", 3)


def renamed(params: Mapping[str, object], json: Json) -> Json:
    (item,) = run_each("core.rename", params, Item(json, {"f": FILE})).ports["out"]
    assert dict(item.files) == {"f": FILE}
    return item.json


def test_fields_get_other_names_all_at_once() -> None:
    swap = {"fields": [{"from": "a", "to": "b"}, {"from": "b", "to": "a"}]}
    assert renamed(swap, {"a": 1, "b": 2, "c": 3}) == {"a": 2, "b": 1, "c": 3}
    inner = {"fields": [{"from": "user.mail", "to": "email"}, {"from": "nothing", "to": "x"}]}
    assert renamed(inner, {"user": {"mail": "m", "id": 1}}) == {"user": {"id": 1}, "email": "m"}


def test_keep_and_drop() -> None:
    json: Json = {"id": 1, "user": {"mail": "m", "name": "n"}, "a.b": 2}
    assert renamed({"mode": "keep", "names": ["user.mail", "a.b"]}, json) == {"user": {"mail": "m"}, "a.b": 2}
    assert renamed({"mode": "drop", "names": ["user.mail", "a.b"]}, json) == {"id": 1, "user": {"name": "n"}}


def test_a_field_that_must_be_there() -> None:
    with pytest.raises(NodeFailed, match=r"“mail”: it has id, email"):
        renamed({"mode": "drop", "names": ["mail"], "missing": "fail"}, {"id": 1, "email": 2})


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"mode": "keep"},
        {"fields": [{"from": "a", "to": "c"}, {"from": "b", "to": "c"}]},
        {"fields": [{"from": "a"}]},
        {"mode": "keep", "names": [".".join("a" * 5_000)]},
    ],
)
def test_renamings_that_are_none(params: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        renamed(params, {})


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from("abcdef"), SCALAR), st.permutations("abcdef"))
def test_renaming_keeps_every_value(json: Json, names: list[str]) -> None:
    params = {"fields": [{"from": old, "to": new} for old, new in zip("abcdef", names, strict=True)]}
    assert Counter(map(repr, renamed(params, json).values())) == Counter(map(repr, json.values()))


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from("abc"), SCALAR), st.sets(st.sampled_from("abc"), min_size=1))
def test_what_is_kept_and_what_is_dropped_is_all(json: Json, names: set[str]) -> None:
    kept = renamed({"mode": "keep", "names": sorted(names)}, json)
    dropped = renamed({"mode": "drop", "names": sorted(names)}, json)
    assert {**kept, **dropped} == json
    assert not kept.keys() & dropped.keys()


def summary(operation: str, field: str | None = "v", **more: str) -> dict[str, object]:
    return {"operation": operation, "field": field, "name": "r", **more}


def summed_up(operation: str, *values: JsonValue, **more: str) -> JsonValue:
    (json,) = out("core.summarize", {"summaries": [summary(operation, **more)]}, *({"v": value} for value in values))
    return json["r"]


@pytest.mark.parametrize(
    ("operation", "values", "expected"),
    [
        ("count", [1, None, "x"], 2),
        ("count_distinct", [1, 1.0, "1", None, [1], [1]], 3),
        ("sum", [1, "2.5", None], 3.5),
        ("sum", [0.1] * 10, 1.0),
        ("sum", [2**62, 2**62], float(2**63)),
        ("sum", [], 0),
        ("average", [1, 2], 1.5),
        ("average", [None], None),
        ("min", ["item10", "item2"], "item2"),
        ("max", [3, "10"], "10"),
        ("min", [None], None),
        ("first", [None, "a", "b"], "a"),
        ("last", ["a", "b", None], "b"),
        ("concat", ["a", 1, {"b": 2}, None], 'a, 1, {"b":2}'),
        ("collect", [1, None, [2]], [1, [2]]),
    ],
)
def test_summaries(operation: str, values: list[JsonValue], expected: JsonValue) -> None:
    assert summed_up(operation, *values) == expected


def test_results_are_named() -> None:
    params = {"summaries": [{"operation": "sum", "field": "o.total"}, {"operation": "count"}], "group_by": ["o.shop"]}
    given_: list[Json] = [{"o": {"shop": "a", "total": 1}}, {"o": {"shop": None, "total": 2}}, {"o": {"total": 3}}]
    assert out("core.summarize", params, *given_) == [
        {"o": {"shop": "a"}, "sum_o_total": 1, "count": 1},
        {"o": {"shop": None}, "sum_o_total": 5, "count": 2},
    ]
    assert summed_up("concat", "a", "b", separator="") == "ab"


def test_a_sum_of_what_is_no_number_says_so() -> None:
    with pytest.raises(NodeFailed, match='“v” holds "abc", a text'):
        summed_up("sum", 1, "abc")
    with pytest.raises(NodeFailed, match="too large"):
        summed_up("sum", 1.7e308, 1.7e308)
    with pytest.raises(NodeFailed, match="too large"):
        summed_up("average", "9" * 400)


@pytest.mark.parametrize(
    "params",
    [
        {"summaries": []},
        {"summaries": [{"operation": "sum"}]},
        {"summaries": [{"operation": "count"}, {"operation": "count"}]},
        {"summaries": [{"operation": "count", "name": "k"}], "group_by": ["k"]},
    ],
)
def test_summaries_that_are_none(params: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        out("core.summarize", params)


@settings(max_examples=30)
@given(ROWS)
def test_groups_add_up_to_the_whole(rows: list[Json]) -> None:
    summaries = [summary("sum"), summary("count", None, name="n")]
    (whole,) = out("core.summarize", {"summaries": summaries}, *rows)
    result = run_all("core.summarize", {"summaries": summaries, "group_by": ["k"]}, {"in": items(*rows)})
    assert isinstance(result, Emitted)
    groups = result.ports["out"]
    assert (sum(int(str(g.json["r"])) for g in groups), sum(int(str(g.json["n"])) for g in groups)) == (
        whole["r"],
        whole["n"],
    )
    assert sorted(place for group in groups for place in group.origin) == [("in", n) for n in range(len(rows))]
    assert all(rows[position]["k"] == group.json["k"] for group in groups for _, position in group.origin)


def compared(params: Mapping[str, object], left: list[Json], right: list[Json]) -> dict[str, list[Item]]:
    result = run_all("core.compare", params, {"in1": items(*left), "in2": items(*right)})
    assert isinstance(result, Emitted)
    return {port: list(found) for port, found in result.ports.items()}


def test_what_changed_is_named() -> None:
    left: list[Json] = [{"id": 1, "a": {"b": 1, "c": [1]}}, {"id": 2}, {"id": None}]
    right: list[Json] = [{"id": "2"}, {"id": 3}, {"id": 1, "a": {"b": 2, "c": [1]}, "d": None}]
    ports = compared({"keys": ["id"]}, left, right)
    assert ports["same"][0].origin == (("in1", 1), ("in2", 0))
    assert [item.json for item in ports["different"]] == [
        {"key": {"id": 1}, "changed": ["a.b", "d"], "in1": left[0], "in2": right[2]}
    ]
    assert [item.json for item in ports["only_in_1"]] == [{"id": None}]
    assert [item.json for item in ports["only_in_2"]] == [{"id": 3}]


def test_fields_that_do_not_count() -> None:
    params: dict[str, object] = {"keys": [{"left": "id", "right": "ref"}], "ignore": ["at"], "loose": True}
    ports = compared(params, [{"id": 1, "n": 5, "at": 1, "x": ""}], [{"ref": 1, "n": "5", "at": 2}])
    assert len(ports["same"]) == 1
    assert compared({**params, "loose": False}, [{"id": 1, "n": 5}], [{"ref": 1, "n": "5"}])["different"]


def test_one_input_may_stay_empty() -> None:
    result = run_all("core.compare", {"keys": ["id"]}, {"in2": items({"id": 1})})
    assert isinstance(result, Emitted)
    assert [len(result.ports[port]) for port in ("same", "different", "only_in_1", "only_in_2")] == [0, 0, 0, 1]


@settings(max_examples=30)
@given(ROWS, ROWS)
def test_compare_gives_every_item_once(left: list[Json], right: list[Json]) -> None:
    ports = compared({"keys": ["k"]}, left, right)
    places = [place for found in ports.values() for item in found for place in item.origin]
    assert sorted(places) == [("in1", n) for n in range(len(left))] + [("in2", n) for n in range(len(right))]
    assert all(item.json == left[item.origin[0][1]] == right[item.origin[1][1]] for item in ports["same"])
    assert all(left[item.origin[0][1]] != right[item.origin[1][1]] for item in ports["different"])


@settings(max_examples=30)
@given(ROWS)
def test_a_list_is_the_same_as_itself(rows: list[Json]) -> None:
    assert len(compared({"keys": ["k"]}, rows, rows)["same"]) == len(rows)
