"""The formats that take a library to write: Excel workbooks, calendars, ZIP archives.

The libraries are imported when they are first needed: every start of every process would pay for them.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import IO, TYPE_CHECKING, BinaryIO, Final

from nodeloom.graph.item import ArtifactRef
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.file_store import FileStore
from nodeloom.nodes.files.tables import Fields, cell_of, columns_of, plain
from nodeloom.nodes.files.writing import WriteOptions
from nodeloom.nodes.node_type import NodeFailed

if TYPE_CHECKING:
    from icalendar import Event, vRecur

_CHUNK: Final = 256 * 1024
_IN_MEMORY: Final = 8 * 1024 * 1024
_MOST_ROWS: Final = 1_048_575
_MOST_COLUMNS: Final = 16_384
_LONGEST_CELL: Final = 32_767
_EXACT: Final = 10**15
_NO_CELL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_TITLE: Final = re.compile(r"[\\*?:/\[\]\x00-\x1f]")


def xlsx_chunks(rows: Sequence[Fields], options: WriteOptions) -> Iterator[bytes]:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    columns = columns_of(rows, options.columns)
    if len(rows) > _MOST_ROWS or len(columns) > _MOST_COLUMNS:
        message = f"A sheet holds {_MOST_ROWS:,} rows and {_MOST_COLUMNS:,} columns; these are {len(rows):,} items with"
        raise NodeFailed("too_large", f"{message} {len(columns):,} fields.", "Split them, or write CSV.")
    _check_cells(rows, columns)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NO_TITLE.sub(" ", options.title)[:31].strip("' ") or "Sheet1")

    def cell(value: JsonValue) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value=_cell_value(value))
        if isinstance(value, str):
            # As text, whatever it begins with: a text is never taken for a formula.
            made.data_type = "s"
        return made

    if options.header and columns:
        sheet.append([cell(column) for column in columns])
    for row in rows:
        sheet.append([cell(cell_of(row, column)) for column in columns])
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        book.save(file)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _check_cells(rows: Sequence[Fields], columns: Sequence[str]) -> None:
    """Before anything is written: a workbook that breaks off half-way can't be tidied up."""
    for number, row in enumerate(rows, 1):
        for column in columns:
            value = cell_of(row, column)
            if isinstance(value, str) and len(value) > _LONGEST_CELL:
                message = f"“{column}” of item {number} has {len(value):,} characters; a cell of Excel holds"
                raise NodeFailed(
                    "too_large", f"{message} {_LONGEST_CELL:,}.", "Leave the field out, or write CSV or JSON."
                )


def _cell_value(value: JsonValue) -> str | int | float | bool | None:
    match value:
        case str():
            return _NO_CELL.sub("", value)
        case bool() | float() | None:
            return value
        case int() if abs(value) < _EXACT:
            return value
        case _:
            # Excel keeps 15 digits; the number of a card or an account must not change.
            return plain(value)


def ics_chunks(rows: Sequence[Fields], options: WriteOptions, now: datetime) -> Iterator[bytes]:
    """Events from the fields that core.extract_file gives: start and summary, and the rest where it is there."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Nodeloom//core.convert_file//EN")
    calendar.add("version", "2.0")
    if options.title:
        calendar.add("x-wr-calname", options.title)
    for number, row in enumerate(rows, 1):
        calendar.add_component(_event(row, number, now))
    yield calendar.to_ical()


def _event(row: Fields, number: int, now: datetime) -> "Event":
    from icalendar import Event

    event = Event()
    all_day = row.get("all_day") is True
    event.add("dtstamp", now)
    event.add("uid", plain(_text(row, "uid")) or f"{now:%Y%m%dT%H%M%S}-{number}@nodeloom")
    start = _moment(row, "start", number, all_day=all_day)
    if start is None:
        raise NodeFailed("no_such_field", f"Item {number} has no “start”.", "Give each event a start, as a time.")
    event.add("dtstart", start)
    if (end := _moment(row, "end", number, all_day=all_day)) is not None:
        event.add("dtend", end)
    for name in ("summary", "description", "location", "url", "status"):
        if text := _text(row, name):
            event.add(name, text)
    if recurrence := _text(row, "recurrence"):
        event.add("rrule", _recurrence(recurrence, number))
    return event


def _text(row: Fields, name: str) -> str:
    value = row.get(name)
    return "" if isinstance(value, list | dict) else plain(value).replace("\r", "").replace("\0", "")


def _moment(row: Fields, name: str, number: int, *, all_day: bool) -> datetime | date | None:
    text = _text(row, name)
    if not text:
        return None
    try:
        if all_day or len(text) == len("2026-05-31"):
            return date.fromisoformat(text[:10])
        moment = datetime.fromisoformat(text)
        # Calendars know zones, not offsets: such a time is written in UTC.
        return moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        hint = "Write it like 2026-05-31T14:00:00+02:00, or 2026-05-31 for a whole day."
        raise NodeFailed("invalid_time", f"“{name}” of item {number} is no time: {text[:60]}.", hint) from None


def _recurrence(text: str, number: int) -> "vRecur":
    from icalendar import vRecur

    try:
        return vRecur.from_ical(text.strip())
    except (ValueError, KeyError, TypeError):
        hint = "Write it as calendars do, for example FREQ=WEEKLY;BYDAY=MO."
        raise NodeFailed("invalid_recurrence", f"“recurrence” of item {number} is wrong.", hint) from None


class _Sink:
    """Takes what the archive writes until it is fetched; it can't go back, so the archive doesn't either."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def fetch(self) -> bytes:
        waiting, self._waiting = b"".join(self._waiting), []
        return waiting


def zip_chunks(files: Iterable[ArtifactRef], store: FileStore, now: datetime) -> Iterator[bytes]:
    """Each file under its name; one that comes again as `name (2).txt`."""
    sink = _Sink()
    taken: set[str] = set()
    moment = max(now, datetime(1980, 1, 1, tzinfo=now.tzinfo)).timetuple()[:6]
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            info = zipfile.ZipInfo(_free(file.name, taken), moment)
            info.compress_type = zipfile.ZIP_DEFLATED
            with store.open(file) as content, archive.open(info, "w", force_zip64=True) as entry:
                yield from _packed(content, entry, sink)
    yield sink.fetch()


def _packed(content: BinaryIO, entry: IO[bytes], sink: _Sink) -> Iterator[bytes]:
    while chunk := content.read(_CHUNK):
        entry.write(chunk)
        yield sink.fetch()


def _free(name: str, taken: set[str]) -> str:
    name = name.replace("/", "_").replace("\\", "_").strip() or "file"
    stem, dot, ending = name.rpartition(".") if "." in name[1:] else (name, "", "")
    free, count = name, 1
    while free.lower() in taken:
        count += 1
        free = f"{stem} ({count}){dot}{ending}"
    taken.add(free.lower())
    return free
