"""QuickJS without a host: no I/O, no code from text, limits on time, memory and stack."""

import json
import re
import threading
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Final, TypeAlias

import orjson
import quickjs

from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.zones import offset_table
from nodeloom.graph.json_value import JsonValue

TIME_LIMIT_S: Final = 0.1
MEMORY_LIMIT: Final = 32 * 1024 * 1024
_STACK_LIMIT: Final = 256 * 1024
_KEPT_FUNCTIONS: Final = 1000

REALM: Final = (files("nodeloom.expressions") / "realm" / "realm.js").read_text(encoding="utf-8")
_DATETIME: Final = (files("nodeloom.expressions") / "realm" / "datetime.js").read_text(encoding="utf-8")

Raw: TypeAlias = "bool | int | float | str | None"
"""What crosses the border: text begins with a letter that says what it holds (see realm.js)."""


class Undefined:
    """The result was JavaScript's undefined."""


class Threw(Exception):
    """The code threw: `name` is the kind of error, such as TypeError."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


class Refused(Exception):
    """The code opened a boxed argument that isn't there; `argument` is its text."""

    def __init__(self, argument: str) -> None:
        super().__init__(argument)
        self.argument = argument


class Sandbox:
    """Realms that nothing can be left behind in, made when they are first needed.

    QuickJS measures the C stack from the thread it was made on, so a realm never changes threads: each has its own.
    Dates cost half as much again to set up, so they have a realm apart.
    """

    def __init__(self) -> None:
        self._kept = threading.local()

    def call(self, source: str, arguments: Sequence[Raw], zones: Sequence[str] = ()) -> "JsonValue | Undefined":
        """The result of the function that `source` makes, applied to encoded arguments. With `zones` it knows dates.

        Raises Threw or Refused for what the code did, ExpressionFailed for a limit or a result that is no JSON value.
        """
        realms = self._realms()
        dated = bool(zones)
        realm = realms.get(dated) or realms.setdefault(dated, _Realm(dated=dated))
        try:
            return decoded(realm.call(source, arguments, zones))
        except ExpressionFailed as failed:
            if failed.code in ("too_slow", "too_big"):
                # What the code left in memory must not count against the next one.
                del realms[dated]
            raise

    def _realms(self) -> "dict[bool, _Realm]":
        realms: dict[bool, _Realm] | None = getattr(self._kept, "realms", None)
        if realms is None:
            realms = self._kept.realms = {}
        return realms


class _Realm:
    def __init__(self, *, dated: bool) -> None:
        self._context = quickjs.Context()
        # To write out a long one takes seconds that no limit interrupts.
        self._context.eval("delete globalThis.BigInt")
        host = self._context.eval(REALM)(self._context.eval(_DATETIME) if dated else None)
        self._wrap: Callable[..., Callable[..., Raw]] = host("wrap")
        self._define_zone: Callable[[str, str], None] = host("zone")
        self._functions: dict[str, Callable[..., Raw]] = {}
        self._zones: set[str] = set()
        _limit(self._context)
        if dated:
            self._add_zone("UTC")

    def call(self, source: str, arguments: Sequence[Raw], zones: Sequence[str]) -> Raw:
        for zone in zones:
            if zone not in self._zones:
                self._add_zone(zone)
        try:
            function = self._functions.get(source) or self._define(source)
            return function(*arguments)
        except quickjs.JSException as error:
            raise _stopped(str(error)) from None

    def _define(self, source: str) -> Callable[..., Raw]:
        if len(self._functions) >= _KEPT_FUNCTIONS:
            self._functions.clear()
        function = self._functions[source] = self._wrap(self._context.eval(source))
        return function

    def _add_zone(self, zone: str) -> None:
        self._define_zone(zone, json.dumps(offset_table(zone)))
        self._zones.add(zone)


def _limit(context: quickjs.Context) -> None:
    context.set_memory_limit(MEMORY_LIMIT)
    context.set_time_limit(TIME_LIMIT_S)
    context.set_max_stack_size(_STACK_LIMIT)


def _stopped(text: str) -> ExpressionFailed:
    if "interrupted" in text:
        message = f"The expression was stopped after {round(TIME_LIMIT_S * 1000)} ms."
        return ExpressionFailed(
            "too_slow", message, "Look for a loop that never ends, or move the work to a code node."
        )
    if "call stack" in text:
        return _too_deep()
    return _too_big()


def _too_deep() -> ExpressionFailed:
    return ExpressionFailed("too_deep", "The expression calls itself too deeply.", "Look for endless recursion.")


def _too_big() -> ExpressionFailed:
    limit = MEMORY_LIMIT // (1024 * 1024)
    return ExpressionFailed("too_big", f"The expression needs more than {limit} MB.", "Make fewer or smaller values.")


def decoded(raw: Raw) -> "JsonValue | Undefined":
    if isinstance(raw, float):
        # JavaScript has one kind of number; below 10^21 it writes whole ones without an exponent, as we do.
        return int(raw) if raw.is_integer() and abs(raw) < 1e21 else raw
    if not isinstance(raw, str):
        return raw
    kind, text = raw[:1], raw[1:]
    match kind:
        case "j":
            return _parsed(text)
        case "u":
            return Undefined()
        case "x":
            raise Refused(text)
        case "n":
            raise ExpressionFailed("not_json", f"The result is {text}, which is no JSON value.")
        case _:
            raise _thrown(text)


def _thrown(text: str) -> Exception:
    name, _, message = text.partition(":")
    if name == "InternalError" and ("memory" in message or "too long" in message):
        return _too_big()
    if name == "RangeError" and "call stack" in message:
        return _too_deep()
    if name == "TypeError" and "circular" in message:
        return ExpressionFailed("not_json", "The result contains itself (a cycle), which is no JSON value.")
    return Threw(name, message)


_LONE_SURROGATE = re.compile(r"(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}", re.IGNORECASE)


def _parsed(text: str) -> JsonValue:
    # JSON.stringify escapes a surrogate only when it stands alone; UTF-8, and so storage, can't carry it.
    if "\\ud" in text:
        text = _LONE_SURROGATE.sub(r"\1\\ufffd", text)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ExpressionFailed("too_deep", "The result is nested too deeply.") from None


def syntax_problem(body: str, parameters: Sequence[str]) -> str | None:
    """What is wrong with an expression as the parser says it; None if nothing is.

    It must parse between parentheses and as the only element of a list: text that closes one to break out of the
    function fails in the other. Neither is ever called; a fresh context bears the attempt.
    """
    for opening, closing in (("(", ")"), ("[", "]")):
        context = quickjs.Context()
        _limit(context)
        try:
            context.eval(function_source(body, parameters, opening, closing))
        except quickjs.JSException as error:
            return _syntax_message(str(error), body)
    return None


def function_source(body: str, parameters: Sequence[str], opening: str = "(", closing: str = ")") -> str:
    return f'"use strict"; (function({", ".join(parameters)}) {{ return {opening}\n{body}\n{closing}; }})'


def _syntax_message(text: str, body: str) -> str:
    first, _, place = text.partition("\n")
    if "call stack" in first:
        return "it is nested too deeply"
    # The body begins on the second line; what is wrong behind it is that it should have gone on.
    if f"<input>:{body.count(chr(10)) + 3}:" in place.partition("\n")[0]:
        return "it ends too early"
    return first.removeprefix("SyntaxError: ")[:200]
