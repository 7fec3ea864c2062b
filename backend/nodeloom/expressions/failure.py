"""What evaluating an expression may raise: one type, told apart by its code.

unresolved       a path names nothing
node_not_run     the node named by $('…') did not run
no_lineage       $('…').item: no item of that node led to this one
not_json         the result is no JSON value (NaN, a function, a cycle …)
too_slow, too_big, too_deep    a limit of the sandbox was reached
expression_syntax              the expression could not be compiled
expression_failed              the code threw
"""


class ExpressionFailed(Exception):
    def __init__(self, code: str, message: str, hint: str = "", field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.field = field

    def at(self, field: str) -> "ExpressionFailed":
        """The same failure, placed in a field such as `fields[0].value`."""
        return ExpressionFailed(self.code, self.message, self.hint, field)
