"""Runs that nodes of other runs start: checked before, started with the row of the node, and taken back after.

A child is inserted in the transaction that parks its parent's node (or that says what the node gave), so no crash and
no second worker starts it twice. What can't be started is the failure of the item that asked for it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from sqlalchemy import Connection

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.problem import ApiProblem
from nodeloom.engine.lineage import given_back
from nodeloom.features.runs.accept import GraphRef, NewRun, Parent, graph_ref, insert_runs
from nodeloom.features.runs.asks import AskRow, on_ask
from nodeloom.features.runs.compute import Work, compute
from nodeloom.features.runs.journal import Close
from nodeloom.features.runs.payloads import Payloads, items_document
from nodeloom.features.runs.rows import Row
from nodeloom.features.runs.state import Asked, Asleep, Done, NodeEnd, RunState
from nodeloom.features.workflows.service import VersionToRun, find, load_version
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.scope import format_path, parse_path
from nodeloom.nodes.input_schema import misfit
from nodeloom.nodes.node_type import NodeFailed, Resumption, WorkflowCalled

MOST_LEVELS: Final = 20
_KEPT: Final = 200
_CALLED: Final = "core.called"


@dataclass(frozen=True, slots=True)
class Callee:
    """A version of a workflow that can be called; each item must fit its `schema`."""

    workflow_id: str
    name: str
    version: int
    graph: GraphRef
    trigger: str
    schema: Mapping[str, JsonValue] | None
    max_concurrent: int | None


def start_children(connection: Connection, rows: Sequence[AskRow]) -> None:
    insert_runs(connection, [row.made for row in rows])


def follow_calls() -> None:
    """To be called while a worker is wired."""
    on_ask(WorkflowCalled, start_children)


class Callees:
    """Finds what is called. Which version is live is looked up every time; what a version holds is kept."""

    def __init__(self, database: Database, payloads: Payloads) -> None:
        self._database = database
        self._payloads = payloads
        self._kept: OrderedDict[tuple[str, str, int], Callee] = OrderedDict()

    async def called(self, run: Row, work: Work, end: NodeEnd) -> NodeEnd:
        """The node's end with the runs that it starts; where some can't be started, the end that comes of that."""
        before = work.context.resumed
        results = dict(before.payload or {}) if before is not None and before.kind == "child" else {}
        while isinstance(end, Done | Asleep) and end.asks:
            made, refused = await self._prepared(run, work, end.asks)
            if not refused:
                return replace(end, asks=made)
            results |= refused
            work.context = replace(work.context, resumed=Resumption("child", results))
            end = await asyncio.to_thread(compute, work)
        return end

    async def _prepared(
        self, run: Row, work: Work, asks: Sequence[Asked]
    ) -> tuple[list[Asked], dict[str, dict[str, JsonValue]]]:
        made: list[Asked] = []
        refused: dict[str, dict[str, JsonValue]] = {}
        found: dict[tuple[str, int | None], Callee] = {}
        for asked in asks:
            if not isinstance(asked.ask, WorkflowCalled):
                made.append(asked)
                continue
            try:
                _check_depth(run["depth"] or 0)
                wanted = (asked.ask.workflow_id, asked.ask.version)
                callee = found[wanted] = found.get(wanted) or await self._find(run["workspace_id"], *wanted)
                _check(callee, asked.ask)
                made.append(asked._replace(made=await self._new_run(run, work, asked.item, asked.ask, callee)))
            except NodeFailed as failure:
                error: dict[str, JsonValue] = {"code": failure.code, "message": failure.message, "hint": failure.hint}
                refused[str(asked.item)] = {"error": error}
        return made, refused

    async def _find(self, workspace_id: str, workflow_id: str, version: int | None) -> Callee:
        try:
            async with self._database.read() as session:
                if version is None:
                    version = (await find(session, workspace_id, workflow_id)).published_version
                known = self._kept.get((workspace_id, workflow_id, version)) if version is not None else None
                if known is not None:
                    return known
                loaded = await load_version(session, workspace_id, workflow_id, version or "live")
        except ApiProblem as problem:
            raise NodeFailed(problem.code, problem.detail, problem.hint) from None
        callee = await asyncio.to_thread(_callee, loaded)
        self._kept[workspace_id, workflow_id, callee.version] = callee
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return callee

    async def _new_run(self, run: Row, work: Work, item: int, ask: WorkflowCalled, callee: Callee) -> NewRun:
        node_id, path = work.scope.key
        return NewRun(
            id=ask.run_id,
            workspace_id=run["workspace_id"],
            workflow_id=callee.workflow_id,
            workflow_name=callee.name,
            version=callee.version,
            graph=callee.graph,
            trigger_node=callee.trigger,
            trigger_kind="called",
            input=await self._payloads.pack(items_document(ask.items)),
            created_at=clock.now(),
            max_concurrent=callee.max_concurrent,
            parent=Parent(
                run_id=run["id"],
                node=node_id,
                path=format_path(path),
                index=item,
                root_run_id=run["root_run_id"] or run["id"],
                depth=(run["depth"] or 0) + 1,
                waits=ask.waits,
            ),
        )


def _callee(loaded: VersionToRun) -> Callee:
    trigger = next((node for node in loaded.graph.nodes if node.type == _CALLED and not node.disabled), None)
    if trigger is None or loaded.version is None:
        raise NodeFailed(
            "not_callable",
            f"“{loaded.name}” has no trigger “Called by a workflow”.",
            "Add one to it (core.called) and publish it.",
        )
    schema = trigger.params.get("input_schema")
    return Callee(
        loaded.workflow_id,
        loaded.name,
        loaded.version,
        graph_ref(loaded.document),
        trigger.id,
        schema if isinstance(schema, dict) else None,
        loaded.graph.settings.max_concurrent_runs,
    )


def _check_depth(depth: int) -> None:
    if depth >= MOST_LEVELS:
        raise NodeFailed(
            "too_deep",
            f"Workflows call each other {MOST_LEVELS} levels deep here; that is as far as it goes.",
            "Look for a workflow that calls itself, and let it stop.",
        )


def _check(callee: Callee, ask: WorkflowCalled) -> None:
    if callee.schema is None:
        return
    for position, item in enumerate(ask.items):
        found = misfit(callee.schema, item.json)
        if found is not None:
            where = f" (item {position})" if len(ask.items) > 1 else ""
            raise NodeFailed(
                "wrong_input",
                f"“{callee.name}” does not take this: {found.field or 'the input'} {found.message}{where}.",
                "Change what goes in, or the input schema of its trigger.",
            )


async def results_of(children: Sequence[Row], payloads: Payloads) -> dict[str, JsonValue]:
    """What ended children gave, by the item that each was started for."""
    return {str(child["parent_index"]): await _result(child, payloads) for child in children}


async def _result(child: Row, payloads: Payloads) -> dict[str, JsonValue]:
    given: dict[str, JsonValue] = {"run_id": child["id"]}
    if child["status"] == "succeeded" and child["output"] is not None:
        output: JsonValue = await payloads.unpack(child["output"])
        return {**given, "ports" if isinstance(output, dict) else "items": output}
    error: Any = orjson.loads(child["error"]) if child["error"] is not None else None
    if error is None:
        error = {"code": "child_cancelled", "message": f"The run of “{child['workflow_name']}” was cancelled."}
    hint = error.get("hint") or f"It failed in “{child['workflow_name']}”, in the run {child['id']}."
    return {**given, "error": {**error, "hint": hint}}


async def with_family(close: Close, run: Row, state: RunState, payloads: Payloads) -> Close:
    """What the end of a run means for its parent and for what it started."""
    waits = any(end.reason == "child" for end in state.asleep.values())
    if close.finished_at is None or not (waits or run["parent_waits"]):
        return close
    output = None
    if close.status == "succeeded" and run["scopes_from"] is not None:
        ports = state.ports.get((run["parent_node"], parse_path(run["parent_path"])), {})
        output = await payloads.pack({port: items_document(items) for port, items in ports.items()})
    elif close.status == "succeeded":
        output = await payloads.pack(items_document(given_back(state.plan, run["trigger_node"], state.emitted)))
    of_part = run["scopes_from"] is not None
    wakes_parent = bool(run["parent_waits"])
    return replace(close, output=output, wakes_parent=wakes_parent, of_part=of_part, leaves_children=waits)
