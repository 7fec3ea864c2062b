"""Actions that look."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.imap.client import Imap
from nodeloom_connectors.imap.folder import Fetched, Session, day_of
from nodeloom_connectors.imap.keeping import taken_along
from nodeloom_connectors.mail import Attached, Mail, read_mail
from nodeloom_connectors.sdk import ActionContext, OptionsFrom, Refused, WithFiles, action

if TYPE_CHECKING:
    from collections.abc import Iterator

InFolder = Annotated[str, OptionsFrom("folders")]


class FindParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    folder: InFolder = Field(default="INBOX", title="Folder", min_length=1, max_length=500)
    unread: bool = Field(default=False, title="Only unread")
    sender: str = Field(default="", title="From contains", max_length=300, examples=["@example.com"])
    subject: str = Field(default="", title="Subject contains", max_length=300)
    since: date | None = Field(default=None, title="Since the day", examples=["2026-11-01"])
    limit: int = Field(default=20, ge=1, le=200, title="Mails at most", description="The newest come first.")


class GetParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    folder: InFolder = Field(default="INBOX", title="Folder", min_length=1, max_length=500)
    uid: int = Field(title="Mail", ge=1, le=4_294_967_295, description="Its number in the folder (uid).", examples=[17])
    attachments: bool = Field(
        default=True,
        title="Take attachments along",
        description="They become files of the item: attachment_0, attachment_1 and so on.",
    )


@action(
    title="Find mails",
    effect="read",
    summary="{folder} {sender} {subject}",
    icon="search",
    aliases=("search", "list", "read", "email"),
)
async def find(ctx: ActionContext[Imap], params: FindParams) -> list[Mail]:
    """Finds mails of a folder, the newest first; they are not marked as read."""

    def look(session: Session) -> list[Mail]:
        session.opened(params.folder, readonly=True)
        return _newest(session, params, session.search(*_criteria(params)))

    return await ctx.client.reading(look)


@action(title="Get a mail", effect="read", summary="{uid} in {folder}", icon="mail-open", aliases=("read", "fetch"))
async def get(ctx: ActionContext[Imap], params: GetParams) -> WithFiles[Mail]:
    """Gets one mail with its attachments; it is not marked as read."""

    def look(session: Session) -> list[Fetched]:
        session.opened(params.folder, readonly=True)
        return list(session.fetched([params.uid]))

    fetched = await ctx.client.reading(look)
    if not fetched:
        text = f"There is no mail {params.uid} in {params.folder!r}."
        raise Refused(text, "no_such_mail", hint="It may have been moved or deleted.")
    mail, attached = _read(fetched[0], params.folder)
    return WithFiles(mail, await taken_along(ctx.files, attached if params.attachments else []))


def _criteria(params: FindParams) -> Iterator[str]:
    """What a server finds by itself; text beyond ASCII not every server understands."""
    yield "UNSEEN" if params.unread else "ALL"
    for key, wanted in (("FROM", params.sender), ("SUBJECT", params.subject)):
        if wanted and wanted.isascii() and wanted.isprintable():
            escaped = wanted.replace("\\", "\\\\").replace('"', '\\"')
            yield from (key, f'"{escaped}"')
    if params.since is not None:
        yield from ("SINCE", day_of(params.since))


def _newest(session: Session, params: FindParams, found: list[int]) -> list[Mail]:
    """One at a time: their attachments are not held together."""
    chosen: list[Mail] = []
    for one in session.fetched(found[::-1]):
        mail, _ = _read(one, params.folder)
        if fits(mail, params.sender, params.subject):
            chosen.append(mail)
        if len(chosen) == params.limit:
            break
    return chosen


def fits(mail: Mail, sender: str, subject: str) -> bool:
    who: Any = mail.sender
    shown = f"{who.name} <{who.email}>" if who else ""
    return sender.casefold() in shown.casefold() and subject.casefold() in mail.subject.casefold()


def _read(one: Fetched, folder: str) -> tuple[Mail, list[Attached]]:
    return read_mail(one.raw, uid=one.uid, folder=folder, flags=one.flags)
