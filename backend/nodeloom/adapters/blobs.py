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
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
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


@dataclass(frozen=True, slots=True)
class Old:
    """Content that may have to go; `payload`: of the kind that `put` stores."""

    digest: str
    payload: bool


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
        with self._opened(digest, _COMPRESSED) as file:
            return zlib.decompress(file.read())

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
        return self._opened(digest, "")

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
        with await asyncio.to_thread(self._opened, digest, "") as file:
            file.seek(start)
            left = length
            while left is None or left > 0:
                chunk = await asyncio.to_thread(file.read, _CHUNK if left is None else min(_CHUNK, left))
                if not chunk:
                    return
                left = None if left is None else left - len(chunk)
                yield chunk

    def stored_before(self, moment: float) -> Iterator[Old]:
        """What was last stored or asked to be stored before that time, in seconds since 1970."""
        for folder in self._root.glob("[0-9a-f][0-9a-f]"):
            for path in folder.iterdir():
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < moment:
                        name = folder.name + path.name
                        yield Old(name.removesuffix(_COMPRESSED), name.endswith(_COMPRESSED))

    def remove(self, old: Old, moment: float) -> int:
        """Bytes freed; none if it was stored again since `moment`, or is gone already.

        It is set aside first, where readers still find it. Whoever stores it meanwhile either gave it a fresh date
        before, which is seen now, or finds nothing and writes it anew.
        """
        suffix = _COMPRESSED if old.payload else ""
        path, aside = self._path(old.digest, suffix), self._aside(old.digest, suffix)
        aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            path.rename(aside)
            state = aside.stat()
            if state.st_mtime >= moment:
                _bring_back(aside, path)
                return 0
            aside.unlink()
        except FileNotFoundError:
            # Another process removes at the same time.
            return 0
        return state.st_size

    def tidy(self, moment: float) -> None:
        """Bring back what a removal that was cut off had set aside; drop drafts of before that time."""
        for aside in self._root.glob("aside/*"):
            digest = aside.name.removesuffix(_COMPRESSED)
            _bring_back(aside, self._path(digest, _COMPRESSED if aside.name.endswith(_COMPRESSED) else ""))
        for draft in self._root.glob("drafts/*"):
            with suppress(FileNotFoundError):
                if draft.stat().st_mtime < moment:
                    draft.unlink()

    def _opened(self, digest: str, suffix: str) -> BinaryIO:
        path = self._path(digest, suffix)
        for place in (path, self._aside(digest, suffix), path):
            with suppress(FileNotFoundError):
                return place.open("rb")
        raise BlobMissing(digest)

    def _aside(self, digest: str, suffix: str) -> Path:
        return self._root / "aside" / f"{digest}{suffix}"

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
    """Whether the content is there already; a fresh date keeps it from being removed."""
    with suppress(FileNotFoundError):
        os.utime(path)
        # Set aside in that very moment it would get its date too late.
        return path.exists()
    return False


def _bring_back(aside: Path, path: Path) -> None:
    with suppress(FileNotFoundError):
        # What was stored anew meanwhile is the same content with a fresher date, and stays.
        with suppress(FileExistsError):
            path.hardlink_to(aside)
        aside.unlink()


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
