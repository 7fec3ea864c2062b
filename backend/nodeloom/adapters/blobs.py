"""Content under its SHA-256, in files under one folder.

Two kinds share the folder: payloads (`put`, `get`) are whole in memory and kept compressed; files
(`put_stream`, `stream`) pass through in chunks and are kept as they are, so that a part can be read.
A file appears under its name only when its content is on disk.
"""

import asyncio
import hashlib
import os
import re
import tempfile
import zlib
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_CHUNK = 256 * 1024
_COMPRESSED = ".z"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BlobMissing(Exception):
    """No content is stored under this hash."""


class BlobTooLarge(Exception):
    """The stream was longer than allowed; nothing was kept."""


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """`digest`: SHA-256 in hex, of the content as it was given."""

    digest: str
    size: int


class Blobs:
    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, content: bytes) -> str:
        """Stores a payload and gives its SHA-256 in hex."""
        return await asyncio.to_thread(self.write, content)

    async def get(self, digest: str) -> bytes:
        """The payload stored by `put`; raises `BlobMissing`."""
        return await asyncio.to_thread(self.read, digest)

    def write(self, content: bytes) -> str:
        """`put` for threads: blocks for the time of an fsync."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest, _COMPRESSED)
        if not _touch(path):
            draft = self._draft()
            try:
                with draft.open("wb") as file:
                    file.write(zlib.compress(content, 1))
                _keep(draft, path)
            finally:
                draft.unlink(missing_ok=True)
        return digest

    def read(self, digest: str) -> bytes:
        """`get` for threads."""
        try:
            return zlib.decompress(self._path(digest, _COMPRESSED).read_bytes())
        except FileNotFoundError:
            raise BlobMissing(digest) from None

    def write_file(self, chunks: Iterable[bytes], *, limit: int) -> StoredBlob:
        """`put_stream` for threads; what `chunks` raises is passed on, and nothing is kept."""
        digest = hashlib.sha256()
        size = 0
        draft = self._draft()
        try:
            with draft.open("wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise BlobTooLarge(f"more than {limit} bytes")
                    digest.update(chunk)
                    file.write(chunk)
            path = self._path(digest.hexdigest())
            if not _touch(path):
                _keep(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        return StoredBlob(digest.hexdigest(), size)

    def open(self, digest: str) -> BinaryIO:
        """A file of `put_stream`, for threads; raises `BlobMissing`."""
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError:
            raise BlobMissing(digest) from None

    async def put_stream(self, chunks: AsyncIterable[bytes], *, limit: int | None = None) -> StoredBlob:
        """Stores a file as it comes in; raises `BlobTooLarge` after `limit` bytes."""
        digest = hashlib.sha256()
        size = 0
        draft = await asyncio.to_thread(self._draft)
        try:
            with draft.open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if limit is not None and size > limit:
                        raise BlobTooLarge(f"more than {limit} bytes")
                    digest.update(chunk)
                    await asyncio.to_thread(file.write, chunk)
            path = self._path(digest.hexdigest())
            if not _touch(path):
                await asyncio.to_thread(_keep, draft, path)
        finally:
            draft.unlink(missing_ok=True)
        return StoredBlob(digest.hexdigest(), size)

    async def stream(self, digest: str, *, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        """A file of `put_stream`, or `length` bytes of it from `start`; raises `BlobMissing` at the first chunk."""
        try:
            file = await asyncio.to_thread(self._path(digest).open, "rb")
        except FileNotFoundError:
            raise BlobMissing(digest) from None
        with file:
            file.seek(start)
            left = length
            while left is None or left > 0:
                chunk = await asyncio.to_thread(file.read, _CHUNK if left is None else min(_CHUNK, left))
                if not chunk:
                    return
                left = None if left is None else left - len(chunk)
                yield chunk

    async def delete(self, digest: str) -> None:
        """Both kinds; content that is not there is no error."""
        for suffix in ("", _COMPRESSED):
            await asyncio.to_thread(self._path(digest, suffix).unlink, missing_ok=True)

    def _path(self, digest: str, suffix: str = "") -> Path:
        if not _DIGEST.fullmatch(digest):
            raise BlobMissing(digest)
        return self._root / digest[:2] / f"{digest[2:]}{suffix}"

    def _draft(self) -> Path:
        folder = self._root / "drafts"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder)
        os.close(descriptor)
        return Path(name)


def _touch(path: Path) -> bool:
    """Whether the content is there already; a fresh date keeps it from a clean-up that goes by age."""
    with suppress(FileNotFoundError):
        os.utime(path)
        return True
    return False


def _keep(draft: Path, path: Path) -> None:
    """Content first, then the name, each on disk before the next step."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
