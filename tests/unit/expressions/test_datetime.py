"""The small DateTime of the sandbox, held against Python's own calendar and time zones."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeloom.expressions.sandbox import Sandbox
from nodeloom.expressions.zones import offset_table
from nodeloom.graph.json_value import JsonValue
from tests.unit.expressions.scopes import Here, failure_of, value_of

SHARED = Sandbox()
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"]
MOMENTS = st.integers(1_000_000, 120 * 31_536_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def at(moment: str, zone: str = "Europe/Berlin") -> Here:
    return Here(now=datetime.fromisoformat(moment), timezone=zone)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("$now.plus({days: 1}).toISO()", "2026-03-30T00:30:00.000+02:00"),
        ("$now.plus({hours: 24}).toISO()", "2026-03-30T01:30:00.000+02:00"),
        ("$now.minus({months: 1}).toISODate()", "2026-02-28"),
        ("$now.plus(2, 'weeks').toISODate()", "2026-04-12"),
        ("$now.plus({hours: 2}).toISO()", "2026-03-29T03:30:00.000+02:00"),
        ("$now.startOf('month').toISO()", "2026-03-01T00:00:00.000+01:00"),
        ("$now.startOf('week').toISODate()", "2026-03-23"),
        ("$now.startOf('quarter').toISODate()", "2026-01-01"),
        ("$now.endOf('day').toISO()", "2026-03-29T23:59:59.999+02:00"),
        ("$now.endOf('year').toISODate()", "2026-12-31"),
        ("$now.toFormat(\"cccc d MMMM yyyy 'at' HH:mm a ZZ\")", "Sunday 29 March 2026 at 00:30 AM +01:00"),
        ("[$now.year, $now.month, $now.day, $now.hour, $now.minute, $now.second]", [2026, 3, 29, 0, 30, 0]),
        ("[$now.weekday, $now.weekNumber, $now.quarter]", [7, 13, 1]),
        ("$now.toMillis()", 1774740600000),
        ("$now.toUnixInteger()", 1774740600),
        ("$now.setZone('America/New_York').toISO()", "2026-03-28T19:30:00.000-04:00"),
        ("$now.toUTC().toISO()", "2026-03-28T23:30:00.000Z"),
        ("$now.set({hour: 2, minute: 30}).toISO()", "2026-03-29T03:30:00.000+02:00"),
        ("DateTime.fromISO('2026-10-25T02:30', {zone: 'Europe/Berlin'}).toISO()", "2026-10-25T02:30:00.000+02:00"),
        ("DateTime.fromISO('2026-01-01').plus({months: 1}).minus({days: 1}).toISODate()", "2026-01-31"),
        ("DateTime.fromMillis(0).toISO()", "1970-01-01T00:00:00.000Z"),
        ("DateTime.fromJSDate(new Date(0)).year", 1970),
        ("$today.diff(DateTime.fromISO('2026-03-01', {zone: 'Europe/Berlin'}), 'days').days", 28),
        ("$now > $today", True),
        ("$now.hasSame($today, 'day')", True),
        ("`${$today}`", "2026-03-29T00:00:00.000+01:00"),
        ("{when: $today}", {"when": "2026-03-29T00:00:00.000+01:00"}),
    ],
)
def test_dates(code: str, value: JsonValue) -> None:
    assert value_of("{{ " + code + " }}", at("2026-03-28T23:30:00+00:00"), SHARED) == value


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("$now.plus({moons: 1})", "moons"),
        ("$now.setZone('Mars/Base')", "Mars/Base"),
        ("DateTime.fromISO('soon')", "soon"),
        ("$now.diff($today, 'months')", "months"),
    ],
)
def test_what_makes_no_sense_is_said(code: str, word: str) -> None:
    assert word in failure_of("{{ " + code + " }}", sandbox=SHARED).message


@given(MOMENTS, st.sampled_from(ZONES))
def test_the_wall_clock_is_the_zones(moment: datetime, zone: str) -> None:
    expected = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="milliseconds")
    shown = value_of("{{ $now.toISO().slice(0, 23) }}", Here(now=moment, timezone=zone), SHARED)
    assert shown == expected


@given(MOMENTS, st.integers(-500, 500), st.sampled_from(ZONES[:4]))
def test_days_are_days_of_the_calendar(moment: datetime, days: int, zone: str) -> None:
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(days=days)
    local = wall.replace(tzinfo=ZoneInfo(zone))
    skipped = local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall
    shown = value_of(
        f"{{{{ $now.plus({{days: {days}}}).toISO().slice(0, 19) }}}}", Here(now=moment, timezone=zone), SHARED
    )
    assert skipped or shown == wall.isoformat()


@pytest.mark.parametrize("zone", ZONES)
def test_the_table_of_a_zone_agrees_with_python_each_week(zone: str) -> None:
    table = offset_table(zone)
    for week in range(0, 5000, 7):
        moment = datetime(1972, 1, 1, 12, tzinfo=UTC) + timedelta(weeks=week)
        ms = moment.timestamp() * 1000
        offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
        assert offset is not None
        assert next(minutes for start, minutes in reversed(table) if start <= ms) == offset.total_seconds() / 60
