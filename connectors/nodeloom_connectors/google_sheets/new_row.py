"""The trigger for rows that are added below the others."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, cast

from pydantic import JsonValue

from nodeloom_connectors.google_sheets.client import SHEETS, SheetsClient
from nodeloom_connectors.google_sheets.places import SheetParams, cells_of, quoted
from nodeloom_connectors.google_sheets.rows import ROW_NUMBER, rows_of
from nodeloom_connectors.sdk import Occurrence, Polled, PollTrigger

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import TriggerContext

_AT_ONCE = 200


class NewRowParams(SheetParams):
    """A sheet whose rows grow downwards."""


async def poll(ctx: TriggerContext[SheetsClient], params: NewRowParams, cursor: JsonValue) -> Polled:
    """Rows below the last one that was seen. Where rows were deleted, it goes on from what is left."""
    cells = await cells_of(ctx.client, params.spreadsheet, quoted(params.sheet))
    rows = list(rows_of(cells, params.header_row))
    last = max((_number(row) for row in rows), default=params.header_row)
    if cursor is None:
        return Polled((), {"last": last})
    seen = min(int(cast("dict[str, int]", cursor)["last"]), last)
    new = [row for row in rows if _number(row) > seen]
    taken, more = new[:_AT_ONCE], len(new) > _AT_ONCE
    reached = _number(taken[-1]) if taken else last
    return Polled([_occurrence(params, row) for row in taken], {"last": reached}, more=more)


def _number(row: dict[str, JsonValue]) -> int:
    return cast("int", row[ROW_NUMBER])


def _occurrence(params: NewRowParams, row: dict[str, JsonValue]) -> Occurrence:
    held = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]
    summary = ", ".join(str(value) for name, value in row.items() if name != ROW_NUMBER and value != "")
    return Occurrence(
        key=f"{params.spreadsheet}:{params.sheet}:{row[ROW_NUMBER]}:{held}",
        json=row,
        summary=f"{params.sheet} {row[ROW_NUMBER]}: {summary}"[:300],
    )


new_row = PollTrigger(
    name="new_row",
    title="New row",
    description="Starts a run for each row that is added to a sheet.",
    params=NewRowParams,
    summary="{sheet}",
    icon="rows-3",
    aliases=("added", "spreadsheet"),
    scopes=(SHEETS,),
    sample={ROW_NUMBER: 2, "Name": "Ada", "Amount": 1815},
    poll=poll,
)
