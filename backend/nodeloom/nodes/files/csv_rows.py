"""CSV as the world writes it: any separator, any line end, quoted line breaks, Excel's marks."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, TypeAlias

from nodeloom.nodes.files.reading import (
    MOST_COLUMNS,
    ReadOptions,
    Record,
    Unreadable,
    column_names,
    named_cells,
    text_of,
)

_LONGEST_CELL: Final = 10_000_000
_SAMPLE: Final = 64 * 1024
_SEPARATORS: Final = (",", ";", "\t", "|")
_SAYS_ITS_SEPARATOR: Final = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")
_WORDS: Final[dict[str, bool | None]] = {"": None, "true": True, "false": False}

Cell: TypeAlias = str | int | float | bool | None

csv.field_size_limit(_LONGEST_CELL)


def rows(file: BinaryIO, options: ReadOptions) -> Iterator[Record]:
    with text_of(file, options.encoding) as text:
        sample = text.read(_SAMPLE)
        if sample.endswith("\r"):
            sample += text.read(1)
        said = _SAYS_ITS_SEPARATOR.match(sample)
        separator = options.delimiter or (said[1] if said else sniffed(sample))
        lines = itertools.chain(_whole_lines(sample, text), text)
        if said:
            next(lines)
        yield from _records(lines, separator, options)


def _whole_lines(sample: str, rest: Iterable[str]) -> Iterator[str]:
    """The lines of the sample, its last one filled up from the rest."""
    *lines, last = [*io.StringIO(sample, newline="")] or [""]
    yield from lines
    if last:
        yield last if last.endswith("\n") else last + next(iter(rest), "")


def sniffed(sample: str) -> str:
    """The separator that parts most lines into the same number of cells; a comma if none does."""
    best, best_score = ",", (0, 0)
    for separator in _SEPARATORS:
        found = list(itertools.islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), 20))
        widths = Counter(len(row) for row in found if row)
        width, count = max(widths.items(), key=lambda entry: (entry[1], entry[0]), default=(1, 0))
        score = (count * (width > 1), width)
        if score > best_score:
            best, best_score = separator, score
    return best


def _records(lines: Iterator[str], separator: str, options: ReadOptions) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    names: list[str] | None = None
    try:
        for row in reader:
            if not any(row):
                continue
            if len(row) > MOST_COLUMNS:
                raise Unreadable(
                    "too_large", f"Line {reader.line_num} has {len(row):,} columns; at most {MOST_COLUMNS:,} are read."
                )
            if names is None:
                names = column_names(row if options.header else [None] * len(row))
                if options.header:
                    continue
            cells: list[Cell] = [_typed(cell) for cell in row] if options.types else list(row)
            yield named_cells(names, cells, None if options.types else "")
    except csv.Error as error:
        raise Unreadable(
            "not_csv",
            f"Line {reader.line_num} can't be read as CSV: {error}.",
            "Quotation marks may be wrong there: one in a quoted cell is written twice, and each that opens is closed.",
        ) from None


def _typed(cell: str) -> Cell:
    """Only what can mean nothing else: 007, 1,5 and 1e5 stay text."""
    if cell.lower() in _WORDS:
        return _WORDS[cell.lower()]
    if not _NUMBER.fullmatch(cell):
        return cell
    return float(cell) if "." in cell else int(cell)
