"""What an expression reads, told from its tokens, so that only that is handed to QuickJS."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import jmespath
import jmespath.exceptions

from nodeloom.expressions.javascript import Token, string_value
from nodeloom.expressions.path import Found, Path, path_at

_GUARDS: Final = frozenset(
    ["?.", "?", "??", "??=", "||", "||=", "&&", "&&=", "!", "==", "!=", "===", "!==", "typeof", "in", "if", "try"]
)


class NotReadable(Exception):
    """The expression names something in a way that can't be told before it runs; the text says how to write it."""


@dataclass(frozen=True, slots=True)
class Read:
    """One value that the expression needs: a path, or what a JMESPath query finds there."""

    path: Path
    query: str | None = None

    @property
    def boxed(self) -> bool:
        """Whether it may be missing without harm as long as it isn't looked at: another node may not have run."""
        return self.path.source.kind == "node"


@dataclass(frozen=True, slots=True)
class Use:
    """A read and the tokens it covers; `follower` is the member asked of its value, as `map` in `$json.list.map()`.

    `path` is what stands there, also where the whole of its source is read instead.
    """

    read: Read
    path: Path
    begin: int
    end: int
    follower: str | None = None
    called: bool = False


def uses(tokens: Sequence[Token]) -> tuple[Use, ...]:
    """Every read in the order it stands there; raises NotReadable."""
    found = tuple(_uses(tokens))
    whole = {use.read.path.source for use in found if _needs_the_root(use)}
    if any(token.text == "delete" for token in tokens):
        whole.update(use.read.path.source for use in found)
    return tuple(_widened(use) if use.read.path.source in whole and use.read.query is None else use for use in found)


def guarded(tokens: Sequence[Token]) -> bool:
    """Whether the expression copes with missing values itself, by `?.`, a default, a condition or a comparison."""
    return any(token.text in _GUARDS and token.kind in ("punctuation", "name") for token in tokens)


def _uses(tokens: Sequence[Token]) -> Iterator[Use]:
    position = 0
    while position < len(tokens):
        use = _use_at(tokens, position)
        if use is not None:
            yield use
        position = use.end if use is not None else position + 1


def _use_at(tokens: Sequence[Token], position: int) -> Use | None:
    token = tokens[position]
    after_dot = position > 0 and tokens[position - 1].text in (".", "?.")
    if token.kind != "name" or after_dot:
        return None
    if token.text == "$jmespath":
        return _query_at(tokens, position)
    found = path_at(tokens, position)
    if found is not None:
        return _cut(tokens, found)
    if token.text == "$":
        raise NotReadable("$() takes the title of a node in quotes, such as $('Get order')")
    return None


def _query_at(tokens: Sequence[Token], position: int) -> Use:
    found = path_at(tokens, position + 2) if position + 2 < len(tokens) and tokens[position + 1].text == "(" else None
    if found is not None and [token.text for token in tokens[found.end : found.end + 3 : 2]] == [",", ")"]:
        query = string_value(tokens[found.end + 1])
        if query is not None:
            return Use(Read(found.path, _checked_query(query)), found.path, position, found.end + 3)
    raise NotReadable('$jmespath() takes a path and a query in quotes, such as $jmespath($json, "items[].name")')


def _checked_query(query: str) -> str:
    try:
        jmespath.compile(query)
    except jmespath.exceptions.JMESPathError as error:
        raise NotReadable(f"the JMESPath query is wrong: {str(error).splitlines()[0]}") from None
    return query


def search(query: str, value: object) -> Any:
    """What a query finds; raises ValueError when it does not fit the value."""
    try:
        return jmespath.search(query, value)
    except (jmespath.exceptions.JMESPathError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _cut(tokens: Sequence[Token], found: Found) -> Use:
    """The part of a path that is read before the code begins: up to a `?.` or to the method it calls."""
    source, steps = found.path.source, found.path.steps
    kept = next((at for at, step in enumerate(steps) if step.optional), len(steps))
    following = tokens[found.end] if found.end < len(tokens) else None
    called = following is not None and (following.text == "(" or following.kind == "template")
    if source.kind in ("now", "today", "index"):
        kept = 0
    elif source.which == "view" and steps:
        raise NotReadable(
            f"`{source}{steps[0]}` does not exist; write .item.json, .first().json, .last().json or .all()"
        )
    elif called and kept == len(steps):
        kept = max(kept - 1, 0)
    follower = str(steps[kept].key) if kept < len(steps) else None
    read = Read(replace(found.path, steps=steps[:kept]))
    return Use(read, read.path, found.begin, found.ends[kept], follower, called and kept == len(steps) - 1)


def _needs_the_root(use: Use) -> bool:
    return use.read.query is None and not use.read.path.steps and use.read.path.source.kind not in ("node", "input")


def _widened(use: Use) -> Use:
    return replace(use, read=Read(Path(use.read.path.source)))
