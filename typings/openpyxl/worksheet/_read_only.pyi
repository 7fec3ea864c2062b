from collections.abc import Iterator

from openpyxl.cell.read_only import ReadOnlyCell

class ReadOnlyWorksheet:
    title: str
    def reset_dimensions(self) -> None: ...
    def iter_rows(self) -> Iterator[tuple[ReadOnlyCell, ...]]: ...
