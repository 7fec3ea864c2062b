"""Handing a letter to Gmail, and finding out afterwards whether it went."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from nodeloom_connectors.gmail.client import GmailClient, encoded
from nodeloom_connectors.gmail.composing import CALL_HEADER, fingerprint, message_id_of, written
from nodeloom_connectors.gmail.reading import headers_of
from nodeloom_connectors.gmail.shapes import Sent, link_to
from nodeloom_connectors.sdk import ActionContext

if TYPE_CHECKING:
    from nodeloom_connectors.gmail.composing import Letter

# How many of the newest sent mails are looked through where the Message-ID finds nothing.
_LOOKED_THROUGH = 25


async def send_letter(ctx: ActionContext[GmailClient], letter: Letter, thread_id: str | None = None) -> Sent:
    body = await mail_body(ctx.idempotency_key, letter, thread_id)
    answer = await ctx.client.call("messages.send", body=body)
    return sent_of(answer, message_id_of(ctx.idempotency_key))


async def mail_body(
    key: str, letter: Letter, thread_id: str | None = None, *, addressed: bool = True
) -> dict[str, str]:
    """The mail as Gmail wants it. In a thread of its own for large files: writing them takes a while."""
    raw = encoded(await asyncio.to_thread(written, letter, key, addressed=addressed))
    return {"raw": raw} | ({"threadId": thread_id} if thread_id else {})


async def sent_before(ctx: ActionContext[GmailClient], _params: object) -> Sent | None:
    """The mail that an earlier attempt of this call sent."""
    own_id = message_id_of(ctx.idempotency_key)
    answer = await ctx.client.call("messages.list", q=f"rfc822msgid:{own_id.strip('<>')}", labelIds=["SENT"])
    for row in answer.get("messages") or ():
        return sent_of(await ctx.client.call("messages.get", id=row["id"], format="minimal"), own_id)
    # Gmail may have given it a Message-ID of its own; our other header stays.
    newest = await ctx.client.call("messages.list", labelIds=["SENT"], maxResults=_LOOKED_THROUGH)
    for row in newest.get("messages") or ():
        mail = await ctx.client.call("messages.get", id=row["id"], format="metadata")
        headers = headers_of(mail.get("payload") or {})
        if headers.get(CALL_HEADER.lower(), "").strip() == fingerprint(ctx.idempotency_key):
            return sent_of(mail, headers.get("message-id", own_id))
    return None


def sent_of(answer: dict[str, Any], message_id: str) -> Sent:
    return Sent(
        id=str(answer.get("id") or ""),
        thread_id=str(answer.get("threadId") or ""),
        labels=answer.get("labelIds") or [],
        message_id=message_id,
        url=link_to(str(answer.get("id") or "")),
    )
