"""Feeds at a far side: RSS, Atom, broken ones, and new entries once each."""

from typing import Any

import httpx2
import pytest

from nodeloom.adapters.http import EgressRefused
from nodeloom_connectors.rss import connector
from nodeloom_connectors.rss.client import MOST_BYTES, Feeds
from nodeloom_connectors.rss.entries import Entry
from nodeloom_connectors.rss.reading import ReadParams, read
from nodeloom_connectors.sdk import Polled, Refused, RetryLater, TriggerContext
from tests.support.actions import KeptFiles, Lines, context
from tests.support.far_side import FarSide, Reply, Seen

_XML = {"Content-Type": "application/rss+xml", "ETag": '"v1"'}


def _item(number: int, extra: str = "") -> str:
    return (
        f"<item><guid>id-{number}</guid><title>Entry {number} &amp; more</title><link>https://example.com/{number}</link>"
        f"<pubDate>Mon, 23 Nov 2026 09:30:0{number} +0100</pubDate>{extra}</item>"
    )


def _rss(*items: str) -> bytes:
    text = "".join(items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{text}</channel></rss>'.encode()


def _serve(side: FarSide, body: bytes, headers: dict[str, str] | None = None) -> None:
    side.answer = lambda _: Reply(200, headers or _XML, body)


async def _read(http: httpx2.AsyncClient, url: str, **params: Any) -> list[Entry]:
    return await read.run(context(Feeds(http)), ReadParams(url=url, **params))


async def test_an_rss_feed(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    extra = (
        "<description>&lt;p&gt;Hi&lt;script&gt;alert(1)&lt;/script&gt;&lt;/p&gt;</description><category>looms</category>"
        '<enclosure url="https://example.com/a.mp3" length="12" type="audio/mpeg"/>'
    )
    _serve(far_side, _rss(_item(2, extra), _item(1), _item(1)))
    second, first = await _read(http, far_side.url("/feed"))
    assert (second.title, second.url, second.id) == ("Entry 2 & more", "https://example.com/2", "id-2")
    assert (second.published, second.html, second.categories) == ("2026-11-23T08:30:02+00:00", "<p>Hi</p>", ["looms"])
    assert second.enclosures[0].model_dump() == {
        "url": "https://example.com/a.mp3",
        "media_type": "audio/mpeg",
        "size": 12,
    }
    assert first.feed.title == "News"
    assert len(await _read(http, far_side.url("/feed"), limit=1)) == 1


async def test_an_atom_feed_and_a_broken_one(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>x</id><title>T</title>'
        '<link href="/t"/><updated>2026-11-23T09:30:00Z</updated><author><name>Ada</name></author>'
        '<content type="html">&lt;b&gt;c&lt;/b&gt;</content></entry></feed>'
    )
    _serve(far_side, atom.encode(), {"Content-Type": "application/atom+xml"})
    (entry,) = await _read(http, far_side.url("/feed"))
    assert (entry.url, entry.author, entry.html) == (far_side.url("/t"), "Ada", "<b>c</b>")
    assert entry.updated == "2026-11-23T09:30:00+00:00"
    _serve(far_side, _rss(_item(1))[:-20] + b" & <broken")
    assert [entry.id for entry in await _read(http, far_side.url("/feed"))] == ["id-1"]


async def test_new_entries_once_each_and_oldest_first(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    (trigger,) = connector.triggers
    assert trigger.kind == "poll"
    ctx: TriggerContext[Any] = TriggerContext(Feeds(http), KeptFiles(), Lines())
    params = trigger.params.model_validate({"url": far_side.url("/feed")})

    async def polled(cursor: Any) -> Polled:
        return await trigger.poll(ctx, params, cursor)

    _serve(far_side, _rss(_item(1)))
    first = await polled(None)
    assert not first.occurrences
    _serve(far_side, _rss(_item(3), _item(2), _item(1)))
    second = await polled(first.cursor)
    assert [one.json["id"] for one in second.occurrences] == ["id-2", "id-3"]
    _serve(far_side, _rss(_item(3)))
    third = await polled(second.cursor)
    _serve(far_side, _rss(_item(3), _item(1)))
    assert not (await polled(third.cursor)).occurrences

    def unchanged(seen: Seen) -> Reply:
        return Reply(304 if seen.headers.get("if-none-match") == '"v1"' else 500)

    far_side.answer = unchanged
    assert (await polled(third.cursor)).cursor == third.cursor


async def test_a_feed_that_moved(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    def answer(seen: Seen) -> Reply:
        return Reply(301, {"Location": "/new"}) if seen.path == "/old" else Reply(200, _XML, _rss(_item(1)))

    far_side.answer = answer
    assert len(await _read(http, far_side.url("/old"))) == 1
    far_side.answer = lambda seen: Reply(302, {"Location": seen.target})
    with pytest.raises(Refused) as refused:
        await _read(http, far_side.url("/old"))
    assert refused.value.code == "too_many_redirects"
    far_side.answer = lambda _: Reply(302, {"Location": "http://169.254.169.254/"})
    with pytest.raises(EgressRefused):
        await _read(http, far_side.url("/old"))


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, b"", Refused),
        (429, b"", RetryLater),
        (503, b"", RetryLater),
        (200, b"<html><body>Sign in</body></html>", Refused),
        (200, b'<!DOCTYPE r [<!ENTITY a "b">]>' + b"<rss/>", Refused),
        (200, b"", Refused),
        (200, b" " * (MOST_BYTES + 1), Refused),
    ],
)
async def test_what_is_no_feed(
    http: httpx2.AsyncClient, far_side: FarSide, status: int, body: bytes, error: type[Exception]
) -> None:
    far_side.answer = lambda _: Reply(status, {"Content-Type": "text/html"}, body)
    with pytest.raises(error):
        await _read(http, far_side.url("/feed"))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "nonsense", "http://"])
async def test_what_is_no_address(http: httpx2.AsyncClient, url: str) -> None:
    with pytest.raises(Refused) as refused:
        await _read(http, url)
    assert refused.value.code == "bad_url"


async def test_nobody_there(http: httpx2.AsyncClient, unused_tcp_port: int) -> None:
    with pytest.raises(RetryLater):
        await _read(http, f"http://127.0.0.1:{unused_tcp_port}/feed")
