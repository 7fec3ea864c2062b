"""Events that nodes wait for: found among those that came in since the run began, or when they come in.

Looking back and being woken each happen in one transaction with what they follow from, the node's row or the event's;
a lock on the node's subscription keeps the two from passing each other unseen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, and_, bindparam, delete, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from nodeloom.adapters.ids import first_id
from nodeloom.features.runs.asks import AskRow
from nodeloom.features.runs.models import RUNS
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.rows import Row, plain
from nodeloom.features.runs.waking import resume
from nodeloom.features.triggers.models import AWAITED_EVENTS, EVENTS
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.conditions import Condition, holds
from nodeloom.nodes.node_type import EventAwaited, NodeFailed

_EVENT = "event"
_CONDITIONS: TypeAdapter[list[Condition]] = TypeAdapter(list[Condition])


@dataclass(frozen=True, slots=True)
class Come:
    """An event of a node that may be waiting; `item` is its JSON."""

    workflow_id: str
    node_id: str
    event_id: str
    item: Mapping[str, JsonValue]
    at: datetime


class Awaiting:
    """Handles `EventAwaited`."""

    def __init__(self, payloads: Payloads) -> None:
        self._payloads = payloads

    def __call__(self, connection: Connection, asks: Sequence[AskRow]) -> None:
        _lock(connection, {(ask.workflow_id, ask.node_id) for ask in asks})
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        for ask in asks:
            wanted = ask.ask
            assert isinstance(wanted, EventAwaited)  # what this handles
            row = {
                "run_id": ask.run_id,
                "node_id": ask.node_id,
                "path": ask.path,
                "workspace_id": ask.workspace_id,
                "workflow_id": ask.workflow_id,
                "condition": {"all": list(wanted.conditions), "timezone": wanted.timezone},
                "until": wanted.until,
                "asked_at": ask.at,
            }
            asked = insert(AWAITED_EVENTS).values(row).on_conflict_do_nothing().returning(AWAITED_EVENTS.c.run_id)
            if connection.execute(asked).first() is not None:
                self._look_back(connection, row, ask.run_created_at)

    def _look_back(self, connection: Connection, row: Row, since: datetime) -> None:
        """The first event since the run began, but for those that an earlier round went on by."""
        used = connection.execute(_USED, {"run": row["run_id"], "node": row["node_id"]}).scalars().all()
        named = {"workflow": row["workflow_id"], "node": row["node_id"], "since": first_id("evt", since)}
        for event_id, packed in connection.execute(_SINCE, named):
            if event_id in used:
                continue
            item: dict[str, JsonValue] = self._payloads.unpack_blocking(packed)[0]["json"]
            if fits(row["condition"], item) and _go_on(connection, row, event_id, item):
                return


def wake_by(connection: Connection, events: Sequence[Come]) -> None:
    """Every node that waits for one of them goes on. Whoever calls rings and signals after the commit."""
    if not events:
        return
    nodes = {(event.workflow_id, event.node_id) for event in events}
    # Runs are locked before subscriptions, as the journal does.
    runs = sorted({row["run_id"] for row in _waiting(connection, nodes)})
    connection.execute(select(RUNS.c.id).where(RUNS.c.id.in_(runs)).order_by(RUNS.c.id).with_for_update()).all()
    _lock(connection, nodes)
    for row in _waiting(connection, nodes):
        for event in events:
            if (event.workflow_id, event.node_id) != (row["workflow_id"], row["node_id"]):
                continue
            if row["until"] is not None and row["until"] <= event.at:
                continue
            if fits(row["condition"], event.item) and _go_on(connection, row, event.event_id, event.item):
                break


def fits(condition: Mapping[str, Any], item: Mapping[str, JsonValue]) -> bool:
    """Whether the event says all that is asked of it; what can't be compared does not fit."""
    try:
        return all(
            holds(asked.model_copy(update={"left": _at(item, str(asked.left))}), condition["timezone"])
            for asked in _CONDITIONS.validate_python(condition["all"])
        )
    except NodeFailed:
        return False


def _at(item: Mapping[str, JsonValue], path: str) -> JsonValue:
    """The value at a dotted path; the path may begin with `event.`, as what the wait gives does."""
    steps = path.removeprefix("$").split(".")
    if steps[0] in ("event", "json") and steps[0] not in item and len(steps) > 1:
        steps = steps[1:]
    value: JsonValue = dict(item)
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and len(step) < 9 and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _go_on(connection: Connection, row: Row, event_id: str, item: Mapping[str, JsonValue]) -> bool:
    here = and_(*(AWAITED_EVENTS.c[name] == row[name] for name in ("run_id", "node_id", "path")))
    if resume(connection, row["run_id"], row["node_id"], row["path"], _EVENT, item):
        connection.execute(update(AWAITED_EVENTS).where(here).values(event_id=event_id))
        return True
    # It waits no more: its time ran out, or it was resumed by hand.
    connection.execute(delete(AWAITED_EVENTS).where(here))
    return True


def _waiting(connection: Connection, nodes: set[tuple[str, str]]) -> Iterator[Row]:
    named = or_(
        *(
            and_(AWAITED_EVENTS.c.workflow_id == workflow_id, AWAITED_EVENTS.c.node_id == node_id)
            for workflow_id, node_id in sorted(nodes)
        )
    )
    query = select(AWAITED_EVENTS).where(AWAITED_EVENTS.c.event_id.is_(None), named)
    for row in connection.execute(query.order_by(AWAITED_EVENTS.c.run_id)).mappings().all():
        yield plain(row)


def _lock(connection: Connection, nodes: set[tuple[str, str]]) -> None:
    """SQLite has one writer at a time anyway."""
    if connection.dialect.name != "postgresql":
        return
    for workflow_id, node_id in sorted(nodes):
        connection.execute(_ADVISORY, {"name": f"awaited/{workflow_id}/{node_id}"})


_ADVISORY = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_USED = select(AWAITED_EVENTS.c.event_id).where(
    AWAITED_EVENTS.c.run_id == bindparam("run"),
    AWAITED_EVENTS.c.node_id == bindparam("node"),
    AWAITED_EVENTS.c.event_id.is_not(None),
)
_SINCE = (
    select(EVENTS.c.id, EVENTS.c.payload)
    .where(
        EVENTS.c.workflow_id == bindparam("workflow"),
        EVENTS.c.node_id == bindparam("node"),
        EVENTS.c.id >= bindparam("since"),
        EVENTS.c.awaited,
    )
    .order_by(EVENTS.c.id)
)
