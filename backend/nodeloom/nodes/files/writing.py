"""The text formats that items are written in, in chunks."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.field_path import Absent, read
from nodeloom.nodes.files.tables import Fields, cell_of, columns_of, plain
from nodeloom.nodes.node_type import NodeFailed
from nodeloom.nodes.xml import from_json

_FULL: Final = 64 * 1024
_FORMULA: Final = re.compile(r"[=+\-@\t\r]")
_PLAIN_NUMBER: Final = re.compile(r"[+-]?[\d\s.,()/-]+")


@dataclass(frozen=True)
class WriteOptions:
    columns: Sequence[str] = ()
    delimiter: str = ","
    header: bool = True
    mark: bool = False
    escape_formulas: bool = True
    title: str = ""
    root: str = "items"
    element: str = "item"
    text_field: str = "text"


def in_chunks(pieces: Iterable[str]) -> Iterator[bytes]:
    """Small pieces together; half characters, which no file can hold, are replaced."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _FULL:
            yield "".join(waiting).encode("utf-8", "replace")
            waiting, size = [], 0
    yield "".join(waiting).encode("utf-8", "replace")


def csv_text(rows: Sequence[Fields], options: WriteOptions) -> Iterator[str]:
    columns = columns_of(rows, options.columns)
    shown: Callable[[str], str] = harmless if options.escape_formulas else str
    line = io.StringIO()
    writer = csv.writer(line, delimiter=options.delimiter, lineterminator="\r\n")

    def written(cells: Iterable[str]) -> str:
        writer.writerow(cells)
        text = line.getvalue()
        line.seek(0)
        line.truncate()
        return text

    if options.mark:
        yield "\ufeff"
    if options.header and columns:
        yield written(shown(column) for column in columns)
    for row in rows:
        cells = (cell_of(row, column) for column in columns)
        yield written(shown(cell) if isinstance(cell, str) else plain(cell) for cell in cells)


def harmless(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets a ' before it; numbers and telephone numbers don't."""
    return f"'{text}" if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def json_text(rows: Sequence[Fields], _options: WriteOptions) -> Iterator[str]:
    yield "["
    for number, row in enumerate(rows):
        yield (",\n " if number else "\n ") + json.dumps(row, ensure_ascii=False)
    yield "\n]\n" if rows else "]\n"


def json_lines(rows: Sequence[Fields], _options: WriteOptions) -> Iterator[str]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def html_text(rows: Sequence[Fields], options: WriteOptions) -> Iterator[str]:
    columns = columns_of(rows, options.columns)
    title = escape(options.title)
    yield f'<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n</head>\n<body>\n<table>\n'
    yield f"<thead><tr>{_cells('th', columns)}</tr></thead>\n<tbody>\n"
    for row in rows:
        yield f"<tr>{_cells('td', [plain(cell_of(row, column)) for column in columns])}</tr>\n"
    yield "</tbody>\n</table>\n</body>\n</html>\n"


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def xml_text(rows: Sequence[Fields], options: WriteOptions) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{options.root}>\n'
    for row in rows:
        yield from_json(row, options.element) + "\n"
    yield f"</{options.root}>\n"


def plain_text(rows: Sequence[Fields], options: WriteOptions) -> Iterator[str]:
    """The text field of each item, each on lines of its own."""
    for number, row in enumerate(rows, 1):
        value: JsonValue | Absent = read(row, options.text_field)
        if isinstance(value, Absent):
            raise NodeFailed(
                "no_such_field", f"Item {number} has no field “{options.text_field}”.", "Name the field with the text."
            )
        text = plain(value) if not isinstance(value, list | dict) else json.dumps(value, ensure_ascii=False)
        yield text if text.endswith("\n") or number == len(rows) else text + "\n"
