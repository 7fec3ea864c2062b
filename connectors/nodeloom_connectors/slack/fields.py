"""Params that many actions have in common, as a person writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from nodeloom_connectors.sdk import OptionsFrom

_LINKED = re.compile(r"https://[^\s/]+/archives/[A-Z0-9]+/p(\d{10})(\d{6})(?:\?.*)?")


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Found(BaseModel):
    """What Slack tells of a thing; fields that are not named here are kept as they come."""

    model_config = ConfigDict(extra="allow", defer_build=True)


def _ts(given: str) -> str:
    """Slack names a message by the moment it was sent at; the link to it holds the same digits."""
    linked = _LINKED.fullmatch(given.strip())
    return f"{linked[1]}.{linked[2]}" if linked else given.strip()


def listed(given: Any) -> Any:
    if isinstance(given, str) and "{{" not in given:
        return [part.strip() for part in given.replace("\n", ",").split(",") if part.strip()]
    return given


def _emoji(given: str) -> str:
    return given.strip().strip(":")


def _person(given: str) -> str:
    """An id, or the mention of somebody as it stands in a text."""
    mentioned = re.fullmatch(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>", given.strip())
    return mentioned[1] if mentioned else given.strip()


def _moment(given: Any) -> Any:
    """Also a ts as Slack writes it; a date and time without an offset is taken as UTC."""
    if not isinstance(given, str) or "{{" in given:
        return given
    try:
        return datetime.fromtimestamp(float(given), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    try:
        moment = datetime.fromisoformat(given.strip())
    except ValueError:
        return given
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Channel: TypeAlias = Annotated[
    str,
    OptionsFrom("channels"),
    Field(
        title="Channel",
        description="Chosen from the list, or its id or #name.",
        min_length=1,
        max_length=200,
        examples=["#general", "C0123456789"],
    ),
]
Destination: TypeAlias = Annotated[
    str,
    OptionsFrom("destinations"),
    Field(
        title="Channel or person",
        description="Chosen from the list, or the id of a channel or person, or #name.",
        min_length=1,
        max_length=200,
        examples=["#general", "C0123456789", "U0123456789"],
    ),
]


class InDestination(Params):
    """Named last among the bases of a params model, its field comes first in the form."""

    channel: Destination


ArchivedChannel: TypeAlias = Annotated[
    str,
    OptionsFrom("archived_channels"),
    Field(title="Channel", min_length=1, max_length=200, examples=["#old-project", "C0123456789"]),
]
Person: TypeAlias = Annotated[
    str,
    OptionsFrom("users"),
    AfterValidator(_person),
    Field(title="Person", min_length=1, max_length=200, examples=["U0123456789"]),
]
People: TypeAlias = Annotated[list[Person], BeforeValidator(listed)]
MessageTs: TypeAlias = Annotated[
    str,
    AfterValidator(_ts),
    Field(
        title="Message",
        description="Its ts, as the node that sent or found it gives it, or the link to the message.",
        min_length=1,
        max_length=500,
        examples=["{{ $json.ts }}", "1764547200.000100"],
    ),
]
ThreadTs: TypeAlias = Annotated[str, AfterValidator(_ts)]
EmojiName: TypeAlias = Annotated[str, AfterValidator(_emoji)]
Emoji: TypeAlias = Annotated[
    EmojiName,
    Field(
        title="Emoji",
        description="Its name, with or without colons.",
        min_length=1,
        max_length=100,
        examples=["white_check_mark", ":eyes:"],
    ),
]
Limit: TypeAlias = Annotated[int, Field(title="At most", description="How many are fetched.", ge=1, le=10_000)]
Moment: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_moment)]
