"""A mail as it came over the wire, as the item that nodes hand on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from selectolax.lexbor import LexborHTMLParser

_MOST_NAME = 200


class Person(BaseModel):
    name: str
    email: str


class AttachmentInfo(BaseModel):
    """`file` is the name of the item's file, if it was taken along."""

    file_name: str
    media_type: str
    size: int
    inline: bool
    file: str | None = None


class Mail(BaseModel):
    """`id` is the mail's own Message-ID; `uid` the number by which its folder knows it."""

    model_config = ConfigDict(serialize_by_alias=True)

    uid: int
    folder: str
    id: str
    sender: Person | None = Field(serialization_alias="from")
    to: list[Person]
    cc: list[Person]
    reply_to: list[Person]
    subject: str
    date: str | None
    text: str
    html: str | None
    unread: bool
    flagged: bool
    attachments: list[AttachmentInfo]
    in_reply_to: str
    references: list[str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Attached:
    info: AttachmentInfo
    content: bytes


def read_mail(raw: bytes, *, uid: int, folder: str, flags: frozenset[str]) -> tuple[Mail, list[Attached]]:
    """Whatever is broken in it is left out; nothing that came in may stop a run."""
    mail = message_from_bytes(raw, policy=default)
    attached = list(_attached(mail))
    html = _body(mail, "html")
    senders = _people(mail, "from")
    return (
        Mail(
            uid=uid,
            folder=folder,
            id=_header(mail, "message-id"),
            sender=senders[0] if senders else None,
            to=_people(mail, "to"),
            cc=_people(mail, "cc"),
            reply_to=_people(mail, "reply-to"),
            subject=_header(mail, "subject"),
            date=_date(mail),
            text=_body(mail, "plain") or _plain(html or ""),
            html=html,
            unread="\\Seen" not in flags,
            flagged="\\Flagged" in flags,
            attachments=[one.info for one in attached],
            in_reply_to=_header(mail, "in-reply-to"),
            references=_header(mail, "references").split(),
            headers={name.lower(): _header(mail, name) for name in dict.fromkeys(mail.keys())},
        ),
        attached,
    )


def _attached(mail: EmailMessage) -> Iterator[Attached]:
    for part in mail.walk():
        if part.is_multipart() or not _is_attachment(part):
            continue
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        inline = part.get_content_disposition() != "attachment" and part["content-id"] is not None
        info = AttachmentInfo(
            file_name=_safe_name(part) or "attachment",
            media_type=part.get_content_type(),
            size=len(content),
            inline=inline,
        )
        yield Attached(info, content)


def _is_attachment(part: Any) -> bool:
    return (
        bool(part.get_filename())
        or part.get_content_disposition() == "attachment"
        or (part.get_content_maintype() not in ("text", "multipart") and part.get_content_type() != "message/rfc822")
    )


def _safe_name(part: Any) -> str:
    name = str(part.get_filename() or "").replace("\\", "/").rpartition("/")[2].strip()
    return "".join(character for character in name if character.isprintable())[:_MOST_NAME]


def _body(mail: EmailMessage, kind: str) -> str | None:
    try:
        part = mail.get_body(preferencelist=(kind,))
        return None if part is None else str(part.get_content()).replace("\r\n", "\n").strip("\n")
    except (KeyError, LookupError, UnicodeError, ValueError, AttributeError):
        return None


def _plain(html: str) -> str:
    if not html:
        return ""
    tree = LexborHTMLParser(html)
    for hidden in tree.css("script, style, title"):
        hidden.decompose()
    return tree.text(separator="\n", strip=True)


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name, "")).replace("\r", "").replace("\n", " ").strip()
    except (ValueError, IndexError, AttributeError, TypeError):
        return ""


def _people(mail: EmailMessage, name: str) -> list[Person]:
    line = _header(mail, name)
    return [Person(name=who, email=address) for who, address in getaddresses([line]) if address] if line else []


def _date(mail: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(_header(mail, "date")).isoformat()
    except (ValueError, IndexError, TypeError):
        return None
