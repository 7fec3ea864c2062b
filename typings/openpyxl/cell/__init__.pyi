from typing import Any

from openpyxl.worksheet._write_only import WriteOnlyWorksheet

class WriteOnlyCell:
    data_type: str
    def __init__(self, ws: WriteOnlyWorksheet, value: Any = ...) -> None: ...
