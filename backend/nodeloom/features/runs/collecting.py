"""Garbage: files that nothing speaks of any more, and blobs that nothing refers to.

Mark and sweep rather than counting: references lie in documents of many tables, and a count that is wrong once stays
wrong. Only what is old is looked at. A file goes when it is older than the retention and no payload, graph or other
document names it. A blob goes when it was last stored a day ago or more and no row refers to it; how that is safe
beside somebody who stores it again stands with `Blobs.remove`. A round that is cut off is simply begun again.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.blobs import BlobMissing, Blobs, Old
from nodeloom.adapters.columns import Json, UtcTime
from nodeloom.adapters.database import Database
from nodeloom.features.runs.models import ARTIFACTS
from nodeloom.features.runs.payloads import blobs_of

log = structlog.stdlib.get_logger(__name__)

_CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)

GRACE: Final = timedelta(days=1)
"""Longer than anybody takes from storing a blob to writing the row that refers to it."""

_AT_ONCE: Final = 500
_REFERENCE: Final = 65
_NAME: Final = "art_"
_ARTIFACT: Final = re.compile(rb"art_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class Collected:
    """What went: files of workspaces, blobs, and the bytes that were freed."""

    files: int
    blobs: int
    freed: int


@dataclass(frozen=True, slots=True)
class Store:
    """Where files and payloads lie. `tables` are all that there are: what the program didn't load would be missed."""

    database: Database
    blobs: Blobs
    tables: MetaData


async def collect(store: Store, before: datetime, grace: timedelta = GRACE) -> Collected:
    """Remove the files that were made before and that nothing names, then the blobs that nothing refers to."""
    database, blobs = store.database, store.blobs
    moment = (clock.now() - grace).timestamp()
    await asyncio.to_thread(blobs.tidy, moment)
    files = await _forget_files(store, before)
    garbage = await asyncio.to_thread(lambda: set(blobs.stored_before(moment)))
    if garbage:
        async with database.read() as session:
            await _keep_referenced(session, store.tables, garbage)
    removed = await asyncio.to_thread(_remove, blobs, garbage, moment)
    collected = Collected(files, len(removed), sum(removed))
    if files or removed:
        log.info("removed what nothing refers to", files=files, blobs=len(removed), bytes_freed=collected.freed)
    return collected


def _remove(blobs: Blobs, garbage: Iterable[Old], moment: float) -> list[int]:
    return [freed for old in garbage if (freed := blobs.remove(old, moment))]


async def _keep_referenced(session: AsyncSession, tables: MetaData, garbage: set[Old]) -> None:
    """Takes out of `garbage` what a row refers to.

    All payloads are looked at in one statement, hence as of one moment: a reference that is copied from one table to
    another is seen in the first or in the second.
    """
    columns = [column for table in tables.sorted_tables for column in table.columns if _is_bytes(column)]
    payloads = union_all(*(select(column).where(_refers(column)) for column in columns))
    async for packed in await session.stream_scalars(payloads.execution_options(yield_per=_AT_ONCE)):
        garbage.difference_update(Old(digest, payload=True) for digest in blobs_of(bytes(packed)))
    hashes = select(ARTIFACTS.c.sha256).execution_options(yield_per=_AT_ONCE)
    async for digest in await session.stream_scalars(hashes):
        garbage.discard(Old(digest, payload=False))


def _is_bytes(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary)


def _refers(column: Column[Any]) -> ColumnElement[bool]:
    """What can be a payload with a blob: a reference, or one of the two kinds that a masked payload is made of."""
    kind = func.substr(column, 1, 1, type_=LargeBinary)
    return or_(and_(kind == b"b", func.length(column) == _REFERENCE), kind == b"s")


async def _forget_files(store: Store, before: datetime) -> int:
    begun = clock.now() - _CLOCKS_DIFFER_BY
    async with store.database.read() as session:
        old = set((await session.execute(select(ARTIFACTS.c.id).where(ARTIFACTS.c.created_at < before))).scalars())
        for table in store.tables.sorted_tables:
            if not old:
                return 0
            if table is not ARTIFACTS:
                await _keep_named(session, store.blobs, table, old)
    unnamed, forgotten = sorted(old), 0
    for start in range(0, len(unnamed), _AT_ONCE):
        async with store.database.transaction() as session:
            part = set(unnamed[start : start + _AT_ONCE])
            # Somebody may have named one while the others were read. On SQLite nobody can any more, from here on.
            for table in store.tables.sorted_tables:
                if table is not ARTIFACTS:
                    await _keep_named(session, store.blobs, table, part, since=begun)
            await session.execute(delete(ARTIFACTS).where(ARTIFACTS.c.id.in_(part)))
            forgotten += len(part)
    return forgotten


async def _keep_named(
    session: AsyncSession, blobs: Blobs, table: Table, old: set[str], since: datetime | None = None
) -> None:
    """Takes out of `old` the files that a row of the table names; with `since` only rows written since then count."""
    written = [column >= since for column in table.columns if isinstance(column.type, UtcTime)] if since else []
    for statement, of_value in _naming(table, blobs, session.get_bind().dialect.name):
        recent = statement.where(or_(*written)) if written else statement
        async for value in await session.stream_scalars(recent.execution_options(yield_per=_AT_ONCE)):
            document = await asyncio.to_thread(of_value, value)
            old.difference_update(name.decode() for name in _ARTIFACT.findall(document))


def _naming(table: Table, blobs: Blobs, dialect: str) -> Iterator[tuple[Select[Any], Callable[[Any], bytes]]]:
    """For each column that may name files: the rows that may, and how to read one."""
    for column in table.columns:
        if _is_bytes(column):
            inside = or_(_refers(column), _position(column, dialect) > 0)
            yield select(column).where(inside), lambda packed: _whole(blobs, bytes(packed))
        elif isinstance(column.type, String | Json) and not column.primary_key:
            text = type_coerce(column, String)
            yield select(text).where(text.contains(_NAME, autoescape=True)), lambda text: text.encode()


def _position(column: Column[Any], dialect: str) -> ColumnElement[int]:
    if dialect == "sqlite":
        return func.instr(column, _NAME.encode())
    return func.position(literal(_NAME.encode(), LargeBinary).op("IN")(column))


def _whole(blobs: Blobs, packed: bytes) -> bytes:
    """A payload with what it has in blobs."""
    parts = [packed]
    for digest in blobs_of(packed):
        with suppress(BlobMissing):
            parts.append(blobs.read(digest))
    return b"\n".join(parts)
