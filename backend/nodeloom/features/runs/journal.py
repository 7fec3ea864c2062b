"""What workers write: claims, node runs, attempts, ends. Every write names the fence of its claim.

All are operations of the group-commit writer: they take many payloads, share one transaction, and
give one result for each.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, and_, bindparam, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from nodeloom.adapters.bulk import Bulk
from nodeloom.features.runs.asks import AskRow, carry_out
from nodeloom.features.runs.closings import tell_failed
from nodeloom.features.runs.endings import tell_endings
from nodeloom.features.runs.family import end_children, end_siblings, wake_parents
from nodeloom.features.runs.models import ATTEMPTS, NODE_RUNS, RUN_LOG, RUNS, WORKERS, unfinished
from nodeloom.features.runs.rows import Row, plain

Written: TypeAlias = Literal["written", "fenced", "signalled"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker asks for up to `limit` runs."""

    worker_id: str
    limit: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Close:
    """How the drive ends: a final status, `waiting` (with a reason and perhaps a due time) or back to `queued`."""

    status: str
    active_ms: int
    waiting_reason: str | None = None
    due_at: datetime | None = None
    error: str | None = None
    finished_at: datetime | None = None
    output: bytes | None = None
    """What a child gives its parent."""
    wakes_parent: bool = False
    of_part: bool = False
    """The run is a part of a map: only its parent is told of it."""
    leaves_children: bool = False
    cut_off: bool = False
    """Calls were cut off: their outcomes are unknown for good, unless a person settles them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Rows of one run to be written together.

    With `signals_seen` a close is refused as `signalled` if a signal (a call, a settled outcome, a cancel) came in
    since: a run must not fall asleep on what it waits for.
    """

    run_id: str
    fence: int
    node_runs: Sequence[Row] = ()
    attempts: Sequence[Row] = ()
    close: Close | None = None
    signals_seen: int | None = None
    asks: Sequence[AskRow] = ()
    lines: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Heartbeat:
    worker_id: str
    lease_until: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """Runs that a worker holds, as the database has it, and does not drive."""

    worker_id: str
    run_ids: frozenset[str]


_CLAIMED = (
    RUNS.c.id, RUNS.c.workspace_id, RUNS.c.workflow_id, RUNS.c.workflow_name, RUNS.c.version, RUNS.c.graph_hash,
    RUNS.c.trigger_node, RUNS.c.trigger_kind, RUNS.c.event_id, RUNS.c.retry_of, RUNS.c.input, RUNS.c.fence,
    RUNS.c.signals, RUNS.c.cancel_requested, RUNS.c.answer_to, RUNS.c.max_concurrent, RUNS.c.active_ms,
    RUNS.c.created_at, RUNS.c.started_at, RUNS.c.parent_run_id, RUNS.c.parent_node, RUNS.c.parent_path,
    RUNS.c.parent_index, RUNS.c.parent_waits, RUNS.c.root_run_id, RUNS.c.depth, RUNS.c.scopes_from, RUNS.c.scopes_to,
)  # fmt: skip
_rivals = RUNS.alias("rivals")
_running_rivals = (
    select(func.count())
    .where(unfinished(_rivals), _rivals.c.workflow_id == RUNS.c.workflow_id, _rivals.c.status == "running")
    .scalar_subquery()
)
CANDIDATES = (
    select(RUNS.c.id, RUNS.c.workflow_id, RUNS.c.max_concurrent, RUNS.c.scopes_from)
    .where(
        unfinished(RUNS),
        or_(
            and_(
                RUNS.c.status == "queued", or_(RUNS.c.max_concurrent.is_(None), _running_rivals < RUNS.c.max_concurrent)
            ),
            and_(RUNS.c.status == "waiting", RUNS.c.due_at <= bindparam("now")),
        ),
    )
    .order_by(RUNS.c.id)
    .limit(bindparam("wanted"))
)
_LOCKED_CANDIDATES = CANDIDATES.with_for_update(skip_locked=True, of=RUNS)
_CLAIM = (
    update(RUNS)
    .where(RUNS.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        status="running",
        lease_owner=bindparam("worker"),
        fence=RUNS.c.fence + 1,
        waiting_reason=None,
        due_at=None,
        started_at=func.coalesce(RUNS.c.started_at, bindparam("started", type_=RUNS.c.started_at.type)),
    )
    .returning(*_CLAIMED)
)


def claim(connection: Connection, claims: Sequence[Claim]) -> list[list[Row]]:
    """The claimed runs for each asker, oldest first."""
    return [_claim_for(connection, asker) for asker in claims]


