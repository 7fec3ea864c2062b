"""core.datetime: read, write and reckon with dates; days and longer follow the calendar of the time zone."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import canonical, moment
from nodeloom.nodes.date_format import WrongPattern, formatted, parsed
from nodeloom.nodes.field_path import DottedPath, written
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints
from nodeloom.nodes.timezone import ZoneName

Operation: TypeAlias = Literal[
    "now", "parse", "format", "add", "subtract", "difference", "start_of", "end_of", "to_timezone"
]
Unit: TypeAlias = Literal["years", "quarters", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds"]
_NEEDS_VALUE: Final = ["parse", "format", "add", "subtract", "difference", "start_of", "end_of", "to_timezone"]
_MONTHS_IN: Final[Mapping[Unit, int]] = {"years": 12, "quarters": 3, "months": 1}
_DAYS_IN: Final[Mapping[Unit, int]] = {"weeks": 7, "days": 1}
_EXACT: Final[Mapping[Unit, timedelta]] = {
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
    "milliseconds": timedelta(milliseconds=1),
}


class DatetimeParams(Params):
    operation: Operation = Field(
        title="Operation",
        json_schema_extra=hints(
            labels={
                "now": "The time now",
                "parse": "Read a date",
                "format": "Write a date",
                "add": "Add to a date",
                "subtract": "Subtract from a date",
                "difference": "Time between two dates",
                "start_of": "Start of the day, month …",
                "end_of": "End of the day, month …",
                "to_timezone": "Show in another time zone",
            }
        ),
    )
    value: JsonValue = Field(
        default=None,
        title="Date",
        description="As 2026-05-31, 2026-05-31T18:00:00+02:00 or a Unix time.",
        examples=["{{ $json.created_at }}"],
        json_schema_extra=hints(show_if={"operation": _NEEDS_VALUE}),
    )
    until: JsonValue = Field(
        default=None,
        title="Second date",
        description="The result is negative if this date is before the first one.",
        examples=["{{ $now }}"],
        json_schema_extra=hints(show_if={"operation": ["difference"]}),
    )
    format: str | None = Field(
        default=None,
        title="Format",
        description="yyyy, MM, dd, HH, mm, ss, SSS, MMMM, EEEE, a, ZZ and others; text stands in 'quotes'.",
        min_length=1,
        max_length=200,
        examples=["dd.MM.yyyy HH:mm"],
        json_schema_extra=hints(show_if={"operation": ["format", "parse"]}),
    )
    amount: float = Field(
        default=1,
        title="How many",
        ge=-1e12,
        le=1e12,
        json_schema_extra=hints(show_if={"operation": ["add", "subtract"]}),
    )
    unit: Unit = Field(
        default="days",
        title="Unit",
        json_schema_extra=hints(
            show_if={"operation": ["add", "subtract", "difference", "start_of", "end_of"]},
            labels={
                "years": "Years",
                "quarters": "Quarters",
                "months": "Months",
                "weeks": "Weeks (from Monday)",
                "days": "Days",
                "hours": "Hours",
                "minutes": "Minutes",
                "seconds": "Seconds",
                "milliseconds": "Milliseconds",
            },
        ),
    )
    timezone: ZoneName | None = Field(
        default=None,
        title="Time zone",
        description="In which dates are read, reckoned with and shown. The workflow's, if left empty.",
        examples=["Europe/Berlin"],
    )
    into: DottedPath = Field(default="date", title="Put the result into", examples=["due.date"])

    @model_validator(mode="after")
    def _complete(self) -> "DatetimeParams":
        if self.operation == "format" and self.format is None:
            raise ValueError("give a format such as dd.MM.yyyy")
        if self.operation in ("start_of", "end_of") and self.unit == "milliseconds":
            raise ValueError("choose a unit longer than a millisecond")
        if self.operation in ("add", "subtract") and self.unit not in _EXACT and not self.amount.is_integer():
            raise ValueError(f"{self.unit} are added as wholes; use hours for a part of a day")
        return self


def _datetime(params: DatetimeParams, item: Item, ctx: NodeContext) -> Emitted:
    zone = ZoneInfo(params.timezone or ctx.timezone)
    try:
        result = _result(params, ctx.now.astimezone(zone), zone)
    except (OverflowError, ValueError):
        raise NodeFailed(
            "out_of_range", "The result is outside the years 1 to 9999.", "Use a smaller amount."
        ) from None
    return Emitted({"out": (Item(written(item.json, params.into, result), item.files),)})


def _result(params: DatetimeParams, now: datetime, zone: ZoneInfo) -> JsonValue:
    if params.operation == "now":
        return iso(now)
    date = _read(params.value, params.format if params.operation == "parse" else None, zone)
    match params.operation:
        case "format":
            return formatted(date, params.format or "")
        case "difference":
            return _difference(date, _read(params.until, None, zone), params.unit)
        case "add" | "subtract":
            return iso(_shifted(date, params.amount if params.operation == "add" else -params.amount, params.unit))
        case "start_of":
            return iso(_start(date, params.unit))
        case "end_of":
            return iso(_shifted(_shifted(_start(date, params.unit), 1, params.unit), -1, "milliseconds"))
        case "parse" | "to_timezone":
            return iso(date)


def iso(date: datetime) -> str:
    """As `$now.toISO()` writes it."""
    zone = date.tzinfo.key if isinstance(date.tzinfo, ZoneInfo) else ""
    return (date.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z") if zone == "UTC" else _with_offset(date)


def _with_offset(date: datetime) -> str:
    return formatted(date, "yyyy-MM-dd'T'HH:mm:ss.SSSZZ")


def _read(value: JsonValue, pattern: str | None, zone: ZoneInfo) -> datetime:
    if pattern is None:
        found = moment(value, zone.key)
        hint = "Write dates as 2026-05-31 or 2026-05-31T18:00:00+02:00, or read other forms with a format first."
    else:
        found = _by_pattern(value, pattern, zone)
        hint = f"It must look like “{pattern}”."
    if found is None:
        text = canonical(value)
        raise NodeFailed("not_a_date", f"{text if len(text) <= 60 else text[:60] + '…'} is no date.", hint)
    # By way of UTC: a wall time that the clocks skip moves on by the gap.
    return found.astimezone(UTC).astimezone(zone)


def _by_pattern(value: JsonValue, pattern: str, zone: ZoneInfo) -> datetime | None:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) > 1_000:
        return None
    try:
        return parsed(text, pattern, zone)
    except WrongPattern as wrong:
        raise NodeFailed("wrong_format", f"The format “{pattern}” can't be read by: {wrong}.") from None


def _at(wall: datetime, zone: ZoneInfo) -> datetime:
    """The wall time in the zone: the first of two, and moved on by the gap where the clocks skip it."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)


