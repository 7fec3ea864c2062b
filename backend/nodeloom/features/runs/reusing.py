"""What a run that is made once more takes over from the one before it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.compiler.plan import Plan
from nodeloom.features.runs.errors import NodeRunNotFound, NothingFailed
from nodeloom.features.runs.models import NODE_RUNS
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.reading import node_rows_of
from nodeloom.features.runs.rows import Row
from nodeloom.graph.scope import parse_path


async def reuse_before(session: AsyncSession, old_id: str, new_id: str, plan: Plan, from_node: str) -> None:
    """Take over what the old run's nodes gave, but for `from_node` and what comes after it."""
    if from_node not in plan.nodes:
        raise NodeRunNotFound(f"There is no node {from_node!r} in that version.")
    again = _again(plan, from_node)
    await _take_over(
        session, new_id, [row for row in await node_rows_of(session, old_id) if row["node_id"] not in again]
    )


async def reuse_good_items(
    session: AsyncSession, payloads: Payloads, old_id: str, new_id: str, plan: Plan, container: str
) -> None:
    """Take over what came before the container, and all of its scopes but for those that failed or did not end."""
    node = plan.nodes.get(container)
    if node is None or not node.spec.container or node.parent is not None:
        raise NodeRunNotFound(
            f"{container!r} is no map or loop at the top of that version.",
            hint="Name a container that stands in no other.",
        )
    rows = await node_rows_of(session, old_id)
    failed = await _failed_scopes(rows, container, payloads)
    again = _again(plan, container) - _inside(plan, [container])
    kept = [row for row in rows if row["node_id"] not in again and _scope_of(row, container) not in failed]
    await _take_over(session, new_id, kept)


def _again(plan: Plan, from_node: str) -> set[str]:
    """The node and all after it; the containers around it end anew too, with what else stands in them kept."""
    again = _from(plan, from_node)
    around = plan.nodes[from_node].parent
    while around is not None:
        again |= _from(plan, around) - _inside(plan, [around])
        around = plan.nodes[around].parent
    return again


def _from(plan: Plan, node_id: str) -> set[str]:
    after = {id_ for id_ in plan.nodes if node_id in plan.ancestors(id_)} | {node_id}
    return after | _inside(plan, after)


def _inside(plan: Plan, containers: Collection[str]) -> set[str]:
    """All nodes in them, however deep."""
    found: set[str] = set()
    pending = [id_ for id_ in containers if plan.nodes[id_].spec.container]
    while pending:
        inner = plan.children(pending.pop())
        found.update(inner)
        pending.extend(id_ for id_ in inner if plan.nodes[id_].spec.container)
    return found


async def _failed_scopes(rows: Sequence[Row], container: str, payloads: Payloads) -> set[int]:
    """As the container said of them, or, where it did not come to that, those with a node that failed."""
    own = next((row for row in rows if row["node_id"] == container and row["path"] == ""), None)
    if own is None:
        raise NodeRunNotFound(f"Node {container!r} did not run in this run.")
    if own["output"] is not None:
        errors: list[dict[str, Any]] = (await payloads.unpack(own["output"]))["ports"].get("errors", [])
        failed = {position for item in errors for _, position in item.get("origin", ())}
        if not failed:
            raise NothingFailed(f"No item of {container!r} failed in this run.")
        return failed
    broken = (row for row in rows if row["status"] == "failed" and row["output"] is None)
    return {scope for scope in (_scope_of(row, container) for row in broken) if scope is not None}


def _scope_of(row: Row, container: str) -> int | None:
    """The index of the container's scope that the row stands in."""
    path = parse_path(row["path"])
    return path[0][1] if path and path[0][0] == container else None


async def _take_over(session: AsyncSession, new_id: str, rows: Sequence[Row]) -> None:
    given = [{**row, "run_id": new_id, "resumption": None} for row in rows if row["output"] is not None]
    if given:
        await session.execute(insert(NODE_RUNS), given)
