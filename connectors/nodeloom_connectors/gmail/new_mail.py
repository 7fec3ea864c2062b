"""The trigger for mails that come in: by Gmail's history of the mailbox, from where it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from nodeloom_connectors.gmail.client import MODIFY, GmailClient
from nodeloom_connectors.gmail.fetching import completed, take_along, there
from nodeloom_connectors.gmail.labels import label_ids
from nodeloom_connectors.gmail.mailbox import Place, forward_from, now_of, resumed
from nodeloom_connectors.gmail.reading import milliseconds_of
from nodeloom_connectors.sdk import Occurrence, OptionsFrom, Polled, PollTrigger, Refused, TriggerContext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodeloom_connectors.gmail.shapes import Message

# So often a mail is looked for that Gmail's search doesn't know yet; then it counts as found.
_LOOKS = 3
_NOT_INCOMING = frozenset({"DRAFT", "CHAT"})
_PUT_ASIDE = frozenset({"SPAM", "TRASH"})


Taken = Annotated[
    Literal["none", "real", "all"],
    Field(
        title="Take attachments along",
        description="They become files of the item: attachment_0, attachment_1 and so on.",
        json_schema_extra={"x-labels": {"none": "No", "real": "Without pictures in the text", "all": "All"}},
    ),
]


class NewMailParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, OptionsFrom("labels")] = Field(
        default="INBOX", title="With the label", max_length=300, description="Empty: any mail that comes in."
    )
    sender: str = Field(
        default="",
        title="From",
        max_length=300,
        description="A part of the address or name.",
        examples=["@example.com"],
    )
    subject: str = Field(default="", title="Subject contains", max_length=300)
    query: str = Field(
        default="",
        title="Search",
        max_length=2000,
        description="As in Gmail's search field.",
        examples=["has:attachment larger:1M"],
    )
    has_attachment: bool = Field(default=False, title="Only with attachments")
    attachments: Taken = "real"
    include_sent: bool = Field(default=False, title="Also mails sent from here", json_schema_extra={"x-advanced": True})
    spam_and_bin: bool = Field(default=False, title="Also in spam and bin", json_schema_extra={"x-advanced": True})


async def poll(ctx: TriggerContext[GmailClient], params: NewMailParams, cursor: JsonValue) -> Polled:
    """Mails since the cursor, a handful at a time; it is moved on with them."""
    if cursor is None:
        return Polled((), (await now_of(ctx.client)).cursor())
    [label] = await label_ids(ctx.client, [params.label]) if params.label else [None]
    place = Place.of(cursor)
    try:
        found, following, more = await forward_from(ctx.client, place, label, with_all=params.spam_and_bin)
    except Refused as error:
        if error.code != "http_404":
            raise
        ctx.log.warning("gmail: the history begins later than the last look; the mailbox is searched instead")
        found, following, more = await resumed(ctx.client, place, label, with_all=params.spam_and_bin)
    look = _Look(ctx, params, dict(place.unclear))
    for message_id in dict.fromkeys([*place.unclear, *found]):
        await look.at(message_id)
    return Polled(look.occurrences, following.with_seen(look.seen_ms, look.unclear).cursor(), more=more)


class _Look:
    """One look at some mails: what passes the filters, and when the newest of all of them came."""

    def __init__(self, ctx: TriggerContext[GmailClient], params: NewMailParams, unclear: dict[str, int]) -> None:
        self._ctx = ctx
        self._params = params
        self.occurrences: list[Occurrence] = []
        self.seen_ms = 0
        self.unclear = unclear

    async def at(self, message_id: str) -> None:
        looks = self.unclear.pop(message_id, 0) + 1
        given = await there(self._ctx.client, message_id)
        if given is None:
            return
        self.seen_ms = max(self.seen_ms, milliseconds_of(given))
        if not _wanted_labels(self._params, given.get("labelIds") or ()):
            return
        message = await completed(self._ctx.client, given)
        if not _passes(self._params, message):
            return
        fits = await _fits_query(self._ctx.client, self._params, message)
        if fits is None and looks < _LOOKS:
            self.unclear[message_id] = looks
        elif fits is not False:
            taken = self._params.attachments
            self.occurrences.append(await occurrence_of(self._ctx, message, taken, message.id))


def _wanted_labels(params: NewMailParams, labels: Sequence[str]) -> bool:
    if _NOT_INCOMING.intersection(labels):
        return False
    if "SENT" in labels and "INBOX" not in labels and not params.include_sent:
        return False
    return params.spam_and_bin or not _PUT_ASIDE.intersection(labels)


def _passes(params: NewMailParams, message: Message) -> bool:
    sender = f"{message.sender.name} <{message.sender.email}>" if message.sender else ""
    return (
        params.sender.strip().casefold() in sender.casefold()
        and params.subject.strip().casefold() in message.subject.casefold()
        and not (params.has_attachment and all(attachment.inline for attachment in message.attachments))
    )


async def _fits_query(client: GmailClient, params: NewMailParams, message: Message) -> bool | None:
    """Only Gmail knows what its searches mean, so it is asked for this very mail. None: it can't be found yet."""
    if not params.query.strip() or not message.message_id:
        return True
    this_one = f"rfc822msgid:{message.message_id.strip('<>')}"
    query = f"({params.query})" if " OR " in params.query else params.query.strip()
    if await _finds(client, f"{query} {this_one}", message.id):
        return True
    return False if await _finds(client, this_one, message.id) else None


