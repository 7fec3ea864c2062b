"""Chats and what was said in them."""

from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field

from nodeloom.adapters.columns import Json, Table, UtcTime, metadata


class ChatSession(Table, table=True):
    """One visitor's talk at one address; its id is a digest of the token that opens it."""

    __tablename__ = "chat_session"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_chat_session_workspace", "workspace_id", "id"),
        Index("ix_chat_session_last_at", "last_at"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    workflow_id: str
    node_id: str
    person_id: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    last_at: datetime = Field(sa_type=UtcTime)


class ChatMessage(Table, table=True):
    """What the visitor wrote and, once its run has answered, the answer. `tries` counts the runs it has had."""

    __tablename__ = "chat_message"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        UniqueConstraint("session_id", "client_id"),
        Index("ix_chat_message_session", "session_id", "id"),
        CheckConstraint("status IN ('pending', 'answered', 'failed')", name="status"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    session_id: str
    client_id: str
    text: str = Field(sa_type=Text)
    files: list[dict[str, Any]] = Field(sa_type=Json)
    status: str
    run_id: str
    tries: int
    answer: str | None = Field(default=None, sa_type=Text)
    answer_files: list[dict[str, Any]] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)


def _table(name: str) -> sqlalchemy.Table:
    return metadata.tables[name]


CHAT_SESSIONS = _table("chat_session")
CHAT_MESSAGES = _table("chat_message")
