"""A whole mail with what Gmail hands out apart: long texts, and attachments as files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from nodeloom_connectors.gmail.reading import message_of, parts_of, text_of
from nodeloom_connectors.sdk import Refused

if TYPE_CHECKING:
    from nodeloom_connectors.gmail.client import GmailClient
    from nodeloom_connectors.gmail.shapes import Attachment, Message
    from nodeloom_connectors.sdk import FileRef, Files

_AT_ONCE = 64 * 1024


class Mailroom(Protocol):
    """What actions and triggers have in common here."""

    @property
    def client(self) -> GmailClient: ...
    @property
    def files(self) -> Files: ...


async def whole_message(client: GmailClient, message_id: str) -> Message:
    return await completed(client, await client.call("messages.get", id=message_id, format="full"))


async def there(client: GmailClient, message_id: str) -> dict[str, Any] | None:
    """The mail in the format "full"; None if it was deleted for good."""
    try:
        return await client.call("messages.get", id=message_id, format="full")
    except Refused as error:
        if error.code == "http_404":
            return None
        raise


async def completed(client: GmailClient, given: Mapping[str, Any]) -> Message:
    """The item for a message in the format "full"."""
    parts = parts_of(given)
    for media_type, (attachment_id, content_type) in parts.elsewhere.items():
        words = text_of(await client.attachment(str(given.get("id")), attachment_id), content_type)
        (parts.text if media_type == "text/plain" else parts.html).append(words)
    return message_of(given, parts)


async def take_along(room: Mailroom, message: Message, chosen: Sequence[Attachment]) -> dict[str, FileRef]:
    """The attachments as files of the item, named "attachment_0" and so on; the message names them as well."""
    files: dict[str, FileRef] = {}
    for attachment in chosen:
        content = attachment.content
        if content is None:
            content = await room.client.attachment(message.id, attachment.attachment_id)
        name = f"attachment_{len(files)}"
        files[name] = await room.files.store(chunks(content), attachment.file_name, attachment.media_type)
        attachment.file = name
    return files


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _AT_ONCE):
        yield content[start : start + _AT_ONCE]
