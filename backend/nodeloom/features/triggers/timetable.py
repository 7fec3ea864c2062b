"""When a schedule is due, from the parameters of its node."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim

from nodeloom.features.triggers.due import Upcoming
from nodeloom.nodes.schedule import ScheduleParams, next_times

SCHEDULE = "core.schedule"

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def timing_of(params: Mapping[str, Any], timezone: str) -> ScheduleParams:
    """`timezone` is the workflow's, for a schedule that names none."""
    return ScheduleParams.model_validate({**params, "timezone": params.get("timezone") or timezone})


def first_due(timing: ScheduleParams, now: datetime) -> datetime | None:
    return next(iter(next_times(timing, now, 1)), None)


def upcoming(timing: ScheduleParams) -> Upcoming:
    def after(moment: datetime) -> Iterator[datetime]:
        # Mostly one or two are asked for; a long absence asks for many.
        for round_ in count(1):
            wanted = min(2**round_, 256)
            moments = next_times(timing, moment, wanted)
            yield from moments
            if len(moments) < wanted:
                return
            moment = moments[-1]

    return after


def in_words(timing: ScheduleParams) -> str:
    """The schedule as a person would say it, such as “At 09:00 on Monday through Friday (Europe/Berlin)”."""
    if timing.every_s is not None:
        size, unit = next((size, unit) for size, unit in _UNITS if timing.every_s % size == 0)
        number = timing.every_s // size
        return f"Every {unit}" if number == 1 else f"Every {number} {unit}s"
    assert timing.cron is not None  # ScheduleParams holds one of the two
    if timing.cron.strip().startswith("@"):
        said = timing.cron.strip()[1:].capitalize()
    else:
        said = CronSim(timing.cron, datetime(2000, 1, 1, tzinfo=ZoneInfo(timing.timezone))).explain()
    return f"{said} ({timing.timezone})"
