"""What is wrong with a graph, said so that the person who drew it can put it right."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` is a dotted path within the node, such as `fields[0].value` or `settings.timeout_s`.

    Without `node_id` it is a path within the whole document, such as `edges[2].target`.
    """

    severity: Severity
    code: str
    message: str
    hint: str
    node_id: str | None = None
    field: str | None = None


class GraphInvalid(Exception):
    """The document is not a graph at all; `problems` say where, and it can't be saved before they are gone."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems
