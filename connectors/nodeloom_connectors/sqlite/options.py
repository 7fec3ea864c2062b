"""The picker of files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from nodeloom_connectors.sdk import Option, Options, OptionsQuery

if TYPE_CHECKING:
    from pathlib import Path

    from nodeloom_connectors.sqlite.client import SqliteFiles

_BEGINNING = b"SQLite format 3\0"
_SHOWN = 200


async def files(client: SqliteFiles, asked: OptionsQuery) -> Options:
    names = await asyncio.to_thread(_databases, client.folder)
    found = [name for name in names if asked.search.lower() in name.lower()]
    return Options([Option(name, name) for name in found[:_SHOWN]])


def _databases(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if _is_database(path))


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_BEGINNING)) == _BEGINNING
    except OSError:
        return False
