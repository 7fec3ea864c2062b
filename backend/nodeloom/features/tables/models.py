"""A table, its rows, and what workflows have already done to it."""

from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from nodeloom.adapters.columns import Json, Table, UtcTime, metadata


class DataTable(Table, table=True):
    """`columns` are `{id, name, type}`, `key_columns` ids of them. Whoever changes a row locks its table first."""

    __tablename__ = "data_table"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="workspace.id")
    name: str
    columns: list[dict[str, Any]] = Field(sa_type=Json)
    key_columns: list[str] = Field(sa_type=Json)
    next_column: int = 1
    row_count: int = 0
    created_by: str
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)


class DataRow(Table, table=True):
    """`cells` by column id, as JSON; `key` a digest of the key columns' values, null where the table has none."""

    __tablename__ = "data_row"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        UniqueConstraint("table_id", "key"),
        Index("ix_data_row_table", "table_id", "id"),
    )

    id: str = Field(primary_key=True)
    table_id: str = Field(foreign_key="data_table.id", ondelete="CASCADE")
    workspace_id: str
    key: str | None = None
    cells: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)


class DataWrite(Table, table=True):
    """A write of a workflow that was carried out, with what it gave: asked for again, it is not done again."""

    __tablename__ = "data_write"  # pyright: ignore[reportAssignmentType]

    workspace_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    result: str = Field(sa_type=Text)
    done_at: datetime = Field(sa_type=UtcTime, index=True)


def _table(name: str) -> sqlalchemy.Table:
    return metadata.tables[name]


DATA_TABLES = _table("data_table")
DATA_ROWS = _table("data_row")
DATA_WRITES = _table("data_write")
