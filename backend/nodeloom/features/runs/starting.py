"""Runs that people start: by hand, or once more."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.columns import load_json
from nodeloom.compiler.catalog import Catalog
from nodeloom.compiler.compile import compile_graph
from nodeloom.compiler.plan import Plan
from nodeloom.features.accounts.roles import Role, covers
from nodeloom.features.connections.service import known as known_connections
from nodeloom.features.runs.accept import NewRun, graph_ref, insert_run, new_run_id
from nodeloom.features.runs.errors import GraphCannotRun, RunNotEnded, TriggerNotFound
from nodeloom.features.runs.models import ENDED, GRAPH_SNAPSHOTS
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.reading import find_run
from nodeloom.features.runs.reusing import reuse_before, reuse_good_items
from nodeloom.features.runs.rows import Row
from nodeloom.features.runs.schemas import RunRetry, RunStart
from nodeloom.features.workflows.errors import problem_documents
from nodeloom.features.workflows.rebinding import not_theirs
from nodeloom.features.workflows.service import VersionToRun, find, load_version
from nodeloom.graph.item import item_to_document
from nodeloom.graph.parse import parse_graph


async def start(
    session: AsyncSession,
    workspace_id: str,
    workflow_id: str,
    wanted: RunStart,
    catalog: Catalog,
    payloads: Payloads,
    answer_to: str | None,
    role: Role,
) -> NewRun:
    """A queued run for somebody of that role; the caller rings the bell after the commit."""
    version = await load_version(session, workspace_id, workflow_id, wanted.version)
    plan = await _plan(session, workspace_id, version, catalog)
    if version.version is None:
        await _check_connections(session, workspace_id, workflow_id, role)
    trigger = _trigger(plan, wanted.trigger)
    run = NewRun(
        id=new_run_id(),
        workspace_id=workspace_id,
        workflow_id=version.workflow_id,
        workflow_name=version.name,
        version=version.version,
        graph=graph_ref(version.document),
        trigger_node=trigger,
        trigger_kind="manual",
        input=await payloads.pack(_items(plan, trigger, wanted.input, draft=version.version is None)),
        created_at=clock.now(),
        max_concurrent=plan.settings.max_concurrent_runs,
        answer_to=answer_to,
    )
    await insert_run(session, run)
    return run


async def _plan(session: AsyncSession, workspace_id: str, version: VersionToRun, catalog: Catalog) -> Plan:
    compiled = compile_graph(version.graph, catalog, connections=await known_connections(session, workspace_id))
    if compiled.plan is None:
        errors = sum(problem.severity == "error" for problem in compiled.problems)
        raise GraphCannotRun(
            f"“{version.name}” has {errors} problem{'s' if errors != 1 else ''} that must be mended first.",
            problems=problem_documents(compiled.problems),
        )
    return compiled.plan


async def _check_connections(session: AsyncSession, workspace_id: str, workflow_id: str, role: Role) -> None:
    """A draft may name what nobody was allowed to publish yet. Who may only run takes it as an editor left it."""
    workflow = await find(session, workspace_id, workflow_id)
    theirs = await not_theirs(session, workflow, workflow.draft, role if covers(role, "editor") else "editor")
    if theirs:
        raise GraphCannotRun("It names a connection that you may not use.", problems=problem_documents(theirs))


def _trigger(plan: Plan, named: str | None) -> str:
    """The named one, else the manual one, else the only one."""
    if named is not None:
        if named not in plan.triggers:
            raise TriggerNotFound(f"{named!r} is not a trigger of this workflow.")
        return named
    manual = [id_ for id_ in plan.triggers if plan.nodes[id_].type == "core.manual"]
    candidates = manual[:1] or list(plan.triggers)
    if len(candidates) != 1:
        raise TriggerNotFound(f"The workflow has {len(candidates)} triggers: {', '.join(candidates)}.")
    return candidates[0]


def _items(plan: Plan, trigger: str, given: dict[str, Any] | list[Any] | None, *, draft: bool) -> list[dict[str, Any]]:
    """An object is one item; a list is many, what is no object is put under `value`. None: what is pinned, or {}."""
    if given is None:
        pinned = plan.nodes[trigger].pinned if draft else None
        items = [item_to_document(item) for of_port in (pinned or {}).values() for item in of_port]
        return items or [{"json": {}}]
    values: Sequence[Any] = given if isinstance(given, list) else [given]
    return [{"json": value if isinstance(value, dict) else {"value": value}} for value in values]


async def retry(
    session: AsyncSession, workspace_id: str, run_id: str, wanted: RunRetry, catalog: Catalog, payloads: Payloads
) -> NewRun:
    """A new run with the old one's input, on its version or another; what came before what is named is reused."""
    old = await find_run(session, workspace_id, run_id)
    if old["status"] not in ENDED:
        raise RunNotEnded(f"The run is {old['status']}.")
    version, document = await _version(session, workspace_id, old, wanted)
    graph = parse_graph(document)
    plan = await _plan(
        session, workspace_id, VersionToRun(old["workflow_id"], old["workflow_name"], version, graph, document), catalog
    )
    if old["trigger_node"] not in plan.triggers:
        raise TriggerNotFound(f"The trigger {old['trigger_node']!r} is not in that version of the workflow.")
    run = NewRun(
        id=new_run_id(),
        workspace_id=workspace_id,
        workflow_id=old["workflow_id"],
        workflow_name=old["workflow_name"],
        version=version,
        graph=graph_ref(document),
        trigger_node=old["trigger_node"],
        trigger_kind=old["trigger_kind"],
        input=old["input"],
        created_at=clock.now(),
        event_id=old["event_id"],
        retry_of=run_id,
        max_concurrent=plan.settings.max_concurrent_runs,
    )
    await insert_run(session, run)
    if wanted.from_node is not None:
        await reuse_before(session, run_id, run.id, plan, wanted.from_node)
    if wanted.failed_items_of is not None:
        await reuse_good_items(session, payloads, run_id, run.id, plan, wanted.failed_items_of)
    return run


async def _version(
    session: AsyncSession, workspace_id: str, old: Row, wanted: RunRetry
) -> tuple[int | None, dict[str, Any]]:
    if wanted.version in (None, "same"):
        statement = select(GRAPH_SNAPSHOTS.c.document).where(
            GRAPH_SNAPSHOTS.c.workspace_id == workspace_id, GRAPH_SNAPSHOTS.c.hash == old["graph_hash"]
        )
        from_then = (await session.execute(statement)).scalar_one()
        return old["version"], load_json(from_then)
    version = await load_version(session, workspace_id, old["workflow_id"], wanted.version)
    return version.version, version.document
