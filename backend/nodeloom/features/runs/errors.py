"""What can be refused about runs."""

from nodeloom.adapters.problem import ApiProblem


class RunNotFound(ApiProblem):
    status = 404
    code = "run_not_found"
    title = "No such run"
    hint = "Check the id; runs of another workspace are not shown."


class NodeRunNotFound(ApiProblem):
    status = 404
    code = "node_run_not_found"
    title = "That node did not run in this run"
    hint = "GET /runs/{id} lists the nodes that ran."


class RunEnded(ApiProblem):
    status = 409
    code = "run_ended"
    title = "The run has ended"
    hint = "A run that has ended can be retried, but no longer changed."


class RunNotEnded(ApiProblem):
    status = 409
    code = "run_not_ended"
    title = "The run goes on"
    hint = "Wait for its end, or cancel it; then it can be retried."


class NothingFailed(ApiProblem):
    status = 409
    code = "nothing_failed"
    title = "There is nothing to run again"
    hint = "Retry the whole run, or from a node."


class NothingToSettle(ApiProblem):
    status = 409
    code = "nothing_to_settle"
    title = "There is no unknown outcome here"
    hint = "GET /outcomes lists the outcomes that wait to be settled."


class TriggerNotFound(ApiProblem):
    status = 422
    code = "trigger_not_found"
    title = "It is not clear where the run should start"
    hint = "Name a trigger node of the graph in `trigger`."


class GraphCannotRun(ApiProblem):
    status = 422
    code = "graph_has_errors"
    title = "The workflow can't run as it is"
    hint = "Mend the problems listed, then run it again."


class ArtifactNotFound(ApiProblem):
    status = 404
    code = "artifact_not_found"
    title = "No such file"
    hint = "Check the id; files of another workspace are not shown."


class FileTooLarge(ApiProblem):
    status = 413
    code = "too_large"
    title = "The file is too large"
    hint = "NODELOOM_MAX_PAYLOAD_MB sets the limit."


class RangeNotSatisfiable(ApiProblem):
    status = 416
    code = "range_not_satisfiable"
    title = "The file has no such range"
    hint = "Ask for bytes within the file's size."
