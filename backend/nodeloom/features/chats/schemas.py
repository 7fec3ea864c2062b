"""What the page of a chat is told."""

from datetime import datetime
from typing import Any, Final, Literal, cast

from pydantic import BaseModel

from nodeloom.features.chats.models import ChatMessage
from nodeloom.features.chats.talk import Talk
from nodeloom.features.hosted.answers import stored

BASE: Final = "/chat/"


class ChatFile(BaseModel):
    name: str
    size: int
    url: str


class ChatMessageRead(BaseModel):
    """`answer` is None until the run has answered, and empty where it failed."""

    id: str
    text: str
    files: list[ChatFile]
    status: Literal["pending", "answered", "failed"]
    answer: str | None
    answer_files: list[ChatFile]
    created_at: datetime


class ChatMessages(BaseModel):
    messages: list[ChatMessageRead]


def message_read(talk: Talk, message: ChatMessage) -> ChatMessageRead:
    return ChatMessageRead(
        id=message.id,
        text=message.text,
        files=[_file(talk, file) for file in message.files],
        status=cast("Any", message.status),
        answer=message.answer,
        answer_files=[_file(talk, file) for file in message.answer_files],
        created_at=message.created_at,
    )


def _file(talk: Talk, file: dict[str, Any]) -> ChatFile:
    url = talk.hosting.file_address(BASE, talk.trigger.workspace_id, stored(file))
    return ChatFile(name=file["name"], size=file["size"], url=url)
