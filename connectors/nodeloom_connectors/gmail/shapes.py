"""What Gmail's nodes hand on."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Address(BaseModel):
    name: str = Field(title="Name")
    email: str = Field(title="Address")


class Attachment(BaseModel):
    """`file` is the name under which the content lies on the item, if it was taken along.

    `content` is there at once for what is so small that Gmail sends it with the mail.
    """

    file_name: str = Field(title="File name")
    media_type: str = Field(title="Media type")
    size: int = Field(title="Size in bytes")
    attachment_id: str = Field(title="Id at Gmail")
    inline: bool = Field(title="Shown inside the text")
    file: str | None = Field(default=None, title="Name of the file on the item")
    content: bytes | None = Field(default=None, exclude=True, repr=False)


class Message(BaseModel):
    """A mail. `message_id`, `in_reply_to` and `references` are those of the mail itself, `id` is Gmail's."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: str = Field(title="Id")
    thread_id: str = Field(title="Thread")
    url: str = Field(title="Link to Gmail")
    sender: Address | None = Field(serialization_alias="from", title="From")
    to: list[Address] = Field(title="To")
    cc: list[Address] = Field(title="Cc")
    bcc: list[Address] = Field(title="Bcc")
    reply_to: list[Address] = Field(title="Reply to")
    subject: str = Field(title="Subject")
    date: datetime | None = Field(title="Received")
    text: str = Field(title="Text")
    html: str | None = Field(title="HTML")
    snippet: str = Field(title="Beginning of the text")
    labels: list[str] = Field(title="Label ids")
    unread: bool = Field(title="Unread")
    attachments: list[Attachment] = Field(title="Attachments")
    message_id: str = Field(title="Message-ID")
    in_reply_to: str = Field(title="In-Reply-To")
    references: list[str] = Field(title="References")
    headers: dict[str, str] = Field(title="Headers, by name in lower case")


class Sent(BaseModel):
    """`message_id` is the mail's own id (Message-ID), by which an answer refers to it."""

    id: str = Field(title="Id")
    thread_id: str = Field(title="Thread")
    labels: list[str] = Field(title="Label ids")
    message_id: str = Field(title="Message-ID")
    url: str = Field(title="Link to Gmail")


class Draft(BaseModel):
    id: str = Field(title="Id of the draft")
    message_id: str = Field(title="Id of its mail")
    thread_id: str = Field(title="Thread")
    url: str = Field(title="Link to Gmail")


class Labelled(BaseModel):
    """A mail after its labels were changed."""

    id: str = Field(title="Id")
    thread_id: str = Field(title="Thread")
    labels: list[str] = Field(title="Label ids")


def link_to(message_id: str) -> str:
    return f"https://mail.google.com/mail/#all/{message_id}"
