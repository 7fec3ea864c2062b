"""A mail as bytes: addresses, text and files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, getaddresses
from typing import Literal

from nodeloom_connectors.sdk import Refused

# Only ASCII, whatever is in it: not every server takes more.
_POLICY = SMTP.clone(cte_type="7bit")
_MEDIA_TYPE = re.compile(r"([a-z0-9][\w.+-]*)/([a-z0-9][\w.+-]*)", re.IGNORECASE | re.ASCII)
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")


@dataclass(frozen=True)
class Enclosure:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """`answers` is the Message-ID of the mail that this one replies to."""

    sender: str
    to: str
    subject: str
    body: str
    format: Literal["text", "html"] = "text"
    cc: str = ""
    bcc: str = ""
    reply_to: str = ""
    answers: str = ""
    files: Sequence[Enclosure] = ()


def written(letter: Letter, key: str) -> EmailMessage:
    """Without Bcc. The same `key` gives the same Message-ID, by which a repeat can be told."""
    sender = addresses_in(letter.sender, "From")
    if len(sender) != 1:
        raise Refused("A mail has one sender.", "bad_address", hint="Fill in 'From' here or in the connection.")
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender[0]
    for name, line in (("To", letter.to), ("Cc", letter.cc), ("Reply-To", letter.reply_to)):
        if several := addresses_in(line, name):
            mail[name] = several
    mail["Subject"] = one_line(letter.subject, "Subject")
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{sender[0].domain}>"
    if found := _MESSAGE_ID.search(letter.answers):
        mail["In-Reply-To"] = mail["References"] = found[0]
    _fill(mail, letter)
    return mail


def _fill(mail: EmailMessage, letter: Letter) -> None:
    body = _encodable(letter.body)
    mail.set_content(body, subtype="html" if letter.format == "html" else "plain")
    for file in letter.files:
        found = _MEDIA_TYPE.fullmatch(file.media_type.partition(";")[0].strip())
        main, sub = found.groups() if found else ("application", "octet-stream")
        if main.lower() in ("multipart", "message"):
            main, sub = "application", "octet-stream"
        name = "".join(character for character in file.name if character.isprintable()) or "file"
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=name)


def addresses_in(text: str, field_name: str) -> list[Address]:
    """The addresses of a line such as "Ada <ada@example.com>, bob@example.com"."""
    line = one_line(text, field_name).strip(" ,;")
    return [_address(name, address, field_name) for name, address in getaddresses([line])] if line else []


def _address(name: str, address: str, field_name: str) -> Address:
    local, _, domain = address.rpartition("@")
    try:
        return Address(name, addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")
    except (HeaderParseError, ValueError, IndexError) as error:
        hint = "Write name@example.com or Name <name@example.com>, several with commas between."
        raise Refused(f"{address!r} in {field_name!r} is not a mail address.", "bad_address", hint=hint) from error


def one_line(text: str, field_name: str) -> str:
    """A line break in a header would begin another header: whoever fills it in could add recipients."""
    line = _encodable(text).strip()
    if any(character in line for character in "\r\n\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"):
        hint = "Take the line breaks out of it."
        raise Refused(f"The field {field_name!r} of a mail must be one line.", "line_break_in_header", hint=hint)
    return line


def _encodable(text: str) -> str:
    """Half a character (a lone surrogate) can't be sent as mail."""
    return text.encode("utf-8", "replace").decode()
