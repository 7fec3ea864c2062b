"""What Gmail says of a mail, as the item that nodes hand on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Headers
from email.utils import getaddresses
from typing import Any, cast

from nodeloom_connectors.gmail.client import decoded
from nodeloom_connectors.gmail.plain_text import plain_text
from nodeloom_connectors.gmail.shapes import Address, Attachment, Message, link_to

_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


@dataclass
class Parts:
    """A mail taken apart. `elsewhere` are long texts that Gmail hands out like an attachment: media type to id."""

    text: list[str] = field(default_factory=list[str])
    html: list[str] = field(default_factory=list[str])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    elsewhere: dict[str, tuple[str, str]] = field(default_factory=dict[str, "tuple[str, str]"])


def message_of(given: Mapping[str, Any], parts: Parts | None = None) -> Message:
    """The item for one of Gmail's messages in the format "full" or "metadata"."""
    payload = _mapping(given.get("payload"))
    parts = parts or parts_of(given)
    headers = headers_of(payload)
    labels = [str(label) for label in _list(given.get("labelIds"))]
    html = "\n".join(parts.html) or None
    message_id = str(given.get("id") or "")
    senders = _addresses(headers.get("from", ""))
    return Message(
        id=message_id,
        thread_id=str(given.get("threadId") or ""),
        url=link_to(message_id),
        sender=senders[0] if senders else None,
        to=_addresses(headers.get("to", "")),
        cc=_addresses(headers.get("cc", "")),
        bcc=_addresses(headers.get("bcc", "")),
        reply_to=_addresses(headers.get("reply-to", "")),
        subject=shown(headers.get("subject", "")),
        date=moment_of(given),
        text="\n".join(parts.text) or plain_text(html or ""),
        html=html,
        snippet=str(given.get("snippet") or ""),
        labels=labels,
        unread="UNREAD" in labels,
        attachments=parts.attachments,
        message_id=headers.get("message-id", "").strip(),
        in_reply_to=headers.get("in-reply-to", "").strip(),
        references=_MESSAGE_ID.findall(headers.get("references", "")),
        headers=headers,
    )


def parts_of(given: Mapping[str, Any]) -> Parts:
    """Text, HTML and attachments of a message in the format "full"."""
    parts = Parts()
    for part in _walk(_mapping(given.get("payload"))):
        _sort_in(part, parts)
    return parts


def _sort_in(part: Mapping[str, Any], parts: Parts) -> None:
    media_type = str(part.get("mimeType") or "").lower()
    body = _mapping(part.get("body"))
    file_name = shown(str(part.get("filename") or ""))
    attachment_id = str(body.get("attachmentId") or "")
    headers = headers_of(part)
    is_text = media_type in ("text/plain", "text/html") and not file_name
    if is_text and body.get("data"):
        words = text_of(decoded(str(body["data"])), headers.get("content-type", ""))
        (parts.text if media_type == "text/plain" else parts.html).append(words)
    elif is_text and attachment_id:
        parts.elsewhere[media_type] = (attachment_id, headers.get("content-type", ""))
    elif attachment_id or file_name:
        attachment = Attachment(
            file_name=_safe_name(file_name) or "attachment",
            media_type=media_type or "application/octet-stream",
            size=int(body.get("size") or 0),
            attachment_id=attachment_id,
            content=None if attachment_id else decoded(str(body.get("data") or "")),
            inline=headers.get("content-disposition", "").lower().startswith("inline") or "content-id" in headers,
        )
        parts.attachments.append(attachment)


def headers_of(part: Mapping[str, Any]) -> dict[str, str]:
    """By name in lower case; of several of one name the first, as readers show it."""
    found: dict[str, str] = {}
    for header in _list(part.get("headers")):
        entry = _mapping(header)
        found.setdefault(str(entry.get("name") or "").lower(), str(entry.get("value") or ""))
    return found


def moment_of(given: Mapping[str, Any]) -> datetime | None:
    """When Gmail got it."""
    milliseconds = milliseconds_of(given)
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


def milliseconds_of(given: Mapping[str, Any]) -> int:
    text = str(given.get("internalDate") or "")
    return int(text) if text.isdecimal() and len(text) < 15 else 0


def text_of(content: bytes, content_type: str) -> str:
    """UTF-8 if it is that, for Gmail converts most texts; else as the part says. Lines end as everywhere else."""
    header = Headers()
    header["Content-Type"] = content_type
    for charset in ("utf-8", header.get_content_charset("latin-1")):
        try:
            return content.decode(charset).replace("\r\n", "\n")
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1").replace("\r\n", "\n")


def shown(text: str) -> str:
    """A header as a person reads it; most come decoded already."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, UnicodeDecodeError, LookupError, ValueError):
        return text


def _addresses(line: str) -> list[Address]:
    found = getaddresses([line]) if line else []
    return [Address(name=shown(name), email=address) for name, address in found if name or address]


def _safe_name(name: str) -> str:
    """A name without a path, of printable characters."""
    name = name.replace("\\", "/").rpartition("/")[2].strip()
    return "".join(character for character in name if character.isprintable())[:200]


def _walk(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The part and all below it, in the order of the mail."""
    waiting = [part]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(_mapping(inner) for inner in reversed(_list(current.get("parts"))))


def _mapping(given: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", given) if isinstance(given, Mapping) else {}


def _list(given: object) -> list[Any]:
    return cast("list[Any]", given) if isinstance(given, list) else []
