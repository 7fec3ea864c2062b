"""Triggers of drafts that are listened to, where the service has to be asked: often, and from memory.

Nothing of it is kept: a scheduler that ends forgets from where it asked, and whoever listens sees the next thing.
"""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import JsonValue
from sqlalchemy.exc import SQLAlchemyError

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.adapters.queue import Bell
from nodeloom.features.triggers.remote.drafts import Listener, listening_drafts
from nodeloom.features.triggers.remote.services import Services
from nodeloom.features.triggers.remote.taking import Heard, Taking
from nodeloom_connectors.sdk import PollTrigger

log = structlog.stdlib.get_logger(__name__)

_EVERY = timedelta(seconds=5)
_AT_MOST_S = 20.0
_LOOKED_AT_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class _Asked:
    """As a registration has it; `id` is in whose name the service is asked."""

    id: str
    workspace_id: str
    workflow_id: str
    node_id: str
    connection_id: str | None
    params: Any
    cursor: JsonValue
    due_at: datetime


@dataclass(slots=True)
class Trials:
    db: Database
    bell: Bell
    services: Services
    taking: Taking
    _asked: dict[str, _Asked] = field(default_factory=dict[str, _Asked])

    async def work_due(self, now: datetime) -> int:
        """How many services were asked."""
        async with self.db.read() as session:
            listeners = await listening_drafts(session, self.services.catalog, "poll")
        known = {one.id: (listener, one) for listener in listeners if (one := self._of(listener, now)) is not None}
        self._asked = {id_: one for id_, (_, one) in known.items()}
        due = [(listener, one) for listener, one in known.values() if one.due_at <= now]
        await asyncio.gather(*(self._ask(listener, one, now) for listener, one in due))
        return len(due)

    async def work_for_ever(self) -> None:
        while True:
            try:
                await self.work_due(clock.now())
            except (DatabaseUnavailable, SQLAlchemyError, OSError) as failure:
                log.warning("drafts not looked at", reason=str(getattr(failure, "orig", failure)))
            await asyncio.sleep(_LOOKED_AT_EVERY_S)

    def _of(self, listener: Listener, now: datetime) -> _Asked | None:
        """What is known of it from before, unless its params or its account are others now."""
        draft, (workspace_id, connection_id) = listener.draft, listener.account
        if draft is None:
            return None
        fresh = _Asked(
            f"draft/{draft.workflow_id}/{draft.node_id}",
            workspace_id,
            draft.workflow_id,
            draft.node_id,
            connection_id,
            dict(listener.params),
            None,
            now,
        )
        before = self._asked.get(fresh.id)
        same = before is not None and (before.params, before.connection_id) == (fresh.params, fresh.connection_id)
        return before if same else fresh

    async def _ask(self, listener: Listener, one: _Asked, now: datetime) -> None:
        """Never fails: a draft may be unfinished, and a service down."""
        found = self.services.catalog.trigger(listener.type)
        if found is None or not isinstance(found[1], PollTrigger) or listener.draft is None:
            return
        self._asked[one.id] = replace(one, due_at=now + _EVERY)
        try:
            async with asyncio.timeout(_AT_MOST_S):
                polled, seen = await self.services.poll(one, found[0], found[1])
            self._asked[one.id] = replace(one, cursor=polled.cursor, due_at=now if polled.more else now + _EVERY)
            if seen:
                heard = Heard(one.id, one.workspace_id, seen, (listener.draft, listener.type))
                await self.db.writer.call(self.taking.heard, [heard])
                self.bell.ring_soon()
        except Exception as failure:  # noqa: BLE001  whoever tries a draft out sees that nothing comes, and the log says why
            log.debug(
                "a draft's trigger gave nothing", workflow_id=one.workflow_id, node_id=one.node_id, reason=str(failure)
            )
