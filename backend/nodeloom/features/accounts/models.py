"""People and what lets them in. Tokens and keys are kept as digests, passwords as argon2 hashes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from nodeloom.adapters.columns import Table, UtcTime


class Person(Table, table=True):
    __tablename__ = "person"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (UniqueConstraint("email"),)

    id: str = Field(primary_key=True)
    email: str
    name: str
    password_hash: str
    created_at: datetime = Field(sa_type=UtcTime)


class Workspace(Table, table=True):
    __tablename__ = "workspace"  # pyright: ignore[reportAssignmentType]

    id: str = Field(primary_key=True)
    name: str
    created_at: datetime = Field(sa_type=UtcTime)


class Member(Table, table=True):
    """A person's place in a workspace."""

    __tablename__ = "member"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        UniqueConstraint("workspace_id", "person_id"),
        Index("ix_member_person", "person_id"),
        CheckConstraint("role IN ('owner', 'admin', 'editor', 'runner', 'viewer')", name="role"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="workspace.id")
    person_id: str = Field(foreign_key="person.id")
    role: str
    created_at: datetime = Field(sa_type=UtcTime)


class LoginSession(Table, table=True):
    """One browser that a person signed in with; `workspace_id` is the workspace used last."""

    __tablename__ = "login_session"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (UniqueConstraint("token_digest"), Index("ix_login_session_person", "person_id", "id"))

    id: str = Field(primary_key=True)
    token_digest: str
    person_id: str = Field(foreign_key="person.id")
    csrf_token: str
    workspace_id: str | None
    user_agent: str
    address: str
    created_at: datetime = Field(sa_type=UtcTime)
    last_seen_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)


class ApiKey(Table, table=True):
    """A key of one workspace with one role; `prefix` is what people recognise it by."""

    __tablename__ = "api_key"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        UniqueConstraint("digest"),
        Index("ix_api_key_workspace", "workspace_id", "id"),
        CheckConstraint("role IN ('owner', 'admin', 'editor', 'runner', 'viewer')", name="role"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="workspace.id")
    name: str
    role: str
    digest: str
    prefix: str
    created_by: str | None
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Invite(Table, table=True):
    """A link that lets one person in, once; `email` is whom it is for, if it is for nobody else."""

    __tablename__ = "invite"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        UniqueConstraint("token_digest"),
        Index("ix_invite_workspace", "workspace_id", "id"),
        CheckConstraint("role IN ('owner', 'admin', 'editor', 'runner', 'viewer')", name="role"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="workspace.id")
    token_digest: str
    email: str | None
    role: str
    invited_by: str
    member_id: str | None
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)


class Claim(Table, table=True):
    """The one row that says that the installation has its first owner; its key makes a second claim fail."""

    __tablename__ = "claim"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    claimed_at: datetime = Field(sa_type=UtcTime)


class Throttle(Table, table=True):
    """Tries to sign in from one address or for one e-mail since `since`."""

    __tablename__ = "login_throttle"  # pyright: ignore[reportAssignmentType]

    bucket: str = Field(primary_key=True)
    tries: int
    since: datetime = Field(sa_type=UtcTime)


class IdempotencyRecord(Table, table=True):
    """A write that carried an Idempotency-Key, and its answer once there is one.

    `carried_out` is set in the transaction of the write itself, so that a crash between the write and
    its answer is seen for what it is. `answer` is encrypted: it may hold a new API key.
    """

    __tablename__ = "idempotency_record"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_idempotency_record_expires_at", "expires_at"),)

    digest: str = Field(primary_key=True)
    attempt: str
    fingerprint: str
    carried_out: bool
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    locked_until: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
