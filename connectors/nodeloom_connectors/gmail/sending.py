"""Sending, answering and forwarding mails."""

from __future__ import annotations

import re
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from pydantic import Field

from nodeloom_connectors.gmail.client import MODIFY, SEND, GmailClient
from nodeloom_connectors.gmail.composing import Enclosure, Letter, refuse_more_than_allowed
from nodeloom_connectors.gmail.fetching import whole_message
from nodeloom_connectors.gmail.mail_params import Addresses, ContentParams, MailParams, enclosures, letter_of
from nodeloom_connectors.gmail.marking import MessageParams
from nodeloom_connectors.gmail.messages import headers_only
from nodeloom_connectors.gmail.outgoing import send_letter, sent_before
from nodeloom_connectors.gmail.shapes import Address, Message, Sent
from nodeloom_connectors.sdk import ActionContext, Refused, action

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOT_IN_A_NAME = re.compile(r'["\\\s]+')


@action(
    title="Send a mail",
    effect="once",
    summary="{to}: {subject}|{to}",
    icon="send",
    aliases=("email", "write", "notify"),
    confirm=sent_before,
    scopes=(SEND,),
)
async def send(ctx: ActionContext[GmailClient], params: MailParams) -> Sent:
    """Sends a mail, with files of the item if they are wanted."""
    return await send_letter(ctx, await letter_of(params, ctx.files))


class ReplyFields(ContentParams):
    reply_all: bool = Field(default=False, title="To all who got the mail")
    cc: Addresses = Field(default="", title="Cc", max_length=20_000, json_schema_extra={"x-advanced": True})
    bcc: Addresses = Field(default="", title="Bcc", max_length=20_000, json_schema_extra={"x-advanced": True})


class ReplyParams(ReplyFields, MessageParams):
    """Which mail first, then the answer."""


@action(
    title="Reply to a mail",
    effect="once",
    summary="{message_id}",
    icon="reply",
    aliases=("answer",),
    confirm=sent_before,
    scopes=(MODIFY,),
)
async def reply(ctx: ActionContext[GmailClient], params: ReplyParams) -> Sent:
    """Answers a mail, in its thread."""
    return await answer(ctx, params, await headers_only(ctx.client, params.message_id))


async def answer(ctx: ActionContext[GmailClient], params: ReplyFields, original: Message) -> Sent:
    to, cc = await _recipients(ctx.client, original, to_all=params.reply_all)
    letter = Letter(
        to=to,
        cc=", ".join(part for part in (cc, params.cc) if part),
        bcc=params.bcc,
        subject=reply_subject(original),
        body=params.body,
        format=params.format,
        references=references_to(original),
        files=await enclosures(params, ctx.files),
    )
    return await send_letter(ctx, letter, original.thread_id)


def reply_subject(original: Message) -> str:
    """A thread holds together only as long as its subject stays."""
    subject = " ".join(original.subject.split())
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def references_to(original: Message) -> list[str]:
    return [*original.references, original.message_id]


async def _recipients(client: GmailClient, original: Message, *, to_all: bool) -> tuple[str, str]:
    """Who gets the answer: on a mail of one's own those that it went to."""
    if "SENT" in original.labels:
        first: Sequence[Address] = original.to
    else:
        first = original.reply_to or ([original.sender] if original.sender else [])
    if not first:
        raise Refused("The mail says nobody to answer to.", "no_recipient", hint="Send a new mail instead.")
    if not to_all:
        return _line(first), ""
    profile = await client.call("getProfile")
    left_out = {str(profile.get("emailAddress")).lower(), *(address.email.lower() for address in first)}
    others = [each for each in (*original.to, *original.cc) if each.email.lower() not in left_out]
    return _line(first), _line(others)


def _line(addresses: Sequence[Address]) -> str:
    """For addresses that came with a mail: whatever a name holds, it stays a name."""
    return ", ".join(f'"{_NOT_IN_A_NAME.sub(" ", each.name).strip()}" <{each.email}>' for each in addresses)


class ForwardToParams(MessageParams):
    to: Addresses = Field(
        title="To", max_length=20_000, description="Several with commas between.", examples=["ada@example.com"]
    )


class ForwardParams(ContentParams, ForwardToParams):
    cc: Addresses = Field(default="", title="Cc", max_length=20_000, json_schema_extra={"x-advanced": True})
    bcc: Addresses = Field(default="", title="Bcc", max_length=20_000, json_schema_extra={"x-advanced": True})
    attachments: bool = Field(default=True, title="With the mail's attachments")


@action(
    title="Forward a mail",
    effect="once",
    summary="{message_id} to {to}",
    icon="forward",
    confirm=sent_before,
    scopes=(MODIFY,),
)
async def forward(ctx: ActionContext[GmailClient], params: ForwardParams) -> Sent:
    """Sends a mail on to somebody else, with its attachments and a text before it."""
    original = await whole_message(ctx.client, params.message_id)
    own = await enclosures(params, ctx.files)
    letter = Letter(
        to=params.to,
        cc=params.cc,
        bcc=params.bcc,
        subject=_forward_subject(original),
        body=_forwarded_html(params, original) if original.html else _forwarded_text(params.body, original),
        format="html" if original.html else "text",
        references=references_to(original),
        files=[*own, *(await _attachments(ctx.client, original, own) if params.attachments else ())],
    )
    return await send_letter(ctx, letter)


async def _attachments(client: GmailClient, original: Message, own: Sequence[Enclosure]) -> list[Enclosure]:
    refuse_more_than_allowed([*(len(file.content) for file in own), *(each.size for each in original.attachments)])
    taken: list[Enclosure] = []
    for each in original.attachments:
        content = each.content
        if content is None:
            content = await client.attachment(original.id, each.attachment_id)
        taken.append(Enclosure(each.file_name, each.media_type, content))
    return taken


def _forward_subject(original: Message) -> str:
    subject = " ".join(original.subject.split())
    return subject if subject.lower().startswith(("fwd:", "fw:")) else f"Fwd: {subject}"


def _described(original: Message) -> list[str]:
    return [
        "---------- Forwarded message ---------",
        f"From: {_line([original.sender] if original.sender else [])}",
        f"Date: {format_datetime(original.date) if original.date else ''}",
        f"Subject: {original.subject}",
        f"To: {_line(original.to)}",
    ]


def _forwarded_text(note: str, original: Message) -> str:
    return "\n".join([note, "", *_described(original), "", original.text])


def _forwarded_html(params: ForwardParams, original: Message) -> str:
    note = params.body if params.format == "html" else escape(params.body).replace("\n", "<br>")
    head = "<br>".join(escape(line) for line in _described(original))
    return f"<div>{note}</div><br><div>{head}</div><br>{original.html}"
