"""Follow a plain path through items, and say clearly where it ends in nothing."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias, cast
from zoneinfo import ZoneInfo

from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.path import Kind, Path, Source, Step
from nodeloom.expressions.scope import NodeView, Scope
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue


class Missing:
    """What JavaScript calls undefined."""


MISSING: Final = Missing()


class InputView:
    """`$input` with the same methods as `$('…')`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def item(self) -> Item:
        item = self._scope.item
        if item is None:
            raise _no_item()
        return item

    def first(self) -> Item:
        return self._at(0)

    def last(self) -> Item:
        return self._at(-1)

    def all(self) -> Sequence[Item]:
        return self._scope.items

    def _at(self, position: int) -> Item:
        if not self._scope.items:
            raise _no_item()
        return self._scope.items[position]


Value: TypeAlias = JsonValue | Item | Sequence[Item] | datetime | NodeView | Missing


def resolve(path: Path, scope: Scope) -> Value:
    """The value at a path; MISSING only after `?.`, else a path to nothing raises ExpressionFailed("unresolved")."""
    value = source_value(path.source, scope)
    optional = False
    for depth, step in enumerate(path.steps):
        optional = optional or step.optional
        if value is None or value is MISSING:
            if step.optional:
                return MISSING
            raise unresolved(path, scope, depth)
        value = _at(value, step.key)
    if value is MISSING and not optional:
        raise unresolved(path, scope, len(path.steps))
    return value


def _at(value: Value, key: str | int) -> Value:
    if isinstance(value, dict):
        return cast("dict[str, Value]", value).get(str(key), MISSING)
    if isinstance(value, str):
        return _of_text(value, key)
    if isinstance(value, Item):
        return _of_item(value, key)
    if isinstance(value, (list, tuple, Sequence)):
        return _of_list(cast("Sequence[Value]", value), key)
    if isinstance(value, Mapping):
        return cast("Mapping[str, Value]", value).get(str(key), MISSING)
    return MISSING


def _of_list(value: Sequence[Value], key: str | int) -> Value:
    if key == "length":
        return len(value)
    if isinstance(key, str):
        if not (key.isascii() and key.isdigit()):
            return MISSING
        key = int(key)
    return value[key] if key < len(value) else MISSING


def _of_text(value: str, key: str | int) -> Value:
    if key == "length":
        return len(value) if value.isascii() else len(value.encode("utf-16-le", "surrogatepass")) // 2
    if isinstance(key, int) and value.isascii():
        return value[key] if key < len(value) else MISSING
    return MISSING


def _of_item(item: Item, key: str | int) -> Value:
    match key:
        case "json":
            return item.json
        case "files":
            return files_document(item)
        case _:
            return MISSING


def files_document(item: Item) -> dict[str, JsonValue]:
    return {
        name: {"id": ref.id, "name": ref.name, "media_type": ref.media_type, "size": ref.size}
        for name, ref in item.files.items()
    }


def source_value(source: Source, scope: Scope) -> Value:
    return _SOURCES[source.kind](source, scope)


def _json(_source: Source, scope: Scope) -> Value:
    item = scope.item
    if item is None:
        raise _no_item()
    return item.json


def _no_item() -> ExpressionFailed:
    return ExpressionFailed("unresolved", "There is no current item here.", "Only nodes that get items have one.")


def view_of(source: Source, scope: Scope) -> NodeView:
    return scope.node(source.title) if source.kind == "node" else InputView(scope)


def _viewed(source: Source, scope: Scope) -> Value:
    view = view_of(source, scope)
    match source.which:
        case "item":
            return view.item()
        case "first":
            return view.first()
        case "last":
            return view.last()
        case "all":
            return view.all()
        case "view":
            return view


def _today(_source: Source, scope: Scope) -> datetime:
    return scope.now.astimezone(ZoneInfo(scope.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)


_SOURCES: dict[Kind, Callable[[Source, Scope], Value]] = {
    "json": _json,
    "input": _viewed,
    "node": _viewed,
    "index": lambda _source, scope: scope.index,
    "now": lambda _source, scope: scope.now.astimezone(ZoneInfo(scope.timezone)),
    "today": _today,
    "workflow": lambda _source, scope: dict(scope.workflow),
    "run": lambda _source, scope: dict(scope.run),
    "vars": lambda _source, scope: dict(scope.vars),
    "scope": lambda _source, scope: dict(scope.scope),
}


def unresolved(path: Path, scope: Scope, depth: int) -> ExpressionFailed:
    """Why the path ends in nothing: `depth` steps were taken when that was seen.

    The first missing step is searched from the start, so that callers need not carry the values along.
    """
    value = source_value(path.source, scope)
    for position, step in enumerate(path.steps[:depth]):
        follower = _at(value, step.key) if value is not None else MISSING
        if value is None or follower is MISSING:
            return _missing(Path(path.source, path.steps[:position]), step, value)
        value = follower
    return _missing(Path(path.source, path.steps[:depth]), path.steps[depth], value)


def _missing(parent: Path, step: Step, value: Value) -> ExpressionFailed:
    whole = f"{parent}{Step(step.key)}"
    hint = 'Where it may be missing, write `?.` or a default: `?? ""`.'
    if value is None:
        return ExpressionFailed("unresolved", f"`{parent}` is null, so `{whole}` can't be read.", hint)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ExpressionFailed("unresolved", f"`{whole}` does not exist: the list has {len(value)} entries.", hint)
    if not isinstance(value, (Mapping, Item)):
        return ExpressionFailed("unresolved", f"`{whole}` does not exist: `{parent}` is no object.", hint)
    fields = cast("Mapping[str, Value]", value if isinstance(value, Mapping) else {"json": value.json, "files": {}})
    return ExpressionFailed("unresolved", f"`{whole}` does not exist. {_nearest(parent, str(step.key), fields)}", hint)


def _nearest(parent: Path, key: str, fields: Mapping[str, Value]) -> str:
    if not fields:
        return f"`{parent}` is empty."
    folded = {name.casefold(): name for name in list(fields)[:500]}
    close = [folded[name] for name in difflib.get_close_matches(key.casefold(), folded, n=3, cutoff=0.6)]
    elsewhere = [f"{parent}{where}" for where in _same_name(key, fields, "", 3)]
    near = elsewhere[:2] + [f"{parent}{Step(name)}" for name in close]
    if near:
        return f"Nearest: {', '.join(f'`{name}`' for name in near)}."
    names = [str(name) for name in list(fields)[:8]]
    listed = f"{', '.join(f'`{name}`' for name in names)}{' …' if len(fields) > len(names) else ''}"
    return f"`{parent}` has {'the fields' if len(names) > 1 else 'only the field'} {listed}."


def _same_name(key: str, fields: Mapping[str, Value], prefix: str, depth: int) -> Iterator[str]:
    """Where a field of that very name stands further down, as `body.name` does for `name` behind a webhook."""
    for name, value in list(fields.items())[:100]:
        where = f"{prefix}{Step(name)}"
        if prefix and name == key:
            yield where
        elif isinstance(value, dict) and depth > 0:
            yield from _same_name(key, cast("Mapping[str, Value]", value), where, depth - 1)
