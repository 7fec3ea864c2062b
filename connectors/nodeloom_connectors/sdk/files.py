"""Files that travel beside an item: named by a reference, read and written as streams, never held whole."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FileRef:
    """A stored file: `id` is opaque, `size` is in bytes."""

    id: str
    name: str
    media_type: str
    size: int


class Files(Protocol):
    """The files of the item that the action works on, and the door for new ones."""

    @property
    def incoming(self) -> Mapping[str, FileRef]:
        """The item's files by the name they have on the item ("data", "attachment_0", …)."""
        ...

    def open(self, file: FileRef) -> AsyncIterator[bytes]:
        """The file's bytes in chunks; each call starts from the beginning."""
        ...

    async def store(self, stream: AsyncIterable[bytes], name: str, media_type: str) -> FileRef:
        """Keep a stream as a new file. What the stream raises is raised here, and nothing is kept."""
        ...
