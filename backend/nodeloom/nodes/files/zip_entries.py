"""The files in a ZIP archive, under limits that an archive made to do harm runs into."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final, TypeAlias

from nodeloom.graph.item import ArtifactRef
from nodeloom.nodes.files.media_types import media_type_of
from nodeloom.nodes.files.reading import Unreadable

Store: TypeAlias = Callable[[Iterable[bytes], str, str], ArtifactRef]

MOST_ENTRIES: Final = 1_000
MOST_BYTES: Final = 500_000_000
_CHUNK: Final = 256 * 1024
_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800
_HARMLESS: Final = 10_000_000
_TIGHTEST: Final = 250
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError,
    LookupError,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """`path` is as the archive has it; nothing is ever written there."""

    path: str
    size: int
    modified: str
    file: ArtifactRef


def entries(file: BinaryIO, store: Store, skip: int = 0, limit: int = MOST_ENTRIES) -> Iterator[Entry]:
    """What is skipped is not unpacked."""
    with _telling_of_damage():
        archive = zipfile.ZipFile(file)
    with archive:
        found = [entry for entry in archive.infolist() if not entry.is_dir()]
        _check(found)
        left = MOST_BYTES
        for entry in found[skip : skip + limit]:
            made = _kept(archive, entry, store, left)
            left -= made.size
            yield made


def listed(file: BinaryIO) -> list[tuple[str, int]]:
    """The path of each entry, and how large it says it is."""
    with _telling_of_damage(), zipfile.ZipFile(file) as archive:
        return [(_path(entry), entry.file_size) for entry in archive.infolist()]


@contextmanager
def _telling_of_damage() -> Generator[None]:
    try:
        yield
    except _BROKEN as error:
        raise Unreadable(
            "not_zip",
            f"This is no ZIP archive, or a part of it is missing: {str(error)[:200]}.",
            "Send it again, or pack it anew.",
        ) from None


def _check(found: list[zipfile.ZipInfo]) -> None:
    if len(found) > MOST_ENTRIES:
        raise Unreadable(
            "too_large", f"The archive holds {len(found):,} files; at most {MOST_ENTRIES:,} are unpacked.", "Split it."
        )
    total = sum(entry.file_size for entry in found)
    if total > MOST_BYTES:
        raise Unreadable(
            "too_large",
            f"The archive unpacks to {total // 1_000_000:,} MB; at most {MOST_BYTES // 1_000_000} MB are unpacked.",
            "Split it.",
        )
    for entry in found:
        name = _path(entry)
        if entry.flag_bits & _ENCRYPTED:
            raise Unreadable("password", f"“{name}” in the archive has a password.", "Pack it without one.")
        if entry.file_size > _HARMLESS and entry.file_size > entry.compress_size * _TIGHTEST:
            raise Unreadable("zip_bomb", f"“{name}” in the archive unpacks to far more than a real file does.")


def _kept(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, store: Store, left: int) -> Entry:
    path = _path(entry)
    name = path.replace("\\", "/").rstrip("/").rpartition("/")[2] or "file"
    stored = store(_chunks(archive, entry, left), name, media_type_of(name))
    year, month, day, hour, minute, second = entry.date_time
    modified = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    return Entry(path, stored.size, modified, stored)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    """What an entry says of its size may be a lie: the bytes that come out are counted."""
    with _telling_of_damage(), archive.open(entry) as content:
        while chunk := content.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise Unreadable("too_large", f"The archive unpacks to more than {MOST_BYTES // 1_000_000} MB.")
            yield chunk


def _path(entry: zipfile.ZipInfo) -> str:
    """Programs on Windows write names in UTF-8 without saying so."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename
