"""A plain path such as `$('Order').first().json.lines[0].price`: what it starts from and the steps it takes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nodeloom.expressions.javascript import Token, string_value

Kind: TypeAlias = Literal["json", "input", "node", "index", "now", "today", "workflow", "run", "vars", "scope"]
Which: TypeAlias = Literal["item", "first", "last", "all", "view"]

_ROOTS: dict[str, Kind] = {
    "$json": "json",
    "$input": "input",
    "$itemIndex": "index",
    "$now": "now",
    "$today": "today",
    "$workflow": "workflow",
    "$run": "run",
    "$vars": "vars",
    "$scope": "scope",
}
ROOT_NAMES = (*_ROOTS, "$('…')", "$jmespath()")
_PLAIN_NAME = re.compile(r"(?:[^\W\d]|\$)[\w$]*")


@dataclass(frozen=True, slots=True)
class Source:
    """What a path starts from. `which` matters to input and node only; `view` is the thing with all its methods."""

    kind: Kind
    title: str = ""
    which: Which = "item"

    def __str__(self) -> str:
        match self.kind:
            case "node":
                return f"$('{self.title}'){self._access()}"
            case "input":
                return f"$input{self._access()}"
            case "index":
                return "$itemIndex"
            case _:
                return f"${self.kind}"

    def _access(self) -> str:
        match self.which:
            case "view":
                return ""
            case "item":
                return ".item"
            case _:
                return f".{self.which}()"


@dataclass(frozen=True, slots=True)
class Step:
    key: str | int
    optional: bool = False

    def __str__(self) -> str:
        mark = "?." if self.optional else ""
        if isinstance(self.key, int):
            return f"{mark}[{self.key}]"
        if _PLAIN_NAME.fullmatch(self.key):
            return f"{mark or '.'}{self.key}"
        quoted = self.key.replace("\\", "\\\\").replace("'", "\\'")
        return f"{mark}['{quoted}']"


@dataclass(frozen=True, slots=True)
class Path:
    source: Source
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        return str(self.source) + "".join(map(str, self.steps))


@dataclass(frozen=True, slots=True)
class Found:
    """A path in a token list from `begin`: `ends[n]` is where its source and first n steps end."""

    path: Path
    begin: int
    ends: tuple[int, ...]

    @property
    def end(self) -> int:
        return self.ends[-1]


def path_at(tokens: Sequence[Token], begin: int) -> Found | None:
    """The longest path that starts at this token; None if no path does."""
    if tokens[begin].kind != "name" or (begin > 0 and tokens[begin - 1].text in (".", "?.")):
        return None
    source = _source_at(tokens, begin)
    if source is None:
        return None
    start, end = source
    steps: list[Step] = []
    ends = [end]
    while (step := _step_at(tokens, ends[-1])) is not None:
        steps.append(step[0])
        ends.append(step[1])
    return Found(Path(start, tuple(steps)), begin, tuple(ends))


def _source_at(tokens: Sequence[Token], begin: int) -> tuple[Source, int] | None:
    name = tokens[begin].text
    if name == "$":
        title = string_value(tokens[begin + 2]) if _texts(tokens, begin + 1, 3)[::2] == ["(", ")"] else None
        return None if title is None else _with_access(tokens, begin + 4, "node", title)
    kind = _ROOTS.get(name)
    if kind == "input":
        return _with_access(tokens, begin + 1, "input", "")
    return None if kind is None else (Source(kind), begin + 1)


def _with_access(tokens: Sequence[Token], end: int, kind: Kind, title: str) -> tuple[Source, int]:
    match _texts(tokens, end, 4):
        case [".", "item", *_]:
            return Source(kind, title, "item"), end + 2
        case [".", ("first" | "last" | "all") as which, "(", ")"]:
            return Source(kind, title, which), end + 4
        case _:
            return Source(kind, title, "view"), end


def _texts(tokens: Sequence[Token], begin: int, count: int) -> list[str]:
    return [token.text for token in tokens[begin : begin + count]]


def _step_at(tokens: Sequence[Token], begin: int) -> tuple[Step, int] | None:
    if begin >= len(tokens):
        return None
    optional = tokens[begin].text == "?."
    after = begin + 1 if optional else begin
    key = _bracket_key(tokens, after)
    if key is not None:
        return Step(key, optional), after + 3
    if tokens[begin].text in (".", "?.") and begin + 1 < len(tokens) and tokens[begin + 1].kind == "name":
        return Step(tokens[begin + 1].text, optional), begin + 2
    return None


def _bracket_key(tokens: Sequence[Token], begin: int) -> str | int | None:
    if _texts(tokens, begin, 3)[::2] != ["[", "]"]:
        return None
    token = tokens[begin + 1]
    if token.kind == "number" and re.fullmatch(r"0|[1-9][0-9]{0,14}", token.text):
        return int(token.text)
    return string_value(token)
