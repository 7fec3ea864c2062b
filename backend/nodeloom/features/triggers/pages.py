"""Triggers with a page of their own: who stands at an address, and what a page gives made into an event and a run."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.database import Database
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.queue import Bell
from nodeloom.features.runs.accept import GraphRef, NewRun, graph_ref, insert_run, new_run_id
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.triggers import repository
from nodeloom.features.triggers.accept import Arrival
from nodeloom.features.workflows.hook_paths import addressed_nodes
from nodeloom.graph.document import GraphSettings
from nodeloom.graph.item import Item, item_to_document
from nodeloom.graph.parse import parse_graph

log = structlog.stdlib.get_logger(__name__)

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTrigger(Generic[P]):
    """`subscription_id` and `version` are None for a draft that an editor listens to."""

    claim: str
    workspace_id: str
    workflow_id: str
    workflow_name: str
    version: int | None
    node_id: str
    subscription_id: str | None
    graph: GraphRef
    max_concurrent: int | None
    params: P


@dataclass(frozen=True, slots=True)
class PageTriggers:
    """`answer_to` is `Answers.address` of this process."""

    db: Database
    payloads: Payloads
    bell: Bell
    answer_to: str

    async def find(self, claim: str, model: type[P]) -> PageTrigger[P] | None:
        """The live trigger at the address, else the draft's while an editor listens to it."""
        async with self.db.read() as session:
            rows = await repository.hooks_at(session, claim)
            return _live(rows[0], claim, model) if rows else await _of_draft(session, claim, model)

    async def arrival(
        self, trigger: PageTrigger[P], item: Item, *, kind: str, summary: str, dedupe_key: str, answered: bool
    ) -> Arrival:
        """`answered`: this process waits for what the run answers."""
        document = item_to_document(item)
        payload = await self.payloads.pack([document])
        event_id = new_id("evt")
        return Arrival(
            event_id=event_id,
            workspace_id=trigger.workspace_id,
            workflow_id=trigger.workflow_id,
            node_id=trigger.node_id,
            kind=kind,
            subscription_id=trigger.subscription_id,
            payload=payload,
            summary=summary,
            size=len(dump_json(document)) + sum(file.size for file in item.files.values()),
            received_at=clock.now(),
            run=self._run(trigger, event_id, kind, payload, answered=answered),
            dedupe_key=dedupe_key,
        )

    async def taken(self, trigger: PageTrigger[P], arrival: Arrival, *, listening: bool) -> None:
        """After the event is stored: the draft that is listened to gets it too, and the bell is rung."""
        if listening and trigger.subscription_id is not None:
            await self._show_draft(trigger, arrival)
        self.bell.ring_soon()

    async def _show_draft(self, trigger: PageTrigger[P], arrival: Arrival) -> None:
        """Never fails: what the visitor sent is taken in already."""
        try:
            async with self.db.transaction() as session:
                draft = await _of_draft(session, trigger.claim, type(trigger.params))
                if draft is not None:
                    run = self._run(draft, arrival.event_id, arrival.kind, arrival.payload, answered=False)
                    await insert_run(session, run)
        except Exception:
            log.exception("the draft misses an event", workflow_id=trigger.workflow_id, event_id=arrival.event_id)

    def _run(self, trigger: PageTrigger[P], event_id: str, kind: str, payload: bytes, *, answered: bool) -> NewRun:
        return NewRun(
            id=new_run_id(),
            workspace_id=trigger.workspace_id,
            workflow_id=trigger.workflow_id,
            workflow_name=trigger.workflow_name,
            version=trigger.version,
            graph=trigger.graph,
            trigger_node=trigger.node_id,
            trigger_kind=kind,
            input=payload,
            created_at=clock.now(),
            event_id=event_id,
            max_concurrent=trigger.max_concurrent,
            answer_to=self.answer_to if answered else None,
        )


def _live(row: Any, claim: str, model: type[P]) -> PageTrigger[P]:
    return PageTrigger(
        claim=claim,
        workspace_id=row.workspace_id,
        workflow_id=row.workflow_id,
        workflow_name=row.name,
        version=row.version,
        node_id=row.node_id,
        subscription_id=row.id,
        graph=graph_ref(row.graph),
        max_concurrent=GraphSettings.model_validate(row.graph.get("settings", {})).max_concurrent_runs,
        params=model.model_validate(row.config),
    )


async def _of_draft(session: AsyncSession, claim: str, model: type[P]) -> PageTrigger[P] | None:
    owner = await repository.owner_of_path(session, claim)
    if owner is None or owner.until is None or owner.until <= clock.now():
        return None
    graph = parse_graph(owner.draft)
    for node, at in addressed_nodes(graph):
        if at != claim or owner.node_id not in (None, node.id):
            continue
        try:
            params = model.model_validate(node.params)
        except ValidationError:
            # An unfinished draft has no page yet.
            return None
        return PageTrigger(
            claim=claim,
            workspace_id=owner.workspace_id,
            workflow_id=owner.id,
            workflow_name=owner.name,
            version=None,
            node_id=node.id,
            subscription_id=None,
            graph=graph_ref(owner.draft),
            max_concurrent=graph.settings.max_concurrent_runs,
            params=params,
        )
    return None
