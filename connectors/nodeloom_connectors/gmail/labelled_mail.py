"""The trigger for mails that get a label, by hand or by a filter, whenever they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from nodeloom_connectors.gmail.client import MODIFY, GmailClient
from nodeloom_connectors.gmail.fetching import completed, there
from nodeloom_connectors.gmail.labels import label_ids
from nodeloom_connectors.gmail.new_mail import SAMPLE, Taken, occurrence_of
from nodeloom_connectors.sdk import Occurrence, OptionsFrom, Polled, PollTrigger, Refused, TriggerContext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AT_ONCE = 20


class LabelledMailParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, OptionsFrom("labels")] = Field(title="Label", min_length=1, max_length=300)
    attachments: Taken = "real"


async def poll(ctx: TriggerContext[GmailClient], params: LabelledMailParams, cursor: JsonValue) -> Polled:
    """What got the label since the cursor. Gmail can't be asked for it otherwise than by its history."""
    if cursor is None:
        return Polled((), {"history": await _now(ctx.client)})
    [label] = await label_ids(ctx.client, [params.label])
    place = str(cast("dict[str, str]", cursor)["history"])
    try:
        answer = await ctx.client.call(
            "history.list", startHistoryId=place, historyTypes=["labelAdded"], labelId=label, maxResults=_AT_ONCE
        )
    except Refused as error:
        if error.code != "http_404":
            raise
        ctx.log.warning("gmail: the history begins later than the last look; labels given meanwhile are not known")
        return Polled((), {"history": await _now(ctx.client)})
    records: list[dict[str, Any]] = answer.get("history") or []
    more = bool(answer.get("nextPageToken")) and bool(records)
    behind = records[-1]["id"] if more else answer.get("historyId") or place
    found = [each for record in records for each in _labelled(record, label)]
    occurrences = [await _occurrence(ctx, params, message_id, change) for message_id, change in found]
    return Polled([each for each in occurrences if each is not None], {"history": str(behind)}, more=more)


def _labelled(record: Mapping[str, Any], label: str) -> Iterator[tuple[str, str]]:
    """Ids of mails that got the label, each with the number of the change."""
    for added in record.get("labelsAdded") or ():
        if label in (added.get("labelIds") or ()):
            yield str(added["message"]["id"]), str(record["id"])


async def _now(client: GmailClient) -> str:
    return str((await client.call("getProfile"))["historyId"])


async def _occurrence(
    ctx: TriggerContext[GmailClient], params: LabelledMailParams, message_id: str, change: str
) -> Occurrence | None:
    """A mail can get a label, lose it and get it again: each time counts. None if the mail is gone."""
    given = await there(ctx.client, message_id)
    if given is None:
        return None
    return await occurrence_of(ctx, await completed(ctx.client, given), params.attachments, f"{message_id}:{change}")


labelled_mail = PollTrigger(
    name="labelled_mail",
    title="Mail gets a label",
    description="Starts a run when a mail is given a label.",
    params=LabelledMailParams,
    summary="{label}",
    icon="tag",
    aliases=("email", "label added", "sorted"),
    scopes=(MODIFY,),
    sample=SAMPLE,
    poll=poll,
    every_s=60.0,
)
