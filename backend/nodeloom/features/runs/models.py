"""What a run leaves in the database: the run itself, its nodes, the attempts at effects, and the graph it ran."""

from datetime import datetime
from typing import Literal, TypeAlias

import sqlalchemy
from sqlalchemy import BigInteger, ColumnElement, Index, LargeBinary, Text, literal_column, text
from sqlmodel import Field

from nodeloom.adapters.columns import Table, UtcTime, metadata

RunStatus: TypeAlias = Literal["queued", "running", "waiting", "succeeded", "failed", "cancelled"]
NodeRunStatus: TypeAlias = Literal["queued", "running", "waiting", "succeeded", "failed", "skipped", "cancelled"]
WaitReason: TypeAlias = Literal[
    "time", "call", "event", "approval", "connection", "outcome", "budget", "child", "limit", "retry"
]
AttemptStatus: TypeAlias = Literal["intent", "succeeded", "failed", "unknown"]

ENDED: frozenset[str] = frozenset({"succeeded", "failed", "cancelled"})
_UNFINISHED = text("status IN ('queued', 'running', 'waiting')")
_CHILD = text("parent_run_id IS NOT NULL")
_WAITING = text("status = 'waiting'")
_UNKNOWN = text("status = 'unknown'")


class GraphSnapshot(Table, table=True):
    """The graph that runs ran on, stored once for all runs of the same graph."""

    __tablename__ = "graph_snapshot"  # pyright: ignore[reportAssignmentType]

    workspace_id: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    document: bytes = Field(sa_type=LargeBinary)


class Run(Table, table=True):
    """`parent_…` name the node that a child run was started by, `root_run_id` the run at the top of the tree.

    `depth` counts the levels above it. A run with `scopes_from` drives these scopes of its parent's container and is
    shown inside it, not by itself. `output` is what a child gives its parent.
    """

    __tablename__ = "run"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_run_unfinished", "status", "id", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
        Index("ix_run_unfinished_of_workflow", "workflow_id", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
        Index("ix_run_workspace", "workspace_id", "id"),
        Index(
            "ix_run_parent",
            *("parent_run_id", "parent_node", "parent_path", "parent_index"),
            unique=True,
            sqlite_where=_CHILD,
            postgresql_where=_CHILD,
        ),
        Index("ix_run_workflow", "workflow_id", "id"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    workflow_id: str
    workflow_name: str
    version: int | None = None
    graph_hash: str
    trigger_node: str
    trigger_kind: str
    event_id: str | None = None
    retry_of: str | None = None
    parent_run_id: str | None = None
    parent_node: str | None = None
    parent_path: str | None = None
    parent_index: int | None = None
    parent_waits: bool | None = None
    root_run_id: str | None = None
    depth: int | None = None
    scopes_from: int | None = None
    scopes_to: int | None = None
    input: bytes = Field(sa_type=LargeBinary)
    status: str = "queued"
    waiting_reason: str | None = None
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    lease_owner: str | None = None
    fence: int = 0
    signals: int = 0
    cancel_requested: bool = False
    max_concurrent: int | None = None
    answer_to: str | None = None
    active_ms: int = Field(default=0, sa_type=BigInteger)
    error: str | None = Field(default=None, sa_type=Text)
    output: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)


class NodeRun(Table, table=True):
    __tablename__ = "node_run"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_node_run_waiting", "run_id", sqlite_where=_WAITING, postgresql_where=_WAITING),)

    run_id: str = Field(primary_key=True)
    node_id: str = Field(primary_key=True)
    path: str = Field(primary_key=True, default="")
    workspace_id: str
    seq: int
    status: str
    waiting_reason: str | None = None
    waiting_until: datetime | None = Field(default=None, sa_type=UtcTime)
    resumption: str | None = Field(default=None, sa_type=Text)
    attempt: int = 1
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    items_in: int = 0
    items_out: int = 0
    port: str | None = None
    ports: str | None = Field(default=None, sa_type=Text)
    output: bytes | None = Field(default=None, sa_type=LargeBinary)
    error: str | None = Field(default=None, sa_type=Text)


class Attempt(Table, table=True):
    """One try of one call; for an effect its row is written before the call (the intent) and closed after it."""

    __tablename__ = "attempt"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_attempt_unknown", "workspace_id", "run_id", sqlite_where=_UNKNOWN, postgresql_where=_UNKNOWN),
    )

    run_id: str = Field(primary_key=True)
    node_id: str = Field(primary_key=True)
    path: str = Field(primary_key=True, default="")
    item: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    workspace_id: str
    effect: str
    idempotency_key: str
    summary: str
    status: str
    started_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    output: bytes | None = Field(default=None, sa_type=LargeBinary)
    error: str | None = Field(default=None, sa_type=Text)


class RunLogLine(Table, table=True):
    """A line of a run's log; one without a node is about the run itself."""

    __tablename__ = "run_log"  # pyright: ignore[reportAssignmentType]

    run_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    workspace_id: str
    at: datetime = Field(sa_type=UtcTime)
    node_id: str | None = None
    path: str = ""
    level: str
    text: str = Field(sa_type=Text)


class Artifact(Table, table=True):
    __tablename__ = "artifact"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_artifact_sha256", "sha256"),)

    id: str = Field(primary_key=True)
    workspace_id: str
    name: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    sha256: str
    created_at: datetime = Field(sa_type=UtcTime)


class Worker(Table, table=True):
    """A worker process and until when it may be taken for alive."""

    __tablename__ = "worker"  # pyright: ignore[reportAssignmentType]

    id: str = Field(primary_key=True)
    lease_until: datetime = Field(sa_type=UtcTime)
    started_at: datetime = Field(sa_type=UtcTime)


def _table(name: str) -> sqlalchemy.Table:
    return metadata.tables[name]


GRAPH_SNAPSHOTS = _table("graph_snapshot")
RUNS = _table("run")
NODE_RUNS = _table("node_run")
ATTEMPTS = _table("attempt")
RUN_LOG = _table("run_log")
ARTIFACTS = _table("artifact")
WORKERS = _table("worker")


def unfinished(runs: sqlalchemy.FromClause) -> ColumnElement[bool]:
    """The very condition of the partial indexes, beside whatever else a query asks of `status`.

    SQLite takes a partial index only for a query that repeats its condition with literals; without it the queue
    would be found by reading every run there ever was.
    """
    return runs.c.status.in_([literal_column(f"'{status}'") for status in ("queued", "running", "waiting")])


OUTCOME_UNKNOWN: ColumnElement[bool] = ATTEMPTS.c.status == literal_column("'unknown'")
