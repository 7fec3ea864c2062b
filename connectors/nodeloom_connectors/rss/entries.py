"""A feed's entries as items, whatever its format."""

from __future__ import annotations

import asyncio
import calendar
import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin

from pydantic import BaseModel

from nodeloom_connectors.sdk import Refused

if TYPE_CHECKING:
    from nodeloom_connectors.rss.client import Document


class Enclosure(BaseModel):
    url: str
    media_type: str
    size: int | None


class Feed(BaseModel):
    title: str
    url: str


class Entry(BaseModel):
    """`html` comes without scripts and forms. `published` is missing where the feed doesn't say it."""

    id: str
    title: str
    url: str
    author: str
    published: str | None
    updated: str | None
    html: str
    categories: list[str]
    enclosures: list[Enclosure]
    feed: Feed

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.id.encode("utf-8", "replace")).hexdigest()[:20]


async def entries_of(document: Document) -> list[Entry]:
    """In the order of the feed, each once."""
    if b"<!ENTITY" in document.content:
        # Entities of one's own are no part of any feed format, and a way to make little into much.
        raise Refused("The feed declares entities.", "not_a_feed", hint="Use another address of this feed.")
    parsed: Any = await asyncio.to_thread(_parsed, document)
    if not parsed.get("version") and not parsed.get("entries"):
        hint = "Look at the address in a browser: it should show XML, not a page."
        raise Refused("There is no feed at this address.", "not_a_feed", hint=hint)
    feed = Feed(title=_text(parsed["feed"].get("title")), url=_text(parsed["feed"].get("link")) or document.url)
    found = [_entry(given, feed, document.url) for given in parsed["entries"]]
    return list({entry.fingerprint: entry for entry in reversed(found)}.values())[::-1]


def _parsed(document: Document) -> Any:
    import feedparser

    parse: Any = cast("Any", feedparser).parse

    # Without the address of the document: an id that looks like a relative one would change when the feed moves.
    return parse(document.content, response_headers={"content-type": document.media_type})


def _entry(given: Any, feed: Feed, base: str) -> Entry:
    contents = [_text(one.get("value")) for one in _list(given, "content")]
    html = next(filter(None, contents), _text(given.get("summary")))
    title, url = _text(given.get("title")), _joined(base, _text(given.get("link")))
    published = _moment(given.get("published_parsed"))
    return Entry(
        id=_text(given.get("id")) or url or hashlib.sha256(f"{title}\n{html}".encode("utf-8", "replace")).hexdigest(),
        title=title,
        url=url,
        author=_text(given.get("author")),
        published=published,
        updated=_moment(given["updated_parsed"]) if "updated_parsed" in given else published,
        html=html,
        categories=[_text(tag.get("term")) for tag in _list(given, "tags") if tag.get("term")],
        enclosures=[_enclosure(link, base) for link in _list(given, "enclosures") if link.get("href")],
        feed=feed,
    )


def _enclosure(link: Any, base: str) -> Enclosure:
    size = _text(link.get("length"))
    return Enclosure(
        url=_joined(base, _text(link.get("href"))),
        media_type=_text(link.get("type")) or "application/octet-stream",
        size=int(size) if size.isascii() and size.isdecimal() and len(size) < 16 else None,
    )


def _list(given: Any, name: str) -> list[Any]:
    return given.get(name) or []


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return link


def _moment(given: Any) -> str | None:
    """feedparser gives times in UTC."""
    try:
        return datetime.fromtimestamp(calendar.timegm(given), UTC).isoformat() if given else None
    except (ValueError, OverflowError, OSError):
        return None


def _text(given: Any) -> str:
    return str(given).strip() if given else ""
