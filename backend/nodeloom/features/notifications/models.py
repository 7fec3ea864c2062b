"""What a member was told, what they want to be told, and the letters on their way."""

from datetime import datetime

import sqlalchemy
from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, text
from sqlmodel import Field

from nodeloom.adapters.columns import Table, UtcTime, metadata

_UNREAD = text("read_at IS NULL")
_UNANNOUNCED = text("NOT announced")
_UNANNOUNCED_IN_SQLITE = text("announced = 0")
_QUEUED = text("status = 'queued'")


class Notification(Table, table=True):
    """One thing told to one member. `announced`: whoever has the product open has heard of it."""

    __tablename__ = "notification"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_notification_member", "member_id", "id"),
        Index("ix_notification_unread", "member_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_notification_unannounced", "id", sqlite_where=_UNANNOUNCED_IN_SQLITE, postgresql_where=_UNANNOUNCED),
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    member_id: str
    kind: str
    subject: str
    title: str
    text: str = Field(sa_type=Text)
    link: str
    created_at: datetime = Field(sa_type=UtcTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcTime)
    announced: bool = False


class NotificationPreference(Table, table=True):
    """Where a member wants to be told of a kind; without a row the kind's own default counts."""

    __tablename__ = "notification_preference"  # pyright: ignore[reportAssignmentType]

    member_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    workspace_id: str
    in_product: bool
    by_mail: bool


class Trouble(Table, table=True):
    """Something that began to fail and has not worked since: told once, and once more when it is over."""

    __tablename__ = "trouble"  # pyright: ignore[reportAssignmentType]

    subject: str = Field(primary_key=True)
    workspace_id: str
    since: datetime = Field(sa_type=UtcTime)


class Mail(Table, table=True):
    """A letter: written with what it tells of, sent afterwards.

    A link that lets in is sealed, and gone once the letter is sent or given up.
    """

    __tablename__ = "mail"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_mail_queued", "due_at", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
        CheckConstraint("status IN ('queued', 'sent', 'dead')", name="status"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    recipient: str
    heading: str
    text: str = Field(sa_type=Text)
    link: str | None = None
    sealed_link: bytes | None = Field(default=None, sa_type=LargeBinary)
    link_label: str
    status: str = "queued"
    tries: int = 0
    due_at: datetime = Field(sa_type=UtcTime)
    problem: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=UtcTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)


def _table(name: str) -> sqlalchemy.Table:
    return metadata.tables[name]


NOTIFICATIONS = _table("notification")
PREFERENCES = _table("notification_preference")
TROUBLES = _table("trouble")
MAILS = _table("mail")
