"""A workflow with its draft, and the numbered graphs that were published from it."""

from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import Index
from sqlmodel import Field

from nodeloom.adapters.columns import Json, Table, UtcTime, metadata


class Workflow(Table, table=True):
    """`revision` counts the saves of the draft; `published_version` is the version that triggers start.

    `published_revision` is the revision it was made from: unlike `revision` where the draft has moved on since.
    """

    __tablename__ = "workflow"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_workflow_workspace", "workspace_id", "id"),)

    id: str = Field(primary_key=True)
    workspace_id: str
    name: str
    folder: str = ""
    tags: list[str] = Field(sa_type=Json)
    draft: dict[str, Any] = Field(sa_type=Json)
    revision: int = 1
    draft_errors: int = 0
    published_version: int | None = None
    published_revision: int | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcTime)


class WorkflowVersion(Table, table=True):
    """A graph as it was published: never changed afterwards."""

    __tablename__ = "workflow_version"  # pyright: ignore[reportAssignmentType]

    workflow_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    workspace_id: str
    graph: dict[str, Any] = Field(sa_type=Json)
    note: str = ""
    created_by: str
    created_at: datetime = Field(sa_type=UtcTime)


def _table(name: str) -> sqlalchemy.Table:
    return metadata.tables[name]


WORKFLOWS = _table("workflow")
WORKFLOW_VERSIONS = _table("workflow_version")
