"""Schedules fire: each due time once, however many schedulers look."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias, cast

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, CursorResult, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.queue import Bell
from nodeloom.features.runs.accept import GraphRef, NewRun, graph_ref, insert_runs, new_run_id
from nodeloom.features.runs.models import RUNS, unfinished
from nodeloom.features.runs.payloads import packed_small
from nodeloom.features.triggers import repository
from nodeloom.features.triggers.awaiting import Come, wake_by
from nodeloom.features.triggers.due import Due, decide
from nodeloom.features.triggers.failures import Failures, TriggerFailed
from nodeloom.features.triggers.models import EVENTS, SCHEDULE_FIRES, SUBSCRIPTIONS
from nodeloom.features.triggers.timetable import timing_of, upcoming
from nodeloom.graph.document import GraphSettings
from nodeloom.graph.json_value import JsonValue

log = structlog.stdlib.get_logger(__name__)

Overlap: TypeAlias = Literal["allow", "skip", "queue"]

_KIND = "schedule"
_MOST_KEPT = 500
_LONGEST_PAUSE_S = 1.0
_SHORTEST_PAUSE_S = 0.01
_TIDIED_EVERY = timedelta(hours=1)
# Far longer than any scheduler can lag behind another.
_FIRES_KEPT = timedelta(days=30)
_UNREADABLE_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One due time with the run that it starts; none where a node waits for it."""

    due_at: datetime
    event_id: str
    payload: bytes
    item: dict[str, JsonValue]
    run: NewRun | None


@dataclass(frozen=True, slots=True)
class Firing:
    """All that one schedule does now: taken whole or, where another scheduler was first, not at all."""

    subscription_id: str
    workspace_id: str
    workflow_id: str
    node_id: str
    was_due_at: datetime
    next_due_at: datetime | None
    overlap: Overlap
    fired_at: datetime
    occurrences: tuple[Occurrence, ...]
    failed: TriggerFailed | None = None


class Schedules:
    """`failures` tells of schedules that can't be read."""

    def __init__(self, db: Database, bell: Bell, failures: Failures | None = None) -> None:
        self._db = db
        self._bell = bell
        self._failures = failures
        self._graphs: OrderedDict[tuple[str, int], GraphRef] = OrderedDict()

    async def fire_due(self, now: datetime) -> tuple[int, datetime | None]:
        """How many runs were started, and when the next schedule is due (at once, if not all were served)."""
        async with self._db.read() as session:
            rows = await repository.due_schedules(session, now)
        firings = [self._firing(row, now) for row in rows]
        started = sum(await asyncio.gather(*(self._db.writer.call(self._fire, firing) for firing in firings)))
        if firings:
            self._bell.ring_soon()
        async with self._db.read() as session:
            return started, await repository.next_due_at(session)

    def _firing(self, row: Any, now: datetime) -> Firing:
        config: dict[str, Any] = row.config
        settings = GraphSettings.model_validate(row.graph.get("settings", {}))
        failed = None
        try:
            timing = timing_of(config, settings.timezone)
        except ValidationError as invalid:
            # As when a time zone was removed from the machine: it must not stop the others.
            log.exception("schedule can't be read", workflow_id=row.workflow_id)
            due = Due((), now + _UNREADABLE_AGAIN)
            failed = _unreadable(row, invalid, now)
        else:
            due = decide(upcoming(timing), row.next_due_at, now, config.get("catch_up") or "skip")
        overlap: Overlap = config.get("overlap") or "allow"
        most = 1 if overlap == "queue" else settings.max_concurrent_runs
        return Firing(
            subscription_id=row.id,
            workspace_id=row.workspace_id,
            workflow_id=row.workflow_id,
            node_id=row.node_id,
            was_due_at=row.next_due_at,
            next_due_at=due.next_due_at,
            overlap=overlap,
            fired_at=now,
            occurrences=tuple(self._occurrence(row, moment, now, most) for moment in due.fire),
            failed=failed,
        )

    def _fire(self, connection: Connection, firings: Sequence[Firing]) -> Sequence[int]:
        """A writer's operation: how many runs each firing started."""
        started: list[int] = []
        for firing in firings:
            first = _advance(connection, firing)
            if first and firing.failed is not None and self._failures is not None:
                self._failures.of_triggers(connection, [firing.failed])
            started.append(_start(connection, firing) if first else 0)
        return started

    def _occurrence(self, row: Any, due_at: datetime, now: datetime, most: int | None) -> Occurrence:
        item: dict[str, JsonValue] = {"due_at": iso(due_at), "fired_at": iso(now)}
        payload = packed_small([{"json": item}])
        event_id = new_id("evt")
        if row.awaited:
            return Occurrence(due_at, event_id, payload, item, None)
        run = NewRun(
            id=new_run_id(),
            workspace_id=row.workspace_id,
            workflow_id=row.workflow_id,
            workflow_name=row.name,
            version=row.version,
            graph=self._graph(row),
            trigger_node=row.node_id,
            trigger_kind=_KIND,
            input=payload,
            created_at=now,
            event_id=event_id,
            max_concurrent=most,
        )
        return Occurrence(due_at, event_id, payload, item, run)

    def _graph(self, row: Any) -> GraphRef:
        key = (row.workflow_id, row.version)
        known = self._graphs.get(key)
        if known is None:
            known = self._graphs[key] = graph_ref(row.graph)
            if len(self._graphs) > _MOST_KEPT:
                self._graphs.popitem(last=False)
        return known


