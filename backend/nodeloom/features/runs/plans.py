"""Compiled graphs by the hash of their document: compiled once, driven many times."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.database import Database
from nodeloom.compiler.compile import compile_graph
from nodeloom.compiler.plan import Plan, PlanNode
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.catalog.own.catalogs import Catalogs
from nodeloom.features.runs.models import GRAPH_SNAPSHOTS
from nodeloom.graph.parse import parse_graph

_KEPT = 200


class PlanBroken(Exception):
    """The graph of a run no longer compiles, as when a connector was removed since."""


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """`constants` are the checked parameters of the nodes that hold no expression."""

    plan: Plan
    constants: Mapping[str, BaseModel]
    reads_variables: bool


class Plans:
    def __init__(self, database: Database, catalogs: Catalogs) -> None:
        self._database = database
        self._catalogs = catalogs
        self._kept: OrderedDict[tuple[str, str], LoadedPlan] = OrderedDict()

    async def load(self, workspace_id: str, graph_hash: str, session: AsyncSession | None = None) -> LoadedPlan:
        """Raises PlanBroken. Who holds a session passes it on: a second one could wait for the first for ever."""
        key = (workspace_id, graph_hash)
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known
        document = await self._document(workspace_id, graph_hash, session)
        loaded = _compiled(document, await self._catalogs.of(workspace_id, session))
        self._kept[key] = loaded
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return loaded

    async def _document(self, workspace_id: str, graph_hash: str, session: AsyncSession | None) -> Any:
        statement = select(GRAPH_SNAPSHOTS.c.document).where(
            GRAPH_SNAPSHOTS.c.workspace_id == workspace_id, GRAPH_SNAPSHOTS.c.hash == graph_hash
        )
        if session is not None:
            return orjson.loads((await session.execute(statement)).scalar_one())
        async with self._database.read() as own:
            return orjson.loads((await own.execute(statement)).scalar_one())


def _compiled(document: Any, catalog: InstalledCatalog) -> LoadedPlan:
    compiled = compile_graph(parse_graph(document), catalog)
    if compiled.plan is None:
        first = next(problem for problem in compiled.problems if problem.severity == "error")
        raise PlanBroken(f"{first.message} {first.hint}")
    constants: dict[str, BaseModel] = {}
    for node in compiled.plan.nodes.values():
        if node.params.constant:
            try:
                constants[node.id] = node.spec.params.model_validate(dict(node.raw_params))
            except ValidationError as invalid:
                raise PlanBroken(f"The parameters of “{node.title}” don't fit: {invalid.errors()[0]['msg']}") from None
    reads_variables = any(map(_reads_variables, compiled.plan.nodes.values()))
    return LoadedPlan(compiled.plan, constants, reads_variables)


def _reads_variables(node: PlanNode) -> bool:
    """Code gets them by the name `vars`; any mention of it counts."""
    return node.params.reads_variables or (node.spec.slow and "vars" in dump_json(dict(node.raw_params)))
