"""What is wrong with a graph, seen from where it is to live: this workspace's connections, the addresses still free."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.domain_events import emit
from nodeloom.compiler.catalog import Catalog
from nodeloom.compiler.compile import compile_graph
from nodeloom.features.connections.service import known as known_connections
from nodeloom.features.variables.service import known_names
from nodeloom.features.workflows.called_workflows import called_workflow_problems
from nodeloom.features.workflows.errors import GraphTooLarge, NotAGraph, problem_documents
from nodeloom.features.workflows.events import GraphExamined, HookPathsNamed
from nodeloom.features.workflows.failure_workflow import failure_workflow_problems
from nodeloom.features.workflows.hook_paths import addressed_nodes, is_reserved
from nodeloom.graph.document import Graph
from nodeloom.graph.parse import graph_to_document, parse_graph
from nodeloom.graph.problem import GraphInvalid, Problem

MAX_NODES = 2_000
MAX_BYTES = 5 * 1024 * 1024

# Above this many nodes parsing and compiling take long enough for other requests to notice.
_SMALL = 30


@dataclass(frozen=True)
class Examined:
    """A graph with the document that is stored of it and all that the compiler says."""

    graph: Graph
    document: dict[str, Any]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        return sum(problem.severity == "error" for problem in self.problems)


async def examine(
    session: AsyncSession, catalog: Catalog, workspace_id: str, workflow_id: str | None, document: Mapping[str, Any]
) -> Examined:
    """Raises `NotAGraph` or `GraphTooLarge` for what can't even be saved."""
    nodes = document.get("nodes")
    large = not isinstance(nodes, list) or len(nodes) > _SMALL  # pyright: ignore[reportUnknownArgumentType]
    graph = await asyncio.to_thread(_parse, document) if large else _parse(document)
    taken = await _taken_paths(session, workspace_id, workflow_id, graph)
    connections = await known_connections(session, workspace_id)
    variables = await known_names(session, workspace_id)
    around = await failure_workflow_problems(session, workspace_id, workflow_id, graph)
    called = await called_workflow_problems(session, workspace_id, workflow_id, graph)
    here = GraphExamined(workspace_id, graph)
    await emit(session, here)

    def judge() -> Examined:
        compiled = compile_graph(graph, catalog, taken_paths=taken, connections=connections, variables=variables)
        return Examined(graph, graph_to_document(graph), (*around, *compiled.problems, *called, *here.problems))

    return await asyncio.to_thread(judge) if large else judge()


def _parse(document: Mapping[str, Any]) -> Graph:
    nodes = document.get("nodes")
    if isinstance(nodes, list) and len(nodes) > MAX_NODES:  # pyright: ignore[reportUnknownArgumentType]
        raise GraphTooLarge(f"A graph holds at most {MAX_NODES:,} nodes.")
    try:
        size = len(dump_json(document))
        graph = parse_graph(document)
    except GraphInvalid as invalid:
        raise NotAGraph(problems=problem_documents(invalid.problems)) from None
    except (RecursionError, ValueError) as error:
        raise NotAGraph(f"The document can't be kept as JSON: {error}", problems=[]) from None
    if size > MAX_BYTES:
        raise GraphTooLarge(
            f"A graph takes at most {MAX_BYTES // 1024 // 1024} MB as JSON; this one has {size:,} bytes."
        )
    return graph


async def _taken_paths(
    session: AsyncSession, workspace_id: str, workflow_id: str | None, graph: Graph
) -> frozenset[str]:
    """What the graph claims and can't have."""
    named = {claim: node for node, claim in addressed_nodes(graph)}
    if not named:
        return frozenset()
    question = HookPathsNamed(workspace_id, workflow_id, frozenset(named))
    await emit(session, question)
    return frozenset(question.taken | {claim for claim, node in named.items() if is_reserved(node)})
