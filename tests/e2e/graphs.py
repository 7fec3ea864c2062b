"""Graph documents that the tests begin with; places are given as columns and rows."""

from itertools import pairwise
from typing import Any

COLUMN = 288
ROW = 144


def node(type_: str, title: str, column: int, row: int = 0, **params: Any) -> dict[str, Any]:
    """Its id is its title in small letters."""
    position = {"x": column * COLUMN, "y": row * ROW}
    return {"id": title.lower(), "type": type_, "title": title, "position": position, "params": params}


def by_hand(title: str = "Start") -> dict[str, Any]:
    return node("core.manual", title, 0)


def setting(title: str, column: int, value: Any, row: int = 0) -> dict[str, Any]:
    """A node that sets the field `line`."""
    return node("core.set", title, column, row, fields=[{"name": "line", "value": value}])


def chain(*nodes: dict[str, Any]) -> dict[str, Any]:
    """Each leads to the next, by its first port."""
    return {
        "format": 1,
        "nodes": list(nodes),
        "edges": [
            {"id": f"e{number}", "source": one["id"], "port": "out", "target": other["id"], "input": "in"}
            for number, (one, other) in enumerate(pairwise(nodes))
        ],
    }
