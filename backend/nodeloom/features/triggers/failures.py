"""core.on_failure: a run that failed starts those that its workflow, or its workspace, keeps for that.

Asked in this order, the first that is there serves: the workflow's own core.on_failure; that of the workflow which its
settings name; that of the workspace's default. What fails inside such a run, or because of it, starts none.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from nodeloom.adapters import clock
from nodeloom.adapters.columns import load_json
from nodeloom.adapters.ids import new_id
from nodeloom.features.runs.accept import GraphRef
from nodeloom.features.runs.models import GRAPH_SNAPSHOTS, RUNS
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.rows import Row, plain
from nodeloom.features.triggers.accept import Arrival, take_in
from nodeloom.features.triggers.failure_context import TriggerFailed, nodes_of, run_context, trigger_context
from nodeloom.features.triggers.live import ON_FAILURE, LiveTrigger, LiveTriggers, settings_of
from nodeloom.features.triggers.models import EVENTS, FAILURE_WORKFLOWS
from nodeloom.graph.document import GraphSettings
from nodeloom.graph.json_value import JsonValue

__all__ = ["KIND", "Failures", "TriggerFailed"]

KIND = "on_failure"

_IN_A_BLOB = b"b"
_MOST_KEPT = 200
_FURTHEST = 50
_LONGEST_SUMMARY = 300


@dataclass(frozen=True, slots=True)
class _Graph:
    """What of a failed run's graph matters here; `own` are its core.on_failure nodes."""

    ref: GraphRef
    settings: GraphSettings
    nodes: Mapping[str, Mapping[str, Any]]
    own: tuple[str, ...]


class Failures:
    """For the thread of a writer: everything happens in the transaction in which the failure is written down."""

    def __init__(self, payloads: Payloads, live: LiveTriggers, public_url: str) -> None:
        self._payloads = payloads
        self._live = live
        self._public_url = public_url
        self._graphs: OrderedDict[str, _Graph] = OrderedDict()

    def of_runs(self, connection: Connection, run_ids: Sequence[str]) -> None:
        """These runs were closed as failed just now."""
        rows = connection.execute(_FAILED, {"ids": sorted(run_ids)}).mappings().all()
        for run in map(plain, rows):
            # A part of a map fails its parent, which is the run that people know.
            if run["scopes_from"] is None and not _because_of_a_failure(connection, run):
                self._tell_of_run(connection, run)

    def of_triggers(self, connection: Connection, failed: Sequence[TriggerFailed]) -> Sequence[None]:
        """These triggers could not do what they are for. Also an operation of the writer by itself."""
        for failure in failed:
            named = (failure.workspace_id, failure.workflow_id)
            graph = self._known(self._live.graph(connection, *named, failure.version)[0])
            serving = self._live.on_failure(connection, *named) or self._elsewhere(connection, *named, graph.settings)
            context = trigger_context(failure, graph.nodes, self._public_url)
            self._start(connection, serving, context, _said(failure.workflow_name, failure.error))
        return [None] * len(failed)

    def _tell_of_run(self, connection: Connection, run: Row) -> None:
        graph = self._graph_of(connection, run)
        serving = self._serving(connection, run, graph)
        if not serving:
            return
        error: dict[str, Any] = load_json(run["error"]) if run["error"] is not None else {}
        context = run_context(run, error, graph.nodes, self._input(run["input"]), self._public_url)
        self._start(connection, serving, context, _said(run["workflow_name"], error))

    def _serving(self, connection: Connection, run: Row, graph: _Graph) -> list[LiveTrigger]:
        named = (run["workspace_id"], run["workflow_id"])
        live = [] if run["version"] is None and graph.own else self._live.on_failure(connection, *named)
        return (
            live
            or [_own_trigger(run, graph, node_id) for node_id in graph.own]
            or self._elsewhere(connection, *named, graph.settings)
        )

    def _elsewhere(
        self, connection: Connection, workspace_id: str, workflow_id: str, settings: GraphSettings
    ) -> list[LiveTrigger]:
        """What the workflow's settings name, else the workspace's default; only what is live can serve."""
        default = connection.execute(_DEFAULT, {"workspace": workspace_id}).scalar()
        for other in (settings.on_failure_workflow, default):
            if other and other != workflow_id and (found := self._live.on_failure(connection, workspace_id, other)):
                return found
        return []

    def _start(
        self, connection: Connection, serving: Sequence[LiveTrigger], context: dict[str, JsonValue], summary: str
    ) -> None:
        if not serving:
            return
        now = clock.now()
        payload = self._payloads.pack_blocking([{"json": context}])
        arrivals: list[Arrival] = []
        for trigger in serving:
            event_id = new_id("evt")
            arrival = Arrival(
                event_id=event_id,
                workspace_id=trigger.workspace_id,
                workflow_id=trigger.workflow_id,
                node_id=trigger.node_id,
                kind=KIND,
                subscription_id=trigger.id,
                payload=payload,
                summary=summary,
                size=len(payload),
                received_at=now,
                run=trigger.run(KIND, event_id, payload, now),
                dedupe_key=None,
            )
            arrivals.append(arrival)
        take_in(connection, arrivals)

    def _input(self, packed: bytes) -> list[JsonValue] | None:
        """What the run was started with, where that is small: it is a look at it, not a copy."""
        if packed.startswith(_IN_A_BLOB):
            return None
        return [item["json"] for item in self._payloads.unpack_blocking(packed)]

    def _graph_of(self, connection: Connection, run: Row) -> _Graph:
        known = self._graphs.get(run["graph_hash"])
        if known is not None:
            return known
        snapshot = {"workspace": run["workspace_id"], "hash": run["graph_hash"]}
        return self._known(GraphRef(run["graph_hash"], connection.execute(_SNAPSHOT, snapshot).scalar_one()))

    def _known(self, ref: GraphRef) -> _Graph:
        known = self._graphs.get(ref.hash)
        if known is None:
            assert ref.document is not None  # read from its snapshot or version
            document: dict[str, Any] = load_json(ref.document.decode())
            nodes = nodes_of(document)
            own = tuple(id_ for id_, node in nodes.items() if node["type"] == ON_FAILURE and not node.get("disabled"))
            known = self._graphs[ref.hash] = _Graph(ref, settings_of(document), nodes, own)
            if len(self._graphs) > _MOST_KEPT:
                self._graphs.popitem(last=False)
        return known


