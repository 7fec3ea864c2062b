"""What a person chooses from: board → list → card, labels, members."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from nodeloom_connectors.sdk import Option, Options, OptionsQuery, Refused
from nodeloom_connectors.trello.fields import thing_id
from nodeloom_connectors.trello.shapes import Board, Card, Checklist, Label, List, Member

if TYPE_CHECKING:
    from nodeloom_connectors.trello.client import TrelloClient

_PAGE = 50

ThingT = TypeVar("ThingT")


async def boards(client: TrelloClient, query: OptionsQuery) -> Options:
    found = await client.get(list[Board], "/members/me/boards", filter="open", fields="name,desc")
    return _page(found, lambda board: Option(board.id, board.name, board.description[:80]), query)


async def lists(client: TrelloClient, query: OptionsQuery) -> Options:
    return await _lists(client, query, "board_id")


async def target_lists(client: TrelloClient, query: OptionsQuery) -> Options:
    return await _lists(client, query, "to_board_id")


async def _lists(client: TrelloClient, query: OptionsQuery, name: str) -> Options:
    board = _chosen(query, name, "Choose a board first.")
    found = await client.get(list[List], f"/boards/{board}/lists", filter="open", fields="name")
    return _page(found, lambda list_: Option(list_.id, list_.name), query)


async def cards(client: TrelloClient, query: OptionsQuery) -> Options:
    list_ = _chosen(query, "from_list_id", "Choose a list first.")
    found = await client.get(list[Card], f"/lists/{list_}/cards", fields="name,desc")
    return _page(found, lambda card: Option(card.id, card.name, card.description[:80]), query)


async def labels(client: TrelloClient, query: OptionsQuery) -> Options:
    board = _chosen(query, "board_id", "Choose a board first.")
    found = await client.get(list[Label], f"/boards/{board}/labels", limit="1000", fields="name,color")
    return _page(
        found, lambda label: Option(label.id, label.name or label.color or "No name", label.color or ""), query
    )


async def members(client: TrelloClient, query: OptionsQuery) -> Options:
    board = _chosen(query, "board_id", "Choose a board first.")
    found = await client.get(list[Member], f"/boards/{board}/members")
    return _page(found, lambda member: Option(member.id, member.name, f"@{member.username}"), query)


async def checklists(client: TrelloClient, query: OptionsQuery) -> Options:
    card = _chosen(query, "card_id", "Choose a card first.")
    found = await client.get(list[Checklist], f"/cards/{card}/checklists", fields="name")
    return _page(found, lambda checklist: Option(checklist.id, checklist.name), query)


LOADERS = {
    "boards": boards,
    "lists": lists,
    "target_lists": target_lists,
    "cards": cards,
    "labels": labels,
    "members": members,
    "checklists": checklists,
}


def _chosen(query: OptionsQuery, name: str, otherwise: str) -> str:
    """What was filled before; it goes into a path."""
    given = query.params.get(name)
    try:
        chosen = thing_id(given) if isinstance(given, str) else ""
    except ValueError as error:
        raise Refused(str(error), "invalid_id") from error
    if not chosen:
        raise Refused(otherwise, "choose_first")
    return chosen


def _page(things: Iterable[ThingT], option: Callable[[ThingT], Option], query: OptionsQuery) -> Options:
    """Trello has no pages and no search for these: all come at once, and a part of them is shown."""
    words = query.search.lower().split()
    fitting = [
        one
        for one in map(option, things)
        if all(word in f"{one.label} {one.hint} {one.value}".lower() for word in words)
    ]
    start = int(query.cursor) if query.cursor and query.cursor.isdecimal() else 0
    end = start + _PAGE
    return Options(fitting[start:end], str(end) if end < len(fitting) else None)
