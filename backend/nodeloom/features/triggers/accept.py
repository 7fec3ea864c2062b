"""Taking in: an event and its run in one transaction, shared by all that arrive while the last commit is under way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, and_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from nodeloom.adapters.bulk import Bulk
from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.features.runs.accept import NewRun, insert_runs
from nodeloom.features.triggers.awaiting import Come, wake_by
from nodeloom.features.triggers.models import DELIVERIES, EVENTS, LISTENING, SUBSCRIPTIONS
from nodeloom.graph.json_value import JsonValue

DEDUPED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Arrival:
    """`subscription_id` None: nothing live took it in (a draft that is listened to, a workflow that is off).

    `sent_by` is the run that sent the event, `hops` how many did so in a row. `awaited` is its item, where
    nodes that wait go on by it. `trouble`: the dedupe key could not be worked out.
    """

    event_id: str
    workspace_id: str
    workflow_id: str
    node_id: str
    kind: str
    subscription_id: str | None
    payload: bytes
    summary: str
    size: int
    received_at: datetime
    run: NewRun | None
    dedupe_key: str | None
    sent_by: str | None = None
    hops: int | None = None
    awaited: Mapping[str, JsonValue] | None = None
    trouble: ExpressionFailed | None = None


@dataclass(frozen=True, slots=True)
class TakenIn:
    """`listening`: an editor looks at the draft and wants to see the request too."""

    listening: bool


@dataclass(frozen=True, slots=True)
class Repeated:
    """The first event with this dedupe key, and its run."""

    event_id: str
    run_id: str | None


@dataclass(frozen=True, slots=True)
class Stale:
    """What it came for is no longer live: nothing was stored."""


Outcome: TypeAlias = TakenIn | Repeated | Stale

_STALE = Stale()
_TAKEN_IN = TakenIn(listening=False)
_SEEN = TakenIn(listening=True)


def take_in(connection: Connection, arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """A writer's operation. The subscription is looked up anew: whoever sends it may know one that is gone."""
    live = _live(connection, arrivals)
    outcomes: list[Outcome] = []
    kept: list[Arrival] = []
    for arrival in arrivals:
        outcome = _outcome(connection, arrival, live)
        outcomes.append(outcome)
        if isinstance(outcome, TakenIn):
            kept.append(arrival)
    if kept:
        _ROWS.write(connection, [_row(arrival) for arrival in kept])
        if runs := [arrival.run for arrival in kept if arrival.run is not None]:
            insert_runs(connection, runs)
        wake_by(connection, [_come(arrival) for arrival in kept if arrival.awaited is not None])
    return outcomes


def _come(arrival: Arrival) -> Come:
    return Come(arrival.workflow_id, arrival.node_id, arrival.event_id, arrival.awaited or {}, arrival.received_at)


def _outcome(connection: Connection, arrival: Arrival, live: Mapping[str, datetime | None]) -> Outcome:
    until = None
    if arrival.subscription_id is not None:
        if arrival.subscription_id not in live:
            return _STALE
        until = live[arrival.subscription_id]
    if arrival.dedupe_key is not None and (first := _claim(connection, arrival, arrival.dedupe_key)):
        return first
    return _SEEN if until is not None and until > arrival.received_at else _TAKEN_IN


def _live(connection: Connection, arrivals: Sequence[Arrival]) -> dict[str, datetime | None]:
    """Until when each of the subscriptions that still exist is listened to."""
    ids = {arrival.subscription_id for arrival in arrivals if arrival.subscription_id is not None}
    if not ids:
        return {}
    return {row.id: row.until for row in connection.execute(_LIVE, {"ids": list(ids)})}


def _claim(connection: Connection, arrival: Arrival, key: str) -> Repeated | None:
    """Make the key this event's, unless another event has it and is not too old."""
    run_id = arrival.run.id if arrival.run is not None else None
    row = {
        "workflow_id": arrival.workflow_id,
        "node_id": arrival.node_id,
        "dedupe_key": key,
        "workspace_id": arrival.workspace_id,
        "event_id": arrival.event_id,
        "run_id": run_id,
        "expires_at": arrival.received_at + DEDUPED_FOR,
    }
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    fresh = insert(DELIVERIES).values(row)
    claim = fresh.on_conflict_do_update(
        index_elements=list(DELIVERIES.primary_key.columns),
        set_={name: fresh.excluded[name] for name in ("event_id", "run_id", "expires_at")},
        where=DELIVERIES.c.expires_at <= arrival.received_at,
    )
    if connection.execute(claim.returning(DELIVERIES.c.event_id)).first() is not None:
        return None
    first = connection.execute(
        select(DELIVERIES.c.event_id, DELIVERIES.c.run_id).where(
            and_(*(DELIVERIES.c[name] == row[name] for name in ("workflow_id", "node_id", "dedupe_key")))
        )
    ).one()
    return Repeated(first.event_id, first.run_id)


def _row(arrival: Arrival) -> dict[str, Any]:
    return {
        "id": arrival.event_id,
        "workspace_id": arrival.workspace_id,
        "workflow_id": arrival.workflow_id,
        "node_id": arrival.node_id,
        "kind": arrival.kind,
        "run_id": arrival.run.id if arrival.run is not None else None,
        "dedupe_key": arrival.dedupe_key,
        "summary": arrival.summary,
        "size": arrival.size,
        "payload": arrival.payload,
        "received_at": arrival.received_at,
        "sent_by": arrival.sent_by,
        "hops": arrival.hops,
        "awaited": True if arrival.awaited is not None else None,
    }


_COLUMNS = (
    "id", "workspace_id", "workflow_id", "node_id", "kind", "run_id", "dedupe_key", "summary", "size", "payload",
    "received_at", "sent_by", "hops", "awaited",
)  # fmt: skip
_ROWS = Bulk(EVENTS, _COLUMNS)
_LIVE = (
    select(SUBSCRIPTIONS.c.id, LISTENING.c.until)
    .outerjoin(LISTENING, LISTENING.c.workflow_id == SUBSCRIPTIONS.c.workflow_id)
    .where(SUBSCRIPTIONS.c.id.in_(bindparam("ids", expanding=True)))
)
