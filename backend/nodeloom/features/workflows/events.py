"""What other features are told, in the transaction in which it happens."""

from dataclasses import dataclass, field

from nodeloom.graph.document import Graph
from nodeloom.graph.problem import Problem


@dataclass(frozen=True)
class WorkflowPublished:
    """`version` is live from this transaction on, in place of `previous_version`."""

    workspace_id: str
    workflow_id: str
    version: int
    graph: Graph
    previous_version: int | None


@dataclass(frozen=True)
class WorkflowUnpublished:
    workspace_id: str
    workflow_id: str


@dataclass(frozen=True)
class WorkflowDeleted:
    """Said after `WorkflowUnpublished` where the workflow was live."""

    workspace_id: str
    workflow_id: str


@dataclass(frozen=True)
class HookPathsNamed:
    """A question: which of `paths` belong to another workflow? Who knows adds them to `taken`."""

    workspace_id: str
    workflow_id: str | None
    paths: frozenset[str]
    taken: set[str] = field(default_factory=set[str])


@dataclass(frozen=True)
class GraphExamined:
    """A question beside the compiler's: is there a problem with the graph here, in this installation?"""

    workspace_id: str
    graph: Graph
    problems: list[Problem] = field(default_factory=list[Problem])
