"""What Drive's nodes hand on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from nodeloom_connectors.google_drive.client import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping


class DriveFile(BaseModel):
    """A file or folder. `file` is the name under which the content lies on the item, if it was taken along."""

    id: str = Field(title="Id")
    name: str = Field(title="Name")
    media_type: str = Field(title="Media type")
    is_folder: bool = Field(title="Folder")
    size: int | None = Field(title="Size in bytes")
    folder_id: str | None = Field(title="Folder that it lies in")
    url: str = Field(title="Link")
    created: datetime | None = Field(title="Created")
    changed: datetime | None = Field(title="Changed")
    trashed: bool = Field(title="In the bin")
    owner: str | None = Field(title="Owner's address")
    description: str = Field(title="Description")
    file: str | None = Field(default=None, title="Name of the file on the item")


def file_of(given: Mapping[str, Any]) -> DriveFile:
    parents: list[str | None] = given.get("parents") or [None]
    owners: list[dict[str, Any]] = given.get("owners") or [{}]
    size = str(given.get("size") or "")
    return DriveFile(
        id=str(given.get("id") or ""),
        name=str(given.get("name") or ""),
        media_type=str(given.get("mimeType") or ""),
        is_folder=given.get("mimeType") == FOLDER,
        size=int(size) if size.isdecimal() else None,
        folder_id=parents[0],
        url=str(given.get("webViewLink") or f"https://drive.google.com/open?id={given.get('id')}"),
        created=given.get("createdTime"),
        changed=given.get("modifiedTime"),
        trashed=bool(given.get("trashed")),
        owner=owners[0].get("emailAddress"),
        description=str(given.get("description") or ""),
    )
