"""Attachments of cards: files and links."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, unquote

from pydantic import AfterValidator, Field, JsonValue

from nodeloom_connectors.sdk import ActionContext, Refused, WithFiles, action
from nodeloom_connectors.trello.auth import READ, WRITE
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.fields import CardParams, thing_id
from nodeloom_connectors.trello.looking import gone, none_called
from nodeloom_connectors.trello.shapes import Attachment, Deleted

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import FileRef, Files


@action(title="List attachments", effect="read", summary="{card_id}", icon="paperclip", scopes=(READ,))
async def list_attachments(ctx: ActionContext[TrelloClient], params: CardParams) -> list[Attachment]:
    """The attachments of a card, one item each."""
    return await ctx.client.get(list[Attachment], f"/cards/{params.card_id}/attachments")


class AttachFileParams(CardParams):
    file: str = Field(
        default="data", title="File", min_length=1, max_length=200, description="By the name that it has on the item."
    )
    name: str = Field(default="", title="Name", max_length=256, description="Empty: the name of the file.")


async def _file_attached(ctx: ActionContext[TrelloClient], params: AttachFileParams) -> None:
    name = params.name or _file(ctx.files, params.file).name
    there = await ctx.client.get(list[Attachment], f"/cards/{params.card_id}/attachments")
    none_called(name, (one.name for one in there), "an attachment")


@action(
    title="Attach a file",
    effect="once",
    summary="{file}",
    icon="paperclip",
    aliases=("upload",),
    confirm=_file_attached,
    scopes=(READ, WRITE),
)
async def attach_file(ctx: ActionContext[TrelloClient], params: AttachFileParams) -> Attachment:
    """Attaches a file of the item to a card."""
    file = _file(ctx.files, params.file)
    fields = {"name": params.name or file.name, "mimeType": file.media_type}
    headers, content = multipart(fields, file, ctx.files.open(file))
    answer = await ctx.client.upload(f"/cards/{params.card_id}/attachments", content, headers)
    return ctx.client.read("POST", Attachment, answer)


def _file(files: Files, name: str) -> FileRef:
    if name not in files.incoming:
        there = ", ".join(sorted(files.incoming)) or "none"
        raise Refused(f"The item has no file {name!r}.", "no_such_file", hint=f"Files on the item: {there}.")
    return files.incoming[name]


def multipart(
    fields: Mapping[str, str], file: FileRef, content: AsyncIterator[bytes]
) -> tuple[dict[str, str], AsyncIterator[bytes]]:
    """RFC 7578 with the file's length known beforehand, so that it streams: headers and body."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{_escaped(file.name)}"\r\n'
        f"Content-Type: {_escaped(file.media_type)}\r\n\r\n"
    )
    head, tail = "".join(parts).encode(), f"\r\n--{boundary}--\r\n".encode()

    async def body() -> AsyncIterator[bytes]:
        yield head
        async for chunk in content:
            yield chunk
        yield tail

    headers = {
        "content-type": f"multipart/form-data; boundary={boundary}",
        "content-length": str(len(head) + file.size + len(tail)),
    }
    return headers, body()


def _escaped(text: str) -> str:
    """As browsers write names of files into a form (WHATWG, multipart/form-data)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


class AttachLinkParams(CardParams):
    url: str = Field(title="Address", min_length=1, max_length=4000, examples=["https://example.com/offer"])
    name: str = Field(default="", title="Name", max_length=256, description="Empty: the address.")


async def _link_attached(ctx: ActionContext[TrelloClient], params: AttachLinkParams) -> None:
    there = await ctx.client.get(list[Attachment], f"/cards/{params.card_id}/attachments")
    none_called(params.url, (one.url for one in there), "an attachment")


@action(
    title="Attach a link", effect="once", summary="{url}", icon="link", confirm=_link_attached, scopes=(READ, WRITE)
)
async def attach_link(ctx: ActionContext[TrelloClient], params: AttachLinkParams) -> Attachment:
    """Attaches an address to a card."""
    body: dict[str, JsonValue] = {"url": params.url}
    if params.name:
        body["name"] = params.name
    return await ctx.client.post(Attachment, f"/cards/{params.card_id}/attachments", **body)


class AttachmentParams(CardParams):
    attachment_id: Annotated[str, AfterValidator(thing_id)] = Field(
        title="Attachment", min_length=1, max_length=200, description="The id of an attachment of the card."
    )


@action(
    title="Get an attachment",
    effect="read",
    summary="{attachment_id}",
    icon="download",
    aliases=("download",),
    scopes=(READ,),
)
async def get_attachment(
    ctx: ActionContext[TrelloClient], params: AttachmentParams
) -> Attachment | WithFiles[Attachment]:
    """An attachment of a card; if it is a file, with its content."""
    path = f"/cards/{params.card_id}/attachments/{params.attachment_id}"
    attachment = await ctx.client.get(Attachment, path)
    if not attachment.is_file:
        return attachment
    # Files of long ago have their name in the address alone.
    name = attachment.file_name or unquote(attachment.url.rpartition("/")[2]) or "attachment"
    media_type = attachment.media_type or "application/octet-stream"
    async with ctx.client.download(f"{path}/download/{quote(name, safe='')}") as content:
        file = await ctx.files.store(content, name, media_type)
    return WithFiles(attachment, {"data": file})


async def _deleted(ctx: ActionContext[TrelloClient], params: AttachmentParams) -> Deleted | None:
    path = f"/cards/{params.card_id}/attachments/{params.attachment_id}"
    return Deleted(id=params.attachment_id) if await gone(ctx.client, path) else None


@action(
    title="Delete an attachment",
    effect="destructive",
    summary="{attachment_id}",
    icon="trash-2",
    confirm=_deleted,
    scopes=(READ, WRITE),
)
async def delete_attachment(ctx: ActionContext[TrelloClient], params: AttachmentParams) -> Deleted:
    """Deletes an attachment from a card."""
    await ctx.client.dictated(
        object, lambda trello: trello.card(params.card_id).remove_attachment(params.attachment_id)
    )
    return Deleted(id=params.attachment_id)
