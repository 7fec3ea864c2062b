"""People of the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from nodeloom_connectors.sdk import ActionContext, action
from nodeloom_connectors.slack.client import SlackClient, data_of, part
from nodeloom_connectors.slack.fields import Found, Limit, Params, Person

_PAGE = 200


class User(Found):
    """A person or a bot as Slack describes it; `email` only with the permission users:read.email."""

    id: str = Field(title="Person")
    name: str = Field(default="", title="User name")
    real_name: str = Field(default="", title="Name")
    email: str | None = Field(default=None, title="E-mail")
    is_bot: bool = Field(default=False, title="Bot")
    deleted: bool = Field(default=False, title="Deactivated")


def user_of(found: Mapping[str, Any]) -> User:
    profile = part(found, "profile")
    named = found.get("real_name") or profile.get("real_name") or found.get("name") or ""
    return User.model_validate(
        {**found, "name": found.get("name") or "", "real_name": named, "email": profile.get("email")}
    )


class EmailParams(Params):
    email: str = Field(title="E-mail", min_length=3, max_length=320, examples=["ada@example.org"])


@action(
    title="Find a person by e-mail",
    effect="read",
    summary="{email}",
    icon="user-round",
    aliases=("lookup", "user"),
    scopes=("users:read", "users:read.email"),
)
async def find_user_by_email(ctx: ActionContext[SlackClient], params: EmailParams) -> User:
    """Who has this e-mail address in the workspace."""
    return user_of(data_of(await ctx.client.web.users_lookupByEmail(email=params.email.strip()))["user"])


class UserParams(Params):
    user: Person


@action(
    title="Get a person",
    effect="read",
    summary="{user}",
    icon="user-round",
    aliases=("user", "info", "profile"),
    scopes=("users:read",),
)
async def get_user(ctx: ActionContext[SlackClient], params: UserParams) -> User:
    """What Slack knows of a person: name, time zone, picture."""
    return user_of(data_of(await ctx.client.web.users_info(user=params.user))["user"])


class ListUsersParams(Params):
    include_bots: bool = Field(default=False, title="Bots too")
    include_deactivated: bool = Field(default=False, title="Deactivated people too")
    limit: Limit = 200


@action(
    title="List people",
    effect="read",
    summary="at most {limit}",
    icon="user-round",
    aliases=("users", "members", "everybody"),
    scopes=("users:read",),
)
async def list_users(ctx: ActionContext[SlackClient], params: ListUsersParams) -> list[User]:
    """The people of the workspace, one item each."""
    found = await ctx.client.pages(
        lambda cursor: ctx.client.web.users_list(cursor=cursor, limit=_PAGE), "members", 100_000
    )
    people = (user_of(user) for user in found)
    chosen = [
        user
        for user in people
        if (params.include_bots or not is_robot(user)) and (params.include_deactivated or not user.deleted)
    ]
    return chosen[: params.limit]


def is_robot(user: User) -> bool:
    """Slackbot says of itself that it is none."""
    return user.is_bot or user.id == "USLACKBOT"
