"""Regular expressions as users write them: JavaScript's, under the sandbox's limits."""

import re
from typing import Final

from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.javascript import well_formed
from nodeloom.expressions.sandbox import Sandbox, Threw
from nodeloom.nodes.node_type import NodeFailed

_LITERAL: Final = re.compile(r"/(.+)/([a-z]*)", re.DOTALL)
_TEST: Final = '"use strict"; (function (text, pattern, flags) { return new RegExp(pattern, flags).test(text); })'
_SANDBOX: Final = Sandbox()
_SHOWN: Final = 40


def matches(text: str, pattern: str) -> bool:
    """Whether it is found anywhere in the text; `/…/i` takes flags. Raises NodeFailed for a pattern that can't be."""
    literal = _LITERAL.fullmatch(pattern)
    source, flags = literal.groups() if literal else (pattern, "")
    shown = f"“{pattern[:_SHOWN]}…”" if len(pattern) > _SHOWN else f"“{pattern}”"
    try:
        return _SANDBOX.call(_TEST, ["s" + well_formed(part) for part in (text, source, flags)]) is True
    except Threw as threw:
        raise NodeFailed("wrong_pattern", f"{shown} is no regular expression: {threw.message}.") from None
    except ExpressionFailed as failed:
        hint = "Look for nested repetitions such as (a+)+."
        raise NodeFailed(failed.code, f"{shown} takes too long or too much memory.", hint) from None
