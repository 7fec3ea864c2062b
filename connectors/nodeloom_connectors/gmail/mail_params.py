"""The form of a mail, and the letter that it describes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from nodeloom_connectors.gmail.composing import Enclosure, Letter, refuse_more_than_allowed
from nodeloom_connectors.sdk import Refused

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import FileRef, Files


def joined(given: Any) -> Any:
    """A list of addresses, as an expression may give one, is as good as a line of them."""
    if isinstance(given, list):
        return ", ".join(str(each) for each in cast("list[object]", given))
    return "" if given is None else given


Addresses = Annotated[str, BeforeValidator(joined)]


class AddressedParams(BaseModel):
    """Whom a new mail is for. The forms show the fields of the last base class first."""

    model_config = ConfigDict(extra="forbid")

    to: Addresses = Field(
        title="To", max_length=20_000, description="Several with commas between.", examples=["ada@example.com"]
    )
    subject: str = Field(default="", title="Subject", max_length=2000)


class ContentParams(BaseModel):
    """What every mail has, whoever gets it."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["text", "html"] = Field(
        default="text", title="Written as", json_schema_extra={"x-labels": {"text": "Plain text", "html": "HTML"}}
    )
    body: str = Field(default="", title="Text", max_length=2_000_000, json_schema_extra={"x-widget": "multiline"})
    attach: Literal["none", "all", "chosen"] = Field(
        default="none",
        title="Attach",
        json_schema_extra={
            "x-labels": {"none": "Nothing", "all": "All files of the item", "chosen": "Some files of the item"}
        },
    )
    files: list[str] = Field(
        default=[],
        title="Files",
        max_length=100,
        description="By the names that they have on the item.",
        examples=[["data"]],
        json_schema_extra={"x-show-if": {"attach": ["chosen"]}},
    )


class MailParams(ContentParams, AddressedParams):
    cc: Addresses = Field(default="", title="Cc", max_length=20_000, json_schema_extra={"x-advanced": True})
    bcc: Addresses = Field(default="", title="Bcc", max_length=20_000, json_schema_extra={"x-advanced": True})
    reply_to: Addresses = Field(
        default="", title="Answers go to", max_length=2000, json_schema_extra={"x-advanced": True}
    )
    sender: str = Field(
        default="",
        title="From",
        max_length=500,
        description="Empty: the account's own address. Gmail takes only addresses that the account may send as.",
        examples=["Sales <sales@example.com>"],
        json_schema_extra={"x-advanced": True},
    )


async def letter_of(params: MailParams, files: Files, references: Sequence[str] = ()) -> Letter:
    return Letter(
        to=params.to,
        cc=params.cc,
        bcc=params.bcc,
        reply_to=params.reply_to,
        sender=params.sender,
        subject=params.subject,
        body=params.body,
        format=params.format,
        references=references,
        files=await enclosures(params, files),
    )


async def enclosures(params: ContentParams, files: Files) -> list[Enclosure]:
    """The chosen files of the item with their content; how large they are is looked at before."""
    chosen = _chosen(params, files)
    refuse_more_than_allowed(file.size for file in chosen)
    return [
        Enclosure(file.name, file.media_type, b"".join([chunk async for chunk in files.open(file)])) for file in chosen
    ]


def _chosen(params: ContentParams, files: Files) -> list[FileRef]:
    if params.attach == "none":
        return []
    if params.attach == "all":
        return list(files.incoming.values())
    missing = [name for name in params.files if name not in files.incoming]
    if missing:
        there = ", ".join(sorted(files.incoming)) or "none"
        raise Refused(f"The item has no file {missing[0]!r}.", "no_such_file", hint=f"Files on the item: {there}.")
    return [files.incoming[name] for name in params.files]
