"""A mail as bytes: addresses, text, files, and the headers by which a thread holds together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses
from typing import Literal

from nodeloom_connectors.gmail.plain_text import plain_text
from nodeloom_connectors.sdk import Refused

MOST_MB = 25
# Which call a sent mail came of, should Gmail replace the Message-ID.
CALL_HEADER = "X-Nodeloom-Call"
# Only ASCII, whatever is in it.
_POLICY = SMTP.clone(cte_type="7bit")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")
_SEVERAL_COMMAS = re.compile(r",(\s*,)+")
_FOLD = "\r\n "
_MEDIA_TYPE = re.compile(r"([a-z0-9][\w.+-]*)/([a-z0-9][\w.+-]*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Enclosure:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What is to be written. `references` are the mails before it in the thread."""

    to: str
    subject: str
    body: str
    format: Literal["text", "html"] = "text"
    cc: str = ""
    bcc: str = ""
    reply_to: str = ""
    sender: str = ""
    references: Sequence[str] = ()
    files: Sequence[Enclosure] = ()


def written(letter: Letter, key: str, *, addressed: bool = True) -> bytes:
    """The whole mail. The same `key` gives the same Message-ID, by which it is found again."""
    mail = EmailMessage(policy=_POLICY)
    people = {
        "From": letter.sender,
        "To": letter.to,
        "Cc": letter.cc,
        "Bcc": letter.bcc,
        "Reply-To": letter.reply_to,
    }
    addresses = {name: addresses_in(text, name) for name, text in people.items()}
    if addressed and not (addresses["To"] or addresses["Cc"] or addresses["Bcc"]):
        raise Refused("The mail has no recipient.", "no_recipient", hint="Fill in 'To', 'Cc' or 'Bcc'.")
    for name, several in addresses.items():
        if several:
            mail[name] = several
    mail["Subject"] = _one_line(letter.subject, "subject")
    mail["Message-ID"] = message_id_of(key)
    mail[CALL_HEADER] = fingerprint(key)
    _fill(mail, letter)
    return _thread(letter.references) + mail.as_bytes()


def _thread(references: Sequence[str]) -> bytes:
    """By hand: the library encodes ids that are longer than a line, and then no reader finds the thread."""
    ids = [found for reference in references for found in _MESSAGE_ID.findall(reference)]
    if not ids:
        return b""
    return f"In-Reply-To: {ids[-1]}\r\nReferences: {_FOLD.join(ids)}\r\n".encode("ascii")


def _fill(mail: EmailMessage, letter: Letter) -> None:
    if letter.format == "html":
        mail.set_content(plain_text(letter.body) + "\n")
        mail.add_alternative(letter.body, subtype="html")
    else:
        mail.set_content(letter.body)
    for file in letter.files:
        found = _MEDIA_TYPE.fullmatch(file.media_type.partition(";")[0].strip())
        main, sub = found.groups() if found else ("application", "octet-stream")
        if main.lower() in ("multipart", "message"):
            main, sub = "application", "octet-stream"
        name = "".join(character for character in file.name if character.isprintable()) or "file"
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=name)


def addresses_in(text: str, field_name: str) -> list[Address]:
    """The addresses of a line such as "Ada <ada@example.com>, bob@example.com"."""
    line = _SEVERAL_COMMAS.sub(",", _one_line(text, field_name)).strip(" ,;")
    return [_address(name, address, line, field_name) for name, address in getaddresses([line])] if line else []


def _address(name: str, address: str, line: str, field_name: str) -> Address:
    local, _, domain = address.rpartition("@")
    try:
        return Address(name, addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")
    except (HeaderParseError, ValueError, IndexError) as error:
        text = f"{address or line!r} in {field_name!r} is not a mail address."
        hint = "Write name@example.com or Name <name@example.com>, several with commas between."
        raise Refused(text, "bad_address", hint=hint) from error


def _one_line(text: str, field_name: str) -> str:
    """A line break in a header would begin another header: whoever fills it in could add recipients."""
    line = text.strip()
    if any(character in line for character in "\r\n\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"):
        hint = "Take the line breaks out of it."
        raise Refused(f"The field {field_name!r} of a mail must be one line.", "line_break_in_header", hint=hint)
    return line


def fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def message_id_of(key: str) -> str:
    return f"<{fingerprint(key)}@mail.nodeloom>"


def refuse_more_than_allowed(sizes: Iterable[int]) -> None:
    total = sum(sizes)
    if total > MOST_MB * 1024 * 1024:
        size = f"{total / 1024 / 1024:.1f}"
        hint = "Send fewer or smaller files, or a link to them."
        raise Refused(f"The files are {size} MB together; Gmail takes {MOST_MB} MB.", "mail_too_large", hint=hint)
