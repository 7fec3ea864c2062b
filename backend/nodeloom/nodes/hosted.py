"""What forms and chats have in common: an address, who may come, and on which sites the page may be embedded."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from nodeloom.nodes.params import Params, hints

_SEGMENT: Final = r"[A-Za-z0-9_~-][A-Za-z0-9_~.-]*"
PATH_PATTERN: Final = rf"^{_SEGMENT}(/{_SEGMENT})*$"
_ORIGIN: Final = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.IGNORECASE)
_MOST_LINES: Final = 500


def unreserved(path: str) -> str:
    if path.split("/", 1)[0] == "-":
        raise ValueError("a path can't begin with “-/”, which Nodeloom uses itself")
    return path


def _lines(value: object) -> object:
    """One entry a line; a list is taken as it is."""
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return value


Lines = Annotated[
    list[Annotated[str, Field(max_length=500)]],
    BeforeValidator(_lines),
    Field(max_length=_MOST_LINES),
    WithJsonSchema({"type": "string"}),
]
"""A list that is written one entry a line."""


def _origins(sites: list[str]) -> list[str]:
    for site in sites:
        if not _ORIGIN.fullmatch(site.rstrip("/")):
            raise ValueError(f"“{site[:200]}” is no site: it looks like https://www.example.com, without a path")
    return [site.rstrip("/").lower() for site in sites]


class Addressed(Params):
    path: Annotated[str, AfterValidator(unreserved)] = Field(
        title="Path",
        description="The end of the page's address. It belongs to this workflow alone.",
        pattern=PATH_PATTERN,
        max_length=200,
        examples=["sign-up"],
        json_schema_extra=hints("path"),
    )


class Hosted(Params):
    """Of every trigger that has a page, beside its address; apart, so that what has to be given comes first."""

    access: Literal["anyone", "members"] = Field(
        default="anyone",
        title="Who may use it",
        description="Members have to sign in; anyone else needs only the address.",
        json_schema_extra=hints(
            advanced=True,
            labels={"anyone": "Anyone who knows the address", "members": "Members of this workspace"},
        ),
    )
    embed_on: Annotated[Lines, AfterValidator(_origins)] = Field(
        default=[],
        title="Sites that may embed it",
        description="One a line. Without any, no other site can show the page in a frame.",
        examples=["https://www.example.com"],
        json_schema_extra=hints("multiline", advanced=True),
    )
    per_minute: int = Field(
        default=20,
        title="At most, per visitor and minute",
        description="Above this, visitors from the same network address are asked to wait.",
        ge=1,
        le=1000,
        json_schema_extra=hints(advanced=True),
    )
