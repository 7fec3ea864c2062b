"""How a run comes into being: one row, in the transaction of whatever caused it, before anybody is answered."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.bulk import Bulk
from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.ids import new_id
from nodeloom.features.runs.models import GRAPH_SNAPSHOTS, RUNS


@dataclass(frozen=True, slots=True)
class GraphRef:
    """A graph to run on, by the hash of its document. Make it once per version with `graph_ref` and keep it.

    Without a document: of a graph that is stored already.
    """

    hash: str
    document: bytes | None


def graph_ref(document: Mapping[str, Any]) -> GraphRef:
    body = dump_json(document).encode()
    canonical = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    return GraphRef(hashlib.sha256(canonical).hexdigest(), body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The node that starts a child run, and whether it waits for its end.

    `scopes` (from, to) are those of its container that the child drives.
    """

    run_id: str
    node: str
    path: str
    index: int
    root_run_id: str
    depth: int
    waits: bool
    scopes: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """`input` is the trigger's items, packed by `Payloads.pack` (a list of item documents).

    `answer_to` is `Answers.address` of the process whose caller waits for the answer.
    """

    workspace_id: str
    workflow_id: str
    workflow_name: str
    version: int | None
    graph: GraphRef
    trigger_node: str
    trigger_kind: str
    input: bytes
    created_at: datetime
    id: str
    event_id: str | None = None
    retry_of: str | None = None
    max_concurrent: int | None = None
    answer_to: str | None = None
    parent: Parent | None = None


def new_run_id() -> str:
    return new_id("run")


def insert_runs(connection: Connection, runs: Sequence[NewRun]) -> None:
    """For use inside a writer's operation, so that an event and its run are one transaction."""
    snapshots = {
        (run.workspace_id, run.graph.hash): run.graph.document for run in runs if run.graph.document is not None
    }
    if snapshots:
        insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
        connection.execute(
            insert(GRAPH_SNAPSHOTS).on_conflict_do_nothing(),
            [
                {"workspace_id": workspace, "hash": hash_, "document": body}
                for (workspace, hash_), body in snapshots.items()
            ],
        )
    of_nobody = [_row(run) for run in runs if run.parent is None]
    if of_nobody:
        _ROWS.write(connection, of_nobody)
    of_parents = [_row(run) | _parent_columns(run.parent) for run in runs if run.parent is not None]
    if of_parents:
        # A journal whose commit got no answer writes the same once more.
        connection.execute(_INSERT_CHILD[connection.dialect.name], of_parents)


async def insert_run(session: AsyncSession, run: NewRun) -> None:
    """For ordinary requests; the caller rings the bell after the commit."""
    connection = await session.connection()
    await connection.run_sync(insert_runs, [run])


_COLUMNS = (
    "id", "workspace_id", "workflow_id", "workflow_name", "version", "graph_hash", "trigger_node", "trigger_kind",
    "event_id", "retry_of", "depth", "input", "status", "fence", "signals", "cancel_requested", "max_concurrent",
    "answer_to", "active_ms", "created_at",
)  # fmt: skip
_ROWS = Bulk(RUNS, _COLUMNS)
_PARENT_COLUMNS = (
    "parent_run_id", "parent_node", "parent_path", "parent_index", "parent_waits", "root_run_id", "depth",
    "scopes_from", "scopes_to",
)  # fmt: skip


def _child_statement(dialect: str) -> Any:
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    columns = (*_COLUMNS, *_PARENT_COLUMNS)
    return insert(RUNS).values({name: bindparam(name) for name in columns}).on_conflict_do_nothing()


_INSERT_CHILD = {dialect: _child_statement(dialect) for dialect in ("sqlite", "postgresql")}


def _parent_columns(parent: Parent) -> dict[str, Any]:
    return {
        "parent_run_id": parent.run_id,
        "parent_node": parent.node,
        "parent_path": parent.path,
        "parent_index": parent.index,
        "parent_waits": parent.waits,
        "root_run_id": parent.root_run_id,
        "depth": parent.depth,
        "scopes_from": parent.scopes[0] if parent.scopes is not None else None,
        "scopes_to": parent.scopes[1] if parent.scopes is not None else None,
    }


def _row(run: NewRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "workspace_id": run.workspace_id,
        "workflow_id": run.workflow_id,
        "workflow_name": run.workflow_name,
        "version": run.version,
        "graph_hash": run.graph.hash,
        "trigger_node": run.trigger_node,
        "trigger_kind": run.trigger_kind,
        "event_id": run.event_id,
        "retry_of": run.retry_of,
        "depth": 0,
        "input": run.input,
        "status": "queued",
        "fence": 0,
        "signals": 0,
        "cancel_requested": False,
        "max_concurrent": run.max_concurrent,
        "answer_to": run.answer_to,
        "active_ms": 0,
        "created_at": run.created_at,
    }
