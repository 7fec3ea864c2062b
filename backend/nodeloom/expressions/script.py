"""An expression that QuickJS evaluates: its function, and the values that it is handed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeGuard, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.javascript import Token, string_value, well_formed
from nodeloom.expressions.path import ROOT_NAMES, Path, Source
from nodeloom.expressions.plain import json_text, plain
from nodeloom.expressions.reads import Read, Use, guarded, search, uses
from nodeloom.expressions.resolve import MISSING, Missing, Value, resolve
from nodeloom.expressions.sandbox import Raw, Refused, Sandbox, Threw, Undefined, function_source, syntax_problem
from nodeloom.expressions.scope import NodeView, Scope
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue

_INT32: Final = 2**31
_DATED: Final = ("$now", "$today", "DateTime")
_NO_MEMBER: Final = re.compile(r"cannot read property '(.*)' of (undefined|null)")


@dataclass(frozen=True, slots=True)
class Script:
    """`source` makes a function of the values of `reads`, in that order.

    `strict`: the expression has no `?.`, default or condition, so every path it reads must lead somewhere.
    `dated`: it uses dates, so the realm needs the tables of the time zones.
    """

    source: str
    uses: tuple[Use, ...]
    reads: tuple[Read, ...]
    strict: bool
    dated: bool
    zones: tuple[str, ...]


def script_of(code: str, tokens: Sequence[Token]) -> Script | str:
    """The script, or what is wrong with its syntax; raises NotReadable."""
    if any(token.kind == "number" and token.text.endswith("n") for token in tokens):
        return "a BigInt such as 10n needs a code node"
    found = uses(tokens)
    reads = tuple(dict.fromkeys(use.read for use in found))
    parameters = [_parameter(read, position) for position, read in enumerate(reads)]
    body = _rewritten(code, tokens, found, dict(zip(reads, parameters, strict=True)))
    problem = syntax_problem(body, parameters)
    if problem is not None:
        # In the author's own words where they have the fault too, not in those of the rewritten code.
        return syntax_problem(code, ()) or problem
    dated = any(token.text in _DATED for token in tokens)
    return Script(function_source(body, parameters), found, reads, not guarded(tokens), dated, tuple(_zones(tokens)))


def _parameter(read: Read, position: int) -> str:
    source = read.path.source
    whole = read.query is None and not read.path.steps
    if whole and (source.kind not in ("node", "input") or _is_bare_input(source)):
        return str(source)
    return f"${position}"


def _is_bare_input(source: Source) -> bool:
    return source.kind == "input" and source.which == "view"


def _rewritten(code: str, tokens: Sequence[Token], found: Sequence[Use], names: dict[Read, str]) -> str:
    """The code with each path replaced by its parameter; a read of the whole root keeps its text."""
    pieces: list[str] = []
    position = 0
    for use in found:
        name = names[use.read]
        if not name[1:].isdigit():
            continue
        last = tokens[use.end - 1]
        pieces += [code[position : tokens[use.begin].start], name, ".v" if use.read.boxed else ""]
        position = last.start + len(last.text)
    return "".join([*pieces, code[position:]])


def _zones(tokens: Sequence[Token]) -> Iterator[str]:
    """The time zones that the code names: QuickJS must be given their tables beforehand."""
    if not any(token.text in ("setZone", "zone") for token in tokens):
        return
    for token in tokens:
        name = string_value(token)
        if name and _is_zone(name):
            yield name


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def run_script(script: Script, scope: Scope, sandbox: Sandbox) -> JsonValue | Missing:
    """The value of the expression; MISSING for undefined."""
    for use in script.uses if script.strict else ():
        if use.path is not use.read.path:
            resolve(use.path, scope)
    unavailable: list[ExpressionFailed] = []
    arguments = [_argument(read, scope, unavailable, strict=script.strict) for read in script.reads]
    try:
        zones = (scope.timezone, *script.zones) if script.dated else ()
        result = sandbox.call(script.source, arguments, zones)
    except Refused as refused:
        raise unavailable[int(refused.argument)] from None
    except Threw as threw:
        raise _explained(script, scope, threw) from None
    return MISSING if isinstance(result, Undefined) else result


def _argument(read: Read, scope: Scope, unavailable: list[ExpressionFailed], *, strict: bool) -> Raw:
    try:
        value = _found(read, scope)
    except ExpressionFailed as failed:
        if failed.code == "unresolved" and not strict:
            return "bu" if read.boxed else "u"
        if not read.boxed or failed.code == "unresolved":
            raise
        unavailable.append(failed)
        return f"x{len(unavailable) - 1}"
    if _is_view(value):
        raw: Raw = _view_text(value, unavailable)
    else:
        raw = _encoded(value, scope.timezone)
    return _boxed(raw) if read.boxed else raw


def _boxed(raw: Raw) -> str:
    return f"b{raw}" if isinstance(raw, str) else f"bj{orjson.dumps(raw).decode()}"


def _found(read: Read, scope: Scope) -> Value:
    value = resolve(read.path, scope)
    return value if read.query is None else queried(read.query, plain(value, read.path))


def queried(query: str, value: JsonValue) -> JsonValue:
    try:
        return search(query, value)
    except ValueError as error:
        raise ExpressionFailed("expression_failed", f"The JMESPath query does not fit the value: {error}") from None


def _is_view(value: Value) -> TypeGuard[NodeView]:
    return hasattr(value, "first") and hasattr(value, "all")


def _view_text(view: NodeView, unavailable: list[ExpressionFailed]) -> str:
    path = Path(Source("input"))
    data: dict[str, JsonValue] = {"all": [plain(item, path) for item in view.all()], "item": None, "problem": ""}
    try:
        data["item"] = plain(view.item(), path)
    except ExpressionFailed as failed:
        unavailable.append(failed)
        data["problem"] = str(len(unavailable) - 1)
    return "v" + json_text(data)


def _encoded(value: Value, zone: str) -> Raw:
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, Missing):
        return "u"
    if isinstance(value, int):
        return value if -_INT32 <= value < _INT32 else f"j{value}"
    if isinstance(value, str):
        return "s" + (value if value.isascii() else well_formed(value))
    if isinstance(value, datetime):
        return f"t{int(value.timestamp() * 1000)}|{zone}"
    return "j" + json_text(plain(value, Path(Source("json"))))


def _explained(script: Script, scope: Scope, threw: Threw) -> ExpressionFailed:
    """The error in the words of the expression: which path was missing, rather than what JavaScript made of it."""
    values = tuple(_values(script, scope))
    missing = _NO_MEMBER.search(threw.message)
    failed = _missing_path(values, missing.group(1)) if missing is not None else None
    return failed or ExpressionFailed("expression_failed", f"{threw.name}: {threw.message}"[:500], _hint(threw, values))


def _values(script: Script, scope: Scope) -> Iterator[tuple[Use, Value | ExpressionFailed]]:
    for use in script.uses:
        try:
            yield use, resolve(use.path, scope)
        except ExpressionFailed as failed:
            yield use, failed


def _missing_path(values: Sequence[tuple[Use, Value | ExpressionFailed]], member: str) -> ExpressionFailed | None:
    for use, value in values:
        if isinstance(value, ExpressionFailed) and value.code == "unresolved":
            return value
        if value is None and use.follower == member:
            hint = "Where it may be null, write `?.` or a default."
            return ExpressionFailed("unresolved", f"`{use.path}` is null, so `.{member}` can't be read.", hint)
    return None


def _hint(threw: Threw, values: Sequence[tuple[Use, Value | ExpressionFailed]]) -> str:
    if threw.name == "ReferenceError":
        name = threw.message.split(" ", 1)[0]
        if name.startswith("$"):
            return f"There is {', '.join(ROOT_NAMES)}."
        return f"Text needs quotes; a field of the current item is $json.{name}."
    if "not a function" not in threw.message:
        return ""
    kinds = dict.fromkeys((str(use.path), _kind(value)) for use, value in values if use.called)
    return "; ".join(f"`{path}` is {kind}" for path, kind in kinds if kind) + "." if kinds else ""


def _kind(value: Value | ExpressionFailed) -> str | None:
    match cast("object", value):
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict() | Item():
            return "an object"
        case _:
            return None
