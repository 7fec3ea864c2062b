"""core.schedule: when it fires. Pure: the scheduler asks for the next times and keeps them."""

import math
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, model_validator

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.nodes.node_type import NodeType
from nodeloom.nodes.params import Params, hints
from nodeloom.nodes.timezone import ZoneName

_ALIASES: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_YEAR_S: Final = 366 * 24 * 3600
_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)


def _cron(text: str) -> str:
    try:
        CronSim(_expanded(text), _ANY_TIME)
    except CronSimError as error:
        raise ValueError(
            f"“{text}” is no cron expression ({str(error).lower()}): it has five fields, minute, hour, day, month and"
            " weekday, or six with seconds first, or is one of @hourly, @daily, @weekly, @monthly, @yearly"
        ) from None
    return text


def _expanded(text: str) -> str:
    return _ALIASES.get(text.strip().lower(), text)


class ScheduleParams(Params):
    cron: Annotated[str, AfterValidator(_cron)] | None = Field(
        default=None,
        title="Cron expression",
        description="Minute, hour, day, month, weekday; six fields begin with seconds. Give this or an interval.",
        examples=["0 9 * * 1-5", "@daily"],
        json_schema_extra=hints("cron"),
    )
    every_s: int | None = Field(
        default=None,
        title="Every (seconds)",
        description="An interval, counted from 1 January 1970 so that it doesn't drift.",
        ge=1,
        le=_YEAR_S,
        examples=[300],
        json_schema_extra=hints("duration"),
    )
    timezone: ZoneName = Field(
        default="UTC",
        title="Time zone",
        description="In which the cron expression is read.",
        examples=["Europe/Berlin"],
    )
    catch_up: Literal["skip", "latest", "all"] = Field(
        default="skip",
        title="Missed times",
        description="What happens to times that passed while nothing was running.",
        json_schema_extra=hints(
            advanced=True, labels={"skip": "Skip them", "latest": "Run once", "all": "Run for each of them"}
        ),
    )
    overlap: Literal["allow", "skip", "queue"] = Field(
        default="allow",
        title="While a run is on",
        description="What happens when the next time comes before the last run has ended.",
        json_schema_extra=hints(
            advanced=True, labels={"allow": "Run beside it", "skip": "Skip this time", "queue": "Run after it"}
        ),
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> "ScheduleParams":
        if (self.cron is None) is (self.every_s is None):
            raise ValueError("give a cron expression or an interval, one of the two")
        return self


def next_times(params: ScheduleParams, after: datetime, count: int) -> list[datetime]:
    """The next times after (not at) that moment, in UTC; fewer if the expression has no more."""
    if params.every_s is not None:
        first = math.floor(after.timestamp() / params.every_s) + 1
        return [datetime.fromtimestamp((first + n) * params.every_s, UTC) for n in range(count)]
    assert params.cron is not None
    return list(islice(_times(_expanded(params.cron), ZoneInfo(params.timezone), after), count))


def _times(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Jobs at fixed hours run once a day, whatever the clocks do; those with `*` in minute or hour follow the clock."""
    fields = cron.split()
    minute, hour = fields[-5], fields[-4]
    if minute.startswith("*") or hour.startswith("*"):
        yield from (time.astimezone(UTC) for time in CronSim(cron, after.astimezone(zone)))
        return
    last = after
    # A day back: the wall clock may have been set back since the last time, which then stands later on it.
    for wall in CronSim(cron, after.astimezone(zone).replace(tzinfo=None) - timedelta(days=1)):
        time = _instant(wall, zone)
        if time > last:
            last = time
            yield time


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment the wall clock shows it: the first of two in autumn, the end of the gap in spring."""
    earlier = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if earlier.astimezone(zone).replace(tzinfo=None) == wall:
        return earlier
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    old_offset = before.astimezone(zone).utcoffset()
    seconds = range(int((earlier - before).total_seconds()) + 1)
    changed = bisect_left(
        seconds, 1, key=lambda s: int((before + timedelta(seconds=s)).astimezone(zone).utcoffset() != old_offset)
    )
    return before + timedelta(seconds=changed)


SCHEDULE = NodeType(
    NodeSpec("core.schedule", "Schedule", ScheduleParams, trigger=True, inputs=(), can_fail=False),
    description="Starts a run at set times or intervals.",
    group="trigger",
    icon="calendar-clock",
    run=None,
    aliases=("cron", "timer", "interval", "every", "daily", "hourly", "clock"),
    summary="{cron} | Every {every_s} s",
)
