"""The events of a calendar file (.ics)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, Final, cast

from icalendar import Calendar, Event

from nodeloom.nodes.files.reading import ReadOptions, Record, Unreadable, whole_text

_TEXTS: Final = ("summary", "description", "location", "status", "url", "uid")


def events(file: BinaryIO, options: ReadOptions) -> Iterator[Record]:
    text = whole_text(file, options.encoding)
    try:
        calendars: list[Any] = Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Unreadable("not_ics", f"This is no calendar: {str(error)[:200]}.", "Export it again as .ics.") from None
    if not calendars:
        raise Unreadable("not_ics", "There is no calendar in the file.", "Export it again as .ics.")
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            yield _record(event)


def _record(event: Event) -> Record:
    start, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
    duration = _moment(event, "DURATION")
    if end is None and isinstance(start, date) and isinstance(duration, timedelta):
        end = start + duration
    record: Record = {name: _text(event.get(name)) for name in _TEXTS}
    return {
        **record,
        "start": _written(start),
        "end": _written(end),
        "all_day": isinstance(start, date) and not isinstance(start, datetime),
        "timezone": _zone(event),
        "recurrence": "\n".join(_line(entry) for entry in _several(event, "RRULE")),
        "organizer": _address(event.get("ORGANIZER")),
        "attendees": [_address(entry) for entry in _several(event, "ATTENDEE")],
        "categories": [
            str(name) for entry in _several(event, "CATEGORIES") for name in getattr(entry, "cats", [entry])
        ],
        "recurrence_id": _written(_moment(event, "RECURRENCE-ID")),
        "created": _written(_moment(event, "CREATED")),
        "updated": _written(_moment(event, "LAST-MODIFIED")),
    }


def _moment(event: Event, name: str) -> Any:
    return getattr(event.get(name), "dt", None)


def _written(moment: Any) -> str | None:
    return moment.isoformat() if isinstance(moment, date) else None


def _zone(event: Event) -> str:
    start = event.get("DTSTART")
    named = getattr(start, "params", {}).get("TZID")
    if named is not None:
        return str(named)
    zone = getattr(getattr(start, "dt", None), "tzinfo", None)
    return "UTC" if zone is not None else ""


def _several(event: Event, name: str) -> list[Any]:
    value: Any = event.get(name)
    if value is None:
        return []
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    first = cast("list[Any]", value)[0] if isinstance(value, list) else value
    return "" if first is None else str(first)


def _line(value: Any) -> str:
    written: bytes | str = value.to_ical()
    return written.decode(errors="replace") if isinstance(written, bytes) else written


def _address(value: Any) -> str:
    text = _text(value)
    return text[7:] if text.lower().startswith("mailto:") else text
