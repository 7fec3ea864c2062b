"""Cards: made, read, found and listed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from nodeloom_connectors.sdk import ActionContext, OptionsFrom, Refused, action
from nodeloom_connectors.trello.auth import READ, WRITE
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.fields import (
    CardParams,
    Date,
    Labels,
    List,
    Members,
    Name,
    OnBoardParams,
    Params,
    Position,
    Text,
    thing_id,
)
from nodeloom_connectors.trello.shapes import Card, Found
from nodeloom_connectors.trello.trace import carries, traced

# Trello gives at most so many cards at once; more come page by page, the newest first.
_PAGE = 300


class CreateCardParams(OnBoardParams):
    list_id: List
    name: Name = Field(title="Title", examples=["Call {{ $json.name }}"])
    description: Text = Field(default="", title="Description", description="In Markdown.")
    due: Date = Field(default="", title="Due", max_length=40, examples=["2026-12-24T18:00:00Z"])
    start: Date = Field(default="", title="Begins", max_length=40, json_schema_extra={"x-advanced": True})
    labels: Labels = Field(default=[])
    members: Members = Field(default=[])
    position: Position = "bottom"
    link: str = Field(
        default="",
        title="Link to attach",
        max_length=4000,
        description="An address that becomes an attachment of the card.",
        json_schema_extra={"x-advanced": True},
    )


async def created(ctx: ActionContext[TrelloClient], params: CreateCardParams) -> Card | None:
    """The card of the list that carries the trace of this call."""
    cards = await ctx.client.get(list[dict[str, JsonValue]], f"/lists/{params.list_id}/cards", filter="all")
    ours = [card for card in cards if carries(str(card.get("desc", "")), ctx.idempotency_key)]
    return ctx.client.read("GET", Card, ours[0]) if ours else None


@action(
    title="Create a card",
    effect="once",
    summary="{name}",
    icon="square-plus",
    aliases=("task", "ticket", "add"),
    confirm=created,
    scopes=(READ, WRITE),
)
async def create_card(ctx: ActionContext[TrelloClient], params: CreateCardParams) -> Card:
    """Adds a card to a list."""
    given: dict[str, JsonValue] = {
        "due": params.due,
        "start": params.start,
        "idLabels": ",".join(params.labels),
        "idMembers": ",".join(params.members),
        "urlSource": params.link,
    }
    return await ctx.client.post(
        Card,
        "/cards",
        idList=params.list_id,
        name=params.name,
        desc=traced(params.description, ctx.idempotency_key),
        pos=params.position,
        **{name: value for name, value in given.items() if value},
    )


@action(title="Get a card", effect="read", summary="{card_id}", icon="eye", scopes=(READ,))
async def get_card(ctx: ActionContext[TrelloClient], params: CardParams) -> Card:
    """A card by its id or address."""
    return await ctx.client.get(Card, f"/cards/{params.card_id}")


class ListCardsParams(OnBoardParams):
    within: Literal["list", "board"] = Field(
        default="list", title="Of", json_schema_extra={"x-labels": {"list": "A list", "board": "A whole board"}}
    )
    list_id: Annotated[str, OptionsFrom("lists", depends_on=("board_id",)), AfterValidator(thing_id)] = Field(
        default="", title="List", max_length=200, json_schema_extra={"x-show-if": {"within": ["list"]}}
    )
    which: Literal["open", "closed", "all"] = Field(
        default="open",
        title="Which",
        json_schema_extra={"x-labels": {"open": "Open", "closed": "Archived", "all": "All"}},
    )
    limit: int = Field(default=100, ge=1, le=10_000, title="At most")


@action(title="List cards", effect="read", summary="{which}", icon="layers", scopes=(READ,))
async def list_cards(ctx: ActionContext[TrelloClient], params: ListCardsParams) -> list[Card]:
    """The cards of a list or board, the newest first, one item each."""
    path = cards_path(params)
    found: list[Card] = []
    before: dict[str, str] = {}
    while len(found) < params.limit:
        asked = min(_PAGE, params.limit - len(found))
        page = await ctx.client.get(list[Card], path, filter=params.which, limit=str(asked), **before)
        found += page
        if len(page) < asked:
            break
        before = {"before": min(card.id for card in page)}
    return found


def cards_path(params: ListCardsParams) -> str:
    if params.within == "board" and params.board_id:
        return f"/boards/{params.board_id}/cards"
    if params.within == "list" and params.list_id:
        return f"/lists/{params.list_id}/cards"
    raise Refused(f"No {params.within} is chosen.", "nothing_chosen", hint=f"Choose a {params.within} in this node.")


class SearchCardsParams(Params):
    query: str = Field(
        title="Search for",
        min_length=1,
        max_length=16_000,
        description="Words, and Trello's operators, such as label:red, due:week, @me or is:open.",
        examples=["invoice is:open due:week"],
    )
    board_ids: Annotated[list[Annotated[str, AfterValidator(thing_id)]], OptionsFrom("boards")] = Field(
        default=[], title="Only on these boards", max_length=100
    )
    begins: bool = Field(default=False, title="Find beginnings of words too")
    limit: int = Field(default=50, ge=1, le=1000, title="At most")


@action(
    title="Search cards", effect="read", summary="{query}", icon="search", aliases=("find", "lookup"), scopes=(READ,)
)
async def search_cards(ctx: ActionContext[TrelloClient], params: SearchCardsParams) -> list[Card]:
    """Cards that Trello's search finds, one item each."""
    more = {"idBoards": ",".join(params.board_ids)} if params.board_ids else {}
    more |= {"partial": "true"} if params.begins else {}
    found = await ctx.client.get(
        Found, "/search", query=params.query, modelTypes="cards", cards_limit=str(params.limit), **more
    )
    return found.cards
