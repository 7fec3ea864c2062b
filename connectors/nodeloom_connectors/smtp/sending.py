"""The action."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from nodeloom_connectors.mail import Enclosure, Letter, addresses_in, written
from nodeloom_connectors.sdk import ActionContext, Refused, action
from nodeloom_connectors.smtp.client import Smtp

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import FileRef, Files

_MOST_MB = 50


def _joined(given: Any) -> Any:
    """A list of addresses, as an expression may give one, is as good as a line of them."""
    if isinstance(given, list):
        return ", ".join(str(each) for each in cast("list[object]", given))
    return "" if given is None else given


Addresses = Annotated[str, BeforeValidator(_joined)]


class SendParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    to: Addresses = Field(
        title="To", max_length=20_000, description="Several with commas between.", examples=["ada@example.com"]
    )
    subject: str = Field(default="", title="Subject", max_length=2000)
    format: Literal["text", "html"] = Field(
        default="text", title="Written as", json_schema_extra={"x-labels": {"text": "Plain text", "html": "HTML"}}
    )
    body: str = Field(default="", title="Text", max_length=2_000_000, json_schema_extra={"x-widget": "multiline"})
    attach: Literal["none", "all", "chosen"] = Field(
        default="none",
        title="Attach",
        json_schema_extra={
            "x-labels": {"none": "Nothing", "all": "All files of the item", "chosen": "Some files of the item"}
        },
    )
    files: list[str] = Field(
        default=[],
        title="Files",
        max_length=100,
        description="By the names that they have on the item.",
        examples=[["data"]],
        json_schema_extra={"x-show-if": {"attach": ["chosen"]}},
    )
    cc: Addresses = Field(default="", title="Cc", max_length=20_000)
    bcc: Addresses = Field(default="", title="Bcc", max_length=20_000)
    reply_to: Addresses = Field(
        default="", title="Answers go to", max_length=2000, json_schema_extra={"x-advanced": True}
    )
    in_reply_to: str = Field(
        default="",
        title="Answers the mail",
        max_length=1000,
        description="The Message-ID of the mail that this one replies to.",
        examples=["<1815@mail.example.com>"],
        json_schema_extra={"x-advanced": True},
    )
    sender: str = Field(
        default="",
        title="From",
        max_length=500,
        description="Empty: as the connection says.",
        examples=["Sales <sales@example.com>"],
        json_schema_extra={"x-advanced": True},
    )


class Sent(BaseModel):
    """`refused` are recipients whom the server did not take, with its reasons; the others get the mail."""

    message_id: str
    accepted: list[str]
    refused: dict[str, str]


@action(
    title="Send a mail",
    effect="once",
    summary="{subject} to {to}",
    icon="send",
    aliases=("email", "smtp", "message", "notify"),
)
async def send(ctx: ActionContext[Smtp], params: SendParams) -> Sent:
    """Sends a mail, with files of the item if wanted."""
    recipients = [
        address.addr_spec
        for name, line in (("To", params.to), ("Cc", params.cc), ("Bcc", params.bcc))
        for address in addresses_in(line, name)
    ]
    if not recipients:
        raise Refused("The mail has no recipient.", "no_recipient", hint="Fill in 'To', 'Cc' or 'Bcc'.")
    letter = Letter(
        sender=params.sender or ctx.client.sender,
        to=params.to,
        cc=params.cc,
        bcc=params.bcc,
        reply_to=params.reply_to,
        subject=params.subject,
        body=params.body,
        format=params.format,
        answers=params.in_reply_to,
        files=await _enclosures(params, ctx.files),
    )
    mail = await asyncio.to_thread(written, letter, ctx.idempotency_key)
    sender = addresses_in(letter.sender, "From")[0].addr_spec
    content = await asyncio.to_thread(mail.as_bytes)
    handed = await ctx.client.hand_over(sender, list(dict.fromkeys(recipients)), content)
    if handed.refused:
        ctx.log.warning("some recipients were refused", count=len(handed.refused))
    return Sent(message_id=str(mail["Message-ID"]), accepted=handed.accepted, refused=dict(handed.refused))


async def _enclosures(params: SendParams, files: Files) -> list[Enclosure]:
    chosen = _chosen(params, files)
    _refuse_more_than_allowed(file.size for file in chosen)
    return [
        Enclosure(file.name, file.media_type, b"".join([chunk async for chunk in files.open(file)])) for file in chosen
    ]


def _chosen(params: SendParams, files: Files) -> list[FileRef]:
    if params.attach == "none":
        return []
    if params.attach == "all":
        return list(files.incoming.values())
    missing = [name for name in params.files if name not in files.incoming]
    if missing:
        there = ", ".join(sorted(files.incoming)) or "none"
        raise Refused(f"The item has no file {missing[0]!r}.", "no_such_file", hint=f"Files on the item: {there}.")
    return [files.incoming[name] for name in params.files]


def _refuse_more_than_allowed(sizes: Iterable[int]) -> None:
    total = sum(sizes) / 1024 / 1024
    if total > _MOST_MB:
        hint = "Send fewer or smaller files, or a link to them."
        raise Refused(f"The files are {total:.1f} MB together, more than {_MOST_MB} MB.", "mail_too_large", hint=hint)
