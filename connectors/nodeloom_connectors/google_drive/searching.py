"""Finding files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.google_drive.client import FIELDS, FOLDER, READ, DriveClient
from nodeloom_connectors.google_drive.shapes import DriveFile, file_of
from nodeloom_connectors.sdk import ActionContext, OptionsFrom, action

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAGE = 100


class SearchParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", title="Name contains", max_length=300)
    text: str = Field(default="", title="Content contains", max_length=1000)
    folder: Annotated[str, OptionsFrom("folders")] = Field(
        default="", title="In the folder", max_length=200, description="Empty: anywhere."
    )
    kind: Literal["any", "files", "folders"] = Field(
        default="any",
        title="What",
        json_schema_extra={"x-labels": {"any": "Files and folders", "files": "Files", "folders": "Folders"}},
    )
    query: str = Field(
        default="",
        title="More conditions",
        max_length=2000,
        description="In Drive's own language; joined to the fields above.",
        examples=["mimeType = 'application/pdf' and modifiedTime > '2026-11-01T00:00:00'"],
        json_schema_extra={"x-advanced": True},
    )
    in_bin: bool = Field(default=False, title="Also in the bin", json_schema_extra={"x-advanced": True})
    limit: int = Field(default=50, ge=1, le=1000, title="At most")


@action(
    title="Search files",
    effect="read",
    summary="{name} in {folder}|{name}|{text}|{folder}",
    icon="file-search",
    aliases=("list", "find", "folder"),
    scopes=(READ,),
)
async def search(ctx: ActionContext[DriveClient], params: SearchParams) -> list[DriveFile]:
    """Files and folders of the Drive, those changed last first, one item each."""
    query = _query(params)
    # Drive sorts searches in texts by how well they fit, and only so.
    order = None if params.text else "modifiedTime desc"
    found: list[DriveFile] = []
    cursor: str | None = None
    while len(found) < params.limit:
        size = min(params.limit - len(found), _PAGE)
        files, cursor = await page_of(ctx.client, query, size, cursor, order=order)
        found += files
        if not cursor:
            break
    return found[: params.limit]


def _query(params: SearchParams) -> str:
    terms = [
        f"name contains {quoted(params.name)}" if params.name else "",
        f"fullText contains {quoted(params.text)}" if params.text else "",
        f"{quoted(params.folder)} in parents" if params.folder else "",
        {"any": "", "files": f"mimeType != '{FOLDER}'", "folders": f"mimeType = '{FOLDER}'"}[params.kind],
        "" if params.in_bin else "trashed = false",
        params.query.strip(),
    ]
    return " and ".join(term for term in terms if term)


async def page_of(
    client: DriveClient, query: str, size: int, cursor: str | None, *, order: str | None
) -> tuple[Sequence[DriveFile], str | None]:
    answer = await client.call(
        "files.list",
        q=query or None,
        pageSize=size,
        pageToken=cursor,
        orderBy=order,
        fields=f"nextPageToken,files({FIELDS})",
        supportsAllDrives=True,
        includeItemsFromAllDrives=True,
    )
    return [file_of(given) for given in answer.get("files") or ()], answer.get("nextPageToken")


def quoted(text: str) -> str:
    """A text in Drive's language of searches."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
