from typing import IO, Any

from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

class Workbook:
    def __init__(self, write_only: bool = ...) -> None: ...
    def create_sheet(self, title: str | None = ...) -> WriteOnlyWorksheet: ...
    def save(self, filename: IO[bytes]) -> None: ...

class ReadOnlyWorkbook:
    worksheets: list[ReadOnlyWorksheet]

def load_workbook(
    filename: IO[bytes], read_only: bool = ..., data_only: bool = ..., keep_links: bool = ..., **more: Any
) -> ReadOnlyWorkbook: ...
