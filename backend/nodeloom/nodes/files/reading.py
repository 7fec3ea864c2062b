"""What every reader of a format is given and gives back.

Readers are plain functions of an open file. They import little, since some of them run in a process of their own
that starts for one file (`confined`).
"""

import codecs
import io
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, TypeAlias, cast

Record: TypeAlias = dict[str, Any]
"""One row, record, page or event, as JSON."""

MOST_COLUMNS: Final = 16_384
_CHUNK: Final = 256 * 1024
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Unreadable(Exception):
    """The file is not what it should be; the message says where in it."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class ReadOptions:
    """What a person may say about a file; "" means: find out, or all of it."""

    encoding: str = ""
    delimiter: str = ""
    header: bool = True
    header_row: int = 1
    types: bool = False
    sheet: str = ""
    records: str = ""
    table: int = 1
    html_as: str = "tables"
    text_as: str = "whole"


def encoding_of(file: BinaryIO) -> str:
    """UTF-16 and UTF-32 by their mark, UTF-8 if all of it is, else what Windows wrote in Western Europe."""
    start = file.read(4)
    file.seek(0)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8"


@contextmanager
def text_of(file: BinaryIO, named: str) -> Generator[io.TextIOWrapper]:
    """The file as text, line ends as they are; a named encoding must fit, a found one always does."""
    encoding = named or encoding_of(file)
    try:
        text = io.TextIOWrapper(file, encoding, errors="strict" if named else "replace", newline="")
    except LookupError:
        raise Unreadable("unknown_encoding", f"There is no encoding “{named[:60]}”.", "Try utf-8 or cp1252.") from None
    try:
        yield text
    except UnicodeError as error:
        raise Unreadable(
            "wrong_encoding",
            f"The file is not text in {encoding}: {getattr(error, 'reason', error)}.",
            "Leave the encoding empty, or choose the one the file was written in.",
        ) from None
    finally:
        # It would close the file, which is not its own.
        text.detach()


def whole_text(file: BinaryIO, named: str) -> str:
    with text_of(file, named) as text:
        return text.read().removeprefix("\ufeff")


def column_names(cells: Iterable[Any]) -> list[str]:
    """A name for each column: those without one are `column_3`, one that comes again is `price_2`."""
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        name = base = str(cell).strip() if cell is not None and str(cell).strip() else f"column_{number}"
        count = 1
        while name in taken:
            count += 1
            name = f"{base}_{count}"
        taken.add(name)
        names.append(name)
    return names


def named_cells(names: list[str], cells: Iterable[Any], missing: Any) -> Record:
    """A row by the names of its columns; cells beyond the last name get one of their own."""
    row = dict.fromkeys(names, missing)
    for position, cell in enumerate(cells):
        if position >= len(names):
            names.append(_beyond(names))
        row[names[position]] = cell
    return row


def _beyond(names: list[str]) -> str:
    name = f"column_{len(names) + 1}"
    while name in names:
        name += "_"
    return name


def records_at(document: object, path: str) -> Iterator[Record]:
    """The entries of the list at a dotted path, or of the document if that is a list; else the one thing there is."""
    place = document
    for step in path.split(".") if path else ():
        fields = cast("Record", place) if isinstance(place, dict) else {}
        if step not in fields:
            raise Unreadable("no_such_records", f"There is no “{path}” in the file.", _there(document))
        place = fields[step]
    for entry in cast("list[object]", place) if isinstance(place, list) else [place]:
        yield cast("Record", entry) if isinstance(entry, dict) else {"value": entry}


def _there(document: object) -> str:
    names = [str(name)[:60] for name in list(cast("Record", document))[:10]] if isinstance(document, dict) else []
    return f"At the top there is: {', '.join(names)}." if names else "The file holds no object at the top."
