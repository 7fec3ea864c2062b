"""Files in and out: uploads, downloads, and Google's own documents in other formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.google import Content
from nodeloom_connectors.google_drive.client import FOLDER, READ, WRITE, DriveClient, mark_of
from nodeloom_connectors.google_drive.shapes import DriveFile, file_of
from nodeloom_connectors.sdk import ActionContext, OptionsFrom, Refused, WithFiles, action

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import FileRef, Files

_GOOGLES_OWN = "application/vnd.google-apps."
_OFFICE = "application/vnd.openxmlformats-officedocument."
_FORMATS = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "md": "text/markdown",
    "html": "text/html",
    "png": "image/png",
}
_USUAL = {"document": "docx", "spreadsheet": "xlsx", "presentation": "pptx", "drawing": "png"}
_ITEM_FILE = "The name that it has on the item; empty: its only file."

Format = Literal["auto", "pdf", "docx", "xlsx", "pptx", "odt", "ods", "csv", "txt", "md", "html", "png"]


class UploadParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file: str = Field(default="", title="File", max_length=200, description=_ITEM_FILE, examples=["data"])
    folder: Annotated[str, OptionsFrom("folders")] = Field(
        default="root", title="Into the folder", min_length=1, max_length=200
    )
    name: str = Field(default="", title="Name", max_length=500, description="Empty: as the file is called.")
    convert: bool = Field(
        default=False,
        title="As a Google document",
        description="Texts, tables and slides become Docs, Sheets and Slides.",
        json_schema_extra={"x-advanced": True},
    )


async def made_before(ctx: ActionContext[DriveClient], _params: object) -> DriveFile | None:
    given = await ctx.client.made_by(ctx.idempotency_key)
    return file_of(given) if given else None


@action(
    title="Upload a file",
    effect="once",
    summary="{name} to {folder}|To {folder}",
    icon="upload",
    aliases=("save", "store", "create"),
    confirm=made_before,
    scopes=(WRITE,),
)
async def upload(ctx: ActionContext[DriveClient], params: UploadParams) -> DriveFile:
    """Puts a file of the item into a folder of the Drive."""
    file = chosen(ctx.files, params.file)
    described = {"name": params.name or file.name, "parents": [params.folder], **mark_of(ctx.idempotency_key)}
    if params.convert:
        described["mimeType"] = _converted(file)
    return file_of(await ctx.client.upload("files.create", _content(ctx.files, file), body=described))


class ReplaceParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file_id: Annotated[str, OptionsFrom("files")] = Field(title="File in the Drive", min_length=1, max_length=200)
    file: str = Field(default="", title="New content", max_length=200, description=_ITEM_FILE, examples=["data"])


@action(title="Replace a file's content", effect="idempotent", summary="{file_id}", icon="file-up", scopes=(WRITE,))
async def replace_content(ctx: ActionContext[DriveClient], params: ReplaceParams) -> DriveFile:
    """Gives a file of the Drive a new content; its name, folder and shares stay, and Drive keeps the version before."""
    content = _content(ctx.files, chosen(ctx.files, params.file))
    return file_of(await ctx.client.upload("files.update", content, fileId=params.file_id, body={}))


class DownloadParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file_id: Annotated[str, OptionsFrom("files")] = Field(
        title="File", min_length=1, max_length=200, examples=["{{ $json.id }}"]
    )
    format: Format = Field(
        default="auto",
        title="Google documents as",
        description="Other files come as they are.",
        json_schema_extra={"x-labels": {"auto": "Word, Excel, PowerPoint"}},
    )


@action(title="Download a file", effect="read", summary="{file_id}", icon="download", scopes=(READ,))
async def download(ctx: ActionContext[DriveClient], params: DownloadParams) -> WithFiles[DriveFile]:
    """A file of the Drive as a file of the item, called data."""
    file = file_of(await ctx.client.file(params.file_id))
    return WithFiles(file, await take_along(ctx, file, params.format))


class Desk(Protocol):
    """What actions and triggers have in common here."""

    @property
    def client(self) -> DriveClient: ...
    @property
    def files(self) -> Files: ...


async def take_along(desk: Desk, file: DriveFile, wanted: Format = "auto") -> dict[str, FileRef]:
    """The content as the file "data" of the item."""
    if file.media_type == FOLDER:
        raise Refused("A folder can't be downloaded.", "is_folder", hint="Search its files and download those.")
    name, media_type = file.name, file.media_type
    if file.media_type.startswith(_GOOGLES_OWN):
        suffix = _USUAL.get(file.media_type.removeprefix(_GOOGLES_OWN), "pdf") if wanted == "auto" else wanted
        name, media_type = f"{file.name}.{suffix}", _FORMATS[suffix]
        opened = desk.client.download("files.export", fileId=file.id, mimeType=media_type)
    else:
        opened = desk.client.download("files.get", fileId=file.id, supportsAllDrives=True)
    async with opened as chunks:
        kept = await desk.files.store(chunks, name, media_type)
    file.file = "data"
    return {"data": kept}


def chosen(files: Files, name: str) -> FileRef:
    """The file of this name on the item, or its only one."""
    if not name and len(files.incoming) == 1:
        return next(iter(files.incoming.values()))
    if name in files.incoming:
        return files.incoming[name]
    there = ", ".join(sorted(files.incoming)) or "none"
    raise Refused(f"The item has no file {name!r}.", "no_such_file", hint=f"Files on the item: {there}.")


def _content(files: Files, file: FileRef) -> Content:
    media_type = file.media_type if file.media_type.isascii() and file.media_type.isprintable() else ""
    return Content(media_type or "application/octet-stream", file.size, files.open(file))


def _converted(file: FileRef) -> str:
    media_type = file.media_type.partition(";")[0]
    if "spreadsheet" in media_type or media_type in ("text/csv", "application/vnd.ms-excel"):
        return f"{_GOOGLES_OWN}spreadsheet"
    if "presentation" in media_type or media_type == "application/vnd.ms-powerpoint":
        return f"{_GOOGLES_OWN}presentation"
    return f"{_GOOGLES_OWN}document"
