from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nodeloom.nodes.schedule import ScheduleParams, next_times

BERLIN = ZoneInfo("Europe/Berlin")


def moments(first: str, last: str) -> st.SearchStrategy[datetime]:
    begin, end = (int(datetime.fromisoformat(f"{day}T00:00Z").timestamp()) for day in (first, last))
    return st.integers(begin, end).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def local_times(cron: str, after: datetime, count: int, zone: str = "Europe/Berlin") -> list[str]:
    params = ScheduleParams(cron=cron, timezone=zone)
    return [time.astimezone(ZoneInfo(zone)).isoformat() for time in next_times(params, after, count)]


@pytest.mark.parametrize("cron", ["30 2 * * *", "0 30 2 * * *"])
def test_a_time_that_spring_skips_fires_when_the_gap_ends(cron: str) -> None:
    assert local_times(cron, datetime(2026, 3, 28, 12, tzinfo=UTC), 2) == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:30:00+02:00",
    ]


@pytest.mark.parametrize("cron", ["30 2 * * *", "0 30 2 * * *"])
def test_a_time_that_comes_twice_in_autumn_fires_once(cron: str) -> None:
    expected = ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]
    assert local_times(cron, datetime(2026, 10, 24, 12, tzinfo=UTC), 2) == expected
    for minutes in (30, 45, 60, 75, 90, 105):
        # From the first 02:30 on, through the repeated hour: the next one is tomorrow's.
        after = datetime(2026, 10, 25, 0, tzinfo=UTC) + timedelta(minutes=minutes)
        assert local_times(cron, after, 1) == expected[1:]


def test_times_in_the_gap_fire_together_once() -> None:
    assert local_times("0,30 2 * * *", datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 2) == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:00:00+02:00",
    ]


def test_the_clock_may_change_at_midnight() -> None:
    assert local_times("0 0 * * *", datetime(2018, 11, 3, 12, tzinfo=UTC), 1, "America/Sao_Paulo") == [
        "2018-11-04T01:00:00-02:00"
    ]


def test_every_half_hour_follows_the_clock() -> None:
    times = next_times(
        ScheduleParams(cron="*/30 * * * *", timezone="Europe/Berlin"), datetime(2026, 10, 25, tzinfo=UTC), 6
    )
    assert [time - times[0] for time in times] == [timedelta(minutes=30 * n) for n in range(6)]


@pytest.mark.parametrize(
    ("cron", "first"),
    [
        ("@hourly", "2026-01-01T01:00:00+00:00"),
        ("@daily", "2026-01-02T00:00:00+00:00"),
        ("@weekly", "2026-01-04T00:00:00+00:00"),
        ("@monthly", "2026-02-01T00:00:00+00:00"),
        ("@yearly", "2027-01-01T00:00:00+00:00"),
        ("*/10 * * * * *", "2026-01-01T00:00:10+00:00"),
        ("0 9 * * MON-FRI", "2026-01-01T09:00:00+00:00"),
        ("0 12 29 2 *", "2028-02-29T12:00:00+00:00"),
        ("0 12 L * *", "2026-01-31T12:00:00+00:00"),
    ],
)
def test_cron(cron: str, first: str) -> None:
    assert local_times(cron, datetime(2026, 1, 1, tzinfo=UTC), 1, "UTC") == [first]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "one of the two"),
        ({"cron": "* * * * *", "every_s": 5}, "one of the two"),
        ({"cron": "61 * * * *"}, "no cron expression"),
        ({"cron": "* * *"}, "five fields"),
        ({"cron": "0 0 31 2 *"}, "no cron expression"),
        ({"cron": "@often"}, "@hourly"),
        ({"every_s": 0}, "greater than or equal to 1"),
        ({"every_s": 5, "timezone": "Mars/Base"}, "no time zone"),
        ({"every_s": 5, "timezone": "../etc/passwd"}, "no time zone"),
    ],
)
def test_what_is_no_schedule(params: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ScheduleParams.model_validate(params)


@given(st.integers(1, 100_000), moments("1980-01-01", "2100-01-01"))
def test_intervals_stand_on_the_epoch(every_s: int, after: datetime) -> None:
    times = next_times(ScheduleParams(every_s=every_s), after, 3)
    assert [int(time.timestamp()) % every_s for time in times] == [0, 0, 0]
    assert timedelta(0) < times[0] - after <= timedelta(seconds=every_s)


@given(moments("2026-01-01", "2027-12-01"), st.integers(0, 23), st.integers(0, 59))
def test_a_daily_time_fires_once_each_day(after: datetime, hour: int, minute: int) -> None:
    params = ScheduleParams(cron=f"{minute} {hour} * * *", timezone="Europe/Berlin")
    times = next_times(params, after, 5)
    days = [time.astimezone(BERLIN).date() for time in times]
    assert days == [days[0] + timedelta(days=n) for n in range(5)]
    assert times[0] > after


@given(moments("2026-10-24", "2026-10-26"), st.sampled_from(["30 2 * * *", "*/20 * * * *"]))
def test_going_on_from_a_time_gives_the_same_times(after: datetime, cron: str) -> None:
    params = ScheduleParams(cron=cron, timezone="Europe/Berlin")
    times = next_times(params, after, 4)
    assert next_times(params, times[0], 3) == times[1:]
