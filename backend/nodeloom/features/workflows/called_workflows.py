"""What is wrong with the workflows that a graph calls, where their ids stand in it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.features.workflows import repository
from nodeloom.features.workflows.models import Workflow
from nodeloom.graph.document import Graph, Node
from nodeloom.graph.problem import Problem

_CALLS = "core.run_workflow"
_CALLED = "core.called"


async def called_workflow_problems(
    session: AsyncSession, workspace_id: str, workflow_id: str | None, graph: Graph
) -> list[Problem]:
    """An id that an expression gives is looked up when the node runs."""
    problems: list[Problem] = []
    for node in graph.nodes:
        named = node.params.get("workflow_id")
        if node.type != _CALLS or node.disabled or not isinstance(named, str) or not named or "{{" in named:
            continue
        if named == workflow_id:
            problem = None if _can_be_called(graph.nodes) else _not_callable(node, "This workflow")
        else:
            problem = await _problem(session, workspace_id, named, node)
        if problem is not None:
            problems.append(problem)
    return problems


async def _problem(session: AsyncSession, workspace_id: str, named: str, node: Node) -> Problem | None:
    callee = await repository.workflow(session, workspace_id, named)
    if callee is None:
        return Problem(
            "error",
            "unknown_workflow",
            f"“{node.title}” runs a workflow that does not exist: {named[:100]}.",
            "Choose another workflow.",
            node.id,
            "workflow_id",
        )
    return await _version_problem(session, workspace_id, callee, node)


async def _version_problem(session: AsyncSession, workspace_id: str, callee: Workflow, node: Node) -> Problem | None:
    pinned = node.params.get("version")
    number = pinned if isinstance(pinned, int) and not isinstance(pinned, bool) else callee.published_version
    if number is None:
        return Problem(
            "warning",
            "workflow_not_published",
            f"“{node.title}” runs “{callee.name}”, which is not published.",
            "Publish it, else the node fails.",
            node.id,
            "workflow_id",
        )
    version = await repository.version(session, workspace_id, callee.id, min(number, 2**31 - 1))
    if version is None:
        return Problem(
            "error",
            "unknown_version",
            f"“{callee.name}” has no version {number}.",
            "Choose a version that it has, or none for the one that is live.",
            node.id,
            "version",
        )
    listed: list[dict[str, Any]] = version.graph.get("nodes", [])
    if any(entry.get("type") == _CALLED and not entry.get("disabled") for entry in listed):
        return None
    return _not_callable(node, f"“{callee.name}”")


def _can_be_called(nodes: list[Node]) -> bool:
    return any(node.type == _CALLED and not node.disabled for node in nodes)


def _not_callable(node: Node, callee: str) -> Problem:
    return Problem(
        "error",
        "not_callable",
        f"{callee} has no trigger “Called by a workflow”, so “{node.title}” can't run it.",
        "Add the trigger (core.called) to it and publish it.",
        node.id,
        "workflow_id",
    )
