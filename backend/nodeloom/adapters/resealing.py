"""What the vault sealed, sealed anew with the newest key: column by column, while everybody else goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Table, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.database import Database
from nodeloom.adapters.vault import SecretDamaged, WrongKey

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """`anew` makes the new content of a row (its key and `needs`) from the old, or None if it needs no new one.

    Raises what the vault raises.
    """

    column: Column[Any]
    anew: Callable[[Any, bytes], bytes | None]
    where: ColumnElement[bool]
    needs: Sequence[Column[Any]] = ()

    @property
    def table(self) -> Table:
        return self.column.table


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many were sealed anew, and how many none of the keys opens."""

    count: int = 0
    unreadable: int = 0

    def __add__(self, other: "Resealed") -> "Resealed":
        return Resealed(self.count + other.count, self.unreadable + other.unreadable)


async def reseal(database: Database, sealed: SealedColumn) -> Resealed:
    """What is changed meanwhile is left alone: whoever writes has the newest key."""
    keys = sealed.table.primary_key.columns
    async with database.read() as session:
        found = (await session.execute(select(*keys).where(sealed.where))).all()
    total = Resealed()
    for start in range(0, len(found), _AT_ONCE):
        async with database.transaction() as session:
            total += await _resealed(session, sealed, [tuple(key) for key in found[start : start + _AT_ONCE]])
    return total


async def _resealed(session: AsyncSession, sealed: SealedColumn, wanted: Sequence[tuple[Any, ...]]) -> Resealed:
    keys = list(sealed.table.primary_key.columns)
    statement = select(*keys, *sealed.needs, sealed.column.label("sealed_content"))
    rows = (await session.execute(statement.where(tuple_(*keys).in_(wanted), sealed.where))).all()
    count = unreadable = 0
    for row in rows:
        old = bytes(row.sealed_content)
        try:
            fresh = sealed.anew(row, old)
        except (WrongKey, SecretDamaged):
            unreadable += 1
            continue
        if fresh is not None:
            here = [key == value for key, value in zip(keys, row, strict=False)]
            change = update(sealed.table).where(*here, sealed.column == old)
            await session.execute(change.values({sealed.column.name: fresh}))
            count += 1
    return Resealed(count, unreadable)
