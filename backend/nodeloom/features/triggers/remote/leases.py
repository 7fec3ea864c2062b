"""Who does what is due: one holder at a time, known by a fence, so that whoever comes too late changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, and_, case, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.features.accounts.notify import Notice, notify
from nodeloom.features.triggers.failures import Failures, TriggerFailed
from nodeloom.features.triggers.models import REGISTRATIONS, SUBSCRIPTIONS
from nodeloom.features.workflows.models import WORKFLOWS

_R = REGISTRATIONS.c
_LOOKED_AT = 200
_OF_ONE_CONNECTION = 4


@dataclass(frozen=True, slots=True)
class Held:
    """A registration that this process may act on until the lease ends."""

    row: Any
    fence: int

    @property
    def id(self) -> str:
        return self.row.id


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of it; `gone`: nothing is left of it at the service. `broke` tells people, once, and why."""

    id: str
    fence: int
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    gone: bool = False
    broke: bool = False


async def claim(db: Database, now: datetime, lease: timedelta, free: int, busy: Mapping[str, int]) -> list[Held]:
    """Up to `free` of those that are due, the longest first; `busy` counts those in hand by connection.

    One account has a few at a time, so that a slow service leaves room for the others.
    """
    async with db.read() as session:
        due = (await session.execute(_due(now))).all()
    chosen = _fairly(due, free, busy)
    if not chosen:
        return []
    async with db.transaction() as session:
        return [Held(row, row.fence + 1) for row in chosen if await _taken(session, row, now, lease)]


async def _taken(session: AsyncSession, row: Any, now: datetime, lease: timedelta) -> bool:
    """Not if somebody was faster."""
    mine = (_R.id == row.id, _R.fence == row.fence, _R.due_at <= now)
    change = update(REGISTRATIONS).where(*mine).values(fence=row.fence + 1, lease_until=clock.now() + lease)
    return _count(await session.execute(change)) == 1


async def next_due_at(db: Database) -> datetime | None:
    """When there is something to do again, as far as nobody holds it."""
    free = or_(_R.lease_until.is_(None), _R.lease_until <= clock.now())
    async with db.read() as session:
        query = select(_R.due_at).where(_R.due_at.is_not(None), free).order_by(_R.due_at).limit(1)
        return await session.scalar(query)


async def keep(session: AsyncSession, held: Held, **values: Any) -> bool:
    """Write something down before acting on it; False if somebody else holds it by now."""
    change = update(REGISTRATIONS).where(_R.id == held.id, _R.fence == held.fence).values(**values)
    return cast("CursorResult[Any]", await session.execute(change)).rowcount == 1


@dataclass(frozen=True, slots=True)
class Settling:
    """`settle` is an operation of the writer."""

    failures: Failures

    def settle(self, connection: Connection, all_settled: Sequence[Settled]) -> Sequence[bool]:
        return [self._settle(connection, settled) for settled in all_settled]

    def _settle(self, connection: Connection, settled: Settled) -> bool:
        mine = and_(_R.id == settled.id, _R.fence == settled.fence)
        if settled.gone:
            return _count(connection.execute(REGISTRATIONS.delete().where(mine))) == 1
        if not release(connection, settled.id, settled.fence, settled.values):
            return False
        if settled.broke:
            self._tell(connection, settled)
        return True

    def _tell(self, connection: Connection, settled: Settled) -> None:
        query = (
            select(REGISTRATIONS, WORKFLOWS.c.name, SUBSCRIPTIONS.c.version)
            .join(WORKFLOWS, WORKFLOWS.c.id == _R.workflow_id)
            .join(SUBSCRIPTIONS, SUBSCRIPTIONS.c.id == _R.subscription_id)
            .where(_R.id == settled.id)
        )
        row = connection.execute(query).one_or_none()
        if row is None:
            # Taken down meanwhile: nobody misses it.
            return
        title = f"A trigger of “{row.name}” does not listen"
        link = f"/workflows/{row.workflow_id}?node={row.node_id}"
        notify(connection, Notice(row.workspace_id, "trigger_broken", row.workflow_id, title, row.detail, link))
        failed = TriggerFailed(
            workspace_id=row.workspace_id,
            workflow_id=row.workflow_id,
            workflow_name=row.name,
            version=row.version,
            node_id=row.node_id,
            kind=row.type,
            event_id=None,
            run_id=None,
            error={"code": "trigger_broken", "message": row.detail, "hint": row.hint},
            at=clock.now(),
        )
        self.failures.of_triggers(connection, [failed])


def release(connection: Connection, id_: str, fence: int, values: Mapping[str, Any]) -> bool:
    """Write down what was found and give the lease back. What was taken down meanwhile stays taken down."""
    unwanted = _R.status == "unwanted"
    kept = dict(values)
    for name, stays in (("status", "unwanted"), ("due_at", clock.now())):
        if name in kept:
            kept[name] = case((unwanted, literal(stays, _R[name].type)), else_=literal(kept[name], _R[name].type))
    change = update(REGISTRATIONS).where(_R.id == id_, _R.fence == fence).values(**kept, lease_until=None)
    return _count(connection.execute(change)) == 1


def _count(result: Any) -> int:
    return cast("CursorResult[Any]", result).rowcount


def _due(now: datetime) -> Any:
    free = or_(_R.lease_until.is_(None), _R.lease_until <= now)
    return select(REGISTRATIONS).where(_R.due_at <= now, free).order_by(_R.due_at).limit(_LOOKED_AT)


def _fairly(due: Collection[Any], free: int, busy: Mapping[str, int]) -> list[Any]:
    counts = dict(busy)
    chosen: list[Any] = []
    for row in due:
        whose = row.connection_id or row.connector
        if len(chosen) < free and counts.get(whose, 0) < _OF_ONE_CONNECTION:
            counts[whose] = counts.get(whose, 0) + 1
            chosen.append(row)
    return chosen
