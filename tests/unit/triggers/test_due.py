from datetime import UTC, datetime, timedelta

from nodeloom.features.triggers.due import MOST_AT_ONCE, CatchUp, Due, decide
from nodeloom.features.triggers.timetable import in_words, timing_of, upcoming

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def every(seconds: int, late_s: float, catch_up: CatchUp) -> Due:
    return decide(upcoming(timing_of({"every_s": seconds}, "UTC")), START, at(late_s), catch_up)


def test_on_time_the_due_time_fires_and_the_next_one_is_kept() -> None:
    for catch_up in ("skip", "latest", "all"):
        assert every(60, 0.2, catch_up) == Due((START,), at(60))


def test_all_fires_every_missed_time_in_order() -> None:
    assert every(2, 7, "all") == Due((START, at(2), at(4), at(6)), at(8))


def test_all_goes_on_where_it_stopped_after_as_many_as_fit_at_once() -> None:
    first = every(2, 1000, "all")
    assert len(first.fire) == MOST_AT_ONCE
    assert first.next_due_at == at(2 * MOST_AT_ONCE)


def test_latest_fires_the_last_missed_time_alone() -> None:
    assert every(60, 3601, "latest") == Due((at(3600),), at(3660))


def test_skip_fires_nothing_older_than_its_grace() -> None:
    assert every(43_200, 61, "skip") == Due((), at(43_200))
    assert every(43_200, 59, "skip") == Due((START,), at(43_200))


def test_skip_still_fires_the_current_time_of_a_quick_schedule() -> None:
    assert every(2, 31, "skip") == Due((at(30),), at(32))


def test_a_second_by_second_schedule_is_not_walked_through_for_a_year() -> None:
    year = 365 * 86_400
    assert every(1, year, "latest") == Due((at(year),), at(year + 1))


def test_a_schedule_that_ends_has_no_next_time() -> None:
    once = decide(lambda _: iter(()), START, at(1), "latest")
    assert once == Due((START,), None)


def test_half_past_two_in_berlin_fires_once_on_both_changeover_days() -> None:
    timing = timing_of({"cron": "30 2 * * *", "timezone": "Europe/Berlin"}, "UTC")
    spring = decide(
        upcoming(timing), datetime(2026, 3, 28, 1, 30, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC), "all"
    )
    assert [moment.isoformat() for moment in spring.fire] == [
        "2026-03-28T01:30:00+00:00",
        "2026-03-29T01:00:00+00:00",
        "2026-03-30T00:30:00+00:00",
    ]
    autumn = decide(
        upcoming(timing), datetime(2026, 10, 24, 0, 30, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC), "all"
    )
    assert [moment.isoformat() for moment in autumn.fire] == [
        "2026-10-24T00:30:00+00:00",
        "2026-10-25T00:30:00+00:00",
        "2026-10-26T01:30:00+00:00",
    ]


def test_a_schedule_without_a_zone_takes_the_workflows() -> None:
    assert timing_of({"cron": "0 9 * * *"}, "Europe/Berlin").timezone == "Europe/Berlin"


def test_schedules_are_said_in_words() -> None:
    assert in_words(timing_of({"every_s": 300}, "UTC")) == "Every 5 minutes"
    assert in_words(timing_of({"every_s": 90}, "UTC")) == "Every 90 seconds"
    assert in_words(timing_of({"cron": "0 9 * * 1-5"}, "Europe/Berlin")) == (
        "At 09:00 on Monday through Friday (Europe/Berlin)"
    )
    assert in_words(timing_of({"cron": "@daily"}, "UTC")) == "Daily (UTC)"
