"""Members of boards, and on cards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from nodeloom_connectors.sdk import ActionContext, action
from nodeloom_connectors.trello.already import already
from nodeloom_connectors.trello.auth import READ, READ_MEMBER, WRITE, WRITE_MEMBERSHIP
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.fields import BoardParams, CardParams, Params
from nodeloom_connectors.trello.fields import Member as MemberField
from nodeloom_connectors.trello.shapes import Changed, Joined, Member


@action(title="List members", effect="read", summary="{board_id}", icon="users", scopes=(READ,))
async def list_members(ctx: ActionContext[TrelloClient], params: BoardParams) -> list[Member]:
    """The members of a board, one item each."""
    return await ctx.client.get(list[Member], f"/boards/{params.board_id}/members")


class GetMemberParams(Params):
    member: str = Field(
        default="me",
        title="Member",
        min_length=1,
        max_length=100,
        pattern=r"^@?\w+$",
        description="By id or user name; me is the account itself.",
    )


@action(title="Get a member", effect="read", summary="{member}", icon="user", scopes=(READ_MEMBER,))
async def get_member(ctx: ActionContext[TrelloClient], params: GetMemberParams) -> Member:
    """A member of Trello by id or user name."""
    return await ctx.client.get(Member, f"/members/{params.member.removeprefix('@')}", fields="fullName,username")


class CardMemberParams(CardParams):
    member_id: Annotated[MemberField, Field(title="Member")]


@action(title="Put a member on a card", effect="idempotent", summary="{member_id}", icon="user-plus", scopes=(WRITE,))
async def add_member(ctx: ActionContext[TrelloClient], params: CardMemberParams) -> Changed:
    """Puts a member on a card; one who is there already stays."""
    member = await _id_of(ctx.client, params.member_id)
    async with already("already on the card"):
        await ctx.client.dictated(object, lambda trello: trello.card(params.card_id).add_member(trello.member(member)))
    return Changed(card_id=params.card_id, id=member)


@action(
    title="Take a member off a card", effect="idempotent", summary="{member_id}", icon="user-minus", scopes=(WRITE,)
)
async def remove_member(ctx: ActionContext[TrelloClient], params: CardMemberParams) -> Changed:
    """Takes a member off a card; one who isn't there is no error."""
    member = await _id_of(ctx.client, params.member_id)
    async with already("not on the card"):
        await ctx.client.dictated(
            object, lambda trello: trello.card(params.card_id).remove_member(trello.member(member))
        )
    return Changed(card_id=params.card_id, id=member)


async def _id_of(client: TrelloClient, member: str) -> str:
    """Cards take ids only."""
    if len(member) == 24 and member.isalnum():
        return member
    return (await client.get(Member, f"/members/{member}", fields="fullName,username")).id


class BoardMemberParams(BoardParams):
    member: str = Field(
        title="Member", min_length=1, max_length=100, pattern=r"^@?\w+$", description="By id or user name."
    )
    role: Literal["normal", "observer", "admin"] = Field(
        default="normal",
        title="As",
        json_schema_extra={"x-labels": {"normal": "Member", "observer": "Observer", "admin": "Admin"}},
    )


@action(
    title="Add a member to a board",
    effect="idempotent",
    summary="{member}",
    icon="user-plus",
    scopes=(READ_MEMBER, WRITE_MEMBERSHIP),
)
async def add_board_member(ctx: ActionContext[TrelloClient], params: BoardMemberParams) -> Joined:
    """Makes somebody a member of a board, or gives a member another role."""
    member = await _id_of(ctx.client, params.member.removeprefix("@"))
    path = f"/boards/{params.board_id}/members/{member}"
    await ctx.client.put(dict[str, JsonValue], path, type=params.role)
    return Joined(board_id=params.board_id, member_id=member, role=params.role)
