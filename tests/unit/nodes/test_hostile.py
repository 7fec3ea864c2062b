"""The hostile corpus: a clear error, within limits, and nothing that the next piece of code could find."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from nodeloom.adapters.bubblewrap import FullPython
from nodeloom.adapters.javascript import JavaScriptProcesses
from nodeloom.adapters.python_packages import PythonPackages
from nodeloom.adapters.sandbox import PythonSandbox
from nodeloom.entrypoints.code import JAVASCRIPT
from nodeloom.expressions.sandbox import Sandbox
from nodeloom.expressions.template import compile_template
from nodeloom.graph.item import Item
from nodeloom.nodes.code import code_node
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from tests.support.hostile import Attack, attacks
from tests.unit.expressions.scopes import Here, failure_of, value_of
from tests.unit.nodes.running import NOW

MEMORY = 64 * 1024 * 1024
NOWHERE = PythonPackages(Path("/nowhere"))
FULL = FullPython(NOWHERE, time_limit_s=1.0, memory_limit=3 * MEMORY)
CODE = code_node(
    PythonSandbox(time_limit_s=0.2, memory_limit=MEMORY),
    JavaScriptProcesses(JAVASCRIPT, time_limit_s=0.1, memory_limit=MEMORY),
    FULL,
)
PATIENT = code_node(
    PythonSandbox(), JavaScriptProcesses(JAVASCRIPT), FullPython(NOWHERE, time_limit_s=20, memory_limit=3 * MEMORY)
)
SETTINGS = {
    "javascript": {"language": "javascript"},
    "monty": {"language": "python"},
    "full": {"language": "python", "runtime": "full"},
}


def ran(code: NodeType, against: str, source: str) -> list[dict[str, Any]] | str:
    """What came out, or the error that the person reads."""
    try:
        params = code.spec.params.model_validate({**SETTINGS[against], "source": source})
    except ValueError as refused:
        return str(refused)
    assert code.run is not None
    try:
        result = code.run(params, {"in": [Item({"n": 1})]}, NodeContext(NOW, "UTC"))
    except NodeFailed as failed:
        return failed.message if failed.code == "code_failed" else ""
    assert isinstance(result, Emitted)
    return [item.json for item in result.ports["out"]]


def unharmed(against: str) -> None:
    """The next run finds everything as it was."""
    source = {
        "javascript": "return {n: items[0].json.n, kept: typeof kept, x: {}.polluted ?? 0}",
        "monty": "return {'n': items[0]['json']['n'], 'kept': 'undefined', 'x': 0}",
        "full": "import os\nreturn {'n': items[0]['json']['n'], 'kept': 'undefined', 'x': len(os.listdir('/tmp'))}",
    }
    assert ran(PATIENT, against, source[against]) == [{"n": 1, "kept": "undefined", "x": 0}]


@pytest.mark.parametrize("against", ["javascript", "monty"])
def test_hostile_code_gets_a_clear_error_and_leaves_nothing(against: str) -> None:
    got_through = {attack.name: gave for attack, gave in outcomes(against) if not isinstance(gave, str) or not gave}
    assert got_through == {}
    unharmed(against)


def outcomes(against: str) -> Iterator[tuple[Attack, list[dict[str, Any]] | str]]:
    def met(attack: Attack) -> list[dict[str, Any]] | str:
        return ran(CODE, against, attack.source)

    with ThreadPoolExecutor(3) as side_by_side:
        yield from zip(attacks(against), side_by_side.map(met, attacks(against)), strict=True)


def test_hostile_full_python_gets_a_clear_error_and_leaves_nothing() -> None:
    missing = FULL.missing()
    if missing is not None:
        pytest.skip(missing)
    got_through = {attack.name: gave for attack, gave in outcomes("full") if not isinstance(gave, str) or not gave}
    assert got_through == {}
    unharmed("full")


@pytest.mark.parametrize("attack", attacks("expression"), ids=str)
def test_hostile_expressions_get_a_clear_error_and_leave_nothing(attack: Attack) -> None:
    text = "{{ (() => { " + attack.source + " })() }}"
    sandbox = Sandbox()
    template = compile_template({"value": text}, ())
    if template.problems:
        assert template.problems[0][1]
        return
    assert failure_of(text, Here({"n": 1}), sandbox).message
    kept = "{{ [typeof kept, {}.polluted ?? 0, [1].map(n => n + 1)] }}"
    assert value_of(kept, Here(), sandbox) == ["undefined", 0, [2]]
