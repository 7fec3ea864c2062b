"""core.emit: what a run sends becomes an event and a run of every trigger that listens, with the row of its node.

All of it stands in the transaction of the journal: a crash leaves the row with its events, or neither. Each event
carries a dedupe key made of the node that sent it, for a commit of which nobody knows whether it happened.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from nodeloom.adapters import clock
from nodeloom.adapters.ids import new_id
from nodeloom.features.runs.asks import AskRow
from nodeloom.features.runs.models import RUNS
from nodeloom.features.triggers.accept import Arrival, TakenIn, take_in
from nodeloom.features.triggers.dedupe import short_key
from nodeloom.features.triggers.event_filter import Budget, FilterFailed, Filters
from nodeloom.features.triggers.failures import Failures, TriggerFailed
from nodeloom.features.triggers.live import LiveTrigger, LiveTriggers
from nodeloom.features.triggers.models import EVENTS
from nodeloom.graph.item import Item
from nodeloom.nodes.events import event_json
from nodeloom.nodes.node_type import EventSent

KIND = "event"
# Runs that start one another by events for ever are stopped here.
MOST_HOPS = 50


class Emissions:
    """Handles `EventSent`; for the thread of the writer."""

    def __init__(self, live: LiveTriggers, filters: Filters, failures: Failures) -> None:
        self._live = live
        self._filters = filters
        self._failures = failures

    def __call__(self, connection: Connection, asks: Sequence[AskRow]) -> None:
        now = clock.now()
        budget = Budget()
        listeners: dict[tuple[str, str], list[LiveTrigger]] = {}
        hops: dict[str, int] = {}
        arrivals: list[tuple[Arrival, TriggerFailed | None]] = []
        for row in asks:
            sent = row.ask
            assert isinstance(sent, EventSent)  # what this handles
            key = (row.workspace_id, sent.name)
            if key not in listeners:
                listeners[key] = [
                    *self._live.of_topic(connection, *key),
                    *self._live.drafts_of_topic(connection, *key, now),
                ]
            if not listeners[key]:
                continue
            if row.run_id not in hops:
                hops[row.run_id] = _hops(connection, row.root_run_id) + 1
            arrivals += self._arrivals(row, sent, listeners[key], hops[row.run_id], now, budget)
        outcomes = take_in(connection, [arrival for arrival, _ in arrivals])
        failed = [
            failure
            for (_, failure), outcome in zip(arrivals, outcomes, strict=True)
            if failure is not None and isinstance(outcome, TakenIn)
        ]
        self._failures.of_triggers(connection, failed)

    def _arrivals(
        self, row: AskRow, sent: EventSent, listeners: Sequence[LiveTrigger], hops: int, now: datetime, budget: Budget
    ) -> Iterator[tuple[Arrival, TriggerFailed | None]]:
        item = Item(event_json(sent.payload))
        payload: bytes = row.made
        for trigger in listeners:
            failure = None
            try:
                if not self._wanted(trigger, item, hops, now, budget):
                    continue
            except FilterFailed as failed:
                failure = failed
            event_id = new_id("evt")
            starts = failure is None and not trigger.awaited
            arrival = Arrival(
                event_id=event_id,
                workspace_id=row.workspace_id,
                workflow_id=trigger.workflow_id,
                node_id=trigger.node_id,
                kind=KIND,
                subscription_id=trigger.id,
                payload=payload,
                summary=_summary(sent.name, row.workflow_name, failure),
                size=len(payload),
                received_at=now,
                run=trigger.run(KIND, event_id, payload, now) if starts else None,
                dedupe_key=_dedupe_key(row, trigger),
                sent_by=row.run_id,
                hops=hops,
                awaited=item.json if trigger.awaited and failure is None else None,
            )
            yield arrival, _failed(trigger, event_id, failure, now) if failure is not None else None

    def _wanted(self, trigger: LiveTrigger, item: Item, hops: int, now: datetime, budget: Budget) -> bool:
        if hops > MOST_HOPS and not trigger.awaited:
            raise FilterFailed(
                "event_loop",
                f"{MOST_HOPS} runs in a row sent an event because of an event.",
                "Find the workflows that start one another without an end, and give one of them a filter.",
            )
        workflow = {"id": trigger.workflow_id, "name": trigger.workflow_name}
        wanted = trigger.config.get("filter")
        return self._filters.passes(wanted, item, now, trigger.settings.timezone, workflow, budget)


def _dedupe_key(row: AskRow, trigger: LiveTrigger) -> str:
    """A draft that is listened to hears what the published version hears too."""
    heard_by = "" if trigger.version is not None else "draft:"
    return short_key(f"{heard_by}sent:{row.run_id}:{row.node_id}:{row.path}:{row.index}")


def _summary(name: str, sender: str, failure: FilterFailed | None) -> str:
    said = f"{name}, sent by “{sender}”"
    return said if failure is None else f"{said}, not started: {failure.message}"


def _failed(trigger: LiveTrigger, event_id: str, failure: FilterFailed, now: datetime) -> TriggerFailed | None:
    """None for a draft: whoever listens to it sees what came in, and why it started nothing."""
    if trigger.version is None:
        return None
    return TriggerFailed(
        workspace_id=trigger.workspace_id,
        workflow_id=trigger.workflow_id,
        workflow_name=trigger.workflow_name,
        version=trigger.version,
        node_id=trigger.node_id,
        kind=KIND,
        event_id=event_id,
        run_id=None,
        error={"code": failure.code, "message": failure.message, "hint": failure.hint},
        at=now,
    )


def _hops(connection: Connection, run_id: str) -> int:
    """How many events in a row led to the run."""
    query = select(EVENTS.c.hops).join(RUNS, RUNS.c.event_id == EVENTS.c.id).where(RUNS.c.id == run_id)
    return connection.execute(query).scalar() or 0
