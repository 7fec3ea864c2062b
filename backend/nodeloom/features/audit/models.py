"""The audit trail's one table."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from nodeloom.adapters.columns import Json, Table, UtcTime


class AuditEntry(Table, table=True):
    """One line of the audit trail; it outlives what it speaks of, so it holds names and no foreign keys.

    `workspace_id` is empty where nobody could be told apart, such as a sign-in with an unknown address.
    """

    __tablename__ = "audit_entry"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_audit_entry_workspace", "workspace_id", "id"),)

    id: str = Field(primary_key=True)
    workspace_id: str | None
    member_id: str | None
    key_id: str | None
    actor: str
    action: str
    subject_type: str
    subject_id: str
    detail: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcTime)
