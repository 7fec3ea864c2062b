"""Connections in graphs: which nodes name one, and another put in its place."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.features.accounts.roles import Role
from nodeloom.features.connections.service import not_usable
from nodeloom.features.connections.uses import Replaced
from nodeloom.features.workflows import repository
from nodeloom.features.workflows.models import Workflow
from nodeloom.graph.problem import Problem

_FIELD = "connection_id"


async def types_using(session: AsyncSession, workspace_id: str, connection_id: str) -> Collection[str]:
    """The types of the nodes that name it, and of the triggers that nodes wait for with it."""
    graphs = await repository.graphs_naming_connection(session, workspace_id, connection_id)
    return {type_ for graph in graphs for type_ in _types_naming(graph.get("nodes"), connection_id)}


async def rebind(
    session: AsyncSession, workspace_id: str, old: str, new: str, workflow_ids: Collection[str] | None
) -> Sequence[Replaced]:
    """In drafts; a live version stays as it was published, and is named if it needs the old one still."""
    done: list[Replaced] = []
    for row in await repository.naming_connection(session, workspace_id, old):
        if workflow_ids is not None and row.id not in workflow_ids:
            continue
        workflow = await repository.workflow(session, workspace_id, row.id, for_update=True)
        if workflow is None:
            continue
        draft = _replaced(workflow.draft, old, new)
        changed = draft != workflow.draft
        if changed:
            # Whoever has the editor open is told of it when they save.
            workflow.draft, workflow.revision, workflow.updated_at = draft, workflow.revision + 1, clock.now()
            await session.flush()
        done.append(Replaced(workflow.id, workflow.name, changed, row.published))
    return done


async def not_theirs(session: AsyncSession, workflow: Workflow, document: dict[str, Any], role: Role) -> list[Problem]:
    """Connections that the document names, the live version does not, and the role may not put into workflows."""
    named = dict(_named(document.get("nodes")))
    if workflow.published_version is not None:
        live = await repository.version(session, workflow.workspace_id, workflow.id, workflow.published_version)
        before = {} if live is None else dict(_named(live.graph.get("nodes")))
        named = {connection_id: node_id for connection_id, node_id in named.items() if connection_id not in before}
    if not named:
        return []
    refused = await not_usable(session, workflow.workspace_id, role, named.keys())
    return [
        Problem(
            "error",
            "connection_not_yours",
            f"“{row.name}” may be put into workflows by the role {row.usable_by} and above; yours is {role}.",
            f"Choose another connection, or ask {row.created_by} or an admin to publish.",
            node_id=named[connection_id],
            field=_FIELD,
        )
        for connection_id, row in refused.items()
    ]


def _named(nodes: object) -> Iterator[tuple[str, str]]:
    """(connection id, id of the node that names it)."""
    for node in cast("list[dict[str, Any]]", nodes) if isinstance(nodes, list) else []:
        yield from ((connection_id, str(node.get("id", ""))) for connection_id in _ids(node))


def _ids(value: object) -> Iterator[str]:
    for name, inner in _fields(value):
        if name == _FIELD and isinstance(inner, str) and inner:
            yield inner
        yield from _ids(inner)


def _types_naming(value: object, connection_id: str) -> Iterator[str]:
    for _, inner in _fields(value):
        yield from _types_naming(inner, connection_id)
    if isinstance(value, dict):
        here = cast("dict[str, object]", value)
        type_ = here.get("type")
        if here.get(_FIELD) == connection_id and isinstance(type_, str):
            yield type_


def _fields(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from cast("dict[str, object]", value).items()
    elif isinstance(value, list):
        yield from (("", inner) for inner in cast("list[object]", value))


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [_replaced(inner, old, new) for inner in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    return {
        name: new if name == _FIELD and inner == old else _replaced(inner, old, new) for name, inner in fields.items()
    }
