import pytest

from nodeloom.graph.item import Item
from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.running import run_each


def holds(left: object, operator: str, right: object = None, timezone: str = "UTC") -> bool:
    condition = {"left": left, "operator": operator, "right": right}
    result = run_each("core.if", {"conditions": [condition]}, Item({}), timezone)
    return "true" in result.ports


@pytest.mark.parametrize(
    ("left", "operator", "right"),
    [
        (1, "equals", 1.0),
        (7, "equals", "7"),
        ("7.0", "equals", 7),
        ("a", "equals", "a"),
        (True, "equals", "true"),
        (None, "equals", None),
        ({"a": [1]}, "equals", {"a": [1.0]}),
        ("01", "not_equals", "1"),
        (True, "not_equals", 1),
        ({"a": True}, "not_equals", {"a": 1}),
        ("", "not_equals", None),
        ("a", "not_equals", "A"),
        ("abc", "contains", "b"),
        ("total 42", "contains", 42),
        ([1, 2], "contains", "2"),
        ({"key": 1}, "contains", "key"),
        (None, "not_contains", "x"),
        ([], "not_contains", 1),
        ("abc", "starts_with", "ab"),
        (1234, "ends_with", 34),
        ("abc", "matches", "^a.c$"),
        ("ABC", "matches", "/b/i"),
        ("\ud800", "matches", "^.$"),
        (10, "gt", "9"),
        ("10", "gt", "9"),
        ("b", "gt", "a"),
        (1, "gte", 1),
        (-1.5, "lt", 0),
        ("2026-01-02", "gt", "2026-01-01T23:59:00Z"),
        ("9", "lte", "10"),
        ("", "is_empty", None),
        ([], "is_empty", None),
        ({}, "is_empty", None),
        (None, "is_empty", None),
        (0, "is_not_empty", None),
        (False, "is_not_empty", None),
        (True, "is_true", None),
        ("True", "is_true", None),
        (1, "is_true", None),
        (False, "is_false", None),
        ("0", "is_false", None),
        (0, "exists", None),
        ("", "exists", None),
        (None, "not_exists", None),
        ("b", "in", ["a", "b"]),
        ("b", "in", "a, b"),
        (2, "in", ["1", "2"]),
        ("2026-05-01", "before", "2026-05-02"),
        ("2026-05-01T12:00:00+02:00", "before", "2026-05-01T10:30:00Z"),
        (1_700_000_000, "after", "2020-01-01"),
        (1_700_000_000_000, "before", "2024-01-01"),
    ],
)
def test_holds(left: object, operator: str, right: object) -> None:
    assert holds(left, operator, right)


@pytest.mark.parametrize(
    ("left", "operator", "right"),
    [
        ("maybe", "is_true", None),
        ("maybe", "is_false", None),
        (None, "starts_with", "a"),
        ("x", "in", []),
        ("2026-05-01", "after", "2026-05-01"),
        (None, "is_not_empty", None),
        (1, "equals", True),
        ("inf", "equals", 1),
    ],
)
def test_does_not_hold(left: object, operator: str, right: object) -> None:
    assert not holds(left, operator, right)


def test_a_date_without_a_zone_is_in_the_workflows() -> None:
    assert holds("2026-05-01T12:00", "before", "2026-05-01T11:00Z", "Europe/Berlin")
    assert not holds("2026-05-01T12:00", "before", "2026-05-01T11:00Z", "UTC")


@pytest.mark.parametrize(
    ("left", "operator", "right", "code"),
    [
        (None, "gt", 1, "incomparable"),
        ("abc", "gt", 1, "incomparable"),
        ([1], "lt", [2], "incomparable"),
        (True, "gte", 0, "incomparable"),
        (5, "contains", 5, "incomparable"),
        ("abc", "contains", None, "incomparable"),
        ("abc", "starts_with", {}, "incomparable"),
        ("soon", "before", "2026-01-01", "not_a_date"),
        ("2026-13-45", "after", "2026-01-01", "not_a_date"),
        (1e300, "after", "2026-01-01", "not_a_date"),
        ("abc", "matches", "(", "wrong_pattern"),
        ("a" * 40 + "b", "matches", "(a+)+$", "too_slow"),
    ],
)
def test_what_can_not_be_compared_is_refused(left: object, operator: str, right: object, code: str) -> None:
    with pytest.raises(NodeFailed) as refusal:
        holds(left, operator, right)
    assert refusal.value.code == code


def test_and_needs_all_or_needs_one() -> None:
    yes, no = {"left": 1, "operator": "equals", "right": 1}, {"left": 1, "operator": "equals", "right": 2}
    for combine, port in (("and", "false"), ("or", "true")):
        result = run_each("core.if", {"conditions": [no, yes], "combine": combine}, Item({}))
        assert list(result.ports) == [port]


def test_a_filter_keeps_and_drops() -> None:
    condition = {"left": 1, "operator": "equals", "right": 1}
    assert run_each("core.filter", {"conditions": [condition]}, Item({"a": 1})).ports == {"kept": (Item({"a": 1}),)}
    condition["right"] = 2
    assert list(run_each("core.filter", {"conditions": [condition]}, Item({})).ports) == ["dropped"]


def case(name: str, left: int) -> dict[str, object]:
    return {"name": name, "conditions": [{"left": left, "operator": "equals", "right": 1}]}


@pytest.mark.parametrize(
    ("cases", "fallback", "ports"),
    [
        ([case("a", 0), case("b", 1), case("c", 1)], True, ["b"]),
        ([case("a", 0)], True, ["fallback"]),
        ([case("a", 0)], "fallback", ["fallback"]),
        ([case("a", 0)], False, []),
        ([case("a", 0)], "none", []),
    ],
)
def test_a_switch_takes_the_first_case_that_fits(cases: list[object], fallback: object, ports: list[str]) -> None:
    result = run_each("core.switch", {"cases": cases, "fallback": fallback}, Item({}))
    assert list(result.ports) == ports


@pytest.mark.parametrize("names", [["a", "a"], ["fallback"], ["error"], [""]])
def test_the_cases_of_a_switch_are_ports_of_their_own(names: list[str]) -> None:
    with pytest.raises(ValueError, match=r"case|at least 1"):
        run_each("core.switch", {"cases": [case(name, 1) for name in names]}, Item({}))
