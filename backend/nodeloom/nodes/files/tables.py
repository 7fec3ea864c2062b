"""Items as the rows and columns of a table."""

import json
from collections.abc import Iterable, Sequence

from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.field_path import Absent, read

Fields = dict[str, JsonValue]


def columns_of(rows: Iterable[Fields], wanted: Sequence[str]) -> list[str]:
    """The columns wanted, or every field in the order in which they first come up."""
    return list(wanted) or list(dict.fromkeys(name for row in rows for name in row))


def cell_of(row: Fields, column: str) -> JsonValue:
    """None for what the row lacks; lists and objects as JSON, since a cell holds one value."""
    value = read(row, column)
    if isinstance(value, Absent):
        return None
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def plain(value: JsonValue) -> str:
    """A cell as text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case _:
            return json.dumps(value)
