"""Labels: which there are, new ones, and putting them on mails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.gmail.client import MODIFY, GmailClient
from nodeloom_connectors.gmail.shapes import Labelled
from nodeloom_connectors.sdk import ActionContext, Option, Options, OptionsFrom, Refused, action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodeloom_connectors.sdk import OptionsQuery

_OWN_LABEL = re.compile(r"Label_\d+")
_SYSTEM = {
    "INBOX": "Inbox",
    "UNREAD": "Unread",
    "STARRED": "Starred",
    "IMPORTANT": "Important",
    "SENT": "Sent",
    "DRAFT": "Drafts",
    "SPAM": "Spam",
    "TRASH": "Bin",
    "CATEGORY_PERSONAL": "Category Primary",
    "CATEGORY_SOCIAL": "Category Social",
    "CATEGORY_PROMOTIONS": "Category Promotions",
    "CATEGORY_UPDATES": "Category Updates",
    "CATEGORY_FORUMS": "Category Forums",
}


class Label(BaseModel):
    id: str = Field(title="Id")
    name: str = Field(title="Name")
    system: bool = Field(title="Made by Gmail")


class ListLabelsParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    with_system: bool = Field(default=False, title="With Gmail's own", description="Inbox, Sent, Spam and so on.")


@action(title="List labels", effect="read", summary="All labels", icon="tags", scopes=(MODIFY,))
async def list_labels(ctx: ActionContext[GmailClient], params: ListLabelsParams) -> list[Label]:
    """The labels of the mailbox, one item each."""
    labels = await labels_of(ctx.client)
    return [label for label in labels if params.with_system or not label.system]


class CreateLabelParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        title="Name", min_length=1, max_length=225, description="With / for one below another.", examples=["Orders/New"]
    )


@action(title="Create a label", effect="idempotent", summary="{name}", icon="tag", scopes=(MODIFY,))
async def create_label(ctx: ActionContext[GmailClient], params: CreateLabelParams) -> Label:
    """Makes a label; if there is one of this name, that is the result."""
    if (there := _called(await labels_of(ctx.client), params.name)) is not None:
        return there
    body = {"name": params.name, "labelListVisibility": "labelShow", "messageListVisibility": "show"}
    return _label(await ctx.client.call("labels.create", body=body))


class LabelsParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    message_id: str = Field(title="Mail", min_length=1, max_length=200, examples=["{{ $json.id }}"])
    labels: Annotated[list[str], OptionsFrom("labels")] = Field(
        title="Labels", min_length=1, max_length=50, description="Chosen from the list, or by name."
    )


@action(title="Add labels", effect="idempotent", summary="{labels}", icon="tag", scopes=(MODIFY,))
async def add_labels(ctx: ActionContext[GmailClient], params: LabelsParams) -> Labelled:
    """Puts labels on a mail; those that it has already stay as they are."""
    return await relabel(ctx.client, params.message_id, add=await label_ids(ctx.client, params.labels))


@action(title="Remove labels", effect="idempotent", summary="{labels}", icon="tag", scopes=(MODIFY,))
async def remove_labels(ctx: ActionContext[GmailClient], params: LabelsParams) -> Labelled:
    """Takes labels off a mail."""
    return await relabel(ctx.client, params.message_id, remove=await label_ids(ctx.client, params.labels))


async def relabel(
    client: GmailClient, message_id: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> Labelled:
    body = {"addLabelIds": list(add), "removeLabelIds": list(remove)}
    return labelled(await client.call("messages.modify", id=message_id, body=body))


def labelled(given: dict[str, Any]) -> Labelled:
    return Labelled(
        id=str(given.get("id") or ""), thread_id=str(given.get("threadId") or ""), labels=given.get("labelIds") or []
    )


async def label_ids(client: GmailClient, wanted: Sequence[str]) -> list[str]:
    """Ids as they are, names looked up."""
    if all(label in _SYSTEM or _OWN_LABEL.fullmatch(label) for label in wanted):
        return list(wanted)
    there = await labels_of(client)
    return [_found(there, label) for label in wanted]


def _found(there: Sequence[Label], wanted: str) -> str:
    if any(label.id == wanted for label in there):
        return wanted
    if (label := _called(there, wanted)) is not None:
        return label.id
    text = f"The mailbox has no label {wanted!r}."
    raise Refused(text, "no_such_label", hint="Choose one from the list, or make it with 'Create a label'.")


async def label_options(client: GmailClient, query: OptionsQuery) -> Options:
    """The labels of the mailbox, own ones first."""
    labels = sorted(await labels_of(client), key=lambda label: (label.system, label.name.casefold()))
    typed = query.search.casefold()
    fitting = [label for label in labels if typed in label.name.casefold()]
    return Options([Option(label.id, label.name, "Gmail's own" if label.system else "") for label in fitting])


async def labels_of(client: GmailClient) -> list[Label]:
    answer = await client.call("labels.list")
    return [_label(given) for given in answer.get("labels") or ()]


def _label(given: dict[str, Any]) -> Label:
    label_id = str(given.get("id") or "")
    name = _SYSTEM.get(label_id) or str(given.get("name") or label_id)
    return Label(id=label_id, name=name, system=given.get("type") == "system")


def _called(labels: Sequence[Label], name: str) -> Label | None:
    return next((label for label in labels if label.name.casefold() == name.strip().casefold()), None)
