"""Why the workflows feature refuses, each with what to do about it."""

from collections.abc import Iterable
from typing import Any

from nodeloom.adapters.problem import ApiProblem
from nodeloom.graph.problem import Problem


class WorkflowNotFound(ApiProblem):
    status = 404
    code = "workflow_not_found"
    title = "No such workflow"
    hint = "Check the id, and that the workflow belongs to the chosen workspace and was not deleted."


class VersionNotFound(ApiProblem):
    status = 404
    code = "version_not_found"
    title = "No such version"
    hint = "GET /workflows/{id}/versions lists the versions that were published."


class NotPublished(ApiProblem):
    status = 422
    code = "not_published"
    title = "The workflow is not published"
    hint = "Publish it, or name a version or the draft."


class NotAGraph(ApiProblem):
    status = 422
    code = "not_a_graph"
    title = "The document is not a graph"
    hint = "Put right what `problems` names; the shape of a graph stands in the documentation of the API."


class GraphTooLarge(ApiProblem):
    status = 413
    code = "graph_too_large"
    title = "The graph is too large"
    hint = "Split the workflow, and keep large data out of parameters and pinned items."


class GraphHasErrors(ApiProblem):
    status = 422
    code = "graph_has_errors"
    title = "The workflow can't be published as it is"
    hint = "Put right the errors that `problems` names; warnings don't stop a publish."


class DraftMovedOn(ApiProblem):
    status = 409
    code = "draft_moved_on"
    title = "The draft was changed elsewhere"
    hint = "Look at the `graph` of `revision` that is stored now, and save again on top of it."


def problem_document(problem: Problem) -> dict[str, Any]:
    return {
        "severity": problem.severity,
        "node_id": problem.node_id,
        "field": problem.field,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def problem_documents(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [problem_document(problem) for problem in problems]
