"""Chats and their messages in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.database import Database
from nodeloom.features.chats.models import CHAT_MESSAGES, CHAT_SESSIONS, ChatMessage

_AT_ONCE = 500


async def messages(session: AsyncSession, workspace_id: str, session_id: str, *, limit: int) -> Sequence[ChatMessage]:
    """The last ones, oldest first."""
    query = select(ChatMessage).where(
        CHAT_MESSAGES.c.session_id == session_id, CHAT_MESSAGES.c.workspace_id == workspace_id
    )
    newest = (await session.scalars(query.order_by(CHAT_MESSAGES.c.id.desc()).limit(limit))).all()
    return newest[::-1]


async def message(
    session: AsyncSession, workspace_id: str, session_id: str, *, id_: str | None = None, client_id: str | None = None
) -> ChatMessage | None:
    query = select(ChatMessage).where(
        CHAT_MESSAGES.c.session_id == session_id, CHAT_MESSAGES.c.workspace_id == workspace_id
    )
    wanted = CHAT_MESSAGES.c.id == id_ if id_ is not None else CHAT_MESSAGES.c.client_id == client_id
    return await session.scalar(query.where(wanted))


async def settle(
    session: AsyncSession,
    workspace_id: str,
    message_id: str,
    run_id: str,
    *,
    status: str,
    answer: str,
    files: list[dict[str, Any]],
    now: datetime,
) -> None:
    """Write down the answer of the run that the message waits for; of an earlier run it is too late."""
    statement = (
        update(CHAT_MESSAGES)
        .where(
            CHAT_MESSAGES.c.id == message_id,
            CHAT_MESSAGES.c.workspace_id == workspace_id,
            CHAT_MESSAGES.c.run_id == run_id,
            CHAT_MESSAGES.c.status == "pending",
        )
        .values(status=status, answer=answer, answer_files=files, answered_at=now)
    )
    await session.execute(statement)


async def forget_chats(db: Database, before: datetime) -> int:
    """Of all workspaces: the chats in which nothing was said since; how many."""
    old = select(CHAT_SESSIONS.c.id).where(CHAT_SESSIONS.c.last_at < before).limit(_AT_ONCE)
    forgotten = 0
    while True:
        async with db.transaction() as session:
            ids = (await session.scalars(old)).all()
            await session.execute(delete(CHAT_MESSAGES).where(CHAT_MESSAGES.c.session_id.in_(ids)))
            await session.execute(delete(CHAT_SESSIONS).where(CHAT_SESSIONS.c.id.in_(ids)))
        forgotten += len(ids)
        if len(ids) < _AT_ONCE:
            return forgotten
