"""Why what waits goes on waiting."""

from nodeloom.adapters.problem import ApiProblem


class NotWaiting(ApiProblem):
    status = 409
    code = "not_waiting"
    title = "The node does not wait (any more)"
    hint = "GET /waiting lists what waits."


class CantResume(ApiProblem):
    status = 409
    code = "cant_resume"
    title = "This wait can't be cut short"


class ApprovalNotFound(ApiProblem):
    status = 404
    code = "approval_not_found"
    title = "No such approval"
    hint = "GET /waiting?reason=approval lists those that are open."


class AlreadyDecided(ApiProblem):
    status = 409
    code = "already_decided"
    title = "This was decided already"
    hint = "A decision counts once."


class NotYoursToDecide(ApiProblem):
    status = 403
    code = "not_yours_to_decide"
    title = "This is for others to decide"
