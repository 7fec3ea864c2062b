"""Published triggers as operations of the writer find them, with the graph that a run of each would have."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, bindparam, select

from nodeloom.adapters.columns import UtcTime
from nodeloom.features.runs.accept import GraphRef, NewRun, graph_ref, new_run_id
from nodeloom.features.triggers.models import LISTENING, SUBSCRIPTIONS
from nodeloom.features.workflows.models import WORKFLOW_VERSIONS, WORKFLOWS
from nodeloom.graph.document import GraphSettings, Node
from nodeloom.graph.parse import parse_graph
from nodeloom.nodes.events import EventParams

EVENT = "core.event"
ON_FAILURE = "core.on_failure"

_MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class LiveTrigger:
    """One subscription, with what its runs are made of. `version` None: the draft's trigger."""

    id: str | None
    workspace_id: str
    workflow_id: str
    workflow_name: str
    version: int | None
    node_id: str
    awaited: bool
    config: Mapping[str, Any]
    graph: GraphRef
    settings: GraphSettings

    def run(self, kind: str, event_id: str, payload: bytes, now: datetime) -> NewRun:
        return NewRun(
            id=new_run_id(),
            workspace_id=self.workspace_id,
            workflow_id=self.workflow_id,
            workflow_name=self.workflow_name,
            version=self.version,
            graph=self.graph,
            trigger_node=self.node_id,
            trigger_kind=kind,
            input=payload,
            created_at=now,
            event_id=event_id,
            max_concurrent=self.settings.max_concurrent_runs,
        )


class LiveTriggers:
    """Remembers the graphs of versions, which never change. For one thread: the writer's."""

    def __init__(self) -> None:
        self._graphs: OrderedDict[tuple[str, int], tuple[GraphRef, GraphSettings]] = OrderedDict()

    def of_topic(self, connection: Connection, workspace_id: str, topic: str) -> list[LiveTrigger]:
        """Whoever takes the workspace's events of this name, oldest first."""
        rows = connection.execute(_OF_TOPIC, {"workspace": workspace_id, "topic": topic}).all()
        return [self._trigger(connection, row) for row in rows]

    def drafts_of_topic(
        self, connection: Connection, workspace_id: str, topic: str, now: datetime
    ) -> Iterator[LiveTrigger]:
        """Those of drafts that an editor listens to."""
        for row in connection.execute(_LISTENED_TO, {"workspace": workspace_id, "now": now}).all():
            graph = parse_graph(row.draft)
            for node in graph.nodes:
                heard = event_of(node) if row.node_id in (None, node.id) else None
                if heard is not None and heard.name == topic:
                    yield LiveTrigger(
                        None,
                        workspace_id,
                        row.id,
                        row.name,
                        None,
                        node.id,
                        awaited=False,
                        config=heard.model_dump(mode="json"),
                        graph=graph_ref(row.draft),
                        settings=graph.settings,
                    )

    def on_failure(self, connection: Connection, workspace_id: str, workflow_id: str) -> list[LiveTrigger]:
        """The triggers by which a workflow hears of failures."""
        rows = connection.execute(_ON_FAILURE, {"workspace": workspace_id, "workflow": workflow_id}).all()
        return [self._trigger(connection, row) for row in rows]

    def of_subscription(self, connection: Connection, workspace_id: str, subscription_id: str) -> LiveTrigger | None:
        """None once its version no longer is live."""
        row = connection.execute(_BY_ID, {"workspace": workspace_id, "id": subscription_id}).one_or_none()
        return self._trigger(connection, row) if row is not None else None

    def _trigger(self, connection: Connection, row: Row[Any]) -> LiveTrigger:
        graph, settings = self.graph(connection, row.workspace_id, row.workflow_id, row.version)
        return LiveTrigger(
            row.id,
            row.workspace_id,
            row.workflow_id,
            row.name,
            row.version,
            row.node_id,
            bool(row.awaited),
            row.config,
            graph,
            settings,
        )

    def graph(
        self, connection: Connection, workspace_id: str, workflow_id: str, version: int
    ) -> tuple[GraphRef, GraphSettings]:
        """The graph of a version, with its settings."""
        key = (workflow_id, version)
        known = self._graphs.get(key)
        if known is not None:
            return known
        document = connection.execute(
            _GRAPH, {"workspace": workspace_id, "workflow": workflow_id, "version": version}
        ).scalar_one()
        known = self._graphs[key] = (graph_ref(document), settings_of(document))
        if len(self._graphs) > _MOST_KEPT:
            self._graphs.popitem(last=False)
        return known


def event_of(node: Node) -> EventParams | None:
    """What a trigger for events listens to, if it is one and says so."""
    if node.type != EVENT or node.disabled:
        return None
    try:
        return EventParams.model_validate(node.params)
    except ValidationError:
        return None


def settings_of(document: Mapping[str, Any]) -> GraphSettings:
    return GraphSettings.model_validate(document.get("settings", {}))


_LIVE: Select[Any] = (
    select(SUBSCRIPTIONS, WORKFLOWS.c.name)
    .join(WORKFLOWS, WORKFLOWS.c.id == SUBSCRIPTIONS.c.workflow_id)
    .where(SUBSCRIPTIONS.c.workspace_id == bindparam("workspace"))
    .order_by(SUBSCRIPTIONS.c.id)
)
_OF_TOPIC = _LIVE.where(SUBSCRIPTIONS.c.topic.is_not(None), SUBSCRIPTIONS.c.topic == bindparam("topic"))
_ON_FAILURE = _LIVE.where(SUBSCRIPTIONS.c.workflow_id == bindparam("workflow"), SUBSCRIPTIONS.c.kind == ON_FAILURE)
_BY_ID = _LIVE.where(SUBSCRIPTIONS.c.id == bindparam("id"))
_LISTENED_TO = (
    select(WORKFLOWS.c.id, WORKFLOWS.c.name, WORKFLOWS.c.draft, LISTENING.c.node_id)
    .join(LISTENING, LISTENING.c.workflow_id == WORKFLOWS.c.id)
    .where(LISTENING.c.workspace_id == bindparam("workspace"), LISTENING.c.until > bindparam("now", type_=UtcTime))
    .order_by(WORKFLOWS.c.id)
)
_GRAPH = select(WORKFLOW_VERSIONS.c.graph).where(
    WORKFLOW_VERSIONS.c.workspace_id == bindparam("workspace"),
    WORKFLOW_VERSIONS.c.workflow_id == bindparam("workflow"),
    WORKFLOW_VERSIONS.c.number == bindparam("version"),
)
