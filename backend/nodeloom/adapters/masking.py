"""Keeping secret values out of everything that is stored, shown or logged.

A `Mask` knows secrets in the shapes that they take on their way: as they are, inside JSON, in addresses, in HTML, in
Base64 and hex, and cut off at the end as messages do. Which secrets the work at hand knows is said by `hiding`; tasks
and threads begun within it inherit that.
"""

import base64
import html
import json
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final, TypeVar, cast
from urllib.parse import quote, quote_plus

HIDDEN: Final = "•••"
SHORTEST: Final = 4
"""Shorter values would blot out ordinary words, and are no secrets."""

T = TypeVar("T")

_SHORTEST_LINE = 8
_SHORTEST_BEGINNING = 12
_LONGEST_BEGINNING = 32
_ESCAPED = re.compile(r"%[0-9A-F]{2}")
# What JavaScript's encodeURIComponent and encodeURI leave as it is.
_SAFE = ("", "/", "!'()*", ";,/?:@&=+$-_.!~*'()#")


class Mask:
    """Grows with the secrets that a run comes to know. `owner`: whose secrets they are."""

    def __init__(self, secrets: Iterable[str] = (), owner: str = "") -> None:
        self.owner = owner
        self.secrets: frozenset[str] = frozenset()
        self._shapes: Mapping[str, tuple[str, ...]] = {}
        self._beginnings: re.Pattern[str] | None = None
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        known = self.secrets | {secret for secret in secrets if len(secret) >= SHORTEST}
        if known == self.secrets:
            return
        self.secrets = known
        self._shapes, self._beginnings = _compiled(known)

    def text(self, text: str) -> str:
        found = self._beginnings.search(text) if self._beginnings is not None else None
        if self._beginnings is None or found is None:
            return text
        pieces: list[str] = []
        position = 0
        while found is not None:
            pieces += (text[position : found.start()], HIDDEN)
            position = self._end(text, found.start())
            found = self._beginnings.search(text, position)
        return "".join([*pieces, text[position:]])

    def _end(self, text: str, start: int) -> int:
        """Where the secret ends that begins there: of several, the longest."""
        return start + max(
            _shared(shape, text[start : start + len(shape)])
            for beginning, shapes in self._shapes.items()
            if text.startswith(beginning, start)
            for shape in shapes
        )

    def value(self, value: T) -> T:
        """JSON without the secrets; the very same object where it holds none."""
        return value if self._beginnings is None else cast("T", self._value(value))

    def _value(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case bool() | None:
                return value
            case int() | float():
                return value if self.text(text := str(value)) == text else HIDDEN
            case list() | tuple():
                return self._list(cast("list[Any]", value))
            case dict():
                return self._object(cast("dict[str, Any]", value))
            case _:
                return value

    def _list(self, values: list[Any]) -> list[Any]:
        masked = [self._value(value) for value in values]
        return masked if any(new is not old for new, old in zip(masked, values, strict=True)) else values

    def _object(self, fields: dict[str, Any]) -> dict[str, Any]:
        masked = {self.text(name): self._value(value) for name, value in fields.items()}
        same = masked.keys() == fields.keys() and all(masked[name] is value for name, value in fields.items())
        return fields if same else masked


# The runs of a workspace have the same secrets, one after the other.
@lru_cache(maxsize=64)
def _compiled(secrets: frozenset[str]) -> tuple[Mapping[str, tuple[str, ...]], re.Pattern[str]]:
    """All shapes by how they begin, and what finds a beginning: the longest first."""
    shapes: dict[str, list[str]] = {}
    for shape in {shape for secret in secrets for shape in _shapes(secret)}:
        shapes.setdefault(_beginning(shape), []).append(shape)
    longest_first = sorted(shapes, key=len, reverse=True)
    found = {beginning: tuple(of_it) for beginning, of_it in shapes.items()}
    return found, re.compile("|".join(map(re.escape, longest_first)))


_current: ContextVar[Mask | None] = ContextVar("mask", default=None)


@contextmanager
def hiding(mask: Mask) -> Generator[None]:
    """Within the block, and in what is begun there, `masked` and the logs hide what the mask knows."""
    token = _current.set(mask)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Mask | None:
    return _current.get()


def masked(value: T) -> T:
    """The value without the secrets that the work at hand knows."""
    mask = _current.get()
    return value if mask is None else mask.value(value)


def _beginning(shape: str) -> str:
    """As much of a secret as gives it away: messages cut long values short."""
    return shape[: max(_SHORTEST_BEGINNING, min(len(shape) // 2, _LONGEST_BEGINNING))]


def _shared(shape: str, text: str) -> int:
    """How many characters they begin with alike."""
    pairs = enumerate(zip(shape, text, strict=False))
    return next((position for position, (one, other) in pairs if one != other), min(len(shape), len(text)))


def _shapes(secret: str) -> Iterator[str]:
    """Every text that says the secret; those of its lines count too, as code splits texts."""
    lines = (line.strip() for line in secret.splitlines())
    for part in {secret, secret.strip(), *(line for line in lines if len(line) >= _SHORTEST_LINE)}:
        if len(part) >= SHORTEST:
            yield part
            yield from _in_json(part)
            yield from _in_addresses(part)
            yield html.escape(part)
            yield from _in_bytes(part.encode(errors="replace"))


def _in_json(text: str) -> Iterator[str]:
    """Also JSON inside of JSON."""
    for ascii_only in (False, True):
        inner = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield inner
        yield json.dumps(inner, ensure_ascii=ascii_only)[1:-1]


def _in_addresses(text: str) -> Iterator[str]:
    for safe in _SAFE:
        escaped = quote(text, safe=safe, errors="replace")
        yield escaped
        yield _ESCAPED.sub(lambda code: code.group().lower(), escaped)
    yield quote_plus(text, errors="replace")


def _in_bytes(raw: bytes) -> Iterator[str]:
    """Hex, and Base64 at each of the three places in which it may begin there: `name:secret` is encoded as one."""
    if len(raw) < _SHORTEST_LINE:
        return
    yield raw.hex()
    yield raw.hex().upper()
    for before, first in enumerate((0, 2, 3)):
        encoded = base64.b64encode(b"\0" * before + raw).decode()[first : (before + len(raw)) * 8 // 6]
        yield encoded
        yield encoded.replace("+", "-").replace("/", "_")
