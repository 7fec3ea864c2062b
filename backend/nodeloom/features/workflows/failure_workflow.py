"""The workflow that another one names for its failures: is it there, and would it serve?"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.features.workflows import repository
from nodeloom.graph.document import Graph
from nodeloom.graph.problem import Problem

ON_FAILURE = "core.on_failure"

_FIELD = "settings.on_failure_workflow"


async def failure_workflow_problems(
    session: AsyncSession, workspace_id: str, workflow_id: str | None, graph: Graph
) -> tuple[Problem, ...]:
    named = graph.settings.on_failure_workflow
    if not named or named == workflow_id:
        return ()
    found = await repository.workflow(session, workspace_id, named)
    if found is None:
        return (
            Problem(
                "error",
                "unknown_workflow",
                "The workflow that is to be told of failures is not there (any more).",
                "Open the workflow's settings and choose another one, or none.",
                field=_FIELD,
            ),
        )
    live = found.published_version
    version = await repository.version(session, workspace_id, named, live) if live is not None else None
    if version is not None and hears_of_failures(version.graph):
        return ()
    missing = "is not published" if version is None else "has no trigger “On failure” in its published version"
    return (
        Problem(
            "warning",
            "no_on_failure",
            f"“{found.name}” is to be told of failures, and {missing}.",
            "Until that is mended, the workspace's default is told instead.",
            field=_FIELD,
        ),
    )


def hears_of_failures(document: Mapping[str, Any]) -> bool:
    return any(node["type"] == ON_FAILURE and not node.get("disabled") for node in document.get("nodes", ()))
