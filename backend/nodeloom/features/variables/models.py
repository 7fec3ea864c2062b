"""A variable with its value: readable, or sealed if it is secret."""

from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from nodeloom.adapters.columns import Json, Table, UtcTime, metadata


class Variable(Table, table=True):
    """`value` (packed as `[value]`, so that null is one too) or `ciphertext`, which opens in this row alone."""

    __tablename__ = "variable"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        UniqueConstraint("workspace_id", "name"),
        CheckConstraint("value IS NULL OR ciphertext IS NULL", name="one_value"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="workspace.id")
    name: str
    description: str = ""
    value: list[Any] | None = Field(default=None, sa_type=Json)
    ciphertext: bytes | None = Field(default=None, sa_type=LargeBinary)
    updated_by: str
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)

    @property
    def secret(self) -> bool:
        return self.ciphertext is not None


VARIABLES: sqlalchemy.Table = metadata.tables["variable"]
