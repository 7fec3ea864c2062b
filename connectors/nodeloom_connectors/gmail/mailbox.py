"""Where in Gmail's history of a mailbox one stands, and how one goes on from there.

Gmail forgets history after about a week. Whoever comes later gets 404; then the mails since the newest one that was
seen are searched, oldest first, and the history goes on from where it was when the search began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from nodeloom_connectors.gmail.messages import listed
from nodeloom_connectors.gmail.reading import milliseconds_of

if TYPE_CHECKING:
    from pydantic import JsonValue

    from nodeloom_connectors.gmail.client import GmailClient

# So many mails at a time, with their attachments.
_AT_ONCE = 20
# So many ids are kept of what a search found; the rest is searched again when these are done.
_KEPT = 500
_SEARCHED = 50_000


@dataclass(frozen=True)
class Place:
    """`history` is Gmail's number, `seen_ms` when the newest mail came that was seen, `waiting` what a search found.

    `searching`: when these are done, it is searched again. `unclear` are mails that Gmail's search did not know yet,
    with how often it was asked.
    """

    history: str
    seen_ms: int = 0
    waiting: tuple[str, ...] = ()
    searching: bool = False
    unclear: Mapping[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def of(cls, cursor: JsonValue) -> Place:
        kept = cast("dict[str, Any]", cursor)
        return cls(
            history=kept["history"],
            seen_ms=kept["seen_ms"],
            waiting=tuple(kept.get("waiting", ())),
            searching=bool(kept.get("searching")),
            unclear=kept.get("unclear", {}),
        )

    def cursor(self) -> JsonValue:
        kept: dict[str, JsonValue] = {"history": self.history, "seen_ms": self.seen_ms}
        if self.waiting or self.searching:
            kept |= {"waiting": list(self.waiting), "searching": self.searching}
        if self.unclear:
            kept["unclear"] = dict(self.unclear)
        return kept

    def with_seen(self, milliseconds: int, unclear: Mapping[str, int]) -> Place:
        return replace(self, seen_ms=max(self.seen_ms, milliseconds), unclear=unclear)


async def now_of(client: GmailClient) -> Place:
    """Where the mailbox is now."""
    profile = await client.call("getProfile")
    newest = await client.call("messages.list", maxResults=1)
    seen_ms = 0
    for row in newest.get("messages") or ():
        seen_ms = milliseconds_of(await client.call("messages.get", id=row["id"], format="minimal"))
    return Place(str(profile["historyId"]), seen_ms)


async def forward_from(
    client: GmailClient, place: Place, label: str | None, *, with_all: bool
) -> tuple[list[str], Place, bool]:
    """The ids of the next mails, oldest first, the place behind them, and whether there are more at once."""
    if place.waiting:
        following = replace(place, waiting=place.waiting[_AT_ONCE:])
        return list(place.waiting[:_AT_ONCE]), following, True
    if place.searching:
        return await _searched(client, replace(place, searching=False), label, with_all=with_all)
    answer = await client.call(
        "history.list",
        startHistoryId=place.history,
        historyTypes=["messageAdded"],
        labelId=label,
        maxResults=_AT_ONCE,
    )
    records: list[dict[str, Any]] = answer.get("history") or []
    found = [str(added["message"]["id"]) for record in records for added in record.get("messagesAdded") or ()]
    more = bool(answer.get("nextPageToken")) and bool(records)
    # Not the token of the next page, which does not live long: what comes behind the last record is the same.
    behind = str(records[-1]["id"]) if more else str(answer.get("historyId") or place.history)
    return list(dict.fromkeys(found)), replace(place, history=behind), more


async def resumed(
    client: GmailClient, place: Place, label: str | None, *, with_all: bool
) -> tuple[list[str], Place, bool]:
    """Where the history no longer reaches back to the place: a search. What comes meanwhile is in the history again."""
    profile = await client.call("getProfile")
    return await _searched(client, replace(place, history=str(profile["historyId"])), label, with_all=with_all)


async def _searched(
    client: GmailClient, place: Place, label: str | None, *, with_all: bool
) -> tuple[list[str], Place, bool]:
    """`after:` counts whole seconds and leaves out none; what was there before is recognised by its id."""
    query = f"after:{max(place.seen_ms // 1000 - 1, 0)}"
    wanted: dict[str, Any] = {"q": query, "includeSpamTrash": with_all, "labelIds": [label] if label else None}
    found = [str(row["id"]) async for row in listed(client, "messages", _SEARCHED, **wanted)]
    found.reverse()
    waiting, left = found[:_KEPT], len(found) > _KEPT
    following = replace(place, waiting=tuple(waiting[_AT_ONCE:]), searching=left)
    return waiting[:_AT_ONCE], following, bool(following.waiting) or left
