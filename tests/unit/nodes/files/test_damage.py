"""Files that were damaged on the way: each is read or refused, and no reader breaks."""

import io
import itertools
import json
import random
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO

import pytest

from nodeloom.graph.item import ArtifactRef
from nodeloom.nodes.files import csv_rows, ics_events, pdf_pages, text_records, xlsx_rows, zip_entries
from nodeloom.nodes.files.reading import ReadOptions, Unreadable
from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.files.archives import archive
from tests.unit.nodes.files.test_pdf_and_calendars import CALENDAR, pdf
from tests.unit.nodes.files.test_text_records import TABLE
from tests.unit.nodes.files.test_workbooks import workbook

Reader = Callable[[BinaryIO, ReadOptions], Iterator[Any]]
TRIES = 60
TROUBLE = (b'"', b"\0", b"9999999999", b"<", b"-1", b"\xff\xfe", b"\n", b"\r", b":", b";", b"%")


def unpacked(file: BinaryIO, _options: ReadOptions) -> Iterator[Any]:
    def kept(chunks: Iterable[bytes], name: str, media_type: str) -> ArtifactRef:
        return ArtifactRef("art_1", name, media_type, sum(map(len, chunks)))

    return (entry.path for entry in zip_entries.entries(file, kept))


SAMPLES: dict[str, tuple[Reader, bytes]] = {
    "csv": (csv_rows.rows, 'Name;Preis\r\n"Kä""se";1,5\r\nx;y\r\n'.encode()),
    "json": (text_records.json_records, b'{"a":[1,2.5e3,"\\u00e9",null,{"b":[]}]}\n{"a":1}'),
    "xml": (text_records.xml_records, b"<?xml version='1.0'?><a b='1'>x<c/>&amp;<![CDATA[z]]></a>"),
    "html": (text_records.html_records, TABLE.encode("cp1252")),
    "zip": (unpacked, archive(**{"a.txt": b"hello" * 20, "b/c.csv": b"x"})),
    "ics": (ics_events.events, CALENDAR.encode()),
    "pdf": (pdf_pages.pages, pdf("Hello", "World")),
    "xlsx": (xlsx_rows.rows, workbook(a=[["n", "d"], [1, "x"], ["=A1", True]])),
}


def damaged(content: bytes, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place = chance.randrange(len(made) + 1)
        match chance.randrange(4):
            case 0:
                del made[place : place + chance.randrange(1, 20)]
            case 1:
                made[place:place] = chance.randbytes(chance.randrange(1, 6))
            case 2:
                made[place:place] = made[place : place + chance.randrange(1, 40)]
            case _:
                made[place : place + 1] = chance.choice(TROUBLE)
    return bytes(made)


def damaged_inside(content: bytes, chance: random.Random) -> bytes:
    """One part of an archive, which is packed anew: else its check sum would tell at once."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w") as after:
        parts = {name: before.read(name) for name in before.namelist()}
        broken = chance.choice(sorted(parts))
        for name, part in parts.items():
            after.writestr(name, damaged(part, chance) if name == broken else part)
    return file.getvalue()


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_is_damaged_is_read_or_refused(kind: str) -> None:
    read, content = SAMPLES[kind]
    for number in range(TRIES):
        chance = random.Random(f"{kind} {number}")  # noqa: S311  the same damage every time
        inside = kind == "xlsx" and number % 2
        made = damaged_inside(content, chance) if inside else damaged(content, chance)
        with warnings.catch_warnings(action="ignore"), suppress(Unreadable, NodeFailed):
            json.dumps(list(itertools.islice(read(io.BytesIO(made), ReadOptions()), 1000)), allow_nan=False)
