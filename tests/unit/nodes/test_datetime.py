from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.running import run_each

BERLIN = "Europe/Berlin"
ZONES = st.sampled_from(
    ["UTC", BERLIN, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"]
)
MOMENTS = st.integers(-2_000_000_000_000, 4_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


def result(operation: str, value: JsonValue = None, **params: object) -> JsonValue:
    given_ = {"operation": operation, "value": value, **params}
    (item,) = run_each("core.datetime", given_, Item({"kept": 1})).ports["out"]
    assert item.json["kept"] == 1
    return item.json["date"]


def test_now_is_told_in_the_zone() -> None:
    assert result("now") == "2026-05-31T12:00:00.000Z"
    assert result("now", timezone=BERLIN) == "2026-05-31T14:00:00.000+02:00"
    (item,) = run_each("core.datetime", {"operation": "now", "into": "a.at"}, Item({}), timezone=BERLIN).ports["out"]
    assert item.json == {"a": {"at": "2026-05-31T14:00:00.000+02:00"}}


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        ("2026-05-31", None, "2026-05-31T00:00:00.000+02:00"),
        (1780228800, None, "2026-05-31T14:00:00.000+02:00"),
        (1780228800000, None, "2026-05-31T14:00:00.000+02:00"),
        ("31.05.26 07:08", "dd.MM.yy HH:mm", "2026-05-31T07:08:00.000+02:00"),
        ("May 3, 2026 12:05 am", "MMMM d, yyyy h:mm a", "2026-05-03T00:05:00.000+02:00"),
        ("3 Jan 2026 -0500", "d MMM yyyy ZZZ", "2026-01-03T06:00:00.000+01:00"),
        ("at 2026", "'at' yyyy", "2026-01-01T00:00:00.000+01:00"),
        ("1780228800", "X", "2026-05-31T14:00:00.000+02:00"),
        # The clocks skip 02:30 that night.
        ("2026-03-29T02:30", None, "2026-03-29T03:30:00.000+02:00"),
    ],
)
def test_reading(value: JsonValue, pattern: str | None, expected: str) -> None:
    assert result("parse", value, format=pattern, timezone=BERLIN) == expected


@pytest.mark.parametrize("value", ["tomorrow", "31.05.2026", None, True, {"a": 1}, "2026-13-01", "x" * 100_000, 1e300])
def test_what_is_no_date(value: JsonValue) -> None:
    with pytest.raises(NodeFailed) as failed:
        result("parse", value)
    assert failed.value.code == "not_a_date"
    assert len(failed.value.message) < 100


def test_patterns_that_can_not_be_read_by() -> None:
    with pytest.raises(NodeFailed, match="“q” can be written but not read"):
        result("parse", "1", format="q")
    with pytest.raises(NodeFailed, match="a second time"):
        result("parse", "1 1", format="d dd")
    with pytest.raises(NodeFailed, match="no date"):
        result("parse", "31.02.2026", format="dd.MM.yyyy")


def test_writing() -> None:
    text = "EEEE, d MMMM yyyy h:mm a 'in' z, ZZ ZZZ q X"
    expected = "Sunday, 31 May 2026 2:00 PM in Europe/Berlin, +02:00 +0200 2 1780228800"
    assert result("format", "2026-05-31T12:00:00Z", format=text, timezone=BERLIN) == expected


@pytest.mark.parametrize(
    ("value", "amount", "unit", "expected"),
    [
        ("2026-01-31", 1, "months", "2026-02-28T00:00:00.000+01:00"),
        ("2024-02-29", -1, "years", "2023-02-28T00:00:00.000+01:00"),
        ("2026-11-30", 1, "quarters", "2027-02-28T00:00:00.000+01:00"),
        ("2026-12-31", 12, "months", "2027-12-31T00:00:00.000+01:00"),
        # A day later is the same time by the clock, 24 hours later is not, when the clocks change.
        ("2026-03-28T12:00", 1, "days", "2026-03-29T12:00:00.000+02:00"),
        ("2026-03-28T12:00", 24, "hours", "2026-03-29T13:00:00.000+02:00"),
        ("2026-03-28T02:30", 1, "days", "2026-03-29T03:30:00.000+02:00"),
        ("2026-10-25T02:30+02:00", 1, "hours", "2026-10-25T02:30:00.000+01:00"),
        ("2026-10-24T02:30", 1, "days", "2026-10-25T02:30:00.000+02:00"),
        ("2026-05-31", 1.5, "hours", "2026-05-31T01:30:00.000+02:00"),
    ],
)
def test_adding(value: str, amount: float, unit: str, expected: str) -> None:
    assert result("add", value, amount=amount, unit=unit, timezone=BERLIN) == expected
    assert result("subtract", value, amount=-amount, unit=unit, timezone=BERLIN) == expected


