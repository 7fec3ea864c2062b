"""The trigger for mails that come in, by their growing numbers in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from nodeloom_connectors.imap.client import Imap
from nodeloom_connectors.imap.finding import fits
from nodeloom_connectors.imap.folder import Fetched, Folder, Session
from nodeloom_connectors.imap.keeping import taken_along
from nodeloom_connectors.mail import Attached, Mail, read_mail
from nodeloom_connectors.sdk import Occurrence, OptionsFrom, Polled, PollTrigger, TriggerContext

# So many mails, or so many bytes of them, are held at a time.
_AT_ONCE = 10
_BYTES_AT_ONCE = 30 * 1024 * 1024


class NewMailParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    folder: Annotated[str, OptionsFrom("folders")] = Field(
        default="INBOX", title="Folder", min_length=1, max_length=500
    )
    sender: str = Field(default="", title="From contains", max_length=300, examples=["@example.com"])
    subject: str = Field(default="", title="Subject contains", max_length=300)
    has_attachment: bool = Field(default=False, title="Only with attachments")
    attachments: bool = Field(
        default=True,
        title="Take attachments along",
        description="They become files of the item: attachment_0, attachment_1 and so on.",
    )


async def _poll(ctx: TriggerContext[Imap], params: NewMailParams, cursor: JsonValue) -> Polled:
    """A handful at a time. Where the server has counted anew, everything of before now is taken for known."""
    last = _last(cursor)

    def look(session: Session) -> tuple[Folder, list[int], _Look]:
        folder = session.opened(params.folder, readonly=True)
        if last is None or last[0] != folder.validity:
            return folder, [], _Look([], 0)
        uids = session.since(last[1])
        return folder, uids, _looked(session, uids)

    folder, uids, seen = await ctx.client.reading(look)
    if last is not None and last[0] != folder.validity:
        ctx.log.warning("imap: the folder was numbered anew; mails from in between are not seen", folder=params.folder)
    if last is None or last[0] != folder.validity:
        return Polled((), {"validity": folder.validity, "uid": folder.next_uid - 1})
    occurrences = [
        await _occurrence(ctx, params, folder, mail, attached)
        for mail, attached in (
            read_mail(one.raw, uid=one.uid, folder=params.folder, flags=one.flags) for one in seen.mails
        )
        if fits(mail, params.sender, params.subject) and (attached or not params.has_attachment)
    ]
    reached = {"validity": folder.validity, "uid": uids[seen.count - 1] if seen.count else last[1]}
    return Polled(occurrences, cast("JsonValue", reached), more=len(uids) > seen.count)


@dataclass(frozen=True)
class _Look:
    """`count` of the numbers were looked at; not each of them still had a mail."""

    mails: list[Fetched]
    count: int


def _looked(session: Session, uids: list[int]) -> _Look:
    mails: list[Fetched] = []
    count = 0
    for uid in uids[:_AT_ONCE]:
        mails.extend(session.fetched([uid]))
        count += 1
        if sum(len(mail.raw) for mail in mails) > _BYTES_AT_ONCE:
            break
    return _Look(mails, count)


def _last(cursor: JsonValue) -> tuple[int, int] | None:
    if not isinstance(cursor, dict):
        return None
    return int(cast("int", cursor["validity"])), int(cast("int", cursor["uid"]))


async def _occurrence(
    ctx: TriggerContext[Imap], params: NewMailParams, folder: Folder, mail: Mail, attached: list[Attached]
) -> Occurrence:
    files = await taken_along(ctx.files, attached if params.attachments else [])
    sender = mail.sender.email if mail.sender else "?"
    return Occurrence(
        key=f"{params.folder[:100]}:{folder.validity}:{mail.uid}",
        json=mail.model_dump(mode="json"),
        files=files,
        summary=f"{sender}: {mail.subject}"[:300],
    )


_SAMPLE: dict[str, JsonValue] = {
    "uid": 17,
    "folder": "INBOX",
    "id": "<1815@mail.example.com>",
    "from": {"name": "Ada Lovelace", "email": "ada@example.com"},
    "to": [{"name": "", "email": "orders@example.org"}],
    "cc": [],
    "reply_to": [],
    "subject": "Order 1815",
    "date": "2026-11-23T09:30:00+00:00",
    "text": "Please find the order attached.",
    "html": None,
    "unread": True,
    "flagged": False,
    "attachments": [
        {
            "file_name": "order.pdf",
            "media_type": "application/pdf",
            "size": 18150,
            "inline": False,
            "file": "attachment_0",
        }
    ],
    "in_reply_to": "",
    "references": [],
    "headers": {"from": "Ada Lovelace <ada@example.com>", "subject": "Order 1815"},
}

new_mail = PollTrigger(
    name="new_mail",
    title="New mail",
    description="Starts a run for each mail that comes into a folder.",
    params=NewMailParams,
    summary="{folder} {sender} {subject}",
    icon="mail",
    aliases=("email", "received", "inbox", "imap"),
    sample=_SAMPLE,
    poll=_poll,
)
