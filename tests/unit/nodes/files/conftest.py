from pathlib import Path

import pytest

from tests.unit.nodes.files.kept import Kept


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)
