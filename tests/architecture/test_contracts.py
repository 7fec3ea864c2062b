"""The contracts between the parts hold, and what is shipped is whole."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import ROOT, files, text

PROJECT: dict[str, Any] = tomllib.loads(text(Path("pyproject.toml")))
LINTER: dict[str, Any] = PROJECT["tool"]["importlinter"]


def test_imports_go_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(LINTER['contracts'])} kept, 0 broken" in done.stdout


def test_the_contracts_have_no_exceptions() -> None:
    assert "ignore_imports" not in text(Path("pyproject.toml"))


def test_every_feature_has_its_floor() -> None:
    """Exhaustive contracts already say so; here for the folders that they are allowed to leave out."""
    floors = next(contract for contract in LINTER["contracts"] if contract["name"] == "The floors of the backend")
    known = {name.strip() for layer in floors["layers"] for name in layer.split("|")} | {*floors["exhaustive_ignores"]}
    folders = {path.parts[2] for path in files() if path.match("backend/nodeloom/*/**/*.py") and len(path.parts) > 3}
    assert folders <= known


def test_the_wheel_carries_the_front_end() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel["packages"]) == {"backend/nodeloom", "connectors/nodeloom_connectors"}
    # Git ignores what is built, and hatch leaves out what git ignores unless it is named.
    assert "backend/nodeloom/web/**" in wheel["artifacts"]
    assert "backend/nodeloom/web/" in text(Path(".gitignore")).splitlines()


def test_every_connector_is_found_by_its_entry_point() -> None:
    declared: dict[str, str] = PROJECT["project"]["entry-points"]["nodeloom.connectors"]
    folders = {path.parts[2] for path in files() if path.match("connectors/nodeloom_connectors/*/__init__.py")}
    # What connectors stand on.
    folders -= {"sdk", "google", "databases", "mail"}
    assert set(declared) == folders
    assert declared == {name: f"nodeloom_connectors.{name}:connector" for name in folders}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_every_package_with_a_hash(lock: str) -> None:
    lines = text(Path(lock)).splitlines()
    pinned = [line for line in lines if re.match(r"[A-Za-z0-9]", line)]
    assert len(pinned) > 20
    assert [line for line in pinned if not re.match(r"[\w.-]+(\[[\w,-]+\])?==[^\s]+ .*\\$", line)] == []
    assert sum(line.strip().startswith("--hash=sha256:") for line in lines) >= len(pinned)


def test_what_is_declared_is_locked() -> None:
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", text(Path("requirements.lock")), re.MULTILINE))
    declared = {re.split(r"[\[><=; ]", line, maxsplit=1)[0] for line in PROJECT["project"]["dependencies"]}
    assert declared <= locked
