"""JSON, XML, HTML and plain text as records."""

import json
import re
from collections.abc import Iterator
from math import isinf
from typing import Any, BinaryIO, Final

from nodeloom.nodes.files.html_table import table_rows
from nodeloom.nodes.files.reading import (
    ReadOptions,
    Record,
    Unreadable,
    encoding_of,
    records_at,
    whole_text,
)
from nodeloom.nodes.html_tree import parsed, plain_text
from nodeloom.nodes.xml import to_json

_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,100}?encoding=["']([A-Za-z0-9._-]{1,40})["']""")
_META: Final = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)


def json_records(file: BinaryIO, options: ReadOptions) -> Iterator[Record]:
    """A list gives an item for each entry, JSON Lines one for each line, anything else one."""
    text = whole_text(file, options.encoding)
    try:
        document = _json(text)
    except json.JSONDecodeError as error:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) < 2 or not _is_json(lines[0][1]):
            raise _not_json(error, error.lineno) from None
        yield from _json_lines(lines, options.records)
        return
    yield from records_at(document, options.records)


def _json_lines(lines: list[tuple[int, str]], path: str) -> Iterator[Record]:
    for number, line in lines:
        try:
            document = _json(line)
        except json.JSONDecodeError as error:
            raise _not_json(error, number) from None
        yield from records_at(document, path)


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        raise Unreadable("too_deep", "The JSON has too many lists and objects inside each other.") from None


def _no_constant(name: str) -> None:
    raise Unreadable("not_json", f"The file holds {name}, which JSON doesn't have.", "Write null in its place.")


def _finite(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise Unreadable("not_json", f"The number {digits[:40]} is too large.", "Write it as a text.")
    return number


def _is_json(line: str) -> bool:
    try:
        _json(line)
    except json.JSONDecodeError:
        return False
    return True


def _not_json(error: json.JSONDecodeError, line: int) -> Unreadable:
    return Unreadable(
        "not_json", f"Line {line}, column {error.colno} is not JSON: {error.msg}.", "Check how the file was made."
    )


def xml_records(file: BinaryIO, options: ReadOptions) -> Iterator[Record]:
    """The document as one record, or the elements at `records`, each an item."""
    text = whole_text(file, options.encoding or _declared(file, _DECLARED))
    yield from records_at(to_json(text), options.records)


def html_records(file: BinaryIO, options: ReadOptions) -> Iterator[Record]:
    tree = parsed(whole_text(file, options.encoding or _declared(file, _META)))
    if options.html_as == "text":
        title = tree.css_first("title")
        root = tree.root
        yield {"title": title.text().strip() if title else "", "text": plain_text(root) if root else ""}
        return
    tables = tree.css("table")
    if not 1 <= options.table <= len(tables):
        there = "no table" if not tables else f"{len(tables)} table{'s' if len(tables) > 1 else ''}"
        raise Unreadable(
            "no_such_table",
            f"The page has {there}; number {options.table} was asked for.",
            "Choose another one, or take the text.",
        )
    yield from table_rows(tables[options.table - 1], header=options.header)


def text_records(file: BinaryIO, options: ReadOptions) -> Iterator[Record]:
    text = whole_text(file, options.encoding)
    if options.text_as == "whole":
        yield {"text": text}
        return
    for number, line in enumerate(text.splitlines(), 1):
        yield {"line": number, "text": line}


def _declared(file: BinaryIO, declaration: re.Pattern[bytes]) -> str:
    """The encoding that the document names, unless its first bytes tell another."""
    found = declaration.search(file.read(2048))
    file.seek(0)
    marked = encoding_of(file)
    if found is None or marked.startswith(("utf-8-", "utf-16", "utf-32")):
        return ""
    named = found[1].decode().lower()
    # A page of these says what browsers take it for.
    return (
        "cp1252" if named in ("iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii") and marked == "cp1252" else named
    )
