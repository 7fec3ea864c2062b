"""Telling who has the product open what is new for them, within a second; and forgetting what is old."""

import asyncio
from datetime import datetime, timedelta

import structlog
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.adapters.live import Live
from nodeloom.features.notifications import repository
from nodeloom.features.notifications.kinds import Kind
from nodeloom.features.notifications.models import Notification

log = structlog.stdlib.get_logger(__name__)

_EVERY_S = 1.0
_AT_ONCE = 200
_FORGET_EVERY = timedelta(hours=1)
_TOLD_FOR = timedelta(days=90)
_SENT_FOR = timedelta(days=7)
_DEAD_FOR = timedelta(days=30)


class NotificationRead(BaseModel):
    """`subject` is the id of what it is about, `link` the path of the page where it happened."""

    id: str
    kind: Kind
    subject: str
    title: str
    text: str
    link: str
    created_at: datetime
    read_at: datetime | None


def notification_read(row: Notification) -> NotificationRead:
    return NotificationRead.model_validate(row, from_attributes=True)


def topic_of(member_id: str) -> str:
    """What a member's `notifications` are called on the stream of events: nobody hears another's."""
    return f"notifications:{member_id}"


async def announce_new(database: Database, live: Live) -> int:
    """How many; reads first, so that an idle installation writes nothing."""
    async with database.read() as session:
        rows = await repository.unannounced(session, _AT_ONCE)
    if not rows:
        return 0
    # Told before it is noted: heard twice is nothing, and not heard would be a bell that doesn't ring.
    for row in rows:
        resource = notification_read(row).model_dump(mode="json")
        await live.publish(row.workspace_id, (topic_of(row.member_id),), "notification", resource)
    async with database.transaction() as session:
        await repository.note_announced(session, [row.id for row in rows])
    return len(rows)


async def announce_for_ever(database: Database, live: Live) -> None:
    """Until cancelled. Any number may run."""
    forget_at = clock.now()
    while True:
        try:
            while await announce_new(database, live) == _AT_ONCE:
                pass
            if clock.now() >= forget_at:
                forget_at = clock.now() + _FORGET_EVERY
                await forget_old(database)
        except (DatabaseUnavailable, SQLAlchemyError, OSError) as failure:
            log.warning("notifications wait for the database", reason=str(getattr(failure, "orig", failure)))
        await asyncio.sleep(_EVERY_S)


async def forget_old(database: Database) -> None:
    now = clock.now()
    async with database.transaction() as session:
        await repository.forget_old(session, told=now - _TOLD_FOR, sent=now - _SENT_FOR, dead=now - _DEAD_FOR)