def _own_trigger(run: Row, graph: _Graph, node_id: str) -> LiveTrigger:
    """That of the graph which the run ran on, as for a run of a draft."""
    return LiveTrigger(
        None,
        run["workspace_id"],
        run["workflow_id"],
        run["workflow_name"],
        run["version"],
        node_id,
        awaited=False,
        config={},
        graph=graph.ref,
        settings=graph.settings,
    )


def _because_of_a_failure(connection: Connection, run: Row) -> bool:
    """Whether the run is one of core.on_failure, or one of those led to it, by a call or by events."""
    current: Mapping[str, Any] | None = run
    for _ in range(_FURTHEST):
        if current is None:
            return False
        if current["trigger_kind"] == KIND:
            return True
        cause = current["parent_run_id"]
        if cause is None and current["event_id"] is not None:
            cause = connection.execute(_SENT_BY, {"event": current["event_id"]}).scalar()
        if cause is None:
            return False
        row = connection.execute(_CAUSE, {"run": cause}).mappings().first()
        current = plain(row) if row is not None else None
    # Nobody builds such a chain but by a loop.
    return True


def _said(workflow_name: str, error: Mapping[str, Any]) -> str:
    return f"“{workflow_name}” failed: {error.get('message', '')}"[:_LONGEST_SUMMARY]


_FAILED = select(
    RUNS.c.id,
    RUNS.c.workspace_id,
    RUNS.c.workflow_id,
    RUNS.c.workflow_name,
    RUNS.c.version,
    RUNS.c.graph_hash,
    RUNS.c.trigger_node,
    RUNS.c.trigger_kind,
    RUNS.c.event_id,
    RUNS.c.retry_of,
    RUNS.c.parent_run_id,
    RUNS.c.scopes_from,
    RUNS.c.input,
    RUNS.c.error,
    RUNS.c.created_at,
    RUNS.c.started_at,
    RUNS.c.finished_at,
).where(RUNS.c.id.in_(bindparam("ids", expanding=True)))
_CAUSE = select(RUNS.c.trigger_kind, RUNS.c.parent_run_id, RUNS.c.event_id).where(RUNS.c.id == bindparam("run"))
_SENT_BY = select(EVENTS.c.sent_by).where(EVENTS.c.id == bindparam("event"))
_SNAPSHOT = select(GRAPH_SNAPSHOTS.c.document).where(
    GRAPH_SNAPSHOTS.c.workspace_id == bindparam("workspace"), GRAPH_SNAPSHOTS.c.hash == bindparam("hash")
)
_DEFAULT = select(FAILURE_WORKFLOWS.c.workflow_id).where(FAILURE_WORKFLOWS.c.workspace_id == bindparam("workspace"))
