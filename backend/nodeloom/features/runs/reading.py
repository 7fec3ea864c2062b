"""Runs as they are read: lists, one run whole, what a node took in and gave, outcomes to settle."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.database import Database
from nodeloom.adapters.paging import PageRequest
from nodeloom.compiler.plan import Plan
from nodeloom.engine.inputs import SCOPE_INPUT
from nodeloom.engine.results import result_ports
from nodeloom.features.runs.answers import RunAnswer
from nodeloom.features.runs.errors import NodeRunNotFound, RunNotFound
from nodeloom.features.runs.models import ATTEMPTS, ENDED, NODE_RUNS, OUTCOME_UNKNOWN, RUNS
from nodeloom.features.runs.payloads import Payloads, items_document, items_from, shown
from nodeloom.features.runs.plans import PlanBroken, Plans
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.runs.rows import Row, row_of, rows_of, shown_id
from nodeloom.features.runs.schemas import ItemsPage, RunRead, Waiting
from nodeloom.features.runs.views import node_run_read, run_summary
from nodeloom.graph.item import Item
from nodeloom.graph.scope import NodeKey, format_path, parse_path

_LISTED = [column for column in RUNS.c if column.name not in ("input", "graph_hash", "output")]
_CHILDREN_SHOWN = 200


class Reader:
    """Reads with what it takes to understand the rows: payloads, plans, resume addresses."""

    def __init__(self, payloads: Payloads, plans: Plans, tokens: ResumeTokens) -> None:
        self._payloads = payloads
        self._plans = plans
        self._tokens = tokens

    async def run(self, session: AsyncSession, workspace_id: str, run_id: str) -> RunRead:
        row = await find_run(session, workspace_id, run_id)
        node_rows = await node_rows_of(session, run_id)
        node_runs = [node_run_read(node_row, self._tokens) for node_row in node_rows]
        summary = run_summary(row)
        waiting = summary.waiting
        if waiting is not None:
            same = (node.waiting for node in node_runs if node.waiting and node.waiting.reason == waiting.reason)
            waiting = next(same, None) or Waiting(reason=waiting.reason, until=waiting.until, url=None)
        output = None
        if row["status"] == "succeeded":
            output = [shown(item.json) for item in await self._end_items(session, row, node_rows)]
        if summary.parent is not None:
            part_of = select(RUNS.c.parent_run_id).where(
                RUNS.c.id == summary.parent.run_id, RUNS.c.scopes_from.is_not(None)
            )
            summary.parent.run_id = await session.scalar(part_of) or summary.parent.run_id
        whole = {**summary.model_dump(), "waiting": waiting, "output": output, "node_runs": node_runs}
        return RunRead.model_validate({**whole, **await _children(session, run_id)})

    async def answers(self, session: AsyncSession, run_ids: Sequence[str]) -> list[RunAnswer]:
        """The answers of those of the runs that ended, or whose Respond node ran."""
        rows = await rows_of(session, select(RUNS).where(RUNS.c.id.in_(run_ids)))
        found = [await self._answer(session, row) for row in rows]
        return [answer for answer in found if answer is not None]

    def lost_answers(self, database: Database) -> Callable[[list[str]], Awaitable[list[RunAnswer]]]:
        """`answers` with a session of its own, for whoever waits for answers."""

        async def load(run_ids: list[str]) -> list[RunAnswer]:
            async with database.read() as session:
                return await self.answers(session, run_ids)

        return load

    async def _answer(self, session: AsyncSession, row: Row) -> RunAnswer | None:
        node_rows = await node_rows_of(session, row["id"])
        respond = None
        for node_row in node_rows:
            if node_row["output"] is not None and respond is None:
                respond = (await self._payloads.unpack(node_row["output"])).get("answer")
        if respond is None and row["status"] not in ENDED:
            return None
        items = await self._end_items(session, row, node_rows) if row["status"] == "succeeded" else []
        return RunAnswer(row["id"], row["status"], respond, items_document(items))

    async def _end_items(self, session: AsyncSession, row: Row, node_rows: Sequence[Row]) -> list[Item]:
        try:
            plan = (await self._plans.load(row["workspace_id"], row["graph_hash"], session)).plan
        except PlanBroken:
            return []
        packed = {node["node_id"]: node["output"] for node in node_rows if node["path"] == "" and node["output"]}
        ends = result_ports(plan)
        given = {
            id_: (await self._payloads.unpack(packed[id_]))["ports"] for id_ in {id_ for id_, _ in ends} & packed.keys()
        }
        return [item for id_, port in ends for item in items_from(given.get(id_, {}).get(port, []))]

    async def output(
        self,
        session: AsyncSession,
        workspace_id: str,
        run_id: str,
        node_id: str,
        path: str,
        port: str | None,
        page: PageRequest,
    ) -> ItemsPage:
        """What a node gave by a port: the named one, or the first that gave anything."""
        await find_run(session, workspace_id, run_id)
        row = await _node_row(session, run_id, node_id, path)
        ports: dict[str, list[dict[str, Any]]] = {}
        if row["output"] is not None:
            ports = (await self._payloads.unpack(row["output"]))["ports"]
        return _page(ports, port, page)

    async def input(
        self,
        session: AsyncSession,
        workspace_id: str,
        run_id: str,
        node_id: str,
        path: str,
        port: str | None,
        page: PageRequest,
    ) -> ItemsPage:
        """What a node took in, by input; put together from what the nodes before it gave. A trigger's is the run's."""
        run = await find_run(session, workspace_id, run_id)
        if node_id == run["trigger_node"]:
            return _page({"in": await self._payloads.unpack(run["input"])}, port, page)
        await _node_row(session, run_id, node_id, path)
        try:
            plan = (await self._plans.load(run["workspace_id"], run["graph_hash"], session)).plan
        except PlanBroken as broken:
            raise NodeRunNotFound(str(broken)) from None
        rows = await node_rows_of(session, run_id)
        outputs = {(row["node_id"], row["path"]): row["output"] for row in rows if row["output"]}
        inputs = await self._taken(plan, (node_id, parse_path(path)), outputs)
        return _page(inputs, port, page)

    async def _taken(
        self, plan: Plan, key: NodeKey, outputs: Mapping[tuple[str, str], bytes]
    ) -> dict[str, list[dict[str, Any]]]:
        node_id, scope = key
        taken: dict[str, list[dict[str, Any]]] = {name: [] for name in plan.nodes[node_id].inputs}
        edges = plan.edges_into(node_id)
        if not edges and scope:
            container, index = scope[-1]
            around = await self._taken(plan, (container, scope[:-1]), outputs)
            size = plan.nodes[container].raw_params.get("batch_size", 1)
            batch = size if isinstance(size, int) else 1
            return dict.fromkeys(taken, around[SCOPE_INPUT][index * batch : (index + 1) * batch])
        packed = {source: outputs.get((source, format_path(scope))) for source in {edge.source for edge in edges}}
        given = {source: (await self._payloads.unpack(of))["ports"] for source, of in packed.items() if of is not None}
        for edge in edges:
            taken[edge.input].extend(given.get(edge.source, {}).get(edge.port, []))
        return taken


def _page(ports: Mapping[str, list[dict[str, Any]]], port: str | None, page: PageRequest) -> ItemsPage:
    if port is None:
        port = next((name for name, items in ports.items() if items), next(iter(ports), None))
    items = ports.get(port, []) if port is not None else []
    visible, cursor = page.page(
        list(enumerate(items))[page.start : page.start + page.fetch], lambda pair: str(pair[0] + 1)
    )
    return ItemsPage(
        items=[shown(item) for _, item in visible],
        next_cursor=cursor,
        port=port,
        ports={name: len(of_port) for name, of_port in ports.items()},
        total=len(items),
    )


async def find_run(session: AsyncSession, workspace_id: str, run_id: str) -> Row:
    statement = select(RUNS).where(RUNS.c.id == run_id, RUNS.c.workspace_id == workspace_id)
    row = await row_of(session, statement)
    if row is None:
        raise RunNotFound(f"There is no run {run_id!r}.")
    return row


async def list_runs(
    session: AsyncSession,
    workspace_id: str,
    page: PageRequest,
    *,
    workflow_id: str | None,
    status: Sequence[str],
    since: datetime | None,
    q: str | None,
) -> tuple[Sequence[Row], str | None]:
    """Newest first. `q` looks in ids, workflow names and errors."""
    wanted: list[ColumnElement[bool]] = [RUNS.c.workspace_id == workspace_id, RUNS.c.scopes_from.is_(None)]
    if workflow_id is not None:
        wanted.append(RUNS.c.workflow_id == workflow_id)
    if status:
        wanted.append(RUNS.c.status.in_(status))
    if since is not None:
        wanted.append(RUNS.c.created_at >= since)
    if q:
        wanted.append(_mentions(q))
    if page.after is not None:
        wanted.append(RUNS.c.id < page.after)
    statement = select(*_LISTED).where(*wanted).order_by(RUNS.c.id.desc()).limit(page.fetch)
    rows = await rows_of(session, statement)
    return page.page(rows, lambda row: row["id"])


def _mentions(q: str) -> ColumnElement[bool]:
    return or_(
        RUNS.c.id.contains(q, autoescape=True),
        RUNS.c.workflow_name.icontains(q, autoescape=True),
        RUNS.c.error.icontains(q, autoescape=True),
    )


async def attempts_of(session: AsyncSession, workspace_id: str, run_id: str, node_id: str, path: str) -> Sequence[Row]:
    statement = (
        select(ATTEMPTS)
        .where(
            ATTEMPTS.c.workspace_id == workspace_id,
            of_run(ATTEMPTS.c.run_id, run_id),
            ATTEMPTS.c.node_id == node_id,
            ATTEMPTS.c.path == path,
        )
        .order_by(ATTEMPTS.c.item, ATTEMPTS.c.number)
    )
    return await rows_of(session, statement)


async def unknown_outcomes(
    session: AsyncSession, workspace_id: str, page: PageRequest
) -> tuple[Sequence[Row], str | None]:
    """Attempts whose outcome nobody knows, those of the newest runs first. The cursor counts them."""
    statement = (
        select(ATTEMPTS, RUNS.c.workflow_id, RUNS.c.workflow_name, RUNS.c.parent_run_id, RUNS.c.scopes_from)
        .join(RUNS, RUNS.c.id == ATTEMPTS.c.run_id)
        .where(ATTEMPTS.c.workspace_id == workspace_id, OUTCOME_UNKNOWN)
        .order_by(ATTEMPTS.c.run_id.desc(), ATTEMPTS.c.node_id, ATTEMPTS.c.path, ATTEMPTS.c.item)
        .offset(page.start)
        .limit(page.fetch)
    )
    rows = await rows_of(session, statement)
    visible, cursor = page.page(list(enumerate(rows, page.start)), lambda pair: str(pair[0] + 1))
    return [{**row, "run_id": shown_id({**row, "id": row["run_id"]})} for _, row in visible], cursor


async def _children(session: AsyncSession, run_id: str) -> dict[str, Any]:
    """The runs of other workflows, also those that the parts of its maps started."""
    started = of_run(RUNS.c.parent_run_id, run_id) & RUNS.c.scopes_from.is_(None)
    count = await session.scalar(select(func.count()).select_from(RUNS).where(started)) or 0
    if not count:
        return {"children": [], "children_count": 0}
    columns = (
        *(RUNS.c.id, RUNS.c.workflow_id, RUNS.c.workflow_name, RUNS.c.parent_node, RUNS.c.parent_path),
        *(RUNS.c.parent_index, RUNS.c.status, RUNS.c.created_at, RUNS.c.finished_at),
    )
    rows = await rows_of(session, select(*columns).where(started).order_by(RUNS.c.id).limit(_CHILDREN_SHOWN))
    named = [
        {**row, "node_id": row["parent_node"], "path": row["parent_path"], "index": row["parent_index"]} for row in rows
    ]
    return {"children": named, "children_count": count}


def of_run(column: ColumnElement[str], run_id: str) -> ColumnElement[bool]:
    """What belongs to the run as people see it: to itself, or to those that drive parts of its maps."""
    parts = select(RUNS.c.id).where(RUNS.c.parent_run_id == run_id, RUNS.c.scopes_from.is_not(None))
    return or_(column == run_id, column.in_(parts))


async def node_rows_of(session: AsyncSession, run_id: str) -> Sequence[Row]:
    """The run's own rows, then those of the parts of its maps but for the maps themselves."""
    own = await rows_of(session, select(NODE_RUNS).where(NODE_RUNS.c.run_id == run_id).order_by(NODE_RUNS.c.seq))
    in_parts = (
        select(NODE_RUNS)
        .join(RUNS, RUNS.c.id == NODE_RUNS.c.run_id)
        .where(RUNS.c.parent_run_id == run_id, RUNS.c.scopes_from.is_not(None), NODE_RUNS.c.path != RUNS.c.parent_path)
        .order_by(RUNS.c.parent_index, NODE_RUNS.c.seq)
    )
    return [*own, *await rows_of(session, in_parts)]


async def _node_row(session: AsyncSession, run_id: str, node_id: str, path: str) -> Row:
    try:
        parse_path(path)
    except ValueError as wrong:
        raise NodeRunNotFound(str(wrong)) from None
    statement = select(NODE_RUNS).where(
        of_run(NODE_RUNS.c.run_id, run_id), NODE_RUNS.c.node_id == node_id, NODE_RUNS.c.path == path
    )
    rows = await rows_of(session, statement)
    if not rows:
        raise NodeRunNotFound(f"Node {node_id!r} did not run in this run.")
    return next((row for row in rows if row["run_id"] == run_id), rows[0])
