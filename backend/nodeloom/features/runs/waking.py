"""How a sleeping run is woken, within any transaction. Who does it rings and signals after the commit."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, select, update

from nodeloom.adapters.columns import dump_json
from nodeloom.features.runs.models import NODE_RUNS, RUNS, unfinished
from nodeloom.nodes.node_type import WaitFor


def resume(
    connection: Connection, run_id: str, node_id: str, path: str, kind: WaitFor, payload: Mapping[str, Any] | None
) -> bool:
    """Let a parked node go on, once; false if it does not wait (any more)."""
    here = and_(
        NODE_RUNS.c.run_id == run_id,
        NODE_RUNS.c.node_id == node_id,
        NODE_RUNS.c.path == path,
        NODE_RUNS.c.status == "waiting",
        NODE_RUNS.c.resumption.is_(None),
        select(RUNS.c.id).where(RUNS.c.id == run_id, unfinished(RUNS)).exists(),
    )
    resumption = dump_json({"kind": kind, "payload": payload})
    if connection.execute(update(NODE_RUNS).where(here).values(resumption=resumption)).rowcount == 0:
        return False
    wake(connection, run_id)
    return True


def wake(connection: Connection, run_id: str) -> None:
    """Have the run look at what came in: at once if it is driven, else as soon as a worker takes it from the queue."""
    connection.execute(update(RUNS).where(RUNS.c.id == run_id).values(signals=RUNS.c.signals + 1))
    asleep = and_(RUNS.c.id == run_id, RUNS.c.status == "waiting")
    connection.execute(update(RUNS).where(asleep).values(status="queued", waiting_reason=None, due_at=None))
