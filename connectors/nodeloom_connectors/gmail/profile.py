"""Whose mailbox it is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.gmail.client import MODIFY, GmailClient
from nodeloom_connectors.sdk import ActionContext, action


class ProfileParams(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Profile(BaseModel):
    email: str = Field(title="Address")
    messages: int = Field(title="Number of mails")
    threads: int = Field(title="Number of threads")


@action(title="Mailbox", effect="read", summary="Address and size", icon="user", scopes=(MODIFY,))
async def profile(ctx: ActionContext[GmailClient], params: ProfileParams) -> Profile:  # noqa: ARG001
    """The address of the connected mailbox and how much is in it."""
    answer = await ctx.client.call("getProfile")
    return Profile(
        email=str(answer.get("emailAddress") or ""),
        messages=int(answer.get("messagesTotal") or 0),
        threads=int(answer.get("threadsTotal") or 0),
    )
