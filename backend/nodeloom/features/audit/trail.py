"""Writing and reading the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from nodeloom.adapters import clock
from nodeloom.adapters.ids import new_id
from nodeloom.features.audit.models import AuditEntry


class Actor(Protocol):
    """Who acts: a member, an API key, or neither (the installation itself, an unknown visitor)."""

    @property
    def workspace_id(self) -> str | None: ...
    @property
    def member_id(self) -> str | None: ...
    @property
    def key_id(self) -> str | None: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Installation:
    """The installation itself: its command line, its settings, or a visitor whom it doesn't know."""

    workspace_id: str | None = None
    member_id: str | None = None
    key_id: str | None = None
    name: str = "Installation"


async def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a line in the caller's transaction: the change and its line are kept together or not at all.

    `action` is `noun.past_participle`, such as `workflow.published`. `detail` never holds a secret.
    """
    session.add(AuditEntry(**_line(actor, action, subject_type, subject_id, detail)))


def record_at_once(
    connection: Connection,
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """The same on a connection, as inside an operation of the writer."""
    connection.execute(insert(AuditEntry).values(**_line(actor, action, subject_type, subject_id, detail)))


def _line(
    actor: Actor, action: str, subject_type: str, subject_id: str, detail: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "id": new_id("aud"),
        "workspace_id": actor.workspace_id,
        "member_id": actor.member_id,
        "key_id": actor.key_id,
        "actor": actor.name,
        "action": action,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "detail": dict(detail or {}),
        "created_at": clock.now(),
    }


@dataclass(frozen=True)
class Filter:
    """`kind` is the noun of the action; None takes all."""

    action: str | None = None
    kind: str | None = None
    subject_id: str | None = None
    member_id: str | None = None


async def entries(
    session: AsyncSession,
    workspace_id: str,
    wanted: Filter,
    *,
    limit: int,
    after: str | None,
) -> Sequence[AuditEntry]:
    """Newest first; `after` is the last id of the page before."""
    query = select(AuditEntry).where(col(AuditEntry.workspace_id) == workspace_id)
    if after is not None:
        query = query.where(col(AuditEntry.id) < after)
    if wanted.action is not None:
        query = query.where(col(AuditEntry.action) == wanted.action)
    if wanted.kind is not None:
        query = query.where(col(AuditEntry.action).startswith(f"{wanted.kind}.", autoescape=True))
    if wanted.subject_id is not None:
        query = query.where(col(AuditEntry.subject_id) == wanted.subject_id)
    if wanted.member_id is not None:
        query = query.where(col(AuditEntry.member_id) == wanted.member_id)
    return (await session.scalars(query.order_by(col(AuditEntry.id).desc()).limit(limit))).all()
