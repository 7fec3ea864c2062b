"""Lists of a board."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from nodeloom_connectors.sdk import ActionContext, OptionsFrom, action
from nodeloom_connectors.trello.auth import READ, WRITE
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.fields import BoardParams, ListParams, Name, NewPosition, Position, thing_id
from nodeloom_connectors.trello.looking import none_called
from nodeloom_connectors.trello.shapes import Emptied, List, Moved, Thing


class ListListsParams(BoardParams):
    which: Literal["open", "closed", "all"] = Field(
        default="open",
        title="Which",
        json_schema_extra={"x-labels": {"open": "Open", "closed": "Archived", "all": "All"}},
    )


@action(title="List lists", effect="read", summary="{board_id}", icon="columns-3", scopes=(READ,))
async def list_lists(ctx: ActionContext[TrelloClient], params: ListListsParams) -> list[List]:
    """The lists of a board from left to right, one item each."""
    return await ctx.client.get(list[List], f"/boards/{params.board_id}/lists", filter=params.which)


@action(title="Get a list", effect="read", summary="{list_id}", icon="columns-3", scopes=(READ,))
async def get_list(ctx: ActionContext[TrelloClient], params: ListParams) -> List:
    """A list by its id."""
    return await ctx.client.dictated(List, lambda trello: trello.client.get_list(params.list_id))


class CreateListParams(BoardParams):
    name: Name = Field(title="Name")
    position: Position = "bottom"


async def _created(ctx: ActionContext[TrelloClient], params: CreateListParams) -> None:
    lists = await ctx.client.get(list[List], f"/boards/{params.board_id}/lists", filter="all")
    none_called(params.name, (one.name for one in lists), "a list")


@action(
    title="Create a list", effect="once", summary="{name}", icon="columns-3", confirm=_created, scopes=(READ, WRITE)
)
async def create_list(ctx: ActionContext[TrelloClient], params: CreateListParams) -> List:
    """Adds a list to a board."""
    return await ctx.client.post(List, "/lists", name=params.name, idBoard=params.board_id, pos=params.position)


class UpdateListParams(ListParams):
    name: str = Field(default="", title="New name", max_length=16_000, description="Empty: stays as it is.")
    position: NewPosition = ""


@action(title="Change a list", effect="idempotent", summary="{list_id}", icon="pencil", scopes=(WRITE,))
async def update_list(ctx: ActionContext[TrelloClient], params: UpdateListParams) -> List:
    """Gives a list another name or place."""
    changes: dict[str, JsonValue] = {"name": params.name, "pos": params.position}
    body = {name: value for name, value in changes.items() if value}
    return await ctx.client.put(List, f"/lists/{params.list_id}", **body)


class ArchiveListParams(ListParams):
    archived: bool = Field(default=True, title="Archived", description="Off: the list is taken back.")


@action(title="Archive a list", effect="idempotent", summary="{list_id}", icon="archive", scopes=(WRITE,))
async def archive_list(ctx: ActionContext[TrelloClient], params: ArchiveListParams) -> List:
    """Archives a list, or takes it back onto the board."""
    return await ctx.client.put(List, f"/lists/{params.list_id}", closed=params.archived)


class MoveAllCardsParams(ListParams):
    to_board_id: Annotated[str, OptionsFrom("boards"), AfterValidator(thing_id)] = Field(
        title="Board to move to", min_length=1, max_length=200
    )
    to_list_id: Annotated[str, OptionsFrom("target_lists", depends_on=("to_board_id",)), AfterValidator(thing_id)] = (
        Field(title="List to move to", min_length=1, max_length=200)
    )


async def _moved(ctx: ActionContext[TrelloClient], params: MoveAllCardsParams) -> Moved | None:
    """Whatever still lies there has not been moved, and moving it now is what was asked for."""
    left = await ctx.client.get(list[Thing], f"/lists/{params.list_id}/cards", fields="name")
    return None if left else Moved(from_list_id=params.list_id, list_id=params.to_list_id, cards=[])


@action(
    title="Move all cards of a list",
    effect="once",
    summary="{list_id}",
    icon="layers",
    confirm=_moved,
    scopes=(READ, WRITE),
)
async def move_all_cards(ctx: ActionContext[TrelloClient], params: MoveAllCardsParams) -> Moved:
    """Moves every card of a list to another list, also on another board."""
    moved = await ctx.client.dictated(
        list[Thing],
        lambda trello: trello.list(params.list_id).move_all_cards(trello.list(params.to_list_id, params.to_board_id)),
    )
    return Moved(from_list_id=params.list_id, list_id=params.to_list_id, cards=[card.id for card in moved])


@action(title="Archive all cards of a list", effect="idempotent", summary="{list_id}", icon="archive", scopes=(WRITE,))
async def archive_all_cards(ctx: ActionContext[TrelloClient], params: ListParams) -> Emptied:
    """Archives every card of a list; the list itself stays."""
    await ctx.client.dictated(object, lambda trello: trello.list(params.list_id).archive_all_cards())
    return Emptied(list_id=params.list_id)
