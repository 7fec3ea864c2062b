"""Boards."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from nodeloom_connectors.sdk import ActionContext, action
from nodeloom_connectors.trello.auth import READ, WRITE
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.fields import BoardParams, Name, Params, Text
from nodeloom_connectors.trello.looking import gone
from nodeloom_connectors.trello.shapes import Board, Deleted
from nodeloom_connectors.trello.trace import carries, traced


class ListBoardsParams(Params):
    which: Literal["open", "closed", "all"] = Field(
        default="open",
        title="Which",
        json_schema_extra={"x-labels": {"open": "Open", "closed": "Closed", "all": "All"}},
    )


@action(title="List boards", effect="read", summary="{which}", icon="square-kanban", scopes=(READ,))
async def list_boards(ctx: ActionContext[TrelloClient], params: ListBoardsParams) -> list[Board]:
    """The boards of the account, one item each."""
    return await ctx.client.get(list[Board], "/members/me/boards", filter=params.which)


@action(title="Get a board", effect="read", summary="{board_id}", icon="square-kanban", scopes=(READ,))
async def get_board(ctx: ActionContext[TrelloClient], params: BoardParams) -> Board:
    """A board by its id."""
    return await ctx.client.dictated(Board, lambda trello: trello.client.get_board(params.board_id))


class CreateBoardParams(Params):
    name: Name = Field(title="Name")
    description: Text = Field(default="", title="Description")
    default_lists: bool = Field(default=True, title="With the lists To Do, Doing and Done")
    visibility: Literal["private", "org", "public"] = Field(
        default="private",
        title="Who may see it",
        json_schema_extra={"x-labels": {"private": "Its members", "org": "The Workspace", "public": "Everybody"}},
    )


async def _created(ctx: ActionContext[TrelloClient], _params: CreateBoardParams) -> Board | None:
    found = await ctx.client.get(list[dict[str, JsonValue]], "/members/me/boards", filter="all")
    ours = [board for board in found if carries(str(board.get("desc", "")), ctx.idempotency_key)]
    return ctx.client.read("GET", Board, ours[0]) if ours else None


@action(
    title="Create a board",
    effect="once",
    summary="{name}",
    icon="square-kanban",
    confirm=_created,
    scopes=(READ, WRITE),
)
async def create_board(ctx: ActionContext[TrelloClient], params: CreateBoardParams) -> Board:
    """Makes a new board of the account."""
    return await ctx.client.post(
        Board,
        "/boards/",
        name=params.name,
        desc=traced(params.description, ctx.idempotency_key),
        defaultLists=params.default_lists,
        prefs_permissionLevel=params.visibility,
    )


class UpdateBoardParams(BoardParams):
    name: str = Field(default="", title="New name", max_length=16_000, description="Empty: stays as it is.")
    description: Text = Field(default="", title="New description", description="Empty: stays as it is.")


@action(title="Change a board", effect="idempotent", summary="{board_id}", icon="pencil", scopes=(WRITE,))
async def update_board(ctx: ActionContext[TrelloClient], params: UpdateBoardParams) -> Board:
    """Gives a board another name or description."""
    changes: dict[str, JsonValue] = {"name": params.name, "desc": params.description}
    body = {name: value for name, value in changes.items() if value}
    return await ctx.client.put(Board, f"/boards/{params.board_id}", **body)


class ArchiveBoardParams(BoardParams):
    archived: bool = Field(default=True, title="Closed", description="Off: the board is opened again.")


@action(title="Close or open a board", effect="idempotent", summary="{board_id}", icon="archive", scopes=(WRITE,))
async def archive_board(ctx: ActionContext[TrelloClient], params: ArchiveBoardParams) -> Board:
    """Closes a board, or opens a closed one again; nothing on it is lost."""
    return await ctx.client.put(Board, f"/boards/{params.board_id}", closed=params.archived)


async def _deleted(ctx: ActionContext[TrelloClient], params: BoardParams) -> Deleted | None:
    return Deleted(id=params.board_id) if await gone(ctx.client, f"/boards/{params.board_id}") else None


@action(
    title="Delete a board",
    effect="destructive",
    summary="{board_id}",
    icon="trash-2",
    confirm=_deleted,
    scopes=(READ, WRITE),
)
async def delete_board(ctx: ActionContext[TrelloClient], params: BoardParams) -> Deleted:
    """Deletes a board for good, with everything on it."""
    await ctx.client.delete(f"/boards/{params.board_id}")
    return Deleted(id=params.board_id)
