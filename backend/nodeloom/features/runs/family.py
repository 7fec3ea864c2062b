"""What the end of a run means for those around it: its parent goes on, its children end too.

Called within the transaction that ends the run, so that neither a crash nor another worker comes between.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from nodeloom.features.runs.models import NODE_RUNS, RUNS, unfinished
from nodeloom.features.runs.waking import wake


def wake_parents(connection: Connection, ended: Collection[str]) -> None:
    """Wake the parents that wait for these runs, each once the last of the runs of its node has ended."""
    waited_for = (
        select(RUNS.c.parent_run_id, RUNS.c.parent_node, RUNS.c.parent_path)
        .where(RUNS.c.id.in_(ended), RUNS.c.parent_waits.is_(True))
        .distinct()
    )
    nodes = connection.execute(waited_for).all()
    if not nodes:
        return
    # Two children that end at once in two transactions would each take the other for unfinished.
    parents = sorted({str(node.parent_run_id) for node in nodes})
    connection.execute(select(RUNS.c.id).where(RUNS.c.id.in_(parents)).order_by(RUNS.c.id).with_for_update()).all()
    for node in nodes:
        unended = select(RUNS.c.id).where(
            unfinished(RUNS),
            RUNS.c.parent_run_id == node.parent_run_id,
            RUNS.c.parent_node == node.parent_node,
            RUNS.c.parent_path == node.parent_path,
        )
        if connection.execute(unended.limit(1)).first() is None:
            wake(connection, node.parent_run_id)


def end_children(connection: Connection, parents: Sequence[str], now: datetime, *, waited_for: bool) -> None:
    """Cancel what these runs started, and what that started: what sleeps ends here, what is driven is told.

    With `waited_for` only what they wait for: what was started without waiting goes on by itself.
    """
    above = list(parents)
    while above:
        children = select(RUNS.c.id, RUNS.c.status).where(RUNS.c.parent_run_id.in_(above), unfinished(RUNS))
        if waited_for:
            children = children.where(RUNS.c.parent_waits.is_(True))
        found = connection.execute(children.order_by(RUNS.c.id).with_for_update()).all()
        above = [row.id for row in found]
        cancel_runs(connection, [row.id for row in found], now)


def end_siblings(connection: Connection, failed: Collection[str], now: datetime) -> None:
    """A part of a container that failed ends the other parts."""
    parts = select(RUNS.c.parent_run_id, RUNS.c.parent_node, RUNS.c.parent_path).where(
        RUNS.c.id.in_(failed), RUNS.c.scopes_from.is_not(None)
    )
    for part in connection.execute(parts.distinct()).all():
        others = select(RUNS.c.id).where(
            unfinished(RUNS),
            RUNS.c.parent_run_id == part.parent_run_id,
            RUNS.c.parent_node == part.parent_node,
            RUNS.c.parent_path == part.parent_path,
        )
        ids = [row.id for row in connection.execute(others.order_by(RUNS.c.id).with_for_update())]
        cancel_runs(connection, ids, now)
        end_children(connection, ids, now, waited_for=True)


def cancel_runs(connection: Connection, run_ids: Sequence[str], now: datetime) -> None:
    """Queued and sleeping runs end here; those that are driven are told and end within a moment."""
    if not run_ids:
        return
    these = RUNS.c.id.in_(run_ids) & unfinished(RUNS)
    connection.execute(update(RUNS).where(these).values(cancel_requested=True, signals=RUNS.c.signals + 1))
    idle = connection.execute(select(RUNS.c.id).where(these, RUNS.c.status.in_(("queued", "waiting"))))
    ended = [row.id for row in idle]
    values = {"status": "cancelled", "waiting_reason": None, "due_at": None, "finished_at": now}
    connection.execute(update(RUNS).where(RUNS.c.id.in_(ended)).values(values))
    open_nodes = NODE_RUNS.c.run_id.in_(ended) & NODE_RUNS.c.status.in_(("running", "waiting"))
    connection.execute(update(NODE_RUNS).where(open_nodes).values(status="cancelled", finished_at=now))
