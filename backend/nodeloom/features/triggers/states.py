"""What became of a workflow's published triggers: listening, waiting for something, or broken and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.features.triggers.models import EVENTS, REGISTRATIONS, SUBSCRIPTIONS
from nodeloom.features.workflows import service as workflows


class TriggerState(BaseModel):
    """`awaited`: what comes in is for a node that waits. `starting` ends within seconds.

    `next_at` is the next due time of a schedule, or when a service is asked again; `asked_at` when it last answered.
    """

    node_id: str
    type: str
    awaited: bool
    status: Literal["live", "starting", "paused", "broken"]
    detail: str
    hint: str
    next_at: datetime | None
    asked_at: datetime | None
    last_event_at: datetime | None


class TriggerStates(BaseModel):
    """`version` is the one that is live; None, and no items, while none is."""

    version: int | None
    items: list[TriggerState]


async def trigger_states(session: AsyncSession, workspace_id: str, workflow_id: str) -> TriggerStates:
    workflow = await workflows.find(session, workspace_id, workflow_id)
    rows = await _subscriptions(session, workspace_id, workflow_id)
    last = await _last_events(session, workspace_id, workflow_id, [row.node_id for row in rows])
    return TriggerStates(version=workflow.published_version, items=[_state(row, last) for row in rows])


async def _subscriptions(session: AsyncSession, workspace_id: str, workflow_id: str) -> Sequence[Any]:
    known = REGISTRATIONS.c
    query = (
        select(
            SUBSCRIPTIONS.c.node_id,
            SUBSCRIPTIONS.c.kind,
            SUBSCRIPTIONS.c.awaited,
            SUBSCRIPTIONS.c.next_due_at,
            known.kind.label("way"),
            known.status,
            known.detail,
            known.hint,
            known.due_at,
            known.asked_at,
        )
        .outerjoin(REGISTRATIONS, known.subscription_id == SUBSCRIPTIONS.c.id)
        .where(SUBSCRIPTIONS.c.workspace_id == workspace_id, SUBSCRIPTIONS.c.workflow_id == workflow_id)
        .order_by(SUBSCRIPTIONS.c.id)
    )
    return (await session.execute(query)).all()


async def _last_events(
    session: AsyncSession, workspace_id: str, workflow_id: str, node_ids: Sequence[str]
) -> dict[str, datetime]:
    here = (EVENTS.c.workspace_id == workspace_id, EVENTS.c.workflow_id == workflow_id)
    newest = (
        select(EVENTS.c.node_id, func.max(EVENTS.c.id).label("id"))
        .where(*here, EVENTS.c.node_id.in_(node_ids))
        .group_by(EVENTS.c.node_id)
        .subquery()
    )
    query = select(newest.c.node_id, EVENTS.c.received_at).join(EVENTS, EVENTS.c.id == newest.c.id).where(*here)
    return {row.node_id: row.received_at for row in await session.execute(query)}


def _state(row: Any, last: dict[str, datetime]) -> TriggerState:
    polled = row.way == "poll" and row.status != "paused"
    return TriggerState(
        node_id=row.node_id,
        type=row.kind,
        awaited=bool(row.awaited),
        status=_status(row.status),
        detail=row.detail or "",
        hint=row.hint or "",
        next_at=row.due_at if polled else row.next_due_at,
        asked_at=row.asked_at,
        last_event_at=last.get(row.node_id),
    )


def _status(status: str | None) -> Literal["live", "starting", "paused", "broken"]:
    match status:
        case "paused" | "broken":
            return status
        case "wanted":
            return "starting"
        case _:
            return "live"
