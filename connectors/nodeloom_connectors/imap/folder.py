"""What is done in a folder: IMAP's commands, by the numbers that keep (UIDs)."""

from __future__ import annotations

import base64
import imaplib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from nodeloom_connectors.sdk import Refused

MOST_BYTES = 40 * 1024 * 1024
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) (?P<name>.+)')
_UID = re.compile(rb"UID (\d+)")
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True)
class Folder:
    """UIDs keep their meaning as long as `validity` stays; `next_uid` is the one that the next mail gets."""

    validity: int
    next_uid: int


@dataclass(frozen=True)
class Fetched:
    uid: int
    flags: frozenset[str]
    raw: bytes


class Session:
    """Raises imaplib's errors, which the client translates."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def folders(self) -> list[str]:
        _, lines = self._connection.list()
        found = (_LISTED.match(line) for line in cast("list[Any]", lines) if isinstance(line, bytes))
        return [_named(match["name"]) for match in found if match and b"\\noselect" not in match["flags"].lower()]

    def opened(self, name: str, *, readonly: bool) -> Folder:
        status, answer = self._connection.select(_quoted(name), readonly=readonly)
        if status != "OK":
            text = f"There is no folder {name!r}."
            raise Refused(text, "no_such_folder", hint="Choose one from the list.")
        validity = self._number("UIDVALIDITY")
        next_uid = self._number("UIDNEXT")
        if not next_uid:
            last = self.search("ALL") if int(cast("bytes", answer[0]) or b"0") else []
            next_uid = max(last, default=0) + 1
        return Folder(validity, next_uid)

    def _number(self, name: str) -> int:
        _, answer = self._connection.response(name)
        return int(cast("bytes", answer[0])) if answer and answer[0] else 0

    def search(self, *criteria: str) -> list[int]:
        """In ascending order."""
        answer = self._uid("SEARCH", *criteria)
        return sorted(int(uid) for part in answer if isinstance(part, bytes) for uid in part.split())

    def since(self, uid: int) -> list[int]:
        """Those that came after; a server also answers with the last one if there is none."""
        return [found for found in self.search("UID", f"{uid + 1}:*") if found > uid]

    def fetched(self, uids: Sequence[int]) -> Iterator[Fetched]:
        """The whole mails, without marking them as read; one that is too large only with its beginning."""
        for uid in uids:
            sizes = _SIZE.search(_flat(self._uid("FETCH", str(uid), "(RFC822.SIZE)")))
            if sizes is None:
                continue
            part = "BODY.PEEK[]" if int(sizes[1]) <= MOST_BYTES else f"BODY.PEEK[]<0.{MOST_BYTES}>"
            answer = self._uid("FETCH", str(uid), f"(UID FLAGS {part})")
            for raw in (cast("tuple[bytes, bytes]", one)[1] for one in answer if isinstance(one, tuple)):
                yield Fetched(uid, _flags_in(_flat(answer, without_content=True)), raw)
                break

    def marked(self, uid: int, flag: str, *, on: bool) -> None:
        self._known(uid)
        self._uid("STORE", str(uid), "+FLAGS.SILENT" if on else "-FLAGS.SILENT", f"({flag})")

    def moved(self, uid: int, to: str) -> None:
        """By MOVE where the server has it, else by a copy and a deletion."""
        self._known(uid)
        if self._can("MOVE"):
            self._moved(self._connection.uid("MOVE", str(uid), _quoted(to)), to)
            return
        self._moved(self._connection.uid("COPY", str(uid), _quoted(to)), to)
        self.deleted(uid)

    def deleted(self, uid: int) -> None:
        """For good, and no other mail that somebody marked."""
        self._known(uid)
        self._uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Deleted)")
        if self._can("UIDPLUS"):
            self._uid("EXPUNGE", str(uid))
        else:
            self._connection.expunge()

    def _can(self, ability: str) -> bool:
        """Asked anew: many servers say more once one is let in."""
        _, answer = self._connection.capability()
        return ability.encode() in b" ".join(part for part in answer if isinstance(part, bytes)).upper().split()

    def _moved(self, answer: tuple[str, Any], to: str) -> None:
        if answer[0] != "OK":
            raise Refused(f"The mail can't be moved to {to!r}.", "no_such_folder", hint="Choose a folder of the list.")

    def _known(self, uid: int) -> None:
        if uid not in self.search("UID", str(uid)):
            raise Refused(f"There is no mail {uid} in this folder.", "no_such_mail", hint="It may have been moved.")

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        status, answer = self._connection.uid(command, *arguments)
        if status != "OK":
            raise imaplib.IMAP4.error(answer[0] if answer else status)
        return answer


def day_of(day: date) -> str:
    return f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year:04}"


def _flags_in(text: bytes) -> frozenset[str]:
    found = _FLAGS.search(text)
    return frozenset(found[1].decode(errors="replace").split()) if found else frozenset()


def _flat(answer: Sequence[Any], *, without_content: bool = False) -> bytes:
    """What the server said, with or without the mail's own bytes."""
    pieces: list[bytes] = []
    for part in answer:
        if isinstance(part, tuple):
            pieces.extend(cast("tuple[bytes, ...]", part)[: 1 if without_content else None])
        elif isinstance(part, bytes):
            pieces.append(part)
    return b" ".join(pieces)


def _quoted(name: str) -> str:
    """In IMAP's own UTF-7, between quotation marks."""
    if any(character in name for character in "\r\n\0"):
        raise Refused("The name of a folder is one line.", "no_such_folder", hint="Choose one from the list.")
    encoded = _NOT_PLAIN.sub(lambda match: _utf7(match[0]), name.replace("&", "&-"))
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


_NOT_PLAIN = re.compile(r"[^\x20-\x7e]+")
_SHIFTED = re.compile(r"&([^-]*)-")


def _utf7(text: str) -> str:
    encoded = base64.b64encode(text.encode("utf-16-be", "replace")).decode().rstrip("=").replace("/", ",")
    return f"&{encoded}-"


def _named(quoted: bytes) -> str:
    text = quoted.decode("ascii", "replace").strip()
    if text.startswith('"') and text.endswith('"'):
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return _SHIFTED.sub(lambda match: _unshifted(match[1]), text)


def _unshifted(encoded: str) -> str:
    if not encoded:
        return "&"
    padded = encoded.replace(",", "/") + "=" * (-len(encoded) % 4)
    return base64.b64decode(padded).decode("utf-16-be", "replace")
