"""Readers in processes of their own: they come to an end, whatever they read."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from nodeloom.adapters.confined import ConfinedReaders

CSV = "nodeloom.nodes.files.csv_rows:rows"
TEXT = "nodeloom.nodes.files.text_records:text_records"
OPTIONS: dict[str, Any] = {"encoding": "", "delimiter": ",", "header": True, "types": False, "text_as": "whole"}


@contextmanager
def unheard(_kill: Callable[[], None]) -> Generator[None]:
    yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.fixture
def file(path: Path) -> Iterator[BinaryIO]:
    path.write_bytes(b"n\r\n" + b"".join(b"%d\r\n" % number for number in range(450)))
    with path.open("rb") as opened:
        yield opened


def test_what_is_read_comes_in_batches(file: BinaryIO) -> None:
    batches = list(ConfinedReaders().read(CSV, file, OPTIONS, unheard))
    assert [len(batch) for batch in batches] == [200, 200, 50]
    assert batches[2][-1] == {"n": "449"}


def test_who_stops_listening_leaves_no_process(file: BinaryIO) -> None:
    readers = ConfinedReaders(at_once=1)
    for _ in range(2):
        batches = readers.read(CSV, file, OPTIONS, unheard)
        assert len(next(batches)) == 200
        assert isinstance(batches, Generator)
        batches.close()


def test_what_the_reader_refuses_is_told(file: BinaryIO) -> None:
    (fault,) = ConfinedReaders().read(CSV, file, {**OPTIONS, "encoding": "klingon"}, unheard)
    assert fault == ("unknown_encoding", "There is no encoding “klingon”.", "Try utf-8 or cp1252.")


def test_a_reader_that_breaks_is_told_of(file: BinaryIO) -> None:
    (fault,) = ConfinedReaders().read(CSV, file, {}, unheard)
    assert fault[:2] == ("unreadable", "The file can't be read: AttributeError.")


def test_time_is_limited(file: BinaryIO) -> None:
    (fault,) = ConfinedReaders(time_limit_s=0.01).read(CSV, file, OPTIONS, unheard)
    assert fault[:2] == ("timeout", "Reading took longer than 0.01 s and was stopped.")


def test_memory_is_limited(file: BinaryIO, path: Path) -> None:
    with path.open("r+b") as larger:
        larger.truncate(400_000_000)
    (fault,) = ConfinedReaders(memory_limit=300_000_000).read(TEXT, file, OPTIONS, unheard)
    assert fault[:2] == ("too_large", "Reading the file needs more than 300 MB.")


def test_a_run_that_is_stopped_kills_the_reader(file: BinaryIO) -> None:
    @contextmanager
    def at_once(kill: Callable[[], None]) -> Generator[None]:
        kill()
        yield

    (fault,) = ConfinedReaders().read(CSV, file, OPTIONS, at_once)
    assert fault[0] == "unreadable"
