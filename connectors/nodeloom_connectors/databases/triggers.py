"""New rows of a table, by a column that grows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import BaseModel, Field, JsonValue, create_model

from nodeloom_connectors.databases.params import TableFields, Timed
from nodeloom_connectors.databases.statements import quoted
from nodeloom_connectors.databases.values import as_json, row_of
from nodeloom_connectors.sdk import Occurrence, OptionsFrom, Polled, PollTrigger, TriggerContext

if TYPE_CHECKING:
    from nodeloom_connectors.databases.client import Reached

_AT_ONCE = 200
_SAMPLE: dict[str, JsonValue] = {"id": 17, "customer": "Ada", "total": "12.50"}


class NewRowFields(TableFields):
    column: Annotated[str, OptionsFrom("columns", ("table",))] = Field(
        title="Column that grows",
        min_length=1,
        max_length=260,
        description="A running number, or the time at which the row was made: each new row has a higher value.",
        examples=["id"],
    )


class NewRowParams(Timed, NewRowFields):
    """The trigger's form."""


async def _poll(ctx: TriggerContext[Reached], params: NewRowParams, cursor: JsonValue) -> Polled:
    database = ctx.client.at(params)
    table, column = quoted(params.table, database.dialect), quoted(params.column, database.dialect)
    if not isinstance(cursor, dict):
        statement = f"SELECT MAX({column}) AS last FROM {table}"  # noqa: S608  quoted names
        found = await database.read(statement, {}, at_most=1, timeout_s=params.timeout_s)
        return Polled((), {"last": as_json(found.rows[0]["last"])})
    last = cursor.get("last")
    since = "" if last is None else f"WHERE {column} > :last"
    statement = f"SELECT * FROM {table} {since} ORDER BY {column}"  # noqa: S608  quoted names
    values: dict[str, Any] = {} if last is None else {"last": last}
    found = await database.read(statement, values, at_most=_AT_ONCE, timeout_s=params.timeout_s)
    rows = [row_of(row) for row in found.rows]
    if found.more:
        rows = _without_the_last_value(rows, params.column)
    if rows:
        last = rows[-1][params.column]
    occurrences = [_occurrence(params, row) for row in rows]
    return Polled(occurrences, cast("JsonValue", {"last": last}), more=found.more)


def _without_the_last_value(rows: Sequence[dict[str, JsonValue]], column: str) -> list[dict[str, JsonValue]]:
    """Others with the same value may stand beyond the page: they come with the next one, unless all are equal."""
    earlier = [row for row in rows if row[column] != rows[-1][column]]
    return earlier or list(rows)


def _occurrence(params: NewRowParams, row: dict[str, JsonValue]) -> Occurrence:
    content = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:24]
    return Occurrence(
        key=f"{params.table}:{row[params.column]}:{content}"[:200],
        json=row,
        summary=f"{params.table}: {params.column} {row[params.column]}"[:300],
    )


def triggers_with(extra: type[BaseModel] | None = None) -> tuple[PollTrigger, ...]:
    params = NewRowParams if extra is None else create_model("NewRowParams", __base__=(NewRowParams, extra))
    return (
        PollTrigger(
            name="new_row",
            title="New row",
            description="Starts a run for each row that is added to a table.",
            params=params,
            summary="{table} by {column}",
            aliases=("row", "insert", "record", "poll"),
            sample=_SAMPLE,
            poll=_poll,
        ),
    )
