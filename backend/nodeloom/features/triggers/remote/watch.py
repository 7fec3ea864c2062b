"""Does what is due about registrations, in any number of schedulers: a lease for each keeps them apart."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.adapters.queue import Bell
from nodeloom.features.triggers.remote.leases import Held, Settled, Settling, claim, next_due_at
from nodeloom.features.triggers.remote.reach import SET_IT, only_here, unreachable
from nodeloom.features.triggers.remote.services import ASKED_AT_MOST_S, NotHeld, NotYet, Services
from nodeloom.features.triggers.remote.taking import Answered, Taking
from nodeloom.features.triggers.remote.troubles import Trouble, settled, trouble

log = structlog.stdlib.get_logger(__name__)

_AT_ONCE = 16
# Longer than a call and the writing down of what it gave.
_LEASE = timedelta(seconds=ASKED_AT_MOST_S + 30)
_LONGEST_PAUSE_S = 1.0
_SHORTEST_PAUSE_S = 0.02


@dataclass(slots=True)
class Watch:
    """Registers what is wanted, takes down what is not, asks those that must be asked."""

    db: Database
    bell: Bell
    services: Services
    settling: Settling
    taking: Taking
    lease: timedelta = _LEASE
    _going_on: dict[asyncio.Task[None], Held] = field(default_factory=dict[asyncio.Task[None], Held])

    async def work_due(self, now: datetime) -> int:
        """Everything that is due at `now`, once; how many there were."""
        held = await claim(self.db, now, self.lease, _AT_ONCE, {})
        await asyncio.gather(*(self._do(one) for one in held))
        return len(held)

    async def work_for_ever(self) -> None:
        """Looks at least once a second: any process may publish at any time."""
        while True:
            pause = _LONGEST_PAUSE_S
            try:
                began = await self._begin_due()
                due_at = await next_due_at(self.db)
                if due_at is not None and (began or due_at > clock.now()):
                    pause = min(pause, max((due_at - clock.now()).total_seconds(), _SHORTEST_PAUSE_S))
            except (DatabaseUnavailable, SQLAlchemyError, OSError) as failure:
                log.warning("triggers not looked at", reason=str(getattr(failure, "orig", failure)))
            await self._wait(pause)

    async def _wait(self, seconds: float) -> None:
        """Or until there is room for another: what is due may have to wait for that."""
        if self._going_on:
            await asyncio.wait(self._going_on, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(seconds)

    async def close(self) -> None:
        """Gives back what is in hand, so that nobody has to wait for the end of its lease."""
        held = list(self._going_on.values())
        for task in list(self._going_on):
            task.cancel()
        await asyncio.gather(*self._going_on, return_exceptions=True)
        for one in held:
            await self.db.writer.call(self.settling.settle, Settled(one.id, one.fence))

    async def _begin_due(self) -> int:
        """How many were begun."""
        free = _AT_ONCE - len(self._going_on)
        if free <= 0:
            return 0
        busy = Counter(held.row.connection_id or held.row.connector for held in self._going_on.values())
        claimed = await claim(self.db, clock.now(), self.lease, free, busy)
        for held in claimed:
            task = asyncio.create_task(self._do(held))
            self._going_on[task] = held
            task.add_done_callback(lambda done: self._going_on.pop(done, None))
        return len(claimed)

    async def _do(self, held: Held) -> None:
        """Never fails: what could not be written down is done again when the lease is over."""
        try:
            await self._asked(held)
        except NotHeld:
            return
        except (DatabaseUnavailable, SQLAlchemyError, OSError) as failure:
            reason = str(getattr(failure, "orig", failure))
            log.warning("what became of a trigger is not stored", registration_id=held.id, reason=reason)

    async def _asked(self, held: Held) -> None:
        try:
            result = await self.services.ask(held)
        except (NotHeld, DatabaseUnavailable, SQLAlchemyError):
            raise
        except NotYet as full:
            result = Settled(held.id, held.fence, {"due_at": clock.now() + timedelta(seconds=full.wait_s)})
        except Exception as failure:  # noqa: BLE001  every way in which a call can end is sorted here
            met = self._trouble(held, failure)
            result = settled(held.row, held.fence, met, clock.now())
        if not isinstance(result, Answered):
            await self.db.writer.call(self.settling.settle, result)
            return
        taken = await self.db.writer.call(self.taking.answered, result)
        if taken is not None and (taken.runs or taken.awaited):
            self.bell.ring_soon()
        if taken is not None and taken.awaited:
            await self.bell.signal()

    def _trouble(self, held: Held, failure: Exception) -> Trouble:
        row = held.row
        found = self.services.catalog.trigger(row.type)
        met = trouble(failure, found[0].title if found is not None else row.type, ASKED_AT_MOST_S)
        fields = {"registration_id": row.id, "workflow_id": row.workflow_id, "type": row.type}
        if met.kind == "refused" and met.detail.endswith(f"{type(failure).__name__}."):
            log.error("a trigger broke", **fields, exc_info=failure)
        else:
            log.warning("a trigger met trouble", **fields, reason=met.detail)
        if row.kind == "hook" and met.kind == "refused" and only_here(self.services.public_url):
            return Trouble("refused", f"{met.detail} {unreachable(self.services.public_url)}", SET_IT)
        return met
