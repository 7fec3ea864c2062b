"""What is wanted at services, written in the transaction that wants it. Nothing here asks a service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.domain_events import on
from nodeloom.adapters.ids import new_id
from nodeloom.features.connections.events import ConnectionBroken, ConnectionRenewed
from nodeloom.features.triggers.models import REGISTRATIONS

_R = REGISTRATIONS.c
_NOT_AT_THE_SERVICE = or_(_R.kind != "hook", _R.sealed.is_(None))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A connector's trigger of the version that goes live; `params` are checked, with their defaults."""

    subscription_id: str
    node_id: str
    connector: str
    type: str
    kind: str
    connection_id: str | None
    params: dict[str, Any]

    def keeps(self, row: Any) -> bool:
        """Whether what an earlier version had serves this one too."""
        return (row.node_id, row.type, row.kind, row.connection_id, row.params) == (
            self.node_id,
            self.type,
            self.kind,
            self.connection_id,
            self.params,
        )


def follow_connections() -> None:
    """To be called by every process in which a connection may break or be renewed."""
    on(ConnectionBroken, pause)
    on(ConnectionRenewed, resume)


async def want(
    session: AsyncSession, workspace_id: str, workflow_id: str, wanted: Sequence[Wanted], now: datetime
) -> None:
    """Exactly these from now on: what did not change keeps its cursor and its registration, the rest is not wanted."""
    here = _of(workspace_id, workflow_id)
    before = (await session.execute(select(REGISTRATIONS).where(here, _R.status != "unwanted"))).all()
    kept: set[str] = set()
    for trigger in wanted:
        old = next((row for row in before if trigger.keeps(row)), None)
        if old is None:
            await session.execute(REGISTRATIONS.insert().values(_row(workspace_id, workflow_id, trigger, now)))
            continue
        kept.add(old.id)
        await session.execute(update(REGISTRATIONS).where(_R.id == old.id).values(_carried_on(trigger, old, now)))
    await _drop(session, here & _R.id.in_([row.id for row in before if row.id not in kept]), now)


async def unwant(session: AsyncSession, workspace_id: str, workflow_id: str, now: datetime) -> None:
    """The workflow listens no more."""
    await _drop(session, _of(workspace_id, workflow_id) & (_R.status != "unwanted"), now)


async def look_again(session: AsyncSession, workspace_id: str, workflow_id: str, node_id: str) -> bool:
    """What keeps the trigger from listening may be mended: it is tried now; False if there is no such trigger."""
    which = _of(workspace_id, workflow_id) & (_R.node_id == node_id) & (_R.status != "unwanted")
    found = await session.execute(select(_R.id).where(which))
    stopped = _R.status.in_(("broken", "paused"))
    values = {"status": "wanted", "attempts": 0, "due_at": clock.now()}
    await session.execute(update(REGISTRATIONS).where(which, stopped).values(values))
    return found.first() is not None


async def pause(session: AsyncSession, event: ConnectionBroken) -> None:
    """What needs the account waits until it is connected again."""
    values = {
        "status": "paused",
        "detail": "The service no longer takes the account.",
        "hint": "Connect the account again: the trigger goes on from where it was.",
        "due_at": None,
    }
    listening = _R.status.in_(("wanted", "live", "broken"))
    await session.execute(update(REGISTRATIONS).where(_by(event), listening).values(values))


async def resume(session: AsyncSession, event: ConnectionRenewed) -> None:
    """The account works again: everything that needs it is looked at anew.

    Whoever is at it still uses the old account: what they find no longer counts, so their fence is passed.
    """
    status = case((_R.status.in_(("paused", "broken")), "wanted"), else_=_R.status)
    values = {"status": status, "detail": "", "hint": "", "attempts": 0, "due_at": clock.now(), "lease_until": None}
    await session.execute(update(REGISTRATIONS).where(_by(event)).values(fence=_R.fence + 1, **values))


async def _drop(session: AsyncSession, which: ColumnElement[bool], now: datetime) -> None:
    await session.execute(delete(REGISTRATIONS).where(which, _NOT_AT_THE_SERVICE))
    values = {"status": "unwanted", "subscription_id": None, "attempts": 0, "due_at": now}
    await session.execute(update(REGISTRATIONS).where(which).values(values))


def _of(workspace_id: str, workflow_id: str) -> ColumnElement[bool]:
    return (_R.workspace_id == workspace_id) & (_R.workflow_id == workflow_id)


def _by(event: ConnectionBroken | ConnectionRenewed) -> ColumnElement[bool]:
    return (_R.workspace_id == event.workspace_id) & (_R.connection_id == event.connection_id)


def _carried_on(trigger: Wanted, old: Any, now: datetime) -> dict[str, Any]:
    """Publishing is a person's word that it should work now: what did not is tried again."""
    values: dict[str, Any] = {"subscription_id": trigger.subscription_id}
    if old.status in ("broken", "paused"):
        values |= {"status": "wanted", "detail": "", "hint": "", "attempts": 0, "due_at": now}
    return values


def _row(workspace_id: str, workflow_id: str, trigger: Wanted, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id("reg"),
        "workspace_id": workspace_id,
        "workflow_id": workflow_id,
        "node_id": trigger.node_id,
        "subscription_id": trigger.subscription_id,
        "connector": trigger.connector,
        "type": trigger.type,
        "kind": trigger.kind,
        "connection_id": trigger.connection_id,
        "params": trigger.params,
        "status": "wanted",
        "due_at": now,
        "created_at": now,
    }
