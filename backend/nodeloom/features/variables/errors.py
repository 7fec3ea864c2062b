"""What variables refuse.

ApiProblem
├── VariableMissing    404  take a name from the list
├── VariableRefused    422  give another value
└── TooManyVariables   409  delete one that is no longer used
"""

from nodeloom.adapters.problem import ApiProblem


class VariableMissing(ApiProblem):
    status = 404
    code = "not_found"
    title = "There is no such variable"
    hint = "GET /api/v1/variables lists the names."


class VariableRefused(ApiProblem):
    status = 422
    code = "invalid_variable"
    title = "The variable can't have this value"
    hint = "Give another value."

    def __init__(self, detail: str, *, hint: str | None = None) -> None:
        problem = {"severity": "error", "node_id": None, "field": "value", "code": self.code, "message": detail}
        super().__init__(detail, hint=hint, problems=[{**problem, "hint": hint or self.hint}])


class TooManyVariables(ApiProblem):
    status = 409
    code = "too_many_variables"
    title = "The workspace has as many variables as it may"
    hint = "Delete one that no workflow uses any more, or keep such data in a table."
