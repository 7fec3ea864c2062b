"""The readers by format, and where each of them runs."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any, BinaryIO, Final, Protocol, TypeAlias

from nodeloom.nodes.files import csv_rows, text_records
from nodeloom.nodes.files.media_types import Format
from nodeloom.nodes.files.reading import ReadOptions, Record, Unreadable

Fault: TypeAlias = tuple[str, str, str]
"""Code, message and hint."""

Kills: TypeAlias = Callable[[Callable[[], None]], AbstractContextManager[None]]

_READERS: Final[Mapping[str, Callable[[BinaryIO, ReadOptions], Iterator[Record]]]] = {
    "csv": csv_rows.rows,
    "json": text_records.json_records,
    "xml": text_records.xml_records,
    "html": text_records.html_records,
    "text": text_records.text_records,
}
_CONFINED: Final[Mapping[str, str]] = {
    "xlsx": "nodeloom.nodes.files.xlsx_rows:rows",
    "pdf": "nodeloom.nodes.files.pdf_pages:pages",
    "ics": "nodeloom.nodes.files.ics_events:events",
}
"""Formats whose readers are too big to vouch for: a file could keep them busy for ever, or fill the memory."""


class Confined(Protocol):
    """Runs a reader, named `module:function`, where its time and memory are limited.

    Records come in batches; a fault is the last thing that comes. `kills` is `Stop.kills`.
    """

    def read(
        self, reader: str, file: BinaryIO, options: Mapping[str, Any], kills: Kills, /
    ) -> Iterator[list[Record] | Fault]: ...


class NoConfined:
    """Where no other process was wired in."""

    def read(
        self, _reader: str, _file: BinaryIO, _options: Mapping[str, Any], _kills: Kills, /
    ) -> Iterator[list[Record] | Fault]:
        yield ("unavailable", "Files of this kind can't be read here.", "")


def records(
    format_: Format, file: BinaryIO, options: ReadOptions, confined: Confined, kills: Kills
) -> Generator[Record]:
    """Raises Unreadable. Close it before the file."""
    reader = _READERS.get(format_)
    if reader is not None:
        yield from reader(file, options)
        return
    for batch in confined.read(_CONFINED[format_], file, asdict(options), kills):
        if isinstance(batch, tuple):
            raise Unreadable(*batch)
        yield from batch
