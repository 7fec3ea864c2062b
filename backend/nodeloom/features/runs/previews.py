"""What a person sees of a file without opening it: a picture, the first rows, the first lines."""

import asyncio
import io
import json
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from itertools import islice
from typing import Any, BinaryIO, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from nodeloom.adapters.blobs import BlobMissing
from nodeloom.features.runs.artifacts import Artifacts
from nodeloom.features.runs.errors import ArtifactNotFound
from nodeloom.features.runs.models import Artifact
from nodeloom.nodes.files.formats import Confined, records
from nodeloom.nodes.files.media_types import Format, format_of, media_type_of
from nodeloom.nodes.files.reading import ReadOptions, Record, Unreadable, whole_text
from nodeloom.nodes.files.zip_entries import listed
from nodeloom.nodes.node_type import NodeFailed

Kind: TypeAlias = Literal["image", "audio", "table", "text", "none"]

_AT_ONCE: Final = 4
_START: Final = 4096
_MOST_ROWS: Final = 50
_MOST_COLUMNS: Final = 40
_LONGEST_CELL: Final = 300
_MOST_TEXT: Final = 20_000
_READ: Final = 256 * 1024
_TABLES: Final[frozenset[Format]] = frozenset({"csv", "xlsx", "ics", "json"})
_EVENT_COLUMNS: Final = ("start", "end", "summary", "location", "recurrence")
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM")
_SOUNDS: Final = frozenset(
    f"audio/{name}" for name in ("mpeg", "mp3", "wav", "x-wav", "ogg", "mp4", "aac", "flac", "webm")
)


class ArtifactPreview(BaseModel):
    """`columns` and `rows` are filled for a table, `text` for a text; `note` says why there is no more to see."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    media_type: str
    size: int
    kind: Kind
    columns: list[str]
    rows: list[list[str]]
    text: str
    truncated: bool
    note: str


class _Seen:
    """What was found to show."""

    def __init__(self, kind: Kind, *, text: str = "", truncated: bool = False, note: str = "") -> None:
        self.kind: Kind = kind
        self.text = text
        self.truncated = truncated
        self.note = note
        self.columns: list[str] = []
        self.rows: list[list[str]] = []


class Previews:
    def __init__(self, artifacts: Artifacts, confined: Confined) -> None:
        self._artifacts = artifacts
        self._confined = confined
        # Threads of their own: files that take long to read hold up previews and nothing else.
        self._threads = ThreadPoolExecutor(_AT_ONCE, "previews")

    async def of(self, artifact: Artifact) -> ArtifactPreview:
        """Raises ArtifactNotFound where the bytes are gone."""
        try:
            seen = await asyncio.get_running_loop().run_in_executor(self._threads, self._look, artifact)
        except BlobMissing:
            raise ArtifactNotFound(f"The bytes of {artifact.name!r} are gone.") from None
        return ArtifactPreview(
            id=artifact.id,
            name=artifact.name,
            media_type=artifact.media_type,
            size=artifact.size,
            kind=seen.kind,
            columns=seen.columns,
            rows=seen.rows,
            text=seen.text,
            truncated=seen.truncated,
            note=seen.note,
        )

    def _look(self, artifact: Artifact) -> _Seen:
        with self._artifacts.open(artifact) as file:
            start = file.read(_START)
            file.seek(0)
            if _is_picture(start):
                return _Seen("image")
            if artifact.media_type in _SOUNDS or media_type_of(artifact.name) in _SOUNDS:
                return _Seen("audio")
            found = format_of(artifact.name, artifact.media_type, start)
            if found is None:
                return _Seen("none", note="There is no preview of files of this kind.")
            try:
                return self._read(found, file, artifact.size)
            except (Unreadable, NodeFailed) as refusal:
                return _Seen("none", note=f"{refusal.message} {refusal.hint}".strip())

    def _read(self, found: Format, file: BinaryIO, size: int) -> _Seen:
        if found == "zip":
            return _table(_entries(file), ())
        if found == "pdf":
            with self._records(found, file) as pages:
                first = next(pages, {"text": ""})
                return _text(str(first["text"]), more=next(pages, None) is not None)
        if found in _TABLES and (table := self._table(found, file, size)) is not None:
            return table
        return _text(_begin(file, size), more=size > _READ)

    def _table(self, found: Format, file: BinaryIO, size: int) -> _Seen | None:
        """None for what is better seen as the text it is: broken CSV, JSON that is no list of objects."""
        content = file if found in ("xlsx", "ics") else io.BytesIO(_lines(file, size))
        try:
            with self._records(found, content) as rows:
                seen = _table(rows, _EVENT_COLUMNS if found == "ics" else ())
        except Unreadable:
            if found in ("xlsx", "ics"):
                raise
            file.seek(0)
            return None
        file.seek(0)
        seen.truncated = seen.truncated or (size > _READ and found in ("csv", "json"))
        return None if found == "json" and seen.columns == ["value"] else seen

    @contextmanager
    def _records(self, found: Format, file: BinaryIO) -> Generator[Iterator[Record]]:
        with closing(records(found, file, ReadOptions(), self._confined, _unheard)) as rows:
            yield rows


@contextmanager
def _unheard(_kill: Callable[[], None]) -> Generator[None]:
    yield


def _is_picture(start: bytes) -> bool:
    """By its first bytes, and only what no browser runs as a document: SVG is text here."""
    modern = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return start.startswith(_PICTURES) or modern or start[4:12] in (b"ftypavif", b"ftypavis")


def _lines(file: BinaryIO, size: int) -> bytes:
    """The begin of a file of lines, without the one that is cut off."""
    begin = file.read(_READ)
    return begin if size <= _READ else begin[: begin.rfind(b"\n") + 1]


def _begin(file: BinaryIO, size: int) -> str:
    """Without a character that is cut in two, which would make it look like another encoding."""
    begin = file.read(_READ)
    if size > _READ:
        for end in range(len(begin), len(begin) - 4, -1):
            with suppress(UnicodeDecodeError):
                return begin[:end].decode()
    return whole_text(io.BytesIO(begin), "")


def _text(text: str, *, more: bool) -> _Seen:
    shown = text[:_MOST_TEXT].encode(errors="replace").decode().replace("\0", "")
    return _Seen("text", text=shown, truncated=more or len(text) > _MOST_TEXT)


def _entries(file: BinaryIO) -> Iterator[Record]:
    return ({"file": path, "bytes": size} for path, size in listed(file))


def _table(found: Iterator[Record], wanted: tuple[str, ...]) -> _Seen:
    rows = list(islice(found, _MOST_ROWS + 1))
    columns = wanted or tuple(dict.fromkeys(name for row in rows for name in row))
    seen = _Seen("table", truncated=len(rows) > _MOST_ROWS or len(columns) > _MOST_COLUMNS)
    seen.columns = [_cell(column) for column in columns[:_MOST_COLUMNS]]
    seen.rows = [[_cell(row.get(column)) for column in columns[:_MOST_COLUMNS]] for row in rows[:_MOST_ROWS]]
    return seen


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            text = value
        case bool() | list() | dict():
            text = json.dumps(value, ensure_ascii=False)
        case _:
            text = str(value)
    return text[:_LONGEST_CELL].encode(errors="replace").decode().replace("\0", "")
