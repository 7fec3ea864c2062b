"""Which due times of a schedule fire now, and when it is due next. Pure: the time is an argument."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal, TypeAlias

CatchUp: TypeAlias = Literal["skip", "latest", "all"]
Upcoming: TypeAlias = Callable[[datetime], Iterator[datetime]]
"""The due times after a moment, in order, without end (or ending where the schedule does)."""

MOST_AT_ONCE = 100

_SHORTEST_GRACE = timedelta(seconds=5)
_LONGEST_GRACE = timedelta(seconds=60)
# How far back the last due time is looked for, nearest first: a second-by-second schedule must not be walked
# through for the months that an installation was off.
_LOOK_BACK = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=2), timedelta(days=62), timedelta(days=800))


@dataclass(frozen=True)
class Due:
    fire: tuple[datetime, ...]
    next_due_at: datetime | None


def decide(upcoming: Upcoming, due_at: datetime, now: datetime, catch_up: CatchUp) -> Due:
    """`due_at` is the stored due time, at or before `now`.

    `all` fires every time since, `latest` the last one, `skip` the last one if it is no older than a grace: half the
    time to the next one, at least 5 s and at most 60 s. The grace tells a busy scheduler from one that was off.
    """
    if catch_up == "all":
        missed = [due_at, *takewhile(lambda moment: moment <= now, _limited(upcoming(due_at), MOST_AT_ONCE))]
        fire = tuple(missed[:MOST_AT_ONCE])
        return Due(fire, next(upcoming(fire[-1]), None))
    last = _last(upcoming, due_at, now)
    following = next(upcoming(last), None)
    if catch_up == "skip" and now - last > _grace(last, following):
        return Due((), following)
    return Due((last,), following)


def _last(upcoming: Upcoming, due_at: datetime, now: datetime) -> datetime:
    for back in _LOOK_BACK:
        if now - back <= due_at:
            break
        moments = list(takewhile(lambda moment: moment <= now, upcoming(now - back)))
        if moments:
            return moments[-1]
    return [due_at, *takewhile(lambda moment: moment <= now, upcoming(due_at))][-1]


def _grace(last: datetime, following: datetime | None) -> timedelta:
    if following is None:
        return _LONGEST_GRACE
    return min(max((following - last) / 2, _SHORTEST_GRACE), _LONGEST_GRACE)


def _limited(moments: Iterator[datetime], count: int) -> Iterator[datetime]:
    for _, moment in zip(range(count), moments, strict=False):
        yield moment
