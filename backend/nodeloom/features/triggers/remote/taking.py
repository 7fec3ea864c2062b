"""Operations of the writer: what services told becomes events and runs, in one transaction with its cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, select

from nodeloom.adapters import clock
from nodeloom.features.triggers.accept import TakenIn, take_in
from nodeloom.features.triggers.live import LiveTrigger, LiveTriggers
from nodeloom.features.triggers.models import REGISTRATIONS
from nodeloom.features.triggers.remote.leases import release
from nodeloom.features.triggers.remote.occurrences import Packed, arrivals

_R = REGISTRATIONS.c


Whose: TypeAlias = tuple[LiveTrigger, str]
"""The trigger that something is for, and its type."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a service that was asked told; `values` (the cursor, when to ask again) are written with the events."""

    registration_id: str
    workspace_id: str
    fence: int
    values: Mapping[str, Any]
    seen: Sequence[Packed]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in at a door for one registration, or for a `draft` that is listened to."""

    registration_id: str
    workspace_id: str
    seen: Sequence[Packed]
    draft: Whose | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """How many events are new; `runs`, `awaited`: whether there is something for a worker, or for one that drives."""

    events: int = 0
    runs: bool = False
    awaited: bool = False


_NOTHING = Taken()


class Taking:
    """For the thread of a writer."""

    def __init__(self, live: LiveTriggers) -> None:
        self._live = live

    def answered(self, connection: Connection, answers: Sequence[Answered]) -> Sequence[Taken | None]:
        """None: somebody else holds the registration by now, or it is gone. Nothing was stored then."""
        return [self._answered(connection, answer) for answer in answers]

    def heard(self, connection: Connection, groups: Sequence[Sequence[Heard]]) -> Sequence[Taken]:
        """All that one call told, for whomever."""
        return [self._heard(connection, group) for group in groups]

    def _answered(self, connection: Connection, answer: Answered) -> Taken | None:
        if not release(connection, answer.registration_id, answer.fence, answer.values):
            return None
        if not answer.seen:
            return _NOTHING
        return self._take(connection, [(self._trigger(connection, answer), answer.seen)])

    def _heard(self, connection: Connection, group: Sequence[Heard]) -> Taken:
        return self._take(connection, [(one.draft or self._trigger(connection, one), one.seen) for one in group])

    def _take(self, connection: Connection, told: Sequence[tuple[Whose | None, Sequence[Packed]]]) -> Taken:
        now = clock.now()
        everything = [arrival for whose, seen in told if whose is not None for arrival in arrivals(*whose, seen, now)]
        if not everything:
            return _NOTHING
        outcomes = take_in(connection, everything)
        fresh = [one for one, outcome in zip(everything, outcomes, strict=True) if isinstance(outcome, TakenIn)]
        return Taken(
            len(fresh), any(one.run is not None for one in fresh), any(one.awaited is not None for one in fresh)
        )

    def _trigger(self, connection: Connection, told: Answered | Heard) -> Whose | None:
        """The trigger as the live version has it; None if it is no longer wanted."""
        named = {"workspace": told.workspace_id, "id": told.registration_id}
        row = connection.execute(_OF, named).one_or_none()
        if row is None or row.subscription_id is None:
            return None
        trigger = self._live.of_subscription(connection, told.workspace_id, row.subscription_id)
        return None if trigger is None else (trigger, row.type)


_OF = select(_R.subscription_id, _R.type).where(_R.workspace_id == bindparam("workspace"), _R.id == bindparam("id"))