def _claim_for(connection: Connection, asker: Claim) -> list[Row]:
    candidates = connection.execute(_LOCKED_CANDIDATES, {"now": asker.now, "wanted": asker.limit}).all()
    ids = _within_limits(connection, _shared(connection, candidates, asker.now))
    if not ids:
        return []
    rows = connection.execute(_CLAIM, {"ids": ids, "worker": asker.worker_id, "started": asker.now})
    return sorted((plain(row) for row in rows.mappings()), key=lambda row: row["id"])


def _shared(connection: Connection, candidates: Sequence[Any], now: datetime) -> Sequence[Any]:
    """Of the parts of maps no more than one worker's share: they are there for all workers."""
    parts = [row for row in candidates if row.scopes_from is not None]
    if len(parts) < 2:
        return candidates
    workers = connection.scalar(select(func.count()).select_from(WORKERS).where(WORKERS.c.lease_until > now)) or 1
    left = {row.id for row in parts[-(-len(parts) // workers) :]}
    return [row for row in candidates if row.id not in left]


def _within_limits(connection: Connection, candidates: Sequence[Any]) -> list[str]:
    """Of the runs whose workflow limits how many may run at once, no more than there are places."""
    limited = {row.workflow_id for row in candidates if row.max_concurrent is not None}
    if not limited:
        return [row.id for row in candidates]
    if connection.dialect.name == "postgresql":
        # Two claims at once would each see the other's place as free.
        connection.execute(text("SELECT pg_advisory_xact_lock(7041966)"))
    running = select(RUNS.c.workflow_id, func.count()).where(
        unfinished(RUNS), RUNS.c.workflow_id.in_(limited), RUNS.c.status == "running"
    )
    taken = Counter({row[0]: row[1] for row in connection.execute(running.group_by(RUNS.c.workflow_id))})
    ids: list[str] = []
    for row in candidates:
        if row.max_concurrent is not None and taken[row.workflow_id] >= row.max_concurrent:
            continue
        taken[row.workflow_id] += 1
        ids.append(row.id)
    return ids


_NODE_RUN_COLUMNS = (
    "run_id", "node_id", "path", "workspace_id", "seq", "status", "waiting_reason", "waiting_until", "attempt",
    "started_at", "finished_at", "items_in", "items_out", "port", "ports", "output", "error",
)  # fmt: skip
_ATTEMPT_COLUMNS = (
    "run_id", "node_id", "path", "item", "number", "workspace_id", "effect", "idempotency_key", "summary", "status",
    "started_at", "finished_at", "output", "error",
)  # fmt: skip
_HELD = select(RUNS.c.id, RUNS.c.fence, RUNS.c.signals).where(
    RUNS.c.id.in_(bindparam("ids", expanding=True)), RUNS.c.status == "running"
)
_CLOSE = (
    update(RUNS)
    .where(RUNS.c.id == bindparam("run_id"))
    .values(
        status=bindparam("new_status"),
        waiting_reason=bindparam("reason"),
        due_at=bindparam("due", type_=RUNS.c.due_at.type),
        error=bindparam("failure"),
        finished_at=bindparam("ended", type_=RUNS.c.finished_at.type),
        active_ms=bindparam("active"),
        lease_owner=None,
    )
)


def write(connection: Connection, entries: Sequence[Entry]) -> list[Written]:
    """Rows and ends of runs, each only if the run is still this claim's."""
    held = _held(connection, {entry.run_id for entry in entries})
    verdicts: list[Written] = [_verdict(entry, held) for entry in entries]
    accepted = [entry for entry, verdict in zip(entries, verdicts, strict=True) if verdict == "written"]
    _NODE_RUN_ROWS.write(connection, [row for entry in accepted for row in entry.node_runs])
    _ATTEMPT_ROWS.write(connection, [row for entry in accepted for row in entry.attempts])
    carry_out(connection, [ask for entry in accepted for ask in entry.asks])
    lines = [line for entry in accepted for line in entry.lines]
    if lines:
        connection.execute(_SAY[connection.dialect.name], lines)
    closes = [_close_row(entry.run_id, entry.close) for entry in accepted if entry.close is not None]
    if closes:
        connection.execute(_CLOSE, closes)
    _tell_family(connection, [(entry.run_id, entry.close) for entry in accepted if entry.close is not None])
    cut_off = [entry.run_id for entry in accepted if entry.close is not None and entry.close.cut_off]
    if cut_off:
        open_intents = (ATTEMPTS.c.status == "intent") & ATTEMPTS.c.effect.in_(("once", "destructive"))
        connection.execute(
            update(ATTEMPTS).where(ATTEMPTS.c.run_id.in_(cut_off), open_intents).values(status="unknown")
        )
    parts = {entry.run_id for entry in accepted if entry.close is not None and entry.close.of_part}
    failed = [row["run_id"] for row in closes if row["new_status"] == "failed" and row["run_id"] not in parts]
    tell_endings(
        connection,
        failed=failed,
        succeeded=[row["run_id"] for row in closes if row["new_status"] == "succeeded"],
        in_doubt=cut_off + [row["run_id"] for row in closes if row["reason"] == "outcome"],
    )
    tell_failed(connection, failed)
    return verdicts


def _tell_family(connection: Connection, closes: Sequence[tuple[str, Close]]) -> None:
    """What the ends of runs mean for their parents and children; most runs have neither and pay nothing."""
    for run_id, close in closes:
        if close.output is not None:
            connection.execute(update(RUNS).where(RUNS.c.id == run_id).values(output=close.output))
        if close.leaves_children and close.finished_at is not None:
            end_children(connection, [run_id], close.finished_at, waited_for=True)
        if close.wakes_parent and close.finished_at is not None and close.status != "succeeded":
            end_siblings(connection, [run_id], close.finished_at)
    ended = [run_id for run_id, close in closes if close.wakes_parent]
    if ended:
        wake_parents(connection, ended)


def _held(connection: Connection, run_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    statement = _HELD.with_for_update() if connection.dialect.name == "postgresql" else _HELD
    rows = connection.execute(statement, {"ids": sorted(run_ids)})
    return {run_id: (fence, signals) for run_id, fence, signals in rows}


def _verdict(entry: Entry, held: Mapping[str, tuple[int, int]]) -> Written:
    fence, signals = held.get(entry.run_id, (-1, -1))
    if fence != entry.fence:
        return "fenced"
    if entry.signals_seen is not None and entry.signals_seen != signals:
        return "signalled"
    return "written"


_NODE_RUN_ROWS = Bulk(NODE_RUNS, _NODE_RUN_COLUMNS, replacing=True)
_ATTEMPT_ROWS = Bulk(ATTEMPTS, _ATTEMPT_COLUMNS, replacing=True)


# A commit whose answer was lost is repeated, and finds the lines there.
_SAY = {
    "sqlite": sqlite_insert(RUN_LOG).on_conflict_do_nothing(),
    "postgresql": postgresql_insert(RUN_LOG).on_conflict_do_nothing(),
}


def _close_row(run_id: str, close: Close) -> Row:
    return {
        "run_id": run_id,
        "new_status": close.status,
        "reason": close.waiting_reason,
        "due": close.due_at,
        "failure": close.error,
        "ended": close.finished_at,
        "active": close.active_ms,
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a worker's runs: which are to be cancelled, and each one's count of signals."""

    cancelled: frozenset[str]
    signals: Mapping[str, int]


def heartbeat(connection: Connection, beat: Heartbeat) -> Asked:
    """Renew a worker's lease and hear what was asked of its runs since they began."""
    renewed = connection.execute(
        update(WORKERS).where(WORKERS.c.id == beat.worker_id).values(lease_until=beat.lease_until)
    )
    if renewed.rowcount == 0:
        row = {"id": beat.worker_id, "lease_until": beat.lease_until, "started_at": beat.now}
        connection.execute(WORKERS.insert(), row)
    asked = select(RUNS.c.id, RUNS.c.signals, RUNS.c.cancel_requested).where(
        unfinished(RUNS), RUNS.c.status == "running", RUNS.c.lease_owner == beat.worker_id, RUNS.c.signals > 0
    )
    rows = connection.execute(asked).all()
    return Asked(frozenset(row.id for row in rows if row.cancel_requested), {row.id: row.signals for row in rows})


def take_back(connection: Connection, moments: Sequence[datetime]) -> list[int]:
    """Queue the runs whose worker's lease is over; how many there were."""
    alive = select(WORKERS.c.id).where(WORKERS.c.lease_until > max(moments))
    orphans = update(RUNS).where(
        unfinished(RUNS),
        RUNS.c.status == "running",
        or_(RUNS.c.lease_owner.is_(None), RUNS.c.lease_owner.not_in(alive)),
    )
    taken = connection.execute(orphans.values(status="queued", lease_owner=None)).rowcount
    connection.execute(WORKERS.delete().where(WORKERS.c.lease_until <= max(moments)))
    return [taken] + [0] * (len(moments) - 1)


def give_back(connection: Connection, losses: Sequence[Lost]) -> list[int]:
    """Queue what a living worker lost sight of; how many of each are still its own."""
    return [_give_back(connection, lost) for lost in losses]


def _give_back(connection: Connection, lost: Lost) -> int:
    still_its_own = and_(RUNS.c.id.in_(lost.run_ids), RUNS.c.status == "running", RUNS.c.lease_owner == lost.worker_id)
    return connection.execute(update(RUNS).where(still_its_own).values(status="queued", lease_owner=None)).rowcount
