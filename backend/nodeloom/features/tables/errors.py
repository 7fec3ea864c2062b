"""What tables refuse.

ApiProblem
├── TableMissing    404  it isn't there, or belongs to another workspace
├── RowMissing      404  it was deleted meanwhile
├── FileTooLarge    413  send less at once
├── TableRefused    422  correct what `problems` names
└── TableConflict   409  the name or the key is taken, or a limit is reached
"""

from nodeloom.adapters.problem import ApiProblem
from nodeloom.features.tables.structure import Refusal

_CONFLICTS = frozenset({"duplicate_key", "name_taken", "too_many_tables", "too_many_rows"})


class TableMissing(ApiProblem):
    status = 404
    code = "not_found"
    title = "There is no such table"
    hint = "GET /api/v1/tables lists them; it may have been deleted."


class RowMissing(ApiProblem):
    status = 404
    code = "not_found"
    title = "There is no such row"
    hint = "It may have been deleted meanwhile: read the rows again."


class TableRefused(ApiProblem):
    status = 422
    code = "table_refused"
    title = "The table can't take this"
    hint = "Correct the fields that `problems` names."


class TableConflict(ApiProblem):
    status = 409
    code = "table_conflict"
    title = "The table can't take this as it is"


class FileTooLarge(ApiProblem):
    status = 413
    code = "file_too_large"
    title = "The file is too large"
    hint = "Divide it, or let a workflow read it: core.extract_file takes larger ones."


def problem_of(refusal: Refusal) -> ApiProblem:
    """The refusal as the API says it."""
    problem = {
        "severity": "error",
        "node_id": None,
        "field": refusal.field,
        "code": refusal.code,
        "message": refusal.message,
        "hint": refusal.hint,
    }
    kind = TableConflict if refusal.code in _CONFLICTS else TableRefused
    return kind(refusal.message, hint=refusal.hint, problems=[problem])
