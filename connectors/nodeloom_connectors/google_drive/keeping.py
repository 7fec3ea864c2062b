"""What is done with files and folders where they lie: made, moved, copied, renamed, thrown away."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.google_drive.client import FIELDS, FOLDER, READ, WRITE, DriveClient, mark_of
from nodeloom_connectors.google_drive.content import made_before
from nodeloom_connectors.google_drive.shapes import DriveFile, file_of
from nodeloom_connectors.sdk import ActionContext, OptionsFrom, action


class FileParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file_id: Annotated[str, OptionsFrom("files")] = Field(
        title="File", min_length=1, max_length=200, examples=["{{ $json.id }}"]
    )


@action(title="Read what is known of a file", effect="read", summary="{file_id}", icon="file", scopes=(READ,))
async def get(ctx: ActionContext[DriveClient], params: FileParams) -> DriveFile:
    """Name, type, size, folder and dates of a file, without its content."""
    return file_of(await ctx.client.file(params.file_id))


class CreateFolderParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(title="Name", min_length=1, max_length=500)
    folder: Annotated[str, OptionsFrom("folders")] = Field(default="root", title="Below", min_length=1, max_length=200)


@action(
    title="Create a folder",
    effect="once",
    summary="{name}",
    icon="folder-plus",
    confirm=made_before,
    scopes=(WRITE,),
)
async def create_folder(ctx: ActionContext[DriveClient], params: CreateFolderParams) -> DriveFile:
    """Makes a folder."""
    body = {"name": params.name, "mimeType": FOLDER, "parents": [params.folder], **mark_of(ctx.idempotency_key)}
    return file_of(await ctx.client.call("files.create", body=body, fields=FIELDS, supportsAllDrives=True))


class CopyParams(FileParams):
    name: str = Field(default="", title="Name", max_length=500, description="Empty: Copy of, and the name.")
    folder: Annotated[str, OptionsFrom("folders")] = Field(
        default="", title="Into the folder", max_length=200, description="Empty: beside the file."
    )


@action(title="Copy a file", effect="once", summary="{file_id}", icon="copy", confirm=made_before, scopes=(WRITE,))
async def copy(ctx: ActionContext[DriveClient], params: CopyParams) -> DriveFile:
    """Makes a copy of a file."""
    body = mark_of(ctx.idempotency_key)
    if params.name:
        body["name"] = params.name
    if params.folder:
        body["parents"] = [params.folder]
    given = await ctx.client.call("files.copy", fileId=params.file_id, body=body, fields=FIELDS, supportsAllDrives=True)
    return file_of(given)


class MoveParams(FileParams):
    folder: Annotated[str, OptionsFrom("folders")] = Field(title="Into the folder", min_length=1, max_length=200)


@action(title="Move a file", effect="idempotent", summary="{file_id} to {folder}", icon="folder-input", scopes=(WRITE,))
async def move(ctx: ActionContext[DriveClient], params: MoveParams) -> DriveFile:
    """Moves a file or folder into another folder."""
    there = await ctx.client.file(params.file_id)
    folder = await ctx.client.folder_id(params.folder)
    others = [parent for parent in there.get("parents") or () if parent != folder]
    return await _update(ctx, params.file_id, {}, addParents=folder, removeParents=",".join(others) if others else None)


class RenameParams(FileParams):
    name: str = Field(title="Name", min_length=1, max_length=500)


@action(title="Rename a file", effect="idempotent", summary="{name}", icon="pen-line", scopes=(WRITE,))
async def rename(ctx: ActionContext[DriveClient], params: RenameParams) -> DriveFile:
    """Gives a file or folder another name."""
    return await _update(ctx, params.file_id, {"name": params.name})


@action(title="Move to the bin", effect="idempotent", summary="{file_id}", icon="trash-2", scopes=(WRITE,))
async def trash(ctx: ActionContext[DriveClient], params: FileParams) -> DriveFile:
    """Moves a file or folder to the bin, which Drive empties after 30 days."""
    return await _update(ctx, params.file_id, {"trashed": True})


@action(title="Take out of the bin", effect="idempotent", summary="{file_id}", icon="archive-restore", scopes=(WRITE,))
async def untrash(ctx: ActionContext[DriveClient], params: FileParams) -> DriveFile:
    """Takes a file or folder back out of the bin."""
    return await _update(ctx, params.file_id, {"trashed": False})


class Deleted(BaseModel):
    id: str = Field(title="Id")


@action(title="Delete for good", effect="destructive", summary="{file_id}", icon="x", scopes=(WRITE,))
async def delete(ctx: ActionContext[DriveClient], params: FileParams) -> Deleted:
    """Deletes a file, or a folder with all that is in it; neither goes to the bin."""
    await ctx.client.call("files.delete", fileId=params.file_id, supportsAllDrives=True)
    return Deleted(id=params.file_id)


async def _update(
    ctx: ActionContext[DriveClient], file_id: str, body: dict[str, Any], **places: str | None
) -> DriveFile:
    given = await ctx.client.call(
        "files.update", fileId=file_id, body=body, fields=FIELDS, supportsAllDrives=True, **places
    )
    return file_of(given)
