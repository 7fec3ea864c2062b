"""core.table's parameters, and the columns behind it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from nodeloom.features.tables.structure import Column, Refusal, Structure, checked_names, type_for
from nodeloom.nodes.table import EFFECTS, TABLE, TableParams

CUSTOMERS = Structure(
    "customers",
    (Column("c1", "email", "text"), Column("c2", "age", "number"), Column("c3", "extra", "json")),
    ("c1",),
)


@pytest.mark.parametrize(
    ("params", "fits"),
    [
        ({"row": {"a": 1}}, True),
        ({"operation": "get"}, True),
        ({"operation": "upsert", "row": {"a": 1}, "key": ["a"]}, True),
        ({"operation": "delete", "conditions": [{"left": "a", "operator": "is_empty"}]}, True),
        ({}, False),
        ({"operation": "upsert"}, False),
        ({"operation": "update", "row": {"a": 1}}, False),
        ({"operation": "delete"}, False),
        ({"operation": "drop"}, False),
        ({"operation": "get", "limit": 0}, False),
        ({"operation": "get", "limit": 5_001}, False),
    ],
)
def test_params_say_what_is_needed(params: dict[str, Any], *, fits: bool) -> None:
    if fits:
        assert TableParams.model_validate({"table": "customers", **params}).table == "customers"
    else:
        with pytest.raises(ValidationError):
            TableParams.model_validate({"table": "customers", **params})


def test_reading_is_a_read_and_every_write_idempotent() -> None:
    assert {operation for operation, effect in EFFECTS.items() if effect == "read"} == {"get"}
    assert set(EFFECTS.values()) == {"read", "idempotent"}
    assert TABLE.run is None


def test_a_key_is_the_same_for_the_same_values() -> None:
    one, same = CUSTOMERS.cells({"email": "a", "age": 1}), CUSTOMERS.cells({"email": "a"})
    assert CUSTOMERS.key_of(one) == CUSTOMERS.key_of(same) != CUSTOMERS.key_of(CUSTOMERS.cells({"email": "b"}))
    with pytest.raises(Refusal, match="The key column “email”"):
        CUSTOMERS.key_of(CUSTOMERS.cells({"age": 1}))


def test_a_row_shows_every_column_and_keeps_only_what_has_a_value() -> None:
    cells = CUSTOMERS.cells({"email": "a", "age": None})
    assert CUSTOMERS.written({**cells, "c9": "of a column that is gone"}) == '{"c1":"a"}'
    at = datetime(2026, 5, 31, 18, tzinfo=UTC)
    assert CUSTOMERS.shown("row_1", cells, at, at) == {
        "id": "row_1",
        "email": "a",
        "age": None,
        "extra": None,
        "created_at": "2026-05-31T18:00:00.000Z",
        "updated_at": "2026-05-31T18:00:00.000Z",
    }


@pytest.mark.parametrize("value", ["nul \0", "\ud800"])
def test_texts_that_a_database_can_not_keep_are_refused(value: str) -> None:
    for column in ("email", "extra"):
        if column == "email" or value != "nul \0":
            with pytest.raises(Refusal):
                CUSTOMERS.cells({column: value})


def test_json_has_an_end() -> None:
    deep: Any = "x"
    for _ in range(60):
        deep = [deep]
    with pytest.raises(Refusal, match="at most 50 levels"):
        CUSTOMERS.cells({"extra": deep})


def test_a_value_asks_for_a_column() -> None:
    values: list[Any] = ["a", 1, 1.5, True, {"a": 1}, [1], None]
    assert [type_for(value) for value in values] == ["text", "number", "number", "boolean", "json", "json", "text"]


@pytest.mark.parametrize("names", [["id"], [" "], ["x" * 101], ["a", "a"], [f"c{number}" for number in range(51)]])
def test_names_that_can_not_be(names: list[str]) -> None:
    with pytest.raises(Refusal):
        checked_names(names)
