"""The triggers: files that are new, and files that were changed, by Drive's list of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from nodeloom_connectors.google_drive.client import FIELDS, READ, DriveClient
from nodeloom_connectors.google_drive.content import take_along
from nodeloom_connectors.google_drive.shapes import DriveFile, file_of
from nodeloom_connectors.sdk import Occurrence, OptionsFrom, Polled, PollTrigger, TriggerContext

if TYPE_CHECKING:
    from collections.abc import Mapping

_AT_ONCE = 50


class FilesParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    folder: Annotated[str, OptionsFrom("folders")] = Field(
        default="", title="In the folder", max_length=200, description="Not in those below it. Empty: anywhere."
    )
    name: str = Field(default="", title="Name contains", max_length=300)
    content: bool = Field(default=False, title="Take the content along", description="As the file data of the item.")


async def _new(ctx: TriggerContext[DriveClient], params: FilesParams, cursor: JsonValue) -> Polled:
    """A file is new if it was made after the newest that was there; Drive's changes don't tell it from a changed one.

    `since` lags a round behind `newest`, as changes of one round come in any order; repeats are known by their key.
    """
    if cursor is None:
        newest = await _newest(ctx.client)
        return Polled((), {"token": await _now(ctx.client), "since": newest, "newest": newest})
    kept = cast("dict[str, str]", cursor)
    files, token, more = await _changed(ctx.client, kept["token"])
    fresh = [file for file in files if _made(file) > kept["since"]]
    newest = max([kept["newest"], *map(_made, fresh)])
    folder = await ctx.client.folder_id(params.folder)
    occurrences = [await _occurrence(ctx, params, file, file.id) for file in fresh if _wanted(params, folder, file)]
    since = kept["since"] if more else kept["newest"]
    return Polled(occurrences, {"token": token, "since": since, "newest": newest}, more=more)


async def _any(ctx: TriggerContext[DriveClient], params: FilesParams, cursor: JsonValue) -> Polled:
    if cursor is None:
        return Polled((), {"token": await _now(ctx.client)})
    files, token, more = await _changed(ctx.client, cast("dict[str, str]", cursor)["token"])
    folder = await ctx.client.folder_id(params.folder)
    occurrences = [
        await _occurrence(ctx, params, file, f"{file.id}:{file.changed.isoformat() if file.changed else ''}")
        for file in files
        if _wanted(params, folder, file)
    ]
    return Polled(occurrences, {"token": token}, more=more)


async def _now(client: DriveClient) -> str:
    answer = await client.call("changes.getStartPageToken", supportsAllDrives=True)
    return str(answer["startPageToken"])


async def _newest(client: DriveClient) -> str:
    answer = await client.call(
        "files.list", orderBy="createdTime desc", pageSize=1, fields=f"files({FIELDS})", supportsAllDrives=True,
        includeItemsFromAllDrives=True,
    )  # fmt: skip
    return max((_made(file_of(given)) for given in answer.get("files") or ()), default="")


async def _changed(client: DriveClient, token: str) -> tuple[list[DriveFile], str, bool]:
    answer = await client.call(
        "changes.list",
        pageToken=token,
        pageSize=_AT_ONCE,
        fields=f"nextPageToken,newStartPageToken,changes(removed,file({FIELDS}))",
        supportsAllDrives=True,
        includeItemsFromAllDrives=True,
    )
    changes: list[Mapping[str, Any]] = answer.get("changes") or []
    files = [file_of(change["file"]) for change in changes if change.get("file") and not change.get("removed")]
    following = answer.get("nextPageToken")
    return files, str(following or answer.get("newStartPageToken") or token), bool(following)


def _made(file: DriveFile) -> str:
    return file.created.isoformat() if file.created else ""


def _wanted(params: FilesParams, folder: str, file: DriveFile) -> bool:
    return (
        not file.trashed
        and not file.is_folder
        and folder in ("", file.folder_id)
        and params.name.casefold() in file.name.casefold()
    )


async def _occurrence(ctx: TriggerContext[DriveClient], params: FilesParams, file: DriveFile, key: str) -> Occurrence:
    files = await take_along(ctx, file) if params.content else {}
    return Occurrence(key=key, json=file.model_dump(mode="json"), files=files, summary=file.name)


SAMPLE: dict[str, JsonValue] = {
    "id": "1AbCdEfGhIjKlMnOpQrStUvWxYz",
    "name": "order.pdf",
    "media_type": "application/pdf",
    "is_folder": False,
    "size": 18150,
    "folder_id": "0AbCdEf",
    "url": "https://drive.google.com/file/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/view",
    "created": "2026-11-23T09:30:00Z",
    "changed": "2026-11-23T09:30:00Z",
    "trashed": False,
    "owner": "ada@example.com",
    "description": "",
    "file": None,
}

new_file = PollTrigger(
    name="new_file",
    title="New file",
    description="Starts a run for each file that is put into the Drive.",
    params=FilesParams,
    summary="{name} in {folder}|In {folder}|{name}",
    icon="file-plus",
    aliases=("created", "uploaded"),
    scopes=(READ,),
    sample=SAMPLE,
    poll=_new,
)
changed_file = PollTrigger(
    name="changed_file",
    title="Changed file",
    description="Starts a run when a file of the Drive is made or changed.",
    params=FilesParams,
    summary="{name} in {folder}|In {folder}|{name}",
    icon="file-text",
    aliases=("updated", "modified"),
    scopes=(READ,),
    sample=SAMPLE,
    poll=_any,
)
