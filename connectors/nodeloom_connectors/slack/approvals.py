"""A message with two buttons that decides how a run goes on."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from nodeloom_connectors.sdk import ActionContext, ApprovalDoor, Refused, action
from nodeloom_connectors.slack.client import SlackClient, data_of
from nodeloom_connectors.slack.fields import Destination, Params, People, ThreadTs, listed
from nodeloom_connectors.slack.messages import SentMessage, find_marked, sent_message
from nodeloom_connectors.slack.parts import mark

APPROVE, REJECT = "nodeloom_approve", "nodeloom_reject"
BLOCK = "nodeloom"
_TEN_YEARS_S = 10 * 366 * 24 * 3600
_NOTIFIED = 300


class AskParams(Params):
    channel: Destination
    message: str = Field(
        title="Message",
        description="What is to be approved. Slack's marks work in it.",
        min_length=1,
        max_length=2900,
        examples=["Refund {{ $json.amount }} € to {{ $json.customer }}?"],
        json_schema_extra={"x-widget": "multiline"},
    )
    people: People = Field(
        default=[],
        title="Who may press",
        description="Empty: whoever sees the message.",
        max_length=15,
    )
    timeout_s: float | None = Field(
        default=None,
        title="At most (seconds)",
        description="Without a decision by then, the items leave by the port “timeout”. Empty: wait for ever.",
        gt=0,
        le=_TEN_YEARS_S,
        examples=[86400],
        json_schema_extra={"x-widget": "duration"},
    )
    approve_label: str = Field(
        default="Approve", title="Word for yes", min_length=1, max_length=75, json_schema_extra={"x-advanced": True}
    )
    reject_label: str = Field(
        default="Reject", title="Word for no", min_length=1, max_length=75, json_schema_extra={"x-advanced": True}
    )
    thread_ts: ThreadTs = Field(
        default="", title="In the thread of", max_length=500, json_schema_extra={"x-advanced": True}
    )
    approvers: Annotated[list[str], BeforeValidator(listed)] = Field(
        default=[],
        title="Only these members of Nodeloom",
        description="By role (runner, editor, admin, owner) or e-mail: they decide on the page behind the message,"
        " signed in, and the message has no buttons.",
        max_length=50,
        json_schema_extra={"x-advanced": True},
    )


async def find_asked(ctx: ActionContext[SlackClient], params: AskParams) -> SentMessage | None:
    """The message that carries the mark of this call, after a call whose answer was lost."""
    return await find_marked(ctx, params.channel, params.thread_ts)


@action(
    title="Ask for approval",
    effect="once",
    summary="{channel}: {message}",
    icon="stamp",
    aliases=("approve", "reject", "buttons", "human", "send and wait", "confirm"),
    confirm=find_asked,
    scopes=("chat:write",),
    waits="approval",
)
async def ask_approval(ctx: ActionContext[SlackClient], params: AskParams) -> SentMessage:
    """Send a message with two buttons; the run waits and goes on once, by the port that was chosen."""
    if ctx.approval is None:
        raise Refused("Nothing waits for the answer.", "no_approval", hint="Run it as a node of a workflow.")
    answer = await ctx.client.web.chat_postMessage(
        channel=params.channel.strip(),
        text=params.message[:_NOTIFIED],
        blocks=_blocks(params, ctx.approval),
        thread_ts=params.thread_ts or None,
        metadata=mark(ctx.idempotency_key),
    )
    return sent_message(data_of(answer))


def _blocks(params: AskParams, door: ApprovalDoor) -> list[dict[str, Any]]:
    """Who may press stands in the block's id: Slack signs it with the press, and nobody but the app can change it."""
    question = {"type": "section", "text": _marks(params.message)}
    if params.approvers:
        link = {"type": "button", "text": _plain("Decide"), "url": door.url, "action_id": f"{BLOCK}_page"}
        return [question, {"type": "actions", "elements": [link]}]
    buttons = [
        _button(APPROVE, params.approve_label, door.approve, "primary"),
        _button(REJECT, params.reject_label, door.reject, "danger"),
    ]
    asked = {"type": "actions", "block_id": ":".join([BLOCK, *params.people]), "elements": buttons}
    if params.people:
        # The page takes anybody's answer who has the address.
        note = "For " + ", ".join(f"<@{person}>" for person in params.people) + " to decide."
    else:
        note = f"<{door.url}|Decide on a page instead>"
    return [question, asked, {"type": "context", "elements": [_marks(note)]}]


def _button(action_id: str, label: str, value: str, style: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": _plain(label), "value": value, "style": style}


def _marks(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