async def fire_for_ever(db: Database, bell: Bell, failures: Failures | None = None) -> None:
    """Looks at least once a second: a schedule may be published by any process at any time."""
    schedules = Schedules(db, bell, failures)
    tidied_at: datetime | None = None
    while True:
        pause = _LONGEST_PAUSE_S
        try:
            if tidied_at is None or clock.now() - tidied_at > _TIDIED_EVERY:
                tidied_at = clock.now()
                await repository.forget_old(db, tidied_at, fires_before=tidied_at - _FIRES_KEPT)
            _, next_due_at = await schedules.fire_due(clock.now())
            if next_due_at is not None:
                pause = min(pause, max((next_due_at - clock.now()).total_seconds(), _SHORTEST_PAUSE_S))
        except (DatabaseUnavailable, SQLAlchemyError, OSError) as failure:
            log.warning("schedules not looked at", reason=str(getattr(failure, "orig", failure)))
        await asyncio.sleep(pause)


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _unreadable(row: Any, invalid: ValidationError, now: datetime) -> TriggerFailed:
    error = {
        "code": "bad_schedule",
        "message": f"The schedule can't be read: {invalid.errors()[0]['msg']}",
        "hint": "Correct the schedule and publish the workflow again.",
    }
    return TriggerFailed(
        workspace_id=row.workspace_id,
        workflow_id=row.workflow_id,
        workflow_name=row.name,
        version=row.version,
        node_id=row.node_id,
        kind=_KIND,
        event_id=None,
        run_id=None,
        error=error,
        at=now,
    )


def _start(connection: Connection, firing: Firing) -> int:
    started = 0
    for occurrence in firing.occurrences:
        held_back = occurrence.run is not None and firing.overlap == "skip" and _goes_on(connection, firing)
        if not _claim(connection, firing, occurrence, held_back=held_back):
            continue
        connection.execute(EVENTS.insert().values(_event(firing, occurrence, held_back=held_back)))
        if occurrence.run is None:
            come = Come(firing.workflow_id, firing.node_id, occurrence.event_id, occurrence.item, firing.fired_at)
            wake_by(connection, [come])
        elif not held_back:
            insert_runs(connection, [occurrence.run])
            started += 1
    return started


def _advance(connection: Connection, firing: Firing) -> bool:
    """Compare-and-swap on the due time: False if another scheduler was first, or the schedule was taken down."""
    change = (
        update(SUBSCRIPTIONS)
        .where(SUBSCRIPTIONS.c.id == firing.subscription_id, SUBSCRIPTIONS.c.next_due_at == firing.was_due_at)
        .values(next_due_at=firing.next_due_at)
    )
    return cast("CursorResult[Any]", connection.execute(change)).rowcount == 1


def _claim(connection: Connection, firing: Firing, occurrence: Occurrence, *, held_back: bool) -> bool:
    """The row that stands for this due time for ever, across publishes too."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = {
        "workflow_id": firing.workflow_id,
        "node_id": firing.node_id,
        "due_at": occurrence.due_at,
        "workspace_id": firing.workspace_id,
        "event_id": occurrence.event_id,
        "run_id": _run_id(occurrence, held_back=held_back),
        "fired_at": firing.fired_at,
    }
    claim = insert(SCHEDULE_FIRES).values(row).on_conflict_do_nothing().returning(SCHEDULE_FIRES.c.event_id)
    return connection.execute(claim).first() is not None


def _goes_on(connection: Connection, firing: Firing) -> bool:
    """Whether a run that this schedule started has not ended yet."""
    query = select(RUNS.c.id).where(
        RUNS.c.workflow_id == firing.workflow_id,
        unfinished(RUNS),
        RUNS.c.trigger_node == firing.node_id,
        RUNS.c.trigger_kind == _KIND,
    )
    return connection.execute(query.limit(1)).first() is not None


def _run_id(occurrence: Occurrence, *, held_back: bool) -> str | None:
    return None if held_back or occurrence.run is None else occurrence.run.id


def _event(firing: Firing, occurrence: Occurrence, *, held_back: bool) -> dict[str, Any]:
    due = f"due {iso(occurrence.due_at)}"
    return {
        "id": occurrence.event_id,
        "workspace_id": firing.workspace_id,
        "workflow_id": firing.workflow_id,
        "node_id": firing.node_id,
        "kind": _KIND,
        "run_id": _run_id(occurrence, held_back=held_back),
        "awaited": True if occurrence.run is None else None,
        "summary": f"{due}, not started: the run before goes on" if held_back else due,
        "size": len(occurrence.payload),
        "payload": occurrence.payload,
        "received_at": firing.fired_at,
    }
