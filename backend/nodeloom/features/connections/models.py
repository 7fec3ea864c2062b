"""A connection and, apart from it, its sealed secret."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field

from nodeloom.adapters.columns import Table, UtcTime


class Connection(Table, table=True):
    """`health` is what the last check or use said; `created_by` is the name of who made it."""

    __tablename__ = "connection"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_connection_workspace", "workspace_id", "id"),
        CheckConstraint("health IN ('healthy', 'unknown', 'broken')", name="health"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="workspace.id")
    connector: str
    name: str
    health: str
    health_detail: str
    created_by: str
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Credential(Table, table=True):
    """The secret under envelope encryption, bound to its row: it opens nowhere else. The sealed form names its key."""

    __tablename__ = "credential"  # pyright: ignore[reportAssignmentType]

    connection_id: str = Field(primary_key=True, foreign_key="connection.id", ondelete="CASCADE")
    workspace_id: str
    ciphertext: bytes = Field(sa_type=LargeBinary)
