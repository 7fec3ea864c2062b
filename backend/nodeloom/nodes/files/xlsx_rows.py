"""Excel workbooks (.xlsx): the values as they were saved, formulas as what they came to."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.styles.numbers import is_timedelta_format
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from nodeloom.nodes.files.reading import ReadOptions, Record, Unreadable, column_names, named_cells

_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_MOST_BYTES: Final = 500_000_000
_BROKEN: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError,
    IndexError, AttributeError, OSError, NotImplementedError, zlib.error, OverflowError, EOFError,
)  # fmt: skip


def rows(file: BinaryIO, options: ReadOptions) -> Iterator[Record]:
    _check(file)
    place = "The workbook"
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = _chosen(book.worksheets, options.sheet)
        # Many programs write a wrong size, and the rest would be left out.
        sheet.reset_dimensions()
        names: list[str] | None = None
        for number, cells in enumerate(sheet.iter_rows(), 1):
            place = f"Sheet “{sheet.title}”, row {number}"
            if number < options.header_row:
                continue
            values = [_value(cell) for cell in cells]
            if all(value is None for value in values):
                continue
            if names is None:
                while values and values[-1] is None:
                    values.pop()
                names = column_names(values if options.header else [None] * len(values))
                if options.header:
                    continue
            yield named_cells(names, _as_wide(values, len(names)), None)
    except _BROKEN as error:
        raise Unreadable(
            "not_xlsx", f"{place} can't be read: {str(error)[:200] or type(error).__name__}.", "Save it anew as .xlsx."
        ) from None


def _check(file: BinaryIO) -> None:
    start = file.read(4)
    file.seek(0)
    if start == _OLD_EXCEL:
        raise Unreadable(
            "not_xlsx",
            "This is a workbook with a password, or one of the old kind (.xls).",
            "Save it as .xlsx without a password.",
        )
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable(
            "not_xlsx", "This is no Excel workbook, or a part of it is missing.", "Save it anew as .xlsx."
        ) from None
    if unpacked > _MOST_BYTES:
        raise Unreadable(
            "too_large",
            f"The workbook unpacks to {unpacked // 1_000_000:,} MB; at most {_MOST_BYTES // 1_000_000} MB are read.",
            "Split it, or save the sheet as CSV.",
        )
    file.seek(0)


def _chosen(sheets: list[ReadOnlyWorksheet], wanted: str) -> ReadOnlyWorksheet:
    """By name, else by number from 1; the first one if none is named."""
    for sheet in sheets:
        if sheet.title == wanted:
            return sheet
    position = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else (0 if wanted else 1)
    if not 1 <= position <= len(sheets):
        names = ", ".join(sheet.title for sheet in sheets[:20])
        raise Unreadable("no_such_sheet", f"There is no sheet “{wanted[:100]}”.", f"There are: {names or 'none'}.")
    return sheets[position - 1]


def _as_wide(values: list[Any], width: int) -> list[Any]:
    """Without the empty cells that stand behind the last column."""
    end = len(values)
    while end > width and values[end - 1] is None:
        end -= 1
    return values[:end]


def _value(cell: ReadOnlyCell) -> Any:
    value = cell.value
    match value:
        case datetime():
            only_day = "h" not in cell.number_format.lower() and value.time() == time()
            return value.date().isoformat() if only_day else value.isoformat(timespec="seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds() if is_timedelta_format(cell.number_format) else str(value)
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)
