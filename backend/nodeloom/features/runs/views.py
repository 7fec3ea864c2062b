"""Rows of runs as resources, for the API and for whoever watches live."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from arq.connections import ArqRedis

from nodeloom.adapters.live import Live
from nodeloom.features.runs.answers import Outbox, RunAnswer
from nodeloom.features.runs.journal import Close
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.runs.rows import Row, shown_id
from nodeloom.features.runs.schemas import ErrorRead, LogLineRead, NodeRunRead, ParentRead, RunSummary, Waiting

NO_COST = "0"


def run_summary(row: Mapping[str, Any]) -> RunSummary:
    waiting = None
    if row["status"] == "waiting" and row["waiting_reason"] is not None:
        waiting = Waiting(reason=row["waiting_reason"], until=row["due_at"], url=None)
    return RunSummary(
        id=row["id"],
        workflow_id=row["workflow_id"],
        workflow_name=row["workflow_name"],
        version=row["version"],
        trigger=row["trigger_node"],
        trigger_kind=row["trigger_kind"],
        event_id=row["event_id"],
        retry_of=row["retry_of"],
        parent=_parent(row),
        status=row["status"],
        waiting=waiting,
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        cost_usd=NO_COST,
        error=_error(row["error"]),
    )


def _parent(row: Mapping[str, Any]) -> ParentRead | None:
    if row["parent_run_id"] is None:
        return None
    return ParentRead(
        run_id=row["parent_run_id"], node_id=row["parent_node"], path=row["parent_path"], index=row["parent_index"]
    )


def node_run_read(row: Mapping[str, Any], tokens: ResumeTokens) -> NodeRunRead:
    waiting = None
    if row["status"] == "waiting":
        url = None
        if row["waiting_reason"] == "call":
            url = tokens.url(row["run_id"], row["node_id"], row["path"])
        elif row["waiting_reason"] == "approval":
            url = tokens.approval_url(row["run_id"], row["node_id"], row["path"])
        waiting = Waiting(reason=row["waiting_reason"], until=row["waiting_until"], url=url)
    return NodeRunRead(
        node_id=row["node_id"],
        path=row["path"],
        status=row["status"],
        waiting=waiting,
        attempt=row["attempt"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        items_in=row["items_in"],
        items_out=row["items_out"],
        port=row["port"],
        ports=orjson.loads(row["ports"]) if row["ports"] is not None else {},
        cost_usd=NO_COST,
        error=_error(row["error"]),
    )


def log_line_read(row: Mapping[str, Any]) -> LogLineRead:
    return LogLineRead(
        run_id=row["run_id"],
        seq=row["seq"],
        at=row["at"],
        node_id=row["node_id"],
        path=row["path"],
        level=row["level"],
        text=row["text"],
    )


def _error(packed: str | None) -> ErrorRead | None:
    return ErrorRead.model_validate(orjson.loads(packed)) if packed is not None else None


def _topics(run: Row) -> tuple[str, str]:
    return f"run:{shown_id(run)}", f"workflow:{run['workflow_id']}"


class Announcer:
    """Tells who watches what a drive does. Nothing is put together for a run that nobody watches."""

    def __init__(self, live: Live, redis: ArqRedis, tokens: ResumeTokens) -> None:
        self._live = live
        self._outbox = Outbox(redis)
        self._tokens = tokens
        self._sending: set[asyncio.Task[None]] = set()
        self._last: asyncio.Task[None] | None = None

    def watched(self, run: Row) -> bool:
        """Whether anybody looks at the run's nodes."""
        return self._live.watched(run["workspace_id"], _topics(run))

    def node(self, run: Row, row: Row) -> None:
        of_its_container = run["scopes_from"] is not None and row["path"] == run["parent_path"]
        if of_its_container or not self.watched(run):
            return
        topics = _topics(run)
        data = {"run_id": shown_id(run), "workflow_id": run["workflow_id"]}
        data |= node_run_read(row, self._tokens).model_dump(mode="json")
        self._send(run["workspace_id"], topics, "node_run", data)

    def log(self, run: Row, lines: Sequence[Row]) -> None:
        """Lines of the run's log, soon to be written."""
        if self.watched(run):
            for line in lines:
                self._send(run["workspace_id"], _topics(run), "log", log_line_read(line).model_dump(mode="json"))

    def run_begun(self, run: Row) -> None:
        self._run(run, {"status": "running"})

    def run_closed(self, run: Row, close: Close) -> None:
        changes = {
            "status": close.status,
            "waiting_reason": close.waiting_reason,
            "due_at": close.due_at,
            "finished_at": close.finished_at,
            "error": close.error,
        }
        self._run(run, changes)

    def _run(self, run: Row, changes: dict[str, Any]) -> None:
        topics = (*_topics(run), "runs")
        if run["scopes_from"] is not None or not self._live.watched(run["workspace_id"], topics):
            return
        blank = {"waiting_reason": None, "due_at": None, "finished_at": None, "error": None}
        resource = run_summary({**run, **blank, **changes}).model_dump(mode="json")
        self._send(run["workspace_id"], topics, "run", resource)

    def answer(self, run: Row, answer: RunAnswer) -> None:
        """For the caller who waits; what it says is on disk."""
        self._outbox.push(run["answer_to"], answer)

    def _send(self, workspace_id: str, topics: tuple[str, ...], kind: str, data: dict[str, Any]) -> None:
        previous = self._last
        task = asyncio.get_running_loop().create_task(self._in_order(previous, workspace_id, topics, kind, data))
        self._last = task
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _in_order(
        self, previous: "asyncio.Task[None] | None", workspace_id: str, topics: tuple[str, ...], kind: str, data: Any
    ) -> None:
        if previous is not None:
            await asyncio.wait([previous])
        await self._live.publish(workspace_id, topics, kind, data)
