"""Columns and what may stand in them. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, Final, Literal, TypeAlias

import orjson

from nodeloom.adapters.columns import dump_json
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import canonical, is_false, is_true, moment, number

ColumnType: TypeAlias = Literal["text", "number", "boolean", "datetime", "json"]
TYPE_WORDS: Final[Mapping[ColumnType, str]] = {
    "text": "a text",
    "number": "a number",
    "boolean": "true or false",
    "datetime": "a date and time",
    "json": "JSON",
}
# What every row has beside its columns.
SYSTEM: Final = ("id", "created_at", "updated_at")
MOST_COLUMNS: Final = 50
LARGEST_ROW: Final = 32 * 1024
_DEEPEST: Final = 50

Cells: TypeAlias = dict[str, JsonValue]


class Refusal(Exception):
    """What a person or a workflow asked for and can't have; `field` is the column that it is about."""

    def __init__(self, code: str, message: str, hint: str = "", field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.field = field


@dataclass(frozen=True)
class Column:
    id: str
    name: str
    type: ColumnType

    def document(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "type": self.type}


@dataclass(frozen=True)
class Structure:
    """A table's columns in their order, and those of them that tell rows apart."""

    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> Column:
        """Raises Refusal, which names the nearest."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise self.unknown(name)
        return found

    def unknown(self, name: str) -> Refusal:
        names = [column.name for column in self.columns]
        near = get_close_matches(name, names, n=1)
        hint = f"Did you mean “{near[0]}”?" if near else f"It has {', '.join(names[:10]) or 'no columns yet'}."
        return Refusal("unknown_column", f"“{self.table}” has no column “{name[:100]}”.", hint, name[:100])

    def cells(self, values: Mapping[str, JsonValue]) -> Cells:
        """The values by column id, each as its column takes it."""
        return {self.column(name).id: _taken(self.column(name), value) for name, value in values.items()}

    def key_of(self, cells: Cells) -> str | None:
        """The digest that is the same for rows with the same key; None for a table without key columns."""
        if not self.key:
            return None
        missing = [column.name for column in self.columns if column.id in self.key and cells.get(column.id) is None]
        if missing:
            raise Refusal(
                "key_missing",
                f"The key column “{missing[0]}” of “{self.table}” has no value.",
                "Give it one: rows are told apart by it.",
                missing[0],
            )
        return hashlib.sha256(canonical([cells[id_] for id_ in self.key]).encode()).hexdigest()

    def written(self, cells: Cells) -> str:
        """The cells of the columns that there are, as a row keeps them."""
        text = dump_json({column.id: cells[column.id] for column in self.columns if cells.get(column.id) is not None})
        if len(text.encode()) > LARGEST_ROW:
            raise Refusal("row_too_large", f"A row has at most {LARGEST_ROW // 1024} KiB.", "Keep large data in files.")
        return text

    def shown(self, id_: str, cells: Cells, created_at: datetime, updated_at: datetime) -> dict[str, JsonValue]:
        values = {column.name: cells.get(column.id) for column in self.columns}
        return {"id": id_, **values, "created_at": iso(created_at), "updated_at": iso(updated_at)}


def structure_of(name: str, columns: Iterable[Mapping[str, Any]], key: Sequence[str]) -> Structure:
    return Structure(name, tuple(Column(**column) for column in columns), tuple(key))


def type_for(value: JsonValue) -> ColumnType:
    """The column that a value asks for where there is none yet."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list() | dict():
            return "json"
        case _:
            return "text"


def checked_names(names: Sequence[str]) -> None:
    """Raises Refusal."""
    if len(names) > MOST_COLUMNS:
        raise Refusal("too_many_columns", f"A table has at most {MOST_COLUMNS} columns.", field="columns")
    for position, name in enumerate(names):
        if not name.strip() or len(name) > 100:
            raise Refusal("bad_name", "A column's name has 1 to 100 characters.", field="columns")
        if name in SYSTEM:
            raise Refusal("bad_name", f"Every row has “{name}” already.", "Take another name.", "columns")
        if name in names[:position]:
            raise Refusal("bad_name", f"Two columns are called “{name}”.", field="columns")


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _taken(column: Column, value: JsonValue) -> JsonValue:
    if value is None:
        return None
    found = _CONVERSIONS[column.type](value)
    if found is None:
        said = dump_json(value)
        shown = said if len(said) <= 60 else f"{said[:60]}…"
        raise Refusal(
            "wrong_type",
            f"“{column.name}” takes {TYPE_WORDS[column.type]}, and {shown} is none.",
            _HINTS[column.type],
            column.name,
        )
    return found


_HINTS: Final[Mapping[ColumnType, str]] = {
    "text": "Use a column of the type JSON.",
    "number": "Give a number, such as 4.5.",
    "boolean": "Give true or false.",
    "datetime": "Write it as 2026-05-31T18:00:00+02:00.",
    "json": "",
}


def _text(value: JsonValue) -> JsonValue:
    if isinstance(value, (dict, list)):
        return None
    text = value if isinstance(value, str) else dump_json(value)
    if "\0" in text or not _whole(text):
        raise Refusal("bad_text", "A text holds the character NUL or half a character.", "Take it out before.")
    return text


def _whole(text: str) -> bool:
    return text.encode(errors="replace").decode() == text


def _boolean(value: JsonValue) -> JsonValue:
    return True if is_true(value) else False if is_false(value) else None


def _number(value: JsonValue) -> JsonValue:
    found = number(value)
    return found if not isinstance(found, int) or abs(found) < 2**63 else None


def _datetime(value: JsonValue) -> JsonValue:
    found = moment(value, "UTC")
    return None if found is None else iso(found)


def _json(value: JsonValue) -> JsonValue:
    if _deeper_than(value, _DEEPEST):
        raise Refusal("too_deep", f"JSON in a table nests at most {_DEEPEST} levels.")
    try:
        orjson.dumps(value)
    except TypeError:
        raise Refusal(
            "bad_json", "JSON in a table has no half characters, and no whole numbers over 64 bits."
        ) from None
    return value


def _deeper_than(value: JsonValue, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper_than(entry, levels - 1) for entry in inner)


_CONVERSIONS: Final = {"text": _text, "number": _number, "boolean": _boolean, "datetime": _datetime, "json": _json}
