"""Asking for an approval by mail: a link to a page with two buttons, so that nothing is decided by a look at it."""

from __future__ import annotations

from html import escape

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.gmail.client import SEND, GmailClient
from nodeloom_connectors.gmail.composing import Letter
from nodeloom_connectors.gmail.mail_params import Addresses
from nodeloom_connectors.gmail.outgoing import send_letter, sent_before
from nodeloom_connectors.gmail.shapes import Sent
from nodeloom_connectors.sdk import ActionContext, action

_TEN_YEARS_S = 10 * 366 * 24 * 3600


class AskApprovalParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    to: Addresses = Field(
        title="To",
        min_length=1,
        max_length=20_000,
        description="Several with commas between. The first who decides has decided.",
        examples=["ada@example.com"],
    )
    subject: str = Field(default="Your approval is asked for", title="Subject", min_length=1, max_length=2000)
    message: str = Field(
        title="Message",
        min_length=1,
        max_length=10_000,
        description="What is to be approved. It stands in the mail and on the page.",
        examples=["Refund {{ $json.amount }} € to {{ $json.customer }}?"],
        json_schema_extra={"x-widget": "multiline"},
    )
    approvers: list[str] | None = Field(
        default=None,
        title="Who may decide",
        max_length=50,
        description="Empty: whoever has the link. Else members, by role (runner, editor, admin, owner) or by address:"
        " they have to sign in.",
        json_schema_extra={"x-advanced": True},
    )
    timeout_s: float | None = Field(
        default=None,
        gt=0,
        le=_TEN_YEARS_S,
        title="At most (seconds)",
        description="Without a decision by then, the items leave by the port timeout. Empty: wait for ever.",
        json_schema_extra={"x-widget": "duration"},
    )


@action(
    title="Ask for approval by mail",
    effect="once",
    summary="{to}: {message}",
    icon="mail-question-mark",
    aliases=("approve", "confirm", "send and wait"),
    confirm=sent_before,
    scopes=(SEND,),
    waits="approval",
)
async def ask_approval(ctx: ActionContext[GmailClient], params: AskApprovalParams) -> Sent:
    """Sends a mail with a link to a page where somebody approves or rejects; the run waits for it."""
    assert ctx.approval is not None
    letter = Letter(to=params.to, subject=params.subject, body=_html(params.message, ctx.approval.url), format="html")
    return await send_letter(ctx, letter)


def _html(message: str, url: str) -> str:
    text, link = escape(message).replace("\n", "<br>"), escape(url)
    button = "background:#1d4ed8;color:#ffffff;padding:10px 18px;border-radius:6px;text-decoration:none"
    return (
        '<div style="font-family:sans-serif;font-size:15px;line-height:1.5">'
        f"<p>{text}</p>"
        f'<p><a href="{link}" style="{button}">Approve or reject</a></p>'
        f'<p style="color:#6b7280;font-size:13px">Or open {link}</p>'
        "</div>"
    )
