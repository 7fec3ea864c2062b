"""Full Python in bubblewrap: what code gets, what it may import, and how it is stopped."""

import hashlib
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from nodeloom.adapters.bubblewrap import FullPython
from nodeloom.adapters.code import unstoppable
from nodeloom.adapters.python_packages import PythonPackages, SyncFailed
from nodeloom.nodes.stop import Stop

HERE = FullPython(PythonPackages(Path("/nowhere")))
pytestmark = pytest.mark.skipif(HERE.missing() is not None, reason=str(HERE.missing()))


def ran(source: str, python: FullPython = HERE, **names: str) -> Any:
    lines: list[tuple[str, str]] = []
    value, fault = python.run(source, names, lambda level, text: lines.append((level, text)), unstoppable)
    return fault if fault is not None else (value, lines)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("return [item['n'] * 2 for item in items]", [2, 4]),
        ("import statistics\nstatistics.mean([item['n'] for item in items])", 1.5),
        (
            "import datetime, decimal\nreturn {'d': datetime.date(2020, 1, 2), 't': (1, 2)}",
            {"d": "2020-01-02", "t": [1, 2]},
        ),
        ("class A:\n  def f(self): yield from items\nreturn len(list(A().f()))", 2),
        ("# nothing", None),
    ],
)
def test_it_is_the_whole_language_with_its_library(source: str, expected: Any) -> None:
    assert ran(source, items='[{"n": 1}, {"n": 2}]') == (expected, [])


def test_what_is_printed_is_logged_by_its_level() -> None:
    value, lines = ran("import sys\nprint('a', 1)\nprint('b', file=sys.stderr)\nprint('c', end='')")
    assert value is None
    assert sorted(lines) == [("error", "b"), ("info", "a 1"), ("info", "c")]


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("a = 1\nb = 1 / 0", ("ZeroDivisionError: division by zero", 2)),
        ("def f():\n  raise ValueError('no')\n\nf()", ("ValueError: no", 2)),
        ("import json\njson.loads('{')", ("JSONDecodeError: Expecting property name enclosed in double quotes", 2)),
        ("return {1}", ("What the code returned holds a set, which is no JSON value.", None)),
    ],
)  # fmt: skip
def test_a_failure_names_the_line_of_the_code(source: str, fault: tuple[str, int | None]) -> None:
    message, line = ran(source)
    assert (message.partition(": line")[0], line) == fault


def test_code_that_can_not_be_read_is_a_problem() -> None:
    message, line = HERE.problem("a = 1\nb = ;") or ("", None)
    assert (message, line) == ("SyntaxError: invalid syntax", 2)
    assert HERE.problem("return 1 / 0") is None


def test_it_is_killed_when_nobody_waits_any_more() -> None:
    stop = Stop()
    began = time.monotonic()
    threading.Timer(0.3, stop.set).start()
    _, fault = HERE.run("while True: pass", {}, lambda _level, _text: None, stop.kills)
    assert fault is not None
    assert time.monotonic() - began < 10


def wheel(folder: Path, name: str, source: str) -> Path:
    """A package as pip installs it, written by hand."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", source)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return path


def test_packages_of_the_locked_list_can_be_imported_once_they_are_installed(tmp_path: Path) -> None:
    packages = PythonPackages(tmp_path)
    python = FullPython(packages)
    made = wheel(tmp_path, "answers", "ANSWER = 42\n")
    packages.lock.parent.mkdir()
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    packages.lock.write_text(f"answers @ {made.as_uri()} --hash=sha256:{digest}\n")
    assert "nodeloom python sync" in str(python.missing())
    assert "nodeloom python sync" in ran("import answers", python)[0]

    folder = packages.sync()

    assert ran("import answers\nreturn answers.ANSWER", python) == (42, [])
    assert packages.sync() == folder
    packages.lock.write_text(f"answers @ {made.as_uri()} --hash=sha256:{'0' * 64}\n")
    with pytest.raises(SyncFailed, match=r"(?i)hash"):
        packages.sync()
    packages.lock.unlink()
    assert packages.forget_old() == 1
    assert "ModuleNotFoundError" in ran("import answers", python)[0]
