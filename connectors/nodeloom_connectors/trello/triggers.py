"""The triggers: what happens on a board, each kind as an event of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from nodeloom_connectors.sdk import OptionsFrom
from nodeloom_connectors.trello import happenings
from nodeloom_connectors.trello.fields import thing_id
from nodeloom_connectors.trello.happenings import part, sample
from nodeloom_connectors.trello.hooks import WatchParams, hook

_ANY_LIST = "Empty: any list of the board."


class MovedParams(WatchParams):
    list_id: Annotated[str, OptionsFrom("lists", depends_on=("board_id",)), AfterValidator(thing_id)] = Field(
        default="", title="To list", max_length=200, description=_ANY_LIST
    )
    from_list_id: Annotated[str, OptionsFrom("lists", depends_on=("board_id",)), AfterValidator(thing_id)] = Field(
        default="", title="From list", max_length=200, description=_ANY_LIST
    )


class LabelledParams(WatchParams):
    label_id: Annotated[str, OptionsFrom("labels", depends_on=("board_id",)), AfterValidator(thing_id)] = Field(
        default="", title="Label", max_length=200, description="Empty: any label."
    )


class JoinedParams(WatchParams):
    member_id: Annotated[str, OptionsFrom("members", depends_on=("board_id",)), AfterValidator(thing_id)] = Field(
        default="", title="Member", max_length=200, description="Empty: anybody."
    )


class AnyActionParams(WatchParams):
    types: list[str] = Field(
        default=[],
        title="Only these kinds",
        max_length=50,
        description="Trello's names of actions. Empty: all.",
        examples=[["updateCard", "addAttachmentToCard"]],
    )


def _always(_params: WatchParams, _action: Mapping[str, Any]) -> bool:
    return True


def _moves(params: MovedParams, action: Mapping[str, Any]) -> bool:
    data = action["data"]
    return "listAfter" in data and params.from_list_id in ("", part(data, "listBefore").get("id"))


def _changes_due(_params: WatchParams, action: Mapping[str, Any]) -> bool:
    data = action["data"]
    return "due" in part(data, "old") and bool(part(data, "card").get("due"))


def _labels(params: LabelledParams, action: Mapping[str, Any]) -> bool:
    return params.label_id in ("", part(action["data"], "label").get("id"))


def _adds(params: JoinedParams, action: Mapping[str, Any]) -> bool:
    member = part(action, "member") or part(action["data"], "member")
    return params.member_id in ("", member.get("id"), action["data"].get("idMember"))


def _ticks(_params: WatchParams, action: Mapping[str, Any]) -> bool:
    return part(action["data"], "checkItem").get("state") == "complete"


def _is_one_of(params: AnyActionParams, action: Mapping[str, Any]) -> bool:
    return not params.types or action["type"] in params.types


HOOKS = (
    hook(
        name="card_created",
        title="Card created",
        description="A card was made on a board, also by copying or by e-mail.",
        types=("createCard", "copyCard", "emailCard", "convertToCardFromCheckItem"),
        chooses=_always,
        item=happenings.item,
        sample=sample("createCard"),
        icon="square-plus",
        aliases=("new card",),
    ),
    hook(
        name="card_moved",
        title="Card moved to a list",
        description="A card came from one list of a board to another.",
        types=("updateCard",),
        chooses=_moves,
        item=happenings.moved,
        params=MovedParams,
        sample=sample("updateCard", from_list={"id": "5f0a1b2c3d4e5f6a7b8c9d05", "name": "Won"}),
        icon="move-right",
    ),
    hook(
        name="due_date_set",
        title="Due date set",
        description="A card of a board was given a due date, or another one.",
        types=("updateCard",),
        chooses=_changes_due,
        item=happenings.dated,
        sample=sample("updateCard", due="2026-12-24T18:00:00.000Z", due_before=None),
        icon="calendar",
        aliases=("deadline",),
    ),
    hook(
        name="card_commented",
        title="Card commented",
        description="Somebody wrote a comment on a card.",
        types=("commentCard",),
        chooses=_always,
        item=happenings.commented,
        sample=sample("commentCard", text="Looks good."),
        icon="message-square",
        aliases=("new comment",),
    ),
    hook(
        name="label_added",
        title="Label put on a card",
        description="A label was put on a card.",
        types=("addLabelToCard",),
        chooses=_labels,
        item=happenings.labelled,
        params=LabelledParams,
        sample=sample("addLabelToCard", label={"id": "5f0a1b2c3d4e5f6a7b8c9d06", "name": "hot", "color": "red"}),
        icon="tag",
    ),
    hook(
        name="member_added",
        title="Member put on a card",
        description="A member was put on a card.",
        types=("addMemberToCard",),
        chooses=_adds,
        item=happenings.joined,
        params=JoinedParams,
        sample=sample("addMemberToCard", member=happenings.BY),
        icon="user-plus",
        aliases=("assigned",),
    ),
    hook(
        name="checklist_item_done",
        title="Checklist entry done",
        description="An entry of a checklist was ticked.",
        types=("updateCheckItemStateOnCard",),
        chooses=_ticks,
        item=happenings.ticked,
        sample=sample(
            "updateCheckItemStateOnCard",
            checklist={"id": "5f0a1b2c3d4e5f6a7b8c9d07", "name": "To do"},
            item={"id": "5f0a1b2c3d4e5f6a7b8c9d08", "name": "call"},
        ),
        icon="square-check",
    ),
    hook(
        name="board_action",
        title="Anything on a board",
        description="Anything that Trello writes into the activity of a board.",
        types=None,
        chooses=_is_one_of,
        item=happenings.anything,
        params=AnyActionParams,
        sample=sample("updateCard", data={"old": {"name": "Call"}, "card": {"name": "Call Ada"}}),
        icon="history",
    ),
)
