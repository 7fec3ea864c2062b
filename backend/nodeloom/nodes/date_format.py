"""Dates as text by patterns such as `dd.MM.yyyy HH:mm`; the tokens are those of `$now.toFormat()`."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOKEN: Final = re.compile(
    r"'([^']*)'|yyyy|yy|y|MMMM|MMM|MM|M|LLLL|LLL|LL|L|dd|d|EEEE|EEE|E|cccc|ccc|c|HH|H|hh|h|mm|m|ss|s|SSS|S|a"
    r"|ZZZ|ZZ|Z|z|q|X|x"
)
_WRITERS: Final[Mapping[str, Callable[[datetime], str]]] = {
    "yyyy": lambda t: f"{t.year:04}",
    "yy": lambda t: f"{t.year % 100:02}",
    "y": lambda t: str(t.year),
    "MMMM": lambda t: _MONTHS[t.month - 1],
    "MMM": lambda t: _MONTHS[t.month - 1][:3],
    "MM": lambda t: f"{t.month:02}",
    "M": lambda t: str(t.month),
    "dd": lambda t: f"{t.day:02}",
    "d": lambda t: str(t.day),
    "EEEE": lambda t: _DAYS[t.weekday()],
    "EEE": lambda t: _DAYS[t.weekday()][:3],
    "E": lambda t: str(t.isoweekday()),
    "HH": lambda t: f"{t.hour:02}",
    "H": lambda t: str(t.hour),
    "hh": lambda t: f"{t.hour % 12 or 12:02}",
    "h": lambda t: str(t.hour % 12 or 12),
    "mm": lambda t: f"{t.minute:02}",
    "m": lambda t: str(t.minute),
    "ss": lambda t: f"{t.second:02}",
    "s": lambda t: str(t.second),
    "SSS": lambda t: f"{t.microsecond // 1000:03}",
    "S": lambda t: str(t.microsecond // 1000),
    "a": lambda t: "AM" if t.hour < 12 else "PM",
    "ZZ": lambda t: _offset(t),
    "Z": lambda t: _offset(t),
    "ZZZ": lambda t: _offset(t).replace(":", ""),
    "z": lambda t: t.tzinfo.key if isinstance(t.tzinfo, ZoneInfo) else _offset(t),
    "q": lambda t: str((t.month + 2) // 3),
    "X": lambda t: str(int(t.timestamp() // 1)),
    "x": lambda t: str(round(t.timestamp() * 1000)),
}
_SAME: Final = {"LLLL": "MMMM", "LLL": "MMM", "LL": "MM", "L": "M", "cccc": "EEEE", "ccc": "EEE", "c": "E"}
_TWO: Final = r"\d\d"
_ONE_OR_TWO: Final = r"\d\d?"
_READERS: Final[Mapping[str, tuple[str, str]]] = {
    "yyyy": ("year", r"\d{4}"),
    "yy": ("short_year", _TWO),
    "y": ("year", r"\d{1,4}"),
    "MMMM": ("month_name", "|".join(_MONTHS)),
    "MMM": ("short_month", "|".join(name[:3] for name in _MONTHS)),
    "MM": ("month", _TWO),
    "M": ("month", _ONE_OR_TWO),
    "dd": ("day", _TWO),
    "d": ("day", _ONE_OR_TWO),
    "EEEE": ("weekday", "|".join(_DAYS)),
    "EEE": ("weekday", "|".join(name[:3] for name in _DAYS)),
    "HH": ("hour", _TWO),
    "H": ("hour", _ONE_OR_TWO),
    "hh": ("hour12", _TWO),
    "h": ("hour12", _ONE_OR_TWO),
    "mm": ("minute", _TWO),
    "m": ("minute", _ONE_OR_TWO),
    "ss": ("second", _TWO),
    "s": ("second", _ONE_OR_TWO),
    "SSS": ("millisecond", r"\d{3}"),
    "S": ("millisecond", r"\d{1,3}"),
    "a": ("half", "AM|PM"),
    "ZZ": ("offset", r"Z|[+-]\d\d:?\d\d"),
    "Z": ("offset", r"Z|[+-]\d\d:?\d\d"),
    "ZZZ": ("offset", r"Z|[+-]\d\d:?\d\d"),
    "X": ("seconds", r"-?\d{1,12}"),
    "x": ("milliseconds", r"-?\d{1,15}"),
}


class WrongPattern(Exception):
    """The pattern can't be used for reading; the text says why."""


def _offset(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def formatted(moment: datetime, pattern: str) -> str:
    def written(match: re.Match[str]) -> str:
        token = match[0]
        return match[1] if match[1] is not None else _WRITERS[_SAME.get(token, token)](moment)

    return _TOKEN.sub(written, pattern)


def parsed(text: str, pattern: str, zone: tzinfo) -> datetime | None:
    """The moment the text says, in `zone` if it names no offset; None if it doesn't fit the pattern or the calendar."""
    match = re.fullmatch(_expression(pattern), text.strip(), re.IGNORECASE | re.ASCII)
    if match is None:
        return None
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    try:
        return _moment(found, zone)
    except (ValueError, OverflowError):
        return None


def _expression(pattern: str) -> str:
    parts: list[str] = []
    named: set[str] = set()
    end = 0
    for match in _TOKEN.finditer(pattern):
        parts.append(re.escape(pattern[end : match.start()]))
        end = match.end()
        if match[1] is not None:
            parts.append(re.escape(match[1]))
            continue
        reader = _READERS.get(_SAME.get(match[0], match[0]))
        if reader is None:
            raise WrongPattern(f"“{match[0]}” can be written but not read")
        name, expression = reader
        if name in named:
            raise WrongPattern(f"“{match[0]}” says the {name} a second time")
        named.add(name)
        parts.append(f"(?P<{name}>{expression})")
    return "".join([*parts, re.escape(pattern[end:])])


def _moment(found: Mapping[str, str], zone: tzinfo) -> datetime:
    if "seconds" in found or "milliseconds" in found:
        since = timedelta(seconds=int(found.get("seconds", 0)), milliseconds=int(found.get("milliseconds", 0)))
        return (datetime(1970, 1, 1, tzinfo=UTC) + since).astimezone(zone)
    return datetime(
        _year(found),
        _month(found),
        int(found.get("day", 1)),
        _hour(found),
        int(found.get("minute", 0)),
        int(found.get("second", 0)),
        int(found.get("millisecond", 0)) * 1000,
        tzinfo=_zone_of(found["offset"]) if "offset" in found else zone,
    )


def _year(found: Mapping[str, str]) -> int:
    if "year" in found:
        return int(found["year"])
    if "short_year" not in found:
        raise ValueError("no year")
    # As POSIX has it: 69 to 99 are of the twentieth century.
    short = int(found["short_year"])
    return short + (1900 if short >= 69 else 2000)


def _month(found: Mapping[str, str]) -> int:
    name = found.get("month_name", found.get("short_month"))
    if name is None:
        return int(found.get("month", 1))
    return next(number for number, month in enumerate(_MONTHS, 1) if month[:3].lower() == name[:3].lower())


def _hour(found: Mapping[str, str]) -> int:
    if "hour12" not in found:
        return int(found.get("hour", 0))
    hour = int(found["hour12"])
    if not 1 <= hour <= 12:
        raise ValueError("no hour of a half day")
    return hour % 12 + (12 if found.get("half", "AM").upper() == "PM" else 0)


def _zone_of(offset: str) -> fixed_zone:
    if offset.upper() == "Z":
        return UTC
    digits = offset[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return fixed_zone(-size if offset[0] == "-" else size)