@pytest.mark.parametrize(
    ("first", "second", "unit", "expected"),
    [
        ("2026-03-28", "2026-03-30", "days", 2),
        ("2026-03-28", "2026-03-30", "hours", 47),
        ("2026-01-31", "2026-02-28", "months", 1),
        ("2026-01-31", "2026-02-27", "months", 0),
        ("2026-02-28", "2026-01-31", "months", -1),
        ("2020-02-29", "2026-02-28", "years", 6),
        ("2026-05-31", "2026-06-01T12:00", "days", 1.5),
        ("2026-05-31", "2026-05-30", "weeks", -0.142857),
    ],
)
def test_differences(first: str, second: str, unit: str, expected: float) -> None:
    assert result("difference", first, until=second, unit=unit, timezone=BERLIN) == expected


@pytest.mark.parametrize(
    ("unit", "start", "end"),
    [
        ("years", "2026-01-01T00:00:00.000+01:00", "2026-12-31T23:59:59.999+01:00"),
        ("quarters", "2026-01-01T00:00:00.000+01:00", "2026-03-31T23:59:59.999+02:00"),
        ("months", "2026-03-01T00:00:00.000+01:00", "2026-03-31T23:59:59.999+02:00"),
        ("weeks", "2026-03-23T00:00:00.000+01:00", "2026-03-29T23:59:59.999+02:00"),
        ("days", "2026-03-29T00:00:00.000+01:00", "2026-03-29T23:59:59.999+02:00"),
        ("hours", "2026-03-29T13:00:00.000+02:00", "2026-03-29T13:59:59.999+02:00"),
        ("seconds", "2026-03-29T13:14:15.000+02:00", "2026-03-29T13:14:15.999+02:00"),
    ],
)
def test_starts_and_ends(unit: str, start: str, end: str) -> None:
    moment = "2026-03-29T13:14:15.500"
    assert result("start_of", moment, unit=unit, timezone=BERLIN) == start
    assert result("end_of", moment, unit=unit, timezone=BERLIN) == end


@pytest.mark.parametrize(
    "params",
    [
        {"operation": "format"},
        {"operation": "add", "unit": "months", "amount": 0.5},
        {"operation": "start_of", "unit": "milliseconds"},
        {"operation": "now", "timezone": "../etc/passwd"},
        {"operation": "now", "timezone": "Mars/Olympus"},
        {"operation": "add", "amount": float("inf"), "unit": "hours"},
    ],
)
def test_params_that_are_none(params: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        run_each("core.datetime", params, Item({}))


@pytest.mark.parametrize("unit", ["years", "months", "days", "hours"])
def test_beyond_the_calendar(unit: str) -> None:
    with pytest.raises(NodeFailed, match="years 1 to 9999"):
        result("add", "2026-05-31", amount=1e12, unit=unit)


@settings(max_examples=30)
@given(MOMENTS, ZONES)
def test_what_is_written_is_read_back(moment: datetime, zone: str) -> None:
    shown = moment.astimezone(ZoneInfo(zone))
    if shown.utcoffset() != timedelta(minutes=round((shown.utcoffset() or timedelta()) / timedelta(minutes=1))):
        return  # before zones had whole minutes
    pattern = "yyyy/MM/dd HH:mm:ss.SSS ZZ"
    text = result("format", moment.isoformat(), format=pattern, timezone=zone)
    again = result("parse", text, format=pattern, timezone="UTC")
    assert datetime.fromisoformat(str(again)) == moment


@settings(max_examples=30)
@given(MOMENTS, ZONES, st.sampled_from(["years", "quarters", "months", "weeks", "days", "hours", "minutes"]))
def test_a_moment_lies_between_start_and_end(moment: datetime, zone: str, unit: str) -> None:
    start = datetime.fromisoformat(str(result("start_of", moment.isoformat(), unit=unit, timezone=zone)))
    end = datetime.fromisoformat(str(result("end_of", moment.isoformat(), unit=unit, timezone=zone)))
    # Offsets of the nineteenth and early twentieth century have seconds, which ISO texts don't show.
    assert start - timedelta(minutes=1) <= moment <= end + timedelta(minutes=1)
