"""What core.on_failure is told: the whole context of a failed run, or of a trigger that could not start one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from nodeloom.graph.json_value import JsonValue

NO_RUN = "trigger"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerFailed:
    """A trigger could not do what it is for. `run_id`: a run was started all the same."""

    workspace_id: str
    workflow_id: str
    workflow_name: str
    version: int
    node_id: str
    kind: str
    event_id: str | None
    run_id: str | None
    error: Mapping[str, str]
    at: datetime


def run_context(
    run: Mapping[str, Any],
    error: Mapping[str, Any],
    nodes: Mapping[str, Mapping[str, Any]],
    items: list[JsonValue] | None,
    public_url: str,
) -> dict[str, JsonValue]:
    """`nodes` are the graph's by id; `items` what the run was started with, None where that is large."""
    return {
        "mode": run["trigger_kind"],
        "workflow": _workflow(run["workflow_id"], run["workflow_name"], run["version"]),
        "run": {
            "id": run["id"],
            "url": f"{public_url}/runs/{run['id']}",
            "trigger": run["trigger_node"],
            "trigger_kind": run["trigger_kind"],
            "created_at": iso(run["created_at"]),
            "started_at": iso(run["started_at"]),
            "failed_at": iso(run["finished_at"]),
            "retry_of": run["retry_of"],
            "parent_run_id": run["parent_run_id"],
            "event_id": run["event_id"],
        },
        "error": _error(error, nodes),
        "input": items,
    }


def trigger_context(
    failed: TriggerFailed, nodes: Mapping[str, Mapping[str, Any]], public_url: str
) -> dict[str, JsonValue]:
    """The same shape; `run` is null where none was started."""
    run: JsonValue = None
    if failed.run_id is not None:
        run = {"id": failed.run_id, "url": f"{public_url}/runs/{failed.run_id}", "trigger": failed.node_id}
    return {
        "mode": NO_RUN,
        "workflow": _workflow(failed.workflow_id, failed.workflow_name, failed.version),
        "run": run,
        "trigger": {"node_id": failed.node_id, "kind": failed.kind, "event_id": failed.event_id, "at": iso(failed.at)},
        "error": _error({**failed.error, "node_id": failed.node_id}, nodes),
        "input": None,
    }


def nodes_of(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(node["id"]): node for node in cast("list[Mapping[str, Any]]", document.get("nodes", []))}


def _workflow(workflow_id: str, name: str, version: int | None) -> JsonValue:
    return {"id": workflow_id, "name": name, "version": version}


def _error(error: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> JsonValue:
    node_id = error.get("node_id")
    node = nodes.get(node_id) if isinstance(node_id, str) else None
    named: JsonValue = None
    if node is not None:
        named = {"id": node["id"], "title": node.get("title") or node["id"], "type": node["type"]}
    return {
        "code": error.get("code", ""),
        "message": error.get("message", ""),
        "hint": error.get("hint", ""),
        "node": named,
    }


def iso(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
