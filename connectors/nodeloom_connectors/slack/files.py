"""Files: brought to Slack, listed, fetched, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from nodeloom_connectors.sdk import ActionContext, FileRef, Files, OptionsFrom, Refused, WithFiles, action
from nodeloom_connectors.slack.client import SlackClient, data_of, part, rows
from nodeloom_connectors.slack.fields import Channel, Destination, Found, Limit, Params, Person, ThreadTs

_PAGE = 100


class SlackFile(Found):
    """A file as Slack describes it."""

    id: str = Field(title="File")
    name: str = Field(default="", title="Name")
    title: str = Field(default="", title="Title")
    mimetype: str = Field(default="", title="Type")
    size: int = Field(default=0, title="Size")
    permalink: str = Field(default="", title="Link")


def file_of(found: Mapping[str, Any]) -> SlackFile:
    texts = {name: found.get(name) or "" for name in ("name", "title", "mimetype", "permalink")}
    return SlackFile.model_validate({**found, **texts, "size": found.get("size") or 0})


class UploadParams(Params):
    channel: Destination
    file: str = Field(
        default="",
        title="File",
        description="The name it has on the item. Empty: the only one.",
        max_length=200,
        examples=["data"],
    )
    filename: str = Field(default="", title="Name in Slack", description="Empty: its own.", max_length=255)
    title: str = Field(default="", title="Title", max_length=255)
    comment: str = Field(
        default="",
        title="Message with it",
        max_length=4000,
        json_schema_extra={"x-widget": "multiline"},
    )
    thread_ts: ThreadTs = Field(default="", title="In the thread of", max_length=500)


@action(
    title="Upload a file",
    effect="once",
    summary="{file} to {channel}",
    icon="file-output",
    aliases=("attachment", "send file", "document", "image", "snippet"),
    scopes=("files:write",),
)
async def upload_file(ctx: ActionContext[SlackClient], params: UploadParams) -> SlackFile:
    """Bring a file of the item to a channel or a person."""
    file = _incoming(ctx.files, params.file)
    name = params.filename.strip() or file.name
    channel = await ctx.client.channel_id(params.channel)
    place = data_of(await ctx.client.web.files_getUploadURLExternal(filename=name, length=file.size))
    await ctx.client.upload(str(place["upload_url"]), ctx.files.open(file), file.size)
    done = await ctx.client.web.files_completeUploadExternal(
        files=[{"id": str(place["file_id"]), "title": params.title.strip() or name}],
        channel_id=channel,
        initial_comment=params.comment or None,
        thread_ts=params.thread_ts or None,
    )
    [made, *_] = rows(data_of(done), "files") or [{"id": place["file_id"]}]
    return file_of({"name": name, **made})


def _incoming(files: Files, name: str) -> FileRef:
    if not name and len(files.incoming) == 1:
        file = next(iter(files.incoming.values()))
    elif name in files.incoming:
        file = files.incoming[name]
    else:
        there = ", ".join(sorted(files.incoming)) or "none"
        raise Refused(f"The item has no file {name or ''!r}.", "no_such_file", hint=f"Files on the item: {there}.")
    if not file.size:
        raise Refused(f"{file.name} is empty.", "empty_file", hint="Slack takes no empty files.")
    return file


class ListFilesParams(Params):
    channel: Channel | None = Field(default=None, title="Channel", description="Empty: of all channels.")
    user: Person | None = Field(default=None, title="From", description="Empty: from anybody.")
    types: str = Field(
        default="",
        title="Types",
        description="With commas: images, pdfs, snippets, gdocs, zips, spaces. Empty: all.",
        max_length=200,
        examples=["images,pdfs"],
    )
    limit: Limit = 100


@action(
    title="List files",
    effect="read",
    summary="{channel}",
    icon="file-text",
    aliases=("attachments", "get many"),
    scopes=("files:read",),
)
async def list_files(ctx: ActionContext[SlackClient], params: ListFilesParams) -> list[SlackFile]:
    """The files that the app can see, newest first, one item each."""
    channel = await ctx.client.channel_id(params.channel) if params.channel else None
    found: list[SlackFile] = []
    page = 1
    while len(found) < params.limit:
        answer = data_of(
            await ctx.client.web.files_list(
                channel=channel, user=params.user, types=params.types.replace(" ", "") or None, count=_PAGE, page=page
            )
        )
        found.extend(file_of(file) for file in rows(answer, "files"))
        if page >= int(part(answer, "paging").get("pages") or 0):
            break
        page += 1
    return found[: params.limit]


def _file_id(given: str) -> str:
    """Also out of the link to a file, https://…/files/U…/F…/name."""
    parts = given.strip().split("/")
    return next((part for part in parts[5:6] if given.strip().startswith("https://")), given.strip())


class FileParams(Params):
    file: Annotated[str, OptionsFrom("files"), AfterValidator(_file_id)] = Field(
        title="File",
        description="Its id, or the link to it.",
        min_length=1,
        max_length=500,
        examples=["{{ $json.file_id }}", "F0123456789"],
    )


@action(
    title="Get a file",
    effect="read",
    summary="{file}",
    icon="file-input",
    aliases=("download", "attachment"),
    scopes=("files:read",),
)
async def get_file(ctx: ActionContext[SlackClient], params: FileParams) -> WithFiles[SlackFile]:
    """Fetch a file out of Slack; it goes on with the item."""
    file = file_of(data_of(await ctx.client.web.files_info(file=params.file))["file"])
    extra = file.model_extra or {}
    url = str(extra.get("url_private_download") or extra.get("url_private") or "")
    if not url:
        hint = "Files that lie elsewhere, such as Google documents, have to be fetched there."
        raise Refused(f"Slack does not hold the bytes of {file.name or file.id}.", "not_downloadable", hint=hint)
    async with ctx.client.download(url, file.mimetype) as content:
        stored = await ctx.files.store(content, file.name or file.id, file.mimetype or "application/octet-stream")
    return WithFiles(file, {"data": stored})


class DeletedFile(Found):
    id: str = Field(title="File")


async def is_deleted(ctx: ActionContext[SlackClient], params: FileParams) -> DeletedFile | None:
    try:
        await ctx.client.web.files_info(file=params.file)
    except Refused as refused:
        if refused.code not in ("file_not_found", "file_deleted"):
            raise
        return DeletedFile(id=params.file)
    return None


@action(
    title="Delete a file",
    effect="destructive",
    summary="{file}",
    icon="octagon-x",
    aliases=("remove",),
    confirm=is_deleted,
    scopes=("files:write",),
)
async def delete_file(ctx: ActionContext[SlackClient], params: FileParams) -> DeletedFile:
    """Delete a file for everybody."""
    await ctx.client.web.files_delete(file=params.file)
    return DeletedFile(id=params.file)
