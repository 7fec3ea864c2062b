"""A person's JavaScript in QuickJS: the body of a function, with more time and memory than an expression has."""

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import quickjs

from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.sandbox import REALM, Raw, Threw, Undefined, decoded
from nodeloom.graph.json_value import JsonValue

_STACK_LIMIT: Final = 512 * 1024
_CHECK_TIME_S: Final = 0.5
_CHECK_MEMORY: Final = 32 * 1024 * 1024
# QuickJS calls every source <input>: a program begins far below the last line of the realm's own.
_OFFSET: Final = 1001
_PLACE: Final = re.compile(r"<input>:(\d+)")


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a program can't be read, or did not come to its end; `line` is one of its own, from 1."""

    message: str
    line: int | None = None


class Programs:
    """Realms in which nothing can be left behind. One belongs to the thread that made it, as QuickJS wants it."""

    def __init__(self, *, time_limit_s: float = 10.0, memory_limit: int = 64 * 1024 * 1024) -> None:
        self._time_limit_s = time_limit_s
        self._memory_limit = memory_limit
        self._kept = threading.local()

    def run(
        self, source: str, names: Mapping[str, str], log: Callable[[str, str], None]
    ) -> "JsonValue | Undefined | Broken":
        """What `source`, which `problem` accepts, returns. It logs by (level, line).

        `names` are in its scope, each with its value as JSON text. The time limit is one of the whole process, as
        QuickJS counts it: a process that does other things beside runs out of it sooner.
        """
        host = self._host()
        try:
            define = host.evaluate(_function(source, names, "(", ")"))
            raw: Raw = host.program(define)(*("j" + value for value in names.values()))
        except quickjs.JSException as error:
            # What the code left in memory must not count against the next one.
            del self._kept.host
            host.report(log)
            return self._stopped(str(error), source)
        stack = host.report(log)
        try:
            return decoded(raw)
        except ExpressionFailed as failed:
            return self._refused(failed, _line(stack, source))
        except Threw as threw:
            return Broken(f"{threw.name}: {threw.message}", _line(stack, source))

    def _host(self) -> "_Host":
        host: _Host | None = getattr(self._kept, "host", None)
        if host is None:
            host = self._kept.host = _Host(self._time_limit_s, self._memory_limit)
        return host

    def _stopped(self, text: str, source: str) -> Broken:
        if "interrupted" in text:
            # QuickJS knows of an interrupted function where it was last called from, not where it stands.
            return Broken(f"The code was stopped after {self._time_limit_s:g} s.")
        if "call stack" in text:
            return Broken("The code calls itself too deeply.", _line(text, source))
        return Broken(self._too_big, _line(text, source))

    def _refused(self, failed: ExpressionFailed, line: int | None) -> Broken:
        match failed.code:
            case "too_big":
                return Broken(self._too_big, line)
            case "too_deep":
                return Broken("The code calls itself, or nests its result, too deeply.", line)
            case _:
                return Broken(failed.message)

    @property
    def _too_big(self) -> str:
        return f"The code needs more than {self._memory_limit // (1024 * 1024)} MB."


class _Host:
    """What the realm offers to the host, and to no code."""

    def __init__(self, time_limit_s: float, memory_limit: int) -> None:
        context = quickjs.Context()
        offered = context.eval(REALM)(None)
        self.evaluate: Callable[[str], Callable[..., Raw]] = context.eval
        self.program: Callable[[Callable[..., Raw]], Callable[..., Raw]] = offered("program")
        self._report: Callable[[], str] = offered("report")
        context.set_memory_limit(memory_limit)
        context.set_time_limit(time_limit_s)
        context.set_max_stack_size(_STACK_LIMIT)

    def report(self, log: Callable[[str, str], None]) -> str:
        """Hand over the lines that were written; the stack of what was thrown."""
        try:
            lines, stack = json.loads(self._report())
        except quickjs.JSException:
            return ""
        for level, text in lines:
            log(level, text)
        return stack


def problem(source: str, names: Iterable[str]) -> Broken | None:
    """What is wrong with the program as the parser says it; None if nothing is.

    It must parse both in parentheses and as the only element of a list: text that closes the function to break out of
    it fails in one of the two. A fresh context bears the attempt.
    """
    for opening, closing in (("(", ")"), ("[", "]")):
        context = quickjs.Context()
        context.set_memory_limit(_CHECK_MEMORY)
        context.set_time_limit(_CHECK_TIME_S)
        context.set_max_stack_size(_STACK_LIMIT)
        try:
            context.eval(_function(source, names, opening, closing))
        except quickjs.JSException as error:
            text = str(error)
            if "call stack" in text:
                return Broken("it is nested too deeply")
            first = text.partition("\n")[0].removeprefix("SyntaxError: ")
            return Broken(first[:200], _line(text, source))
    return None


def _function(source: str, names: Iterable[str], opening: str, closing: str) -> str:
    parameters = ", ".join(("console", *names))
    return "\n" * (_OFFSET - 1) + f'"use strict"; {opening}function ({parameters}) {{\n{source}\n}}{closing}'


def _line(text: str, source: str) -> int | None:
    """The innermost place that lies in the program; what is wrong behind its end is that it should have gone on."""
    numbers = (int(number) - _OFFSET for number in _PLACE.findall(text))
    return next((min(number, source.count("\n") + 1) for number in numbers if number > 0), None)
