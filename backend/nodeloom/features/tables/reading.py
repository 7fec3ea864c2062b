"""Finding rows: by conditions as `core.if` has them, by a word, sorted, a page at a time.

Conditions are judged by the same function as everywhere else, over all rows in pieces: a table is small enough for
that. Rows asked for by their key, or in the order in which they were made, are found by the database itself.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

import orjson
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.features.tables.models import DATA_ROWS
from nodeloom.features.tables.structure import Cells, Refusal, Structure, iso
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import natural_key
from nodeloom.nodes.conditions import Combine, Condition, hold
from nodeloom.nodes.node_type import NodeFailed
from nodeloom.nodes.table import RowCondition

LARGEST_ANSWER: Final = 32 * 1024 * 1024
_PIECE: Final = 500
# What has no value is neither more nor less, neither earlier nor later.
_OF_VALUES: Final = frozenset({"gt", "gte", "lt", "lte", "before", "after"})

Stored: TypeAlias = Row[Any]
_Reads: TypeAlias = Callable[[Stored, Cells], JsonValue]


@dataclass(frozen=True)
class Known:
    """A table as rows are read and written in it."""

    id: str
    workspace_id: str
    structure: Structure


@dataclass(frozen=True)
class Query:
    """Oldest first if nothing else is said; `before` is an id that the rows come before, newest first."""

    conditions: Sequence[RowCondition] = field(default=())
    combine: Combine = "and"
    word: str = ""
    sort_by: str | None = None
    descending: bool = False
    limit: int = 100
    offset: int = 0
    before: str | None = None

    @property
    def plain(self) -> bool:
        return not self.conditions and not self.word and self.sort_by is None


async def rows(session: AsyncSession, table: Known, query: Query) -> list[dict[str, JsonValue]]:
    """Raises Refusal."""
    found: list[dict[str, JsonValue]] = []
    size = 0
    async for stored in _in_order(session, table, await chosen(session, table, query)):
        size += len(stored.cells)
        if size > LARGEST_ANSWER:
            limit = LARGEST_ANSWER // 1024 // 1024
            raise Refusal("too_large", f"These rows take more than {limit} MB.", "Ask for fewer at once.")
        found.append(shown(table.structure, stored))
    return found


async def chosen(session: AsyncSession, table: Known, query: Query) -> list[str]:
    """The ids of the rows, in the order asked for. Raises Refusal."""
    fits = _fitting(table.structure, query)
    by_key = _key_asked(table.structure, query)
    if query.plain or by_key is not None:
        return await _found_by_database(session, table, query, by_key)
    if query.sort_by is None:
        return await _first_fitting(session, table, query, fits)
    return await _sorted(session, table, query, fits)


def shown(structure: Structure, stored: Stored) -> dict[str, JsonValue]:
    return structure.shown(stored.id, orjson.loads(stored.cells), stored.created_at, stored.updated_at)


def fits(structure: Structure, query: Query, stored: Stored) -> bool:
    """Whether the row is one of those that the conditions choose."""
    return _fitting(structure, query)(stored)


async def _found_by_database(session: AsyncSession, table: Known, query: Query, key: str | None) -> list[str]:
    order = DATA_ROWS.c.id.desc() if query.descending else DATA_ROWS.c.id
    statement = select(DATA_ROWS.c.id).where(
        DATA_ROWS.c.workspace_id == table.workspace_id, DATA_ROWS.c.table_id == table.id
    )
    if key is not None:
        statement = statement.where(DATA_ROWS.c.key == key)
    if query.before is not None:
        statement = statement.where(DATA_ROWS.c.id < query.before)
    return list((await session.scalars(statement.order_by(order).offset(query.offset).limit(query.limit))).all())


async def _first_fitting(
    session: AsyncSession, table: Known, query: Query, fits: Callable[[Stored], bool]
) -> list[str]:
    wanted = query.offset + query.limit
    ids: list[str] = []

    def fitting(piece: Sequence[Stored]) -> list[str]:
        return [row.id for row in piece if fits(row)]

    async for piece in _pieces(session, table, descending=query.descending):
        ids += await asyncio.to_thread(fitting, piece)
        if len(ids) >= wanted:
            break
    return ids[query.offset : wanted]


async def _sorted(session: AsyncSession, table: Known, query: Query, fits: Callable[[Stored], bool]) -> list[str]:
    read = _reader(table.structure, query.sort_by or "id")

    def keys(piece: Sequence[Stored]) -> list[tuple[Any, str]]:
        values = ((read(row, orjson.loads(row.cells)), row.id) for row in piece if fits(row))
        return [((value is not None, natural_key(value)), id_) for value, id_ in values]

    found: list[tuple[Any, str]] = []
    async for piece in _pieces(session, table, descending=False):
        found += await asyncio.to_thread(keys, piece)
    # What has no value comes last, whichever way the rest is sorted.
    found.sort(key=lambda entry: entry[0], reverse=query.descending)
    if not query.descending:
        found.sort(key=lambda entry: not entry[0][0])
    return [id_ for _, id_ in found[query.offset : query.offset + query.limit]]


async def _pieces(session: AsyncSession, table: Known, *, descending: bool) -> AsyncIterator[Sequence[Stored]]:
    last: str | None = None
    statement = (
        select(DATA_ROWS)
        .where(DATA_ROWS.c.workspace_id == table.workspace_id, DATA_ROWS.c.table_id == table.id)
        .order_by(DATA_ROWS.c.id.desc() if descending else DATA_ROWS.c.id)
        .limit(_PIECE)
    )
    while True:
        beyond = statement
        if last is not None:
            beyond = statement.where(DATA_ROWS.c.id < last if descending else DATA_ROWS.c.id > last)
        piece = (await session.execute(beyond)).all()
        if piece:
            yield piece
        if len(piece) < _PIECE:
            return
        last = piece[-1].id


async def _in_order(session: AsyncSession, table: Known, ids: Sequence[str]) -> AsyncIterator[Stored]:
    for begin in range(0, len(ids), _PIECE):
        some = ids[begin : begin + _PIECE]
        statement = select(DATA_ROWS).where(DATA_ROWS.c.workspace_id == table.workspace_id, DATA_ROWS.c.id.in_(some))
        found = {row.id: row for row in await session.execute(statement)}
        for id_ in some:
            if id_ in found:
                yield found[id_]


def _fitting(structure: Structure, query: Query) -> Callable[[Stored], bool]:
    readers = [(condition, _reader(structure, condition.left)) for condition in query.conditions]
    combined = all if query.combine == "and" else any
    word = query.word.casefold()

    def fits(row: Stored) -> bool:
        cells: Cells = orjson.loads(row.cells)
        if word and not any(word in _text(value) for value in cells.values()):
            return False
        return not readers or combined(_holds(condition, read(row, cells)) for condition, read in readers)

    return fits


def _holds(condition: RowCondition, value: JsonValue) -> bool:
    if value is None and condition.operator in _OF_VALUES:
        return False
    asked = Condition.model_construct(left=value, operator=condition.operator, right=condition.right)
    try:
        return hold([asked], "and", "UTC")
    except NodeFailed as failed:
        raise Refusal(failed.code, failed.message, failed.hint, condition.left) from None


def _text(value: JsonValue) -> str:
    return (value if isinstance(value, str) else orjson.dumps(value).decode()).casefold()


def _reader(structure: Structure, name: str) -> _Reads:
    match name:
        case "id":
            return lambda row, _cells: cast("str", row.id)
        case "created_at":
            return lambda row, _cells: iso(row.created_at)
        case "updated_at":
            return lambda row, _cells: iso(row.updated_at)
        case _:
            column = structure.column(name).id
            return lambda _row, cells: cells.get(column)


def _key_asked(structure: Structure, query: Query) -> str | None:
    """The digest of the key, where the conditions say all of it and nothing else."""
    asked: Mapping[str, JsonValue] = {
        condition.left: condition.right for condition in query.conditions if condition.operator == "equals"
    }
    names = {column.name for column in structure.columns if column.id in structure.key}
    whole = bool(names) and asked.keys() == names and len(query.conditions) == len(names)
    if not whole or query.combine != "and" or query.word or query.sort_by is not None:
        return None
    try:
        return structure.key_of(structure.cells(asked))
    except Refusal:
        # A value that the column can't hold: the conditions say whether it equals one nevertheless.
        return None
