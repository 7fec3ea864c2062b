"""What was asked of people, and what they said."""

from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import Text
from sqlmodel import Field

from nodeloom.adapters.columns import Json, Table, UtcTime, metadata


class Approval(Table, table=True):
    """One approval of one run. `approvers` are “anyone”, roles, e-mails and ids of members; `decision` None: open."""

    __tablename__ = "approval"  # pyright: ignore[reportAssignmentType]

    run_id: str = Field(primary_key=True)
    node_id: str = Field(primary_key=True)
    path: str = Field(primary_key=True, default="")
    workspace_id: str
    workflow_id: str
    workflow_name: str
    message: str = Field(sa_type=Text)
    approvers: list[Any] = Field(sa_type=Json)
    asked_at: datetime = Field(sa_type=UtcTime)
    until: datetime | None = Field(default=None, sa_type=UtcTime)
    decision: str | None = None
    decided_by: str | None = None
    decided_by_member: str | None = None
    comment: str = Field(default="", sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


def _table(name: str) -> sqlalchemy.Table:
    return metadata.tables[name]


APPROVALS = _table("approval")
