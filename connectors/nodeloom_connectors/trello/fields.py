"""Params that many nodes have: ids with their pickers, dates, positions."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from nodeloom_connectors.sdk import OptionsFrom

# Trello keeps texts of up to 16384 characters; a trace for finding the thing again must fit in beside it.
LONGEST = 16_000

_ADDRESS = re.compile(r"^https?://[^/]+/[bc]/([A-Za-z0-9]+)(?:[/?#].*)?$")
_ID = re.compile(r"^[A-Za-z0-9]{8,24}$")


def thing_id(given: str) -> str:
    """An id, a short link, or the address of a card or board as it stands in the browser; it goes into a path."""
    given = given.strip()
    address = _ADDRESS.match(given)
    found = address[1] if address else given
    if found and not _ID.match(found):
        raise ValueError("This is no id of Trello, nor the address of a card or board.")
    return found


def _member(given: str) -> str:
    """An id, a user name, or "me"."""
    given = given.strip().removeprefix("@")
    if not re.match(r"^\w{1,100}$", given, re.ASCII):
        raise ValueError("This is no id of a member, nor a user name.")
    return given


def _several(given: Any) -> Any:
    """Ids as a list, or in one text with commas, as an expression may give them."""
    if isinstance(given, str):
        return [one.strip() for one in given.split(",") if one.strip()]
    return cast("list[object]", []) if given is None else given


def _date(given: str) -> str:
    """ISO 8601; without a time zone it is taken as UTC. Empty stays empty."""
    if not given.strip():
        return ""
    try:
        moment = datetime.fromisoformat(given.strip())
    except ValueError as error:
        raise ValueError("This is no date: write it as 2026-12-24 or 2026-12-24T18:00:00Z.") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Id = Annotated[str, AfterValidator(thing_id)]
Date = Annotated[str, AfterValidator(_date)]

Board = Annotated[
    str,
    OptionsFrom("boards"),
    AfterValidator(thing_id),
    Field(title="Board", min_length=1, max_length=200, examples=["5f0a1b2c3d4e5f6a7b8c9d0e"]),
]
List = Annotated[
    str,
    OptionsFrom("lists", depends_on=("board_id",)),
    AfterValidator(thing_id),
    Field(title="List", min_length=1, max_length=200, examples=["5f0a1b2c3d4e5f6a7b8c9d0e"]),
]
Label = Annotated[
    str,
    OptionsFrom("labels", depends_on=("board_id",)),
    AfterValidator(thing_id),
    Field(title="Label", min_length=1, max_length=200),
]
Member = Annotated[
    str,
    OptionsFrom("members", depends_on=("board_id",)),
    AfterValidator(_member),
    Field(title="Member", min_length=1, max_length=200, description="By id or user name; me is the account itself."),
]
Labels = Annotated[
    list[Id],
    OptionsFrom("labels", depends_on=("board_id",)),
    BeforeValidator(_several),
    Field(title="Labels", max_length=100),
]
Members = Annotated[
    list[Id],
    OptionsFrom("members", depends_on=("board_id",)),
    BeforeValidator(_several),
    Field(title="Members", max_length=100),
]
Position = Annotated[
    Literal["top", "bottom"],
    Field(title="Position", json_schema_extra={"x-labels": {"top": "On top", "bottom": "At the bottom"}}),
]
NewPosition = Annotated[
    Literal["", "top", "bottom"],
    Field(
        title="Position",
        json_schema_extra={"x-labels": {"": "As it is", "top": "On top", "bottom": "At the bottom"}},
    ),
]
Text = Annotated[str, Field(max_length=LONGEST, json_schema_extra={"x-widget": "multiline"})]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BoardParams(Params):
    board_id: Board


class OnBoardParams(Params):
    """For pickers that need a board; where the id comes from the item, it may stay empty."""

    board_id: Annotated[
        str,
        OptionsFrom("boards"),
        AfterValidator(thing_id),
        Field(
            title="Board", max_length=200, description="To choose from; not needed where the id comes from the item."
        ),
    ] = ""


class ListParams(OnBoardParams):
    list_id: List


class CardParams(OnBoardParams):
    from_list_id: Annotated[
        str,
        OptionsFrom("lists", depends_on=("board_id",)),
        AfterValidator(thing_id),
        Field(title="List", max_length=200, description="To choose from; not needed where the id comes from the item."),
    ] = ""
    card_id: Annotated[
        str,
        OptionsFrom("cards", depends_on=("from_list_id",)),
        AfterValidator(thing_id),
        Field(
            title="Card",
            min_length=1,
            max_length=500,
            description="An id, or the card's address.",
            examples=["{{ $json.id }}", "https://trello.com/c/abCd1234"],
        ),
    ]
