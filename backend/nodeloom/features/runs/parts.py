"""Maps over many items: ranges of their scopes are driven as runs of their own, by whichever workers are free.

Such a part takes what the nodes around the container gave from its parent's journal and drives the same plan, but for
nothing outside of its scopes. Its rows are shown inside its parent. What it gives comes back as a child's result does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from nodeloom.adapters.database import Database
from nodeloom.adapters.masking import masked
from nodeloom.compiler.plan import Plan
from nodeloom.engine.containers import Share, shares
from nodeloom.features.runs.accept import GraphRef, NewRun, Parent, insert_runs, new_run_id
from nodeloom.features.runs.asks import AskRow, ScopesShared, on_ask
from nodeloom.features.runs.payloads import Payloads, output_from, packed_small
from nodeloom.features.runs.restore import Journalled, read_journal, restored
from nodeloom.features.runs.rows import Row
from nodeloom.features.runs.state import Asked, Asleep, Broken, Done, NodeEnd, Opening, RunState
from nodeloom.graph.scope import NodeKey, ScopePath, parse_path
from nodeloom.nodes.node_type import Opened

MANY_SCOPES = 50


@dataclass(frozen=True, slots=True)
class PartOf:
    """The container of which a run drives some scopes, and which of the container's parts it is."""

    key: NodeKey
    number: int

    def holds(self, path: ScopePath) -> bool:
        node_id, outer = self.key
        return path[: len(outer)] == outer and len(path) > len(outer) and path[len(outer)][0] == node_id

    def share(self, opened: Opened) -> Share:
        return shares(len(opened.scopes), opened.at_once)[self.number]


def part_of(run: Row) -> PartOf | None:
    if run["scopes_from"] is None:
        return None
    return PartOf((run["parent_node"], parse_path(run["parent_path"])), run["parent_index"])


def spread(run: Row, state: RunState, key: NodeKey, opened: Opened) -> Asleep | None:
    """The container handed out to other runs, if that is worth it.

    A container inside another one is driven where it stands, and so is one of whose scopes the run has some already:
    they were begun before a crash, or come from an earlier run.
    """
    if len(opened.scopes) <= MANY_SCOPES or key[1] or run["scopes_from"] is not None:
        return None
    of_all = shares(len(opened.scopes), opened.at_once)
    if len(of_all) == 1 or any(path and path[0][0] == key[0] for _, path in state.started):
        return None
    asks = [
        Asked(number, ScopesShared(share.first, share.end), _new_run(run, key, number, share))
        for number, share in enumerate(of_all)
    ]
    return Asleep("child", None, asks=asks)


def _new_run(run: Row, key: NodeKey, number: int, share: Share) -> NewRun:
    return NewRun(
        id=new_run_id(),
        workspace_id=run["workspace_id"],
        workflow_id=run["workflow_id"],
        workflow_name=run["workflow_name"],
        version=run["version"],
        graph=GraphRef(run["graph_hash"], None),
        trigger_node=run["trigger_node"],
        trigger_kind=run["trigger_kind"],
        input=packed_small([]),
        created_at=run["created_at"],
        event_id=run["event_id"],
        parent=Parent(
            run_id=run["id"],
            node=key[0],
            path="",
            index=number,
            root_run_id=run["root_run_id"] or run["id"],
            depth=run["depth"] or 0,
            waits=True,
            scopes=(share.first, share.end),
        ),
    )


def _start_parts(connection: Connection, rows: Sequence[AskRow]) -> None:
    insert_runs(connection, [row.made for row in rows])


def follow_shares() -> None:
    """To be called while a worker is wired."""
    on_ask(ScopesShared, _start_parts)


async def part_state(
    database: Database, plan: Plan, run: Row, part: PartOf, payloads: Payloads
) -> tuple[RunState, list[NodeKey]]:
    """What the part has done so far, on the ground of what its parent did, and what of it may start."""
    around = await read_journal(database, run["parent_run_id"])
    own = await read_journal(database, run["id"]) if run["fence"] > 1 else Journalled((), (), 0)
    state, ready = await restored(plan, run["trigger_node"], own, payloads)
    begin = [part.key] if part.key not in state.ports else []
    for row in around.node_rows:
        key = (row["node_id"], parse_path(row["path"]))
        if row["output"] is not None and key not in state.ports:
            state.ports[key] = output_from(await payloads.unpack(row["output"])).ports
    return state, [*begin, *(key for key in ready if part.holds(key[1]))]


def end_part(state: RunState, key: NodeKey, end: NodeEnd) -> None:
    """Keep what the container gave here: its row and what follows from it are the parent's."""
    match end:
        case Done(ports):
            state.ports[key] = ports
        case Broken(error):
            state.error = state.error or masked(error)
        case Asleep() | Opening():
            raise AssertionError("a container neither sleeps in its part nor opens twice")
