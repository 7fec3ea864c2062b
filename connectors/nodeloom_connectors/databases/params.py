"""The forms of the actions and what they give back."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel

from nodeloom_connectors.sdk import OptionsFrom


class Row(RootModel[dict[str, JsonValue]]):
    """A row by its columns."""


class Change(BaseModel):
    """`changed` rows; `rows` is what the statement gave back (RETURNING)."""

    changed: int
    rows: list[dict[str, JsonValue]] = []
    inserted_id: int | None = None


class Timed(BaseModel):
    """Named first among a form's bases, so that it stands last in the form."""

    model_config = ConfigDict(extra="forbid")

    timeout_s: float = Field(
        default=60, gt=0, le=280, title="Time limit in seconds", json_schema_extra={"x-advanced": True}
    )


class StatementFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    statement: str = Field(
        title="SQL",
        min_length=1,
        max_length=100_000,
        description="Write values as :name; what they are stands below and never becomes part of the statement.",
        examples=["SELECT * FROM orders WHERE customer = :customer"],
        json_schema_extra={"x-widget": "multiline", "x-literal": True},
    )
    values: dict[str, JsonValue] = Field(
        default={},
        title="Values",
        max_length=1000,
        description="By the names that stand in the statement.",
        examples=[{"customer": "Ada"}],
        json_schema_extra={"x-widget": "json"},
    )
    limit: int = Field(default=1000, ge=1, le=10_000, title="Rows at most")


class TableFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    table: Annotated[str, OptionsFrom("tables")] = Field(
        title="Table", min_length=1, max_length=260, examples=["orders"]
    )


class InsertFields(TableFields):
    row: dict[str, JsonValue] = Field(
        title="Row",
        min_length=1,
        max_length=1000,
        description="By column.",
        examples=[{"customer": "Ada", "total": 12.5}],
        json_schema_extra={"x-widget": "json"},
    )


class UpsertFields(InsertFields):
    keys: list[Annotated[str, OptionsFrom("columns", ("table",))]] = Field(
        title="Key columns",
        min_length=1,
        max_length=32,
        description="A row with the same values in these is changed instead. They need a unique index.",
        examples=[["id"]],
    )


class MatchFields(TableFields):
    match: dict[str, JsonValue] = Field(
        title="Rows where",
        min_length=1,
        max_length=100,
        description="By column: all of these values, exactly.",
        examples=[{"id": 17}],
        json_schema_extra={"x-widget": "json"},
    )


class UpdateFields(MatchFields):
    change: dict[str, JsonValue] = Field(
        title="Change to",
        min_length=1,
        max_length=1000,
        description="By column.",
        examples=[{"state": "sent"}],
        json_schema_extra={"x-widget": "json"},
    )


class StatementParams(Timed, StatementFields):
    """What a statement of one's own needs."""


class InsertParams(Timed, InsertFields):
    """What a new row needs."""


class UpsertParams(Timed, UpsertFields):
    """What a row needs that may be there."""


class MatchParams(Timed, MatchFields):
    """What is needed to find rows."""


class UpdateParams(Timed, UpdateFields):
    """What is needed to change the rows that are found."""