async def _finds(client: GmailClient, query: str, message_id: str) -> bool:
    answer = await client.call("messages.list", q=query, includeSpamTrash=True, maxResults=10)
    return any(row["id"] == message_id for row in answer.get("messages") or ())


async def occurrence_of(ctx: TriggerContext[GmailClient], message: Message, attachments: str, key: str) -> Occurrence:
    chosen = [each for each in message.attachments if attachments == "all" or not each.inline]
    files = await take_along(ctx, message, chosen if attachments != "none" else ())
    sender = message.sender.email if message.sender else "?"
    return Occurrence(
        key=key, json=message.model_dump(mode="json"), files=files, summary=f"{sender}: {message.subject}"[:300]
    )


SAMPLE: dict[str, JsonValue] = {
    "id": "18c2f0a1b2c3d4e5",
    "thread_id": "18c2f0a1b2c3d4e5",
    "url": "https://mail.google.com/mail/#all/18c2f0a1b2c3d4e5",
    "from": {"name": "Ada Lovelace", "email": "ada@example.com"},
    "to": [{"name": "", "email": "orders@example.org"}],
    "cc": [],
    "bcc": [],
    "reply_to": [],
    "subject": "Order 1815",
    "date": "2026-11-23T09:30:00Z",
    "text": "Please find the order attached.",
    "html": None,
    "snippet": "Please find the order attached.",
    "labels": ["INBOX", "UNREAD"],
    "unread": True,
    "attachments": [
        {
            "file_name": "order.pdf",
            "media_type": "application/pdf",
            "size": 18150,
            "attachment_id": "ANGjdJ8",
            "inline": False,
            "file": "attachment_0",
        }
    ],
    "message_id": "<1815@mail.example.com>",
    "in_reply_to": "",
    "references": [],
    "headers": {"from": "Ada Lovelace <ada@example.com>", "subject": "Order 1815"},
}

new_mail = PollTrigger(
    name="new_mail",
    title="New mail",
    description="Starts a run for each mail that comes in.",
    params=NewMailParams,
    summary="{label}: {subject} from {sender}|{label} from {sender}|{label}: {subject}|{label}|From {sender}",
    icon="mail",
    aliases=("email", "received", "inbox", "message"),
    scopes=(MODIFY,),
    sample=SAMPLE,
    poll=poll,
    every_s=60.0,
)
