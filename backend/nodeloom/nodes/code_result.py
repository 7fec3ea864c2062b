"""What a person's code returned, as items."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, Final, cast

from nodeloom.graph.item import ArtifactRef, Item, Origin
from nodeloom.graph.json_value import JsonValue

_DEEPEST: Final = 200
_MOST_VALUES: Final = 1_000_000
_MOST_TEXT: Final = 64 * 1024 * 1024
_BIGGEST_INT: Final = 2**63
# Every output pointing at every input is of no use to anybody when both are many.
_MOST_LINKS: Final = 100_000
_ITEM_KEYS: Final = {"json", "files", "pairedItem"}


class NotItems(ValueError):
    """What the code returned can't leave the node; the message says what it is."""


def json_of(value: Any) -> JsonValue:
    """The value as JSON; raises NotItems. Parts that are shared a million times over are not written out."""
    return _Json().of(value, 0)


class _Json:
    def __init__(self) -> None:
        self._values = 0
        self._text = 0

    def of(self, value: Any, depth: int) -> JsonValue:
        self._count(depth)
        match value:
            case None | bool():
                return value
            case str():
                self._text += len(value)
                return value
            case int() | float():
                return _number(value)
            case dict():
                entries = cast("dict[Any, Any]", value).items()
                return {self._key(key): self.of(entry, depth + 1) for key, entry in entries}
            case list() | tuple():
                return [self.of(entry, depth + 1) for entry in cast("Sequence[Any]", value)]
            case date() | time():
                return value.isoformat()
            case _:
                raise NotItems(f"What the code returned holds a {type(value).__name__}, which is no JSON value.")

    def _count(self, depth: int) -> None:
        self._values += 1
        if depth > _DEEPEST:
            raise NotItems("What the code returned is nested too deeply, or contains itself.")
        if self._values > _MOST_VALUES or self._text > _MOST_TEXT:
            raise NotItems("What the code returned is too big.")

    def _key(self, key: Any) -> str:
        if isinstance(key, str):
            self._text += len(key)
            return key
        if isinstance(key, int) and not isinstance(key, bool):
            return str(_number(key))
        raise NotItems(f"What the code returned has a {type(key).__name__} as the name of a field.")


def _number(value: float) -> int | float:
    if isinstance(value, float) and not math.isfinite(value):
        raise NotItems(f"What the code returned holds {value}, which is no JSON value.")
    if isinstance(value, int) and not -_BIGGEST_INT <= value < _BIGGEST_INT:
        raise NotItems("What the code returned holds a whole number of more than 64 bits; make it a text.")
    return value


def returned_items(value: JsonValue, given: Sequence[Item], input_name: str | None) -> list[Item]:
    """The items that `value` stands for. With an `input_name` they get their origins, else the engine stamps them.

    An item that names what it was made from (`pairedItem`, which every item that comes in carries) comes from there,
    any other from all. Raises NotItems.
    """
    if value is None:
        return []
    listed = value if isinstance(value, list) else [value]
    files = {ref.id: ref for item in given for ref in item.files.values()}
    everywhere: Origin = ()
    if input_name is not None and len(listed) * len(given) <= _MOST_LINKS:
        everywhere = tuple((input_name, index) for index in range(len(given)))
    return [_made(entry, given, files, input_name, everywhere) for entry in listed]


def _made(
    entry: JsonValue,
    given: Sequence[Item],
    files: Mapping[str, ArtifactRef],
    input_name: str | None,
    everywhere: Origin,
) -> Item:
    if not isinstance(entry, dict):
        raise NotItems(f"The code returned {_kind(entry)} where an object is wanted.")
    json = entry.get("json")
    if not isinstance(json, dict) or not entry.keys() <= _ITEM_KEYS:
        # In a step that works item by item the files stay with the data.
        return Item(entry, given[0].files) if input_name is None else Item(entry, origin=everywhere)
    origin = everywhere if input_name is None else _origin(entry.get("pairedItem"), len(given), input_name, everywhere)
    return Item(json, _files(entry.get("files"), files), origin)


def _origin(paired: JsonValue, count: int, input_name: str, everywhere: Origin) -> Origin:
    places = [_place(entry) for entry in (paired if isinstance(paired, list) else [paired])]
    known = tuple((input_name, place) for place in places if place is not None and 0 <= place < count)
    return known if known and len(known) == len(places) else everywhere


def _place(paired: JsonValue) -> int | None:
    match paired:
        case bool():
            return None
        case int() | {"item": int()}:
            return paired if isinstance(paired, int) else cast("int", paired["item"])
        case _:
            return None


def _files(document: JsonValue, known: Mapping[str, ArtifactRef]) -> Mapping[str, ArtifactRef]:
    """Code may keep, drop and rename the files that came in, but not name others."""
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise NotItems("The files of an item are an object of name and file.")
    refs = {name: known.get(str(file.get("id"))) if isinstance(file, dict) else None for name, file in document.items()}
    foreign = [name for name, ref in refs.items() if ref is None]
    if foreign:
        raise NotItems(f"The file “{foreign[0][:100]}” did not come in with the items.")
    return {name: ref for name, ref in refs.items() if ref is not None}


def _kind(value: JsonValue) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case _:
            return "a list"
