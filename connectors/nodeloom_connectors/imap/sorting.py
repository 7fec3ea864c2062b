"""Actions that change something in a folder."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.imap.client import Imap
from nodeloom_connectors.imap.folder import Session
from nodeloom_connectors.sdk import ActionContext, OptionsFrom, action

_FLAGS = {
    "read": ("\\Seen", True),
    "unread": ("\\Seen", False),
    "star": ("\\Flagged", True),
    "unstar": ("\\Flagged", False),
}
_LABELS = {"read": "As read", "unread": "As unread", "star": "With a star", "unstar": "Without a star"}


class MailParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    folder: Annotated[str, OptionsFrom("folders")] = Field(
        default="INBOX", title="Folder", min_length=1, max_length=500
    )
    uid: int = Field(title="Mail", ge=1, le=4_294_967_295, description="Its number in the folder (uid).", examples=[17])


class MarkParams(MailParams):
    mark: Literal["read", "unread", "star", "unstar"] = Field(
        default="read", title="Mark", json_schema_extra={"x-labels": dict(_LABELS)}
    )


class MoveParams(MailParams):
    to: Annotated[str, OptionsFrom("folders")] = Field(
        title="To the folder", min_length=1, max_length=500, examples=["Archive"]
    )


class Sorted(BaseModel):
    uid: int
    folder: str


@action(
    title="Mark a mail",
    effect="idempotent",
    summary="{uid} {mark}",
    icon="mail-check",
    aliases=("read", "star", "flag"),
)
async def mark(ctx: ActionContext[Imap], params: MarkParams) -> Sorted:
    """Marks a mail as read or unread, or with a star."""

    def work(session: Session) -> None:
        flag, on = _FLAGS[params.mark]
        session.opened(params.folder, readonly=False)
        session.marked(params.uid, flag, on=on)

    await ctx.client.changing(work)
    return Sorted(uid=params.uid, folder=params.folder)


@action(
    title="Move a mail",
    effect="once",
    summary="{uid} to {to}",
    icon="folder-input",
    aliases=("archive", "file", "sort"),
)
async def move(ctx: ActionContext[Imap], params: MoveParams) -> Sorted:
    """Moves a mail to another folder, where it gets another number."""

    def work(session: Session) -> None:
        session.opened(params.folder, readonly=False)
        session.moved(params.uid, params.to)

    await ctx.client.changing(work)
    return Sorted(uid=params.uid, folder=params.to)


@action(title="Delete a mail", effect="destructive", summary="{uid} in {folder}", icon="trash-2", aliases=("remove",))
async def delete(ctx: ActionContext[Imap], params: MailParams) -> Sorted:
    """Deletes a mail for good."""

    def work(session: Session) -> None:
        session.opened(params.folder, readonly=False)
        session.deleted(params.uid)

    await ctx.client.changing(work)
    return Sorted(uid=params.uid, folder=params.folder)
