"""Every query on notifications, preferences and letters."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, literal_column, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from nodeloom.adapters.ids import first_id
from nodeloom.features.notifications.models import Mail, Notification, NotificationPreference

# With a literal, so that SQLite takes the partial index.
_QUEUED = col(Mail.status) == literal_column("'queued'")


async def of_member(
    session: AsyncSession, workspace_id: str, member_id: str, *, limit: int, after: str | None, unread: bool
) -> Sequence[Notification]:
    """Newest first."""
    query = select(Notification).where(
        col(Notification.workspace_id) == workspace_id, col(Notification.member_id) == member_id
    )
    if after is not None:
        query = query.where(col(Notification.id) < after)
    if unread:
        query = query.where(col(Notification.read_at).is_(None))
    return (await session.scalars(query.order_by(col(Notification.id).desc()).limit(limit))).all()


async def unread_count(session: AsyncSession, workspace_id: str, member_id: str) -> int:
    query = (
        select(func.count())
        .select_from(Notification)
        .where(
            col(Notification.workspace_id) == workspace_id,
            col(Notification.member_id) == member_id,
            col(Notification.read_at).is_(None),
        )
    )
    return await session.scalar(query) or 0


async def one(session: AsyncSession, workspace_id: str, member_id: str, notification_id: str) -> Notification | None:
    query = select(Notification).where(
        col(Notification.workspace_id) == workspace_id,
        col(Notification.member_id) == member_id,
        col(Notification.id) == notification_id,
    )
    return (await session.scalars(query)).one_or_none()


async def read_all(session: AsyncSession, workspace_id: str, member_id: str, now: datetime) -> None:
    await session.execute(
        update(Notification)
        .where(
            col(Notification.workspace_id) == workspace_id,
            col(Notification.member_id) == member_id,
            col(Notification.read_at).is_(None),
        )
        .values(read_at=now)
    )


async def preferences(session: AsyncSession, workspace_id: str, member_id: str) -> Sequence[NotificationPreference]:
    query = select(NotificationPreference).where(
        col(NotificationPreference.workspace_id) == workspace_id, col(NotificationPreference.member_id) == member_id
    )
    return (await session.scalars(query)).all()


async def replace_preferences(
    session: AsyncSession, workspace_id: str, member_id: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    await session.execute(
        delete(NotificationPreference).where(
            col(NotificationPreference.workspace_id) == workspace_id, col(NotificationPreference.member_id) == member_id
        )
    )
    if rows:
        whose = {"workspace_id": workspace_id, "member_id": member_id}
        await session.execute(insert(NotificationPreference), [{**row, **whose} for row in rows])


async def forget_member(session: AsyncSession, workspace_id: str, member_id: str) -> None:
    for table in (Notification, NotificationPreference):
        await session.execute(
            delete(table).where(col(table.workspace_id) == workspace_id, col(table.member_id) == member_id)
        )


async def unannounced(session: AsyncSession, limit: int) -> Sequence[Notification]:
    query = select(Notification).where(~col(Notification.announced)).order_by(col(Notification.id)).limit(limit)
    return (await session.scalars(query)).all()


async def note_announced(session: AsyncSession, ids: Sequence[str]) -> None:
    await session.execute(update(Notification).where(col(Notification.id).in_(ids)).values(announced=True))


async def any_mail_due(session: AsyncSession, now: datetime) -> bool:
    query = select(col(Mail.id)).where(_QUEUED, col(Mail.due_at) <= now).limit(1)
    return (await session.execute(query)).first() is not None


async def claim_mails(session: AsyncSession, now: datetime, *, until: datetime, limit: int) -> Sequence[Mail]:
    """Letters that are due, now tried once more; nobody else gets them before `until`."""
    due = (
        select(col(Mail.id))
        .where(_QUEUED, col(Mail.due_at) <= now)
        .order_by(col(Mail.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.scalars(due)).all()
    claimed = (
        update(Mail)
        .where(col(Mail.id).in_(ids))
        .values(tries=col(Mail.tries) + 1, due_at=until)
        .returning(Mail)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(claimed)).all()


async def change_mail(session: AsyncSession, workspace_id: str, mail_id: str, changes: Mapping[str, Any]) -> None:
    await session.execute(
        update(Mail).where(col(Mail.workspace_id) == workspace_id, col(Mail.id) == mail_id).values(**changes)
    )


async def drop_queued_mails(session: AsyncSession) -> None:
    await session.execute(delete(Mail).where(_QUEUED))


async def dead_mails(session: AsyncSession, workspace_id: str) -> int:
    query = (
        select(func.count()).select_from(Mail).where(col(Mail.workspace_id) == workspace_id, col(Mail.status) == "dead")
    )
    return await session.scalar(query) or 0


async def forget_old(session: AsyncSession, *, told: datetime, sent: datetime, dead: datetime) -> None:
    """Notifications of before `told`, letters sent before `sent` or given up before `dead`."""
    await session.execute(delete(Notification).where(col(Notification.id) < first_id("ntf", told)))
    old = or_(
        (col(Mail.status) == "sent") & (col(Mail.created_at) < sent),
        (col(Mail.status) == "dead") & (col(Mail.created_at) < dead),
    )
    await session.execute(delete(Mail).where(old))
