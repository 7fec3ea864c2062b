from collections.abc import Sequence
from typing import Any

class WriteOnlyWorksheet:
    def append(self, row: Sequence[Any]) -> None: ...
