"""The pickers: folders and files of the Drive, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeloom_connectors.google_drive.client import FOLDER, DriveClient
from nodeloom_connectors.google_drive.searching import page_of, quoted
from nodeloom_connectors.sdk import Option, Options

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import OptionsQuery


async def folder_options(client: DriveClient, query: OptionsQuery) -> Options:
    """Folders, and the Drive itself at the top."""
    options = await _options(client, query, f"mimeType = '{FOLDER}'")
    if query.search or query.cursor:
        return options
    return Options([Option("root", "My Drive"), *options.items], options.next_cursor)


async def file_options(client: DriveClient, query: OptionsQuery) -> Options:
    """Files that are no folders, those changed last at the front."""
    return await _options(client, query, f"mimeType != '{FOLDER}'")


async def _options(client: DriveClient, query: OptionsQuery, kind: str) -> Options:
    terms = [kind, "trashed = false"]
    if query.search:
        terms.append(f"name contains {quoted(query.search)}")
    files, cursor = await page_of(client, " and ".join(terms), 50, query.cursor, order="modifiedTime desc")
    return Options([Option(file.id, file.name, file.owner or "") for file in files], cursor)
