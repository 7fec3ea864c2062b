"""What Trello's nodes hand on: Trello's things under names that say what they are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from nodeloom_connectors.trello.trace import without_trace

Untraced = Annotated[str, BeforeValidator(lambda given: without_trace(given or ""))]


class Board(BaseModel):
    id: str = Field(title="Id")
    name: str = Field(default="", title="Name")
    description: Untraced = Field(default="", validation_alias="desc", title="Description")
    url: str = Field(default="", title="Address")
    archived: bool = Field(default=False, validation_alias="closed", title="Closed")


class List(BaseModel):
    id: str = Field(title="Id")
    name: str = Field(default="", title="Name")
    board_id: str = Field(default="", validation_alias="idBoard", title="Board")
    archived: bool = Field(default=False, validation_alias="closed", title="Archived")
    position: float = Field(default=0, validation_alias="pos", title="Position")


class Label(BaseModel):
    id: str = Field(title="Id")
    name: Annotated[str, BeforeValidator(lambda given: given or "")] = Field(default="", title="Name")
    color: str | None = Field(default=None, title="Colour")
    board_id: str = Field(default="", validation_alias="idBoard", title="Board")


class Member(BaseModel):
    id: str = Field(title="Id")
    name: str = Field(default="", validation_alias="fullName", title="Name")
    username: str = Field(default="", title="User name")


class Card(BaseModel):
    id: str = Field(title="Id")
    name: str = Field(default="", title="Title")
    description: Untraced = Field(default="", validation_alias="desc", title="Description")
    url: str = Field(default="", title="Address")
    short_url: str = Field(default="", validation_alias="shortUrl", title="Short address")
    board_id: str = Field(default="", validation_alias="idBoard", title="Board")
    list_id: str = Field(default="", validation_alias="idList", title="List")
    archived: bool = Field(default=False, validation_alias="closed", title="Archived")
    due: datetime | None = Field(default=None, title="Due")
    done: bool = Field(default=False, validation_alias="dueComplete", title="Marked as done")
    start: datetime | None = Field(default=None, title="Begins")
    labels: list[Label] = Field(default=[], title="Labels")
    member_ids: list[str] = Field(default=[], validation_alias="idMembers", title="Members")
    position: float = Field(default=0, validation_alias="pos", title="Position")
    last_activity: datetime | None = Field(default=None, validation_alias="dateLastActivity", title="Last activity")


class Found(BaseModel):
    """An answer of the search, as far as it is of cards."""

    cards: list[Card]


class ChecklistItem(BaseModel):
    id: str = Field(title="Id")
    name: str = Field(default="", title="Text")
    done: Annotated[bool, BeforeValidator(lambda state: state in (True, "complete"))] = Field(
        default=False, validation_alias="state", title="Done"
    )
    due: datetime | None = Field(default=None, title="Due")
    member_id: str | None = Field(default=None, validation_alias="idMember", title="Member")
    checklist_id: str = Field(default="", validation_alias="idChecklist", title="Checklist")


class Checklist(BaseModel):
    id: str = Field(title="Id")
    name: str = Field(default="", title="Name")
    card_id: str = Field(default="", validation_alias="idCard", title="Card")
    items: list[ChecklistItem] = Field(default=[], validation_alias="checkItems", title="Entries")


class Attachment(BaseModel):
    id: str = Field(title="Id")
    name: str = Field(default="", title="Name")
    url: str = Field(default="", title="Address")
    is_file: bool = Field(default=False, validation_alias="isUpload", title="A file, not a link")
    file_name: str | None = Field(default=None, validation_alias="fileName", title="File name")
    media_type: Annotated[str, BeforeValidator(lambda given: given or "")] = Field(
        default="", validation_alias="mimeType", title="Media type"
    )
    size: int | None = Field(default=None, validation_alias="bytes", title="Size in bytes")


class Comment(BaseModel):
    id: str = Field(title="Id")
    text: Untraced = Field(title="Text")
    card_id: str = Field(title="Card")
    by: Member | None = Field(default=None, title="Written by")
    date: datetime = Field(title="Written")

    @classmethod
    def of(cls, action: Action) -> Comment:
        data = action.data
        card: Any = data.get("card") or {}
        return cls(
            id=action.id,
            text=str(data.get("text") or ""),
            card_id=str(card.get("id") or ""),
            by=action.memberCreator,
            date=action.date,
        )


class Action(BaseModel):
    """An entry of the activity, as Trello has it."""

    id: str
    type: str
    date: datetime
    data: dict[str, Any] = {}
    memberCreator: Member | None = None  # noqa: N815 - Trello's name


class Thing(BaseModel):
    """Anything, of which only the id matters."""

    id: str


class Webhook(BaseModel):
    id: str
    active: bool = True


class Emptied(BaseModel):
    list_id: str = Field(title="List")


class Deleted(BaseModel):
    id: str = Field(title="Id of what was deleted")


class Changed(BaseModel):
    """What was put on a card, or taken off it."""

    card_id: str = Field(title="Card")
    id: str = Field(title="Id of the label or member")


class Joined(BaseModel):
    board_id: str = Field(title="Board")
    member_id: str = Field(title="Member")
    role: str = Field(title="Role")


class Moved(BaseModel):
    from_list_id: str = Field(title="From list")
    list_id: str = Field(title="List")
    cards: list[str] = Field(title="Ids of the cards")
