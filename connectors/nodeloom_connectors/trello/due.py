"""Cards that become due. Trello sends nothing when that happens, so the board is asked from time to time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, cast

from pydantic import AfterValidator, Field, JsonValue

from nodeloom_connectors.sdk import Occurrence, OptionsFrom, Polled, PollTrigger, TriggerContext
from nodeloom_connectors.trello.auth import READ
from nodeloom_connectors.trello.fields import BoardParams, thing_id
from nodeloom_connectors.trello.shapes import Card

if TYPE_CHECKING:
    from nodeloom_connectors.trello.client import TrelloClient


class DueParams(BoardParams):
    list_id: Annotated[str, OptionsFrom("lists", depends_on=("board_id",)), AfterValidator(thing_id)] = Field(
        default="", title="List", max_length=200, description="Empty: any list of the board."
    )
    minutes_before: int = Field(default=0, ge=0, le=43_200, title="Minutes ahead of the due date")
    done_too: bool = Field(default=False, title="Also cards that are marked as done")


async def poll(ctx: TriggerContext[TrelloClient], params: DueParams, cursor: JsonValue) -> Polled:
    """The cursor is the moment up to which due dates were looked at; a card whose date is moved becomes due again."""
    until = datetime.fromtimestamp(time.time(), UTC) + timedelta(minutes=params.minutes_before)
    if cursor is None:
        return Polled((), until.isoformat())
    since = datetime.fromisoformat(str(cursor))
    cards = await ctx.client.get(list[Card], f"/boards/{params.board_id}/cards", filter="open")
    due = [card for card in cards if card.due is not None and since < card.due <= until and _meant(params, card)]
    due.sort(key=lambda card: cast("datetime", card.due))
    occurrences = [
        Occurrence(f"{card.id}@{card.due:%Y%m%dT%H%M%S%f}", card.model_dump(mode="json"), summary=card.name[:200])
        for card in due
    ]
    return Polled(occurrences, max(since, until).isoformat())


def _meant(params: DueParams, card: Card) -> bool:
    return (not card.done or params.done_too) and params.list_id in ("", card.list_id)


CARD_DUE = PollTrigger(
    name="card_due",
    title="Card due",
    description="A card of a board becomes due, or is about to.",
    params=DueParams,
    summary="{board_id}",
    icon="bell-ring",
    aliases=("deadline", "overdue"),
    scopes=(READ,),
    sample=Card.model_validate(
        {
            "id": "5f0a1b2c3d4e5f6a7b8c9d04",
            "name": "Call Ada",
            "desc": "About the offer",
            "url": "https://trello.com/c/eFgH5678/1-call-ada",
            "shortUrl": "https://trello.com/c/eFgH5678",
            "idBoard": "5f0a1b2c3d4e5f6a7b8c9d02",
            "idList": "5f0a1b2c3d4e5f6a7b8c9d03",
            "due": "2026-12-24T18:00:00Z",
            "pos": 16384,
        }
    ).model_dump(mode="json"),
    poll=poll,
    every_s=60,
)
