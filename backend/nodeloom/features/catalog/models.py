"""A described API of a workspace."""

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field

from nodeloom.adapters.columns import Table, UtcTime


class OwnApi(Table, table=True):
    """`name` begins its node types; `document` is the text as it was given, compressed; `address` where it came from.

    `revision` counts the documents that it has had.
    """

    __tablename__ = "own_api"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="workspace.id")
    name: str
    title: str
    address: str | None = None
    document: bytes = Field(sa_type=LargeBinary)
    operations: int
    revision: int
    created_by: str
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