def _shifted(date: datetime, amount: float, unit: Unit) -> datetime:
    zone = date.tzinfo
    assert isinstance(zone, ZoneInfo)
    if unit in _EXACT:
        return (date.astimezone(UTC) + amount * _EXACT[unit]).astimezone(zone)
    if amount == 0:
        return date
    wall = date.replace(tzinfo=None, fold=0)
    if unit in _DAYS_IN:
        return _at(wall + timedelta(days=int(amount) * _DAYS_IN[unit]), zone)
    return _at(_by_months(wall, int(amount) * _MONTHS_IN[unit]), zone)


def _by_months(wall: datetime, months: int) -> datetime:
    """The same day of another month, or its last day if it is shorter."""
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    first = wall.replace(year=year, month=month + 1, day=1)
    last = 31 if month == 11 else (first.replace(month=month + 2) - timedelta(days=1)).day
    return first.replace(day=min(wall.day, last))


_STARTS: Final[Mapping[Unit, Callable[[datetime], datetime]]] = {
    "years": lambda wall: wall.replace(month=1, day=1, hour=0),
    "quarters": lambda wall: wall.replace(month=(wall.month - 1) // 3 * 3 + 1, day=1, hour=0),
    "months": lambda wall: wall.replace(day=1, hour=0),
    "weeks": lambda wall: wall.replace(hour=0) - timedelta(days=wall.weekday()),
    "days": lambda wall: wall.replace(hour=0),
}


def _start(date: datetime, unit: Unit) -> datetime:
    date = date.replace(microsecond=0)
    if unit == "seconds":
        return date
    date = date.replace(second=0)
    if unit == "minutes":
        return date
    date = date.replace(minute=0)
    if unit == "hours":
        return date
    assert isinstance(date.tzinfo, ZoneInfo)
    return _at(_STARTS[unit](date.replace(tzinfo=None, fold=0)), date.tzinfo)


def _difference(first: datetime, second: datetime, unit: Unit) -> JsonValue:
    """Days and weeks by the wall clock, so that a day of 23 hours is one; months and years only as wholes."""
    if unit in _EXACT:
        return _plain((second.astimezone(UTC) - first.astimezone(UTC)) / _EXACT[unit])
    walls = first.replace(tzinfo=None, fold=0), second.replace(tzinfo=None, fold=0)
    if unit in _DAYS_IN:
        return _plain((walls[1] - walls[0]) / timedelta(days=_DAYS_IN[unit]))
    months = _full_months(*walls) if walls[0] <= walls[1] else -_full_months(walls[1], walls[0])
    return int(months / _MONTHS_IN[unit])


def _full_months(earlier: datetime, later: datetime) -> int:
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months if _by_months(earlier, months) <= later else months - 1


def _plain(value: float) -> JsonValue:
    return int(value) if value.is_integer() else round(value, 6)


DATETIME = NodeType(
    NodeSpec("core.datetime", "Date and time", DatetimeParams),
    description="Reads, writes, shifts and compares dates, in any time zone.",
    group="data",
    icon="clock",
    run=_datetime,
    aliases=("date", "time", "timezone", "format date", "add days", "duration", "now", "calendar"),
    summary="",
)
