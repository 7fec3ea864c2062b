"""Why the triggers feature refuses over the API. What callers of a webhook hear is in door.py."""

from collections.abc import Sequence

from nodeloom.adapters.problem import ApiProblem
from nodeloom.features.workflows.errors import problem_documents
from nodeloom.graph.addresses import address_of
from nodeloom.graph.document import Node
from nodeloom.graph.problem import Problem


class PathTaken(ApiProblem):
    status = 422
    code = "path_taken"
    title = "The address of a trigger belongs to another workflow"
    hint = "Choose another path; the editor proposes one that can't be guessed."


class NothingToListenTo(ApiProblem):
    status = 422
    code = "nothing_to_listen_to"
    title = "The draft has nothing to listen to"
    hint = (
        "Add a trigger with an address (a webhook, a form, a chat), one for events, or one of a connector."
        " A service that has to be told of an address is told when the workflow is published."
    )


class EventNotFound(ApiProblem):
    status = 404
    code = "event_not_found"
    title = "No such event"
    hint = "GET /inbox lists what triggers took in; old events are removed after the retention time."


class TriggerGone(ApiProblem):
    status = 422
    code = "trigger_gone"
    title = "That version has no such trigger"
    hint = "Choose a version that still has the trigger which took the event in."


class NoSuchTrigger(ApiProblem):
    status = 404
    code = "not_found"
    title = "There is no such trigger"
    hint = "GET /workflows/{id}/triggers lists the triggers of the live version."


class BadSchedule(ApiProblem):
    status = 422
    code = "bad_schedule"
    title = "The schedule can't be read"
    hint = "Give either `cron` (five fields) or `every_s` (seconds), and `timezone` by its IANA name."


class NotOnFailure(ApiProblem):
    status = 422
    code = "no_on_failure"
    title = "The workflow has no trigger “On failure”"
    hint = "Add the trigger “On failure” to it, then choose it here."


def path_taken(taken: Sequence[tuple[Node, str]]) -> PathTaken:
    problems = [
        Problem(
            "error",
            "path_taken",
            f"The address {address_of(claim)} already belongs to another workflow.",
            f"Choose another path for “{node.title}”.",
            node_id=node.id,
            field="path",
        )
        for node, claim in taken
    ]
    return PathTaken(problems=problem_documents(problems))
