"""The trigger for entries that a feed didn't show before."""

from __future__ import annotations

from typing import Any, cast

from pydantic import JsonValue

from nodeloom_connectors.rss.client import Feeds
from nodeloom_connectors.rss.entries import Entry, entries_of
from nodeloom_connectors.rss.reading import FeedParams
from nodeloom_connectors.sdk import Occurrence, Polled, PollTrigger, TriggerContext

# Beyond what a feed shows at once: some take entries away and show them again.
_REMEMBERED = 2000


async def _poll(ctx: TriggerContext[Feeds], params: FeedParams, cursor: JsonValue) -> Polled:
    """The first time everything counts as known."""
    before = cast("dict[str, Any]", cursor) if isinstance(cursor, dict) else {}
    document = await ctx.client.document(params.url, before.get("etag", ""), before.get("modified", ""))
    if document is None:
        return Polled((), cursor)
    entries = await entries_of(document)
    known: list[str] = before.get("known", [])
    unknown = [entry for entry in entries if entry.fingerprint not in set(known)]
    remembered = list(dict.fromkeys([*known, *(entry.fingerprint for entry in reversed(entries))]))
    reached = {"etag": document.etag, "modified": document.modified, "known": remembered[-_REMEMBERED:]}
    occurrences = [_occurrence(entry) for entry in reversed(unknown)] if before else []
    return Polled(occurrences, cast("JsonValue", reached))


def _occurrence(entry: Entry) -> Occurrence:
    return Occurrence(key=entry.fingerprint, json=entry.model_dump(mode="json"), summary=entry.title[:300] or entry.url)


_SAMPLE: dict[str, JsonValue] = {
    "id": "https://example.com/2026/looms",
    "title": "Looms, then and now",
    "url": "https://example.com/2026/looms",
    "author": "Ada",
    "published": "2026-11-23T09:30:00+00:00",
    "updated": "2026-11-23T09:30:00+00:00",
    "html": "<p>They weave.</p>",
    "categories": ["weaving"],
    "enclosures": [],
    "feed": {"title": "Example", "url": "https://example.com"},
}

new_entry = PollTrigger(
    name="new_entry",
    title="New entry",
    description="Starts a run for each entry that a feed shows for the first time.",
    params=FeedParams,
    summary="{url}",
    icon="rss",
    aliases=("rss", "atom", "news", "blog", "article"),
    sample=_SAMPLE,
    poll=_poll,
    every_s=300.0,
)
