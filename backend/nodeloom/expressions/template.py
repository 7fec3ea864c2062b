"""Parameters with expressions in them: compiled once, evaluated for each item."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, TypeAlias

from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.javascript import LONGEST, lex_expression
from nodeloom.expressions.path import Path, path_at
from nodeloom.expressions.plain import plain, text
from nodeloom.expressions.reads import NotReadable
from nodeloom.expressions.resolve import MISSING, Missing, resolve
from nodeloom.expressions.sandbox import Sandbox
from nodeloom.expressions.scope import Scope
from nodeloom.expressions.script import Script, run_script, script_of
from nodeloom.expressions.text import Code, split
from nodeloom.graph.json_value import JsonValue

_ASKS_FOR_PRESENCE: Final = ("exists", "not_exists", "is_empty", "is_not_empty")


@dataclass(frozen=True, slots=True)
class _Native:
    """A plain path, followed without QuickJS."""

    path: Path


@dataclass(frozen=True, slots=True)
class _Wrong:
    message: str


_Expression: TypeAlias = "_Native | Script | _Wrong"


@dataclass(frozen=True, slots=True)
class _Whole:
    """A value that is one expression and keeps its type; `lenient`: a path to nothing is null there."""

    expression: _Expression
    field: str
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class _Mixed:
    """Text around expressions."""

    parts: tuple["str | _Expression", ...]
    field: str


@dataclass(frozen=True, slots=True)
class _List:
    entries: tuple["_Part", ...]


@dataclass(frozen=True, slots=True)
class _Object:
    fields: tuple[tuple[str, "_Part"], ...]


@dataclass(frozen=True, slots=True)
class _Constant:
    value: JsonValue


_Part: TypeAlias = "_Constant | _Whole | _Mixed | _List | _Object"


@dataclass(frozen=True)
class Template:
    """`problems`: (field such as `fields[0].value`, what is wrong there); `references`: titles named by $('…').

    `variables`: names read as `$vars.name`; with `reads_variables` any may be read.
    """

    problems: tuple[tuple[str, str], ...]
    references: frozenset[str]
    variables: frozenset[str]
    reads_variables: bool
    constant: bool
    _root: _Part = field(repr=False)

    @property
    def root(self) -> _Part:
        return self._root


def compile_template(value: JsonValue, literal: Collection[str] = ()) -> Template:
    """Never raises: what is wrong stands in `problems`, and evaluating it fails with `expression_syntax`.

    The fields of `literal` stay as they are, whatever braces they hold.
    """
    root = _compiled_object(value, "", literal) if isinstance(value, dict) else _compiled(value, "")
    leaves = tuple(_expressions(root))
    problems = tuple((place, found.message) for place, found in leaves if isinstance(found, _Wrong))
    sources = [path for _, expression in leaves for path in _paths(expression)]
    references = frozenset(path.source.title for path in sources if path.source.kind == "node")
    of_variables = [path for path in sources if path.source.kind == "vars"]
    variables = frozenset(str(path.steps[0].key) for path in of_variables if path.steps)
    return Template(problems, references, variables, bool(of_variables), isinstance(root, _Constant), root)


def evaluate(template: Template, scope: Scope, sandbox: Sandbox) -> JsonValue:
    """The value with every expression replaced by its result; raises ExpressionFailed, which names the field."""
    return _evaluated(template.root, scope, sandbox)


def _compiled(value: JsonValue, place: str) -> _Part:
    match value:
        case str():
            return _compiled_text(value, place) if "{{" in value else _Constant(value)
        case list():
            return _compiled_list(value, place)
        case dict():
            return _compiled_object(value, place)
        case _:
            return _Constant(value)


def _compiled_list(value: Sequence[JsonValue], place: str) -> _Part:
    entries = tuple(_compiled(entry, f"{place}[{position}]") for position, entry in enumerate(value))
    if all(isinstance(entry, _Constant) for entry in entries):
        return _Constant(list(value))
    return _List(entries)


def _compiled_object(value: Mapping[str, JsonValue], place: str, literal: Collection[str] = ()) -> _Part:
    prefix = f"{place}." if place else ""
    fields = tuple(
        (name, _Constant(entry) if name in literal else _compiled(entry, f"{prefix}{name}"))
        for name, entry in value.items()
    )
    if all(isinstance(entry, _Constant) for _, entry in fields):
        return _Constant(dict(value))
    if value.get("operator") in _ASKS_FOR_PRESENCE:
        # The condition asks whether the value is there: that it isn't must be its answer, not an error.
        fields = tuple((name, _leniently(entry) if name == "left" else entry) for name, entry in fields)
    return _Object(fields)


def _leniently(part: _Part) -> _Part:
    return replace(part, lenient=True) if isinstance(part, _Whole) else part


def _compiled_text(value: str, place: str) -> _Part:
    parts = split(value)
    if all(isinstance(part, str) for part in parts):
        return _Constant(value)
    # Blanks around a lone expression are how people type, not text that they want.
    solid = [part for part in parts if not isinstance(part, str) or part.strip()]
    if len(solid) == 1 and isinstance(solid[0], Code):
        return _Whole(_expression(solid[0]), place)
    return _Mixed(tuple(part if isinstance(part, str) else _expression(part) for part in parts), place)


def _expression(code: Code) -> _Expression:
    if not code.closed:
        return _Wrong("the expression that begins with {{ has no }}")
    source = code.source.strip().rstrip(";").rstrip()
    if not source:
        return _Wrong("there is nothing between {{ and }}")
    if len(source) > LONGEST:
        return _Wrong(f"an expression has at most {LONGEST} characters; use a code node")
    return _compiled_code(source)


@lru_cache(maxsize=4096)
def _compiled_code(source: str) -> _Expression:
    lexed = lex_expression(source)
    if lexed is None or lexed.end != len(source):
        return _Wrong("quotes, brackets or braces are not closed")
    tokens = lexed.tokens
    if not tokens:
        return _Wrong("there is nothing between {{ and }}")
    try:
        found = path_at(tokens, 0)
        if found is not None and found.end == len(tokens) and not _needs_script(found.path):
            return _Native(found.path)
        script = script_of(source, tokens)
    except NotReadable as error:
        return _Wrong(str(error))
    return _Wrong(script) if isinstance(script, str) else script


def _needs_script(path: Path) -> bool:
    """DateTime's members live in QuickJS; a view's are told apart there too."""
    return bool(path.steps) and (path.source.kind in ("now", "today", "index") or path.source.which == "view")


def _expressions(part: _Part) -> Iterator[tuple[str, _Expression]]:
    match part:
        case _Whole():
            yield part.field, part.expression
        case _Mixed():
            yield from ((part.field, entry) for entry in part.parts if not isinstance(entry, str))
        case _List():
            for entry in part.entries:
                yield from _expressions(entry)
        case _Object():
            for _, entry in part.fields:
                yield from _expressions(entry)
        case _Constant():
            return


def _paths(expression: _Expression) -> Iterator[Path]:
    match expression:
        case _Native():
            yield expression.path
        case Script():
            yield from (use.path for use in expression.uses)
        case _Wrong():
            return


def _evaluated(part: _Part, scope: Scope, sandbox: Sandbox) -> JsonValue:
    match part:
        case _Constant():
            return part.value
        case _Whole():
            return _whole(part, scope, sandbox)
        case _Mixed():
            return _mixed(part, scope, sandbox)
        case _Object():
            return {name: _evaluated(entry, scope, sandbox) for name, entry in part.fields}
        case _List():
            return [_evaluated(entry, scope, sandbox) for entry in part.entries]


def _whole(part: _Whole, scope: Scope, sandbox: Sandbox) -> JsonValue:
    try:
        value = _result(part.expression, scope, sandbox)
        if isinstance(value, Missing):
            return _nothing(part.expression)
    except ExpressionFailed as failed:
        if part.lenient and failed.code == "unresolved":
            return None
        raise failed.at(part.field) from None
    return value


def _nothing(expression: _Expression) -> None:
    """Undefined is null where the expression allows for missing values, else an error."""
    if isinstance(expression, Script) and expression.strict:
        hint = "Give a default: `?? null`."
        raise ExpressionFailed("not_json", "The result is undefined, which is no JSON value.", hint)


def _mixed(part: _Mixed, scope: Scope, sandbox: Sandbox) -> str:
    pieces: list[str] = []
    try:
        for entry in part.parts:
            if isinstance(entry, str):
                pieces.append(entry)
            else:
                value = _result(entry, scope, sandbox)
                pieces.append("" if isinstance(value, Missing) else text(value))
    except ExpressionFailed as failed:
        raise failed.at(part.field) from None
    return "".join(pieces)


def _result(expression: _Expression, scope: Scope, sandbox: Sandbox) -> JsonValue | Missing:
    if isinstance(expression, _Native):
        value = resolve(expression.path, scope)
        return MISSING if value is MISSING else plain(value, expression.path)
    if isinstance(expression, Script):
        return run_script(expression, scope, sandbox)
    raise ExpressionFailed("expression_syntax", f"The expression can't be read: {expression.message}.")
