"""What reaches a run from outside while it goes on or sleeps: a cancel, a call, a settled outcome.

Each raises the run's count of signals in the same transaction, so that a run that is just falling
asleep notices, and queues a run that sleeps.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock, domain_events
from nodeloom.features.connections.events import ConnectionRenewed
from nodeloom.features.runs.errors import NothingToSettle, RunEnded, RunNotFound
from nodeloom.features.runs.family import cancel_runs, end_children, wake_parents
from nodeloom.features.runs.models import ATTEMPTS, ENDED, NODE_RUNS, RUNS, unfinished
from nodeloom.features.runs.reading import of_run
from nodeloom.features.runs.rows import Row, row_of
from nodeloom.features.runs.waking import resume, wake

Resumed: TypeAlias = Literal["resumed", "not_waiting", "gone", "several"]


async def cancel(session: AsyncSession, workspace_id: str, run_id: str) -> None:
    """The run with all that it started: what sleeps or is queued ends here, what is driven within a moment."""
    run = await _locked(session, workspace_id, run_id)
    if run["status"] in ENDED:
        raise RunEnded(f"The run has ended already: {run['status']}.")
    await (await session.connection()).run_sync(_cancel_tree, run_id)


def _cancel_tree(connection: Connection, run_id: str) -> None:
    now = clock.now()
    end_children(connection, [run_id], now, waited_for=False)
    cancel_runs(connection, [run_id], now)
    wake_parents(connection, [run_id])


async def resume_call(
    session: AsyncSession, run_id: str, node_id: str, path: str, payload: Mapping[str, Any]
) -> Resumed:
    """Hand a call to the node that waits for it, once. Without a node: to the only one of the run that waits."""
    run = await _of_any_workspace(session, run_id)
    if run is None or run["status"] in ENDED:
        return "gone"
    asleep = select(NODE_RUNS.c.node_id, NODE_RUNS.c.path).where(
        NODE_RUNS.c.run_id == run_id,
        NODE_RUNS.c.status == "waiting",
        NODE_RUNS.c.waiting_reason == "call",
        NODE_RUNS.c.resumption.is_(None),
    )
    if node_id:
        asleep = asleep.where(NODE_RUNS.c.node_id == node_id, NODE_RUNS.c.path == path)
    waiting = (await session.execute(asleep)).all()
    if len(waiting) != 1:
        return "several" if waiting else "not_waiting"
    connection = await session.connection()
    await connection.run_sync(resume, run_id, waiting[0].node_id, waiting[0].path, "call", payload)
    return "resumed"


async def settle_outcome(
    session: AsyncSession,
    workspace_id: str,
    run_id: str,
    node_id: str,
    path: str,
    item: int | None,
    outcome: Literal["happened", "did_not_happen"],
    output: bytes | None,
) -> int:
    """Write down what a person found out; which item it was about. After "did not happen" the call is made again."""
    run = await _locked(session, workspace_id, run_id)
    open_attempts = (
        select(ATTEMPTS)
        .where(
            of_run(ATTEMPTS.c.run_id, run_id),
            ATTEMPTS.c.node_id == node_id,
            ATTEMPTS.c.path == path,
            ATTEMPTS.c.status == "unknown",
        )
        .order_by(ATTEMPTS.c.item, ATTEMPTS.c.number.desc())
    )
    if item is not None:
        open_attempts = open_attempts.where(ATTEMPTS.c.item == item)
    attempt = await row_of(session, open_attempts)
    if attempt is None:
        raise NothingToSettle(f"No outcome of node {node_id!r} in this run is unknown.")
    keys = [ATTEMPTS.c[name] == attempt[name] for name in ("run_id", "node_id", "path", "item", "number")]
    happened = outcome == "happened"
    values = {"status": "succeeded" if happened else "failed", "output": output if happened else None}
    await session.execute(update(ATTEMPTS).where(*keys).values(values | {"finished_at": clock.now()}))
    if run["status"] not in ENDED:
        await (await session.connection()).run_sync(wake, attempt["run_id"])
    return int(attempt["item"])


def follow_connections() -> None:
    """To be called by every process that changes connections, before it serves."""
    domain_events.on(ConnectionRenewed, _wake_for_connection)


async def _wake_for_connection(session: AsyncSession, event: ConnectionRenewed) -> None:
    """Whatever sleeps for want of a connection tries again; the sweeper rings for it.

    A run that is driven may be about to fall asleep for it, or waits for it at one node while others work.
    """
    ours = and_(unfinished(RUNS), RUNS.c.workspace_id == event.workspace_id)
    asleep = and_(ours, RUNS.c.status == "waiting", RUNS.c.waiting_reason == "connection")
    concerned = or_(asleep, and_(ours, RUNS.c.status == "running"))
    await session.execute(select(RUNS.c.id).where(concerned).order_by(RUNS.c.id).with_for_update())
    await session.execute(update(RUNS).where(concerned).values(signals=RUNS.c.signals + 1))
    await session.execute(update(RUNS).where(asleep).values(status="queued", waiting_reason=None, due_at=None))


async def _locked(session: AsyncSession, workspace_id: str, run_id: str) -> Row:
    run = await _of_any_workspace(session, run_id)
    if run is None or run["workspace_id"] != workspace_id:
        raise RunNotFound(f"There is no run {run_id!r}.")
    return run


async def _of_any_workspace(session: AsyncSession, run_id: str) -> Row | None:
    statement = select(RUNS.c.id, RUNS.c.workspace_id, RUNS.c.status).where(RUNS.c.id == run_id).with_for_update()
    return await row_of(session, statement)
