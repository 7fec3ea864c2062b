"""Take up a run where the journal says it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import func, select

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.compiler.plan import Plan
from nodeloom.engine.advance import Frontier
from nodeloom.engine.outcome import Failed, Finished, Waiting
from nodeloom.features.runs.children import results_of
from nodeloom.features.runs.models import ATTEMPTS, ENDED, NODE_RUNS, RUN_LOG, RUNS
from nodeloom.features.runs.payloads import Payloads, items_from, output_from
from nodeloom.features.runs.rows import Row, rows_of
from nodeloom.features.runs.state import Asleep, PastAttempt, RunState, Started
from nodeloom.graph.scope import NodeKey, parse_path
from nodeloom.nodes.node_type import Resumption


def fresh(plan: Plan, trigger: str) -> tuple[RunState, list[NodeKey]]:
    """The state of a run that nothing happened in, and what may start."""
    frontier = Frontier(plan, trigger)
    return RunState(plan, frontier), list(frontier.begin().ready)


@dataclass(frozen=True, slots=True)
class Journalled:
    """What the journal knows of a run; `signals` is how often something came in for it."""

    node_rows: Sequence[Row]
    attempt_rows: Sequence[Row]
    signals: int
    log_used: tuple[int, int] = (0, 0)
    """Lines of the run's log, and their characters."""
    children: Sequence[Row] = ()
    """The runs that nodes of the run wait for."""


_CHILDREN = (
    select(
        *(RUNS.c.id, RUNS.c.workflow_name, RUNS.c.parent_node, RUNS.c.parent_path, RUNS.c.parent_index),
        *(RUNS.c.status, RUNS.c.output, RUNS.c.error),
    )
    .where(RUNS.c.parent_waits.is_(True))
    .order_by(RUNS.c.parent_index)
)


async def read_journal(database: Database, run_id: str) -> Journalled:
    nodes = select(NODE_RUNS).where(NODE_RUNS.c.run_id == run_id).order_by(NODE_RUNS.c.seq)
    attempts = select(ATTEMPTS).where(ATTEMPTS.c.run_id == run_id).order_by(ATTEMPTS.c.item, ATTEMPTS.c.number)
    said = select(func.count(), func.sum(func.length(RUN_LOG.c.text))).where(RUN_LOG.c.run_id == run_id)
    async with database.read() as session:
        signals = await session.scalar(select(RUNS.c.signals).where(RUNS.c.id == run_id))
        lines, characters = (await session.execute(said)).one()
        node_rows, attempt_rows = await rows_of(session, nodes), await rows_of(session, attempts)
        waits = any(row["status"] == "waiting" and row["waiting_reason"] == "child" for row in node_rows)
        children = await rows_of(session, _CHILDREN.where(RUNS.c.parent_run_id == run_id)) if waits else ()
        return Journalled(node_rows, attempt_rows, signals or 0, (lines, characters or 0), children)


async def restored(
    plan: Plan, trigger: str, journalled: Journalled, payloads: Payloads
) -> tuple[RunState, list[NodeKey]]:
    """The state as journalled, and what may start now: also nodes whose wait is over and nodes that were cut off.

    Pure nodes that no row tells of are computed again.
    """
    state, ready = fresh(plan, trigger)
    state.log.used(*journalled.log_used)
    pending = set(ready)
    for row in journalled.node_rows:
        key = (row["node_id"], parse_path(row["path"]))
        if key[0] not in plan.nodes:
            continue
        state.seq = max(state.seq, row["seq"])
        state.started[key] = Started(row["started_at"] or clock.now(), row["seq"], row["items_in"])
        step = await _retold(state, key, row, payloads)
        if step is not None:
            pending.discard(key)
            pending |= set(step)
    pending = {key for key in pending if key not in state.ports}
    for row in journalled.attempt_rows:
        key = (row["node_id"], parse_path(row["path"]))
        state.attempts.setdefault((key, row["item"]), []).append(await _attempt(row, payloads))
    awake = await _awake(state, journalled, payloads)
    return state, sorted({*pending, *awake}, key=lambda key: (key[1], plan.order(key[0])))


async def woken(state: RunState, journalled: Journalled, payloads: Payloads) -> list[NodeKey]:
    """The sleeping nodes of a run under way that may go on by now: their time has come, or something came in."""
    for row in journalled.attempt_rows:
        key = (row["node_id"], parse_path(row["path"]))
        past = state.attempts.get((key, row["item"]), [])
        if key in state.asleep and past and past[-1].number == row["number"]:
            past[-1] = await _attempt(row, payloads)
    return await _awake(state, journalled, payloads)


async def _awake(state: RunState, journalled: Journalled, payloads: Payloads) -> list[NodeKey]:
    keys = [
        key
        for key, asleep in state.asleep.items()
        if (
            await _children_ended(state, key, journalled.children, payloads)
            if asleep.reason == "child"
            else _over(state, key, asleep, journalled.node_rows)
        )
    ]
    for key in keys:
        del state.asleep[key]
    return keys


async def _retold(state: RunState, key: NodeKey, row: Row, payloads: Payloads) -> Sequence[NodeKey] | None:
    """Tell the frontier what became of the node; None for what has to be done again (it was cut off)."""
    if row["output"] is not None:
        done = output_from(await payloads.unpack(row["output"]))
        state.ports[key] = done.ports
        state.answer = state.answer or done.answer
        return state.frontier.settle(key, Finished({port: len(items) for port, items in done.ports.items()})).ready
    if row["status"] == "waiting":
        state.asleep[key] = Asleep(row["waiting_reason"], row["waiting_until"], row["attempt"])
        return state.frontier.settle(key, Waiting()).ready
    if row["status"] == "failed":
        if key[1]:
            state.broken[key] = orjson.loads(row["error"])
        else:
            state.error = state.error or orjson.loads(row["error"])
        return state.frontier.settle(key, Failed()).ready
    return None


async def _attempt(row: Row, payloads: Payloads) -> PastAttempt:
    items = items_from(await payloads.unpack(row["output"])) if row["output"] is not None else ()
    return PastAttempt(row["number"], row["status"], row["effect"], items)


async def _children_ended(state: RunState, key: NodeKey, children: Sequence[Row], payloads: Payloads) -> bool:
    """Whether all runs that the node waits for have ended; what they gave is put in its place."""
    own = [row for row in children if (row["parent_node"], parse_path(row["parent_path"])) == key]
    if any(row["status"] not in ENDED for row in own):
        return False
    state.resumptions[key] = Resumption("child", await results_of(own, payloads))
    return True


def _over(state: RunState, key: NodeKey, asleep: Asleep, rows: Sequence[Row]) -> bool:
    """Whether the node may go on; what it was resumed with is put in its place."""
    row = next(row for row in rows if (row["node_id"], parse_path(row["path"])) == key)
    if row["resumption"] is not None:
        resumption = orjson.loads(row["resumption"])
        state.resumptions[key] = Resumption(resumption["kind"], resumption["payload"])
        return True
    if asleep.reason in ("outcome", "connection"):
        return not _still_open(state, key) if asleep.reason == "outcome" else True
    if asleep.until is not None and asleep.until <= clock.now():
        state.resumptions[key] = Resumption("time", None)
        return True
    return False


def _still_open(state: RunState, key: NodeKey) -> bool:
    return any(
        attempts[-1].status == "unknown" for (node, _), attempts in state.attempts.items() if node == key and attempts
    )
