"""The rows of a table in HTML."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from selectolax.lexbor import LexborNode

from nodeloom.nodes.files.reading import Record, Unreadable, column_names, named_cells
from nodeloom.nodes.html_tree import plain_text

_WIDEST: Final = 1_000

Hanging: TypeAlias = dict[int, tuple[int, str]]
"""By column: how many rows a cell still reaches down, and what stands in it."""


def table_rows(table: LexborNode, *, header: bool) -> Iterator[Record]:
    names: list[str] | None = None
    hanging: Hanging = {}
    for row in table.css("tr"):
        if _table_of(row) != table.mem_id:
            continue
        cells = _cells(row, hanging)
        if not any(cells):
            continue
        if names is None:
            names = column_names(cells if header else [None] * len(cells))
            if header:
                continue
        yield named_cells(names, cells, "")


class _Row:
    """A row's cells by column: one over several columns or rows stands in all of them."""

    def __init__(self, hanging: Hanging) -> None:
        self.texts: list[str] = []
        self.below: Hanging = {}
        self._hanging = hanging

    def fill_from_above(self) -> None:
        while (above := self._hanging.pop(len(self.texts), None)) is not None:
            left, text = above
            self._put(text, left)

    def add(self, cell: LexborNode) -> None:
        self.fill_from_above()
        text = " ".join(plain_text(cell).split())
        down = _span(cell, "rowspan")
        for _ in range(_span(cell, "colspan")):
            self._put(text, down)

    def _put(self, text: str, rows: int) -> None:
        column = len(self.texts)
        if column >= _WIDEST:
            raise Unreadable("too_large", f"The table has more than {_WIDEST:,} columns.")
        if rows > 1:
            self.below[column] = (rows - 1, text)
        self.texts.append(text)


def _cells(row: LexborNode, hanging: Hanging) -> list[str]:
    """`hanging` has the cells from above that reach down to this row, and then those that reach further."""
    cells = _Row(dict(hanging))
    for cell in row.iter():
        if cell.tag in ("td", "th"):
            cells.add(cell)
    cells.fill_from_above()
    hanging.clear()
    hanging.update(cells.below)
    return cells.texts


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return min(max(int(value), 1), _WIDEST) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _table_of(row: LexborNode) -> int | None:
    node = row.parent
    while node is not None and node.tag != "table":
        node = node.parent
    return None if node is None else node.mem_id
