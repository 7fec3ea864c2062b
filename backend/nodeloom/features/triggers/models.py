"""What listens, what came in, and what has fired."""

from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field

from nodeloom.adapters.columns import Json, Table, UtcTime, metadata

_DUE = text("next_due_at IS NOT NULL")
_NAMED = text("topic IS NOT NULL")
_AWAITED = text("awaited")
_TO_DO = text("due_at IS NOT NULL")


class Subscription(Table, table=True):
    """The live registration of one trigger of a published version; gone when that version no longer is live.

    Publishing again makes new rows, so an id stands for one node of one version for ever. `topic` is the name of the
    workspace's events that it takes. What an `awaited` one takes in starts no run: a node that waits goes on by it.
    """

    __tablename__ = "subscription"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_subscription_workflow", "workflow_id"),
        Index("ix_subscription_path", "path"),
        Index("ix_subscription_topic", "workspace_id", "topic", sqlite_where=_NAMED, postgresql_where=_NAMED),
        Index("ix_subscription_due", "next_due_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    workflow_id: str
    version: int
    node_id: str
    kind: str
    path: str | None = None
    topic: str | None = None
    awaited: bool = False
    config: dict[str, Any] = Field(sa_type=Json)
    next_due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)


class Registration(Table, table=True):
    """A connector's trigger of a live version: what is wanted at the service, and what was made of it there.

    It outlives versions as long as node, type, params and connection stay the same, so that a cursor is not lost by
    publishing; `subscription_id` is that of the version which is live, None once it is `unwanted`. A `live` one
    listens; a `wanted` one has to be set up or looked at anew; a `paused` one waits for its connection. `sealed` holds
    the address that the service calls and what `subscribe` gave; `asked_at` is when the service last answered. At
    `due_at` somebody has to do something about it: whoever holds the lease, and `fence` tells a holder that came too
    late.
    """

    __tablename__ = "registration"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_registration_workflow", "workflow_id"),
        Index("ix_registration_connection", "connection_id"),
        Index("ix_registration_connector", "connector", "kind"),
        Index("ix_registration_token", "token_digest", unique=True),
        Index("ix_registration_due", "due_at", sqlite_where=_TO_DO, postgresql_where=_TO_DO),
        CheckConstraint("status IN ('wanted', 'live', 'unwanted', 'paused', 'broken')", name="status"),
        CheckConstraint("kind IN ('poll', 'hook', 'app')", name="kind"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    workflow_id: str
    node_id: str
    subscription_id: str | None = None
    connector: str
    type: str
    kind: str
    connection_id: str | None = None
    params: dict[str, Any] = Field(sa_type=Json)
    status: str
    detail: str = ""
    hint: str = ""
    token_digest: str | None = None
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    cursor: Any = Field(default=None, sa_type=Json, nullable=True)
    attempts: int = 0
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    fence: int = 0
    asked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)


class HookPath(Table, table=True):
    """An address under /hooks, unique in the installation, and the workflow that has it until it is deleted."""

    __tablename__ = "hook_path"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_hook_path_workflow", "workflow_id"),)

    path: str = Field(primary_key=True)
    workspace_id: str
    workflow_id: str
    claimed_at: datetime = Field(sa_type=UtcTime)


class Listening(Table, table=True):
    """An editor shows the requests of this workflow's draft until `until`; `node_id` None: of all its webhooks."""

    __tablename__ = "listening"  # pyright: ignore[reportAssignmentType]

    workflow_id: str = Field(primary_key=True)
    workspace_id: str
    node_id: str | None = None
    until: datetime = Field(sa_type=UtcTime)


class Event(Table, table=True):
    """One thing that a trigger took in; `payload` is the items it made, packed by `Payloads.pack`.

    `sent_by` is the run that sent it, `hops` how many runs in a row sent one because of another; `awaited`: it came
    for nodes that wait.
    """

    __tablename__ = "event"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_event_awaited", "workflow_id", "node_id", "id", sqlite_where=_AWAITED, postgresql_where=_AWAITED),
        Index("ix_event_workspace", "workspace_id", "id"),
        Index("ix_event_workflow", "workflow_id", "id"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    workflow_id: str
    node_id: str
    kind: str
    run_id: str | None = None
    dedupe_key: str | None = None
    summary: str = ""
    size: int = Field(sa_type=BigInteger)
    payload: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = Field(sa_type=UtcTime)
    sent_by: str | None = None
    hops: int | None = None
    awaited: bool | None = None


class AwaitedEvent(Table, table=True):
    """A parked node that goes on by the first event of its own subscription that `condition` fits.

    `event_id` is the one that it went on by: in a loop the next round waits for another.
    """

    __tablename__ = "awaited_event"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_awaited_event_node", "workflow_id", "node_id"),)

    run_id: str = Field(primary_key=True)
    node_id: str = Field(primary_key=True)
    path: str = Field(primary_key=True, default="")
    workspace_id: str
    workflow_id: str
    condition: dict[str, Any] = Field(sa_type=Json)
    event_id: str | None = None
    until: datetime | None = Field(default=None, sa_type=UtcTime)
    asked_at: datetime = Field(sa_type=UtcTime)


class FailureWorkflow(Table, table=True):
    """The workflow whose core.on_failure serves all of the workspace that name none of their own."""

    __tablename__ = "failure_workflow"  # pyright: ignore[reportAssignmentType]

    workspace_id: str = Field(primary_key=True)
    workflow_id: str


class Delivery(Table, table=True):
    """The first event with a dedupe key; a repeat before `expires_at` starts nothing."""

    __tablename__ = "delivery"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_delivery_expires_at", "expires_at"),)

    workflow_id: str = Field(primary_key=True)
    node_id: str = Field(primary_key=True)
    dedupe_key: str = Field(primary_key=True)
    workspace_id: str
    event_id: str
    run_id: str | None = None
    expires_at: datetime = Field(sa_type=UtcTime)


class ScheduleFire(Table, table=True):
    """One due time of one schedule: the row that makes it fire once, whoever was first."""

    __tablename__ = "schedule_fire"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_schedule_fire_fired_at", "fired_at"),)

    workflow_id: str = Field(primary_key=True)
    node_id: str = Field(primary_key=True)
    due_at: datetime = Field(primary_key=True, sa_type=UtcTime)
    workspace_id: str
    event_id: str
    run_id: str | None = None
    fired_at: datetime = Field(sa_type=UtcTime)


def _table(name: str) -> sqlalchemy.Table:
    return metadata.tables[name]


SUBSCRIPTIONS = _table("subscription")
REGISTRATIONS = _table("registration")
HOOK_PATHS = _table("hook_path")
LISTENING = _table("listening")
EVENTS = _table("event")
DELIVERIES = _table("delivery")
SCHEDULE_FIRES = _table("schedule_fire")
AWAITED_EVENTS = _table("awaited_event")
FAILURE_WORKFLOWS = _table("failure_workflow")
