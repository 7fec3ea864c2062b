"""Rows as plain mappings."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import RowMapping, Select
from sqlalchemy.ext.asyncio import AsyncSession

Row: TypeAlias = Mapping[str, Any]


def shown_id(run: Row) -> str:
    """The run that people see: a part of a map is shown inside its parent."""
    return run["parent_run_id"] if run.get("scopes_from") is not None else run["id"]


async def rows_of(session: AsyncSession, statement: Select[*tuple[Any, ...]]) -> Sequence[Row]:
    return [plain(row) for row in (await session.execute(statement)).mappings()]


async def row_of(session: AsyncSession, statement: Select[*tuple[Any, ...]]) -> Row | None:
    row = (await session.execute(statement)).mappings().first()
    return plain(row) if row is not None else None


def plain(row: RowMapping) -> Row:
    return {str(name): value for name, value in row.items()}
