"""What a small step of code costs beside a node that sets a field: each over one item, in one process."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from nodeloom.adapters.bubblewrap import FullPython
from nodeloom.adapters.javascript import JavaScriptProcesses
from nodeloom.adapters.python_packages import PythonPackages
from nodeloom.adapters.sandbox import PythonSandbox
from nodeloom.entrypoints.code import JAVASCRIPT
from nodeloom.graph.item import Item
from nodeloom.nodes.code import code_node
from nodeloom.nodes.node_type import NodeContext
from nodeloom.nodes.set_fields import SET

_WARM_UP = 3


def measure() -> Iterator[str]:
    """Lines of a table: milliseconds at the median, and how many times core.set that is."""
    full = FullPython(PythonPackages(Path("/nowhere")))
    code = code_node(PythonSandbox(), JavaScriptProcesses(JAVASCRIPT), full)
    assert code.run is not None
    assert SET.run is not None
    run, set_field = code.run, SET.run
    context = NodeContext(datetime(2026, 1, 1, tzinfo=UTC), "UTC")
    item = Item({"body": {"name": "Ada"}})
    field = SET.spec.params.model_validate({"fields": [{"name": "greeting", "value": "Hello Ada"}]})
    baseline = _middle_ms(lambda: set_field(field, item, context), 2000)
    yield "| a small step | ms | / core.set |"
    yield "|---|--:|--:|"
    yield f"| core.set, one field | {baseline:.3f} | 1 |"
    kinds = [
        ("JavaScript", {"source": "return items.map(i => ({...i.json, greeting: 'Hello ' + i.json.body.name}))"}, 1000),
        ("Python", {"language": "python", "source": "return [{**i['json'], 'seen': True} for i in items]"}, 300),
    ]
    if full.missing() is None:
        source = "return [{**i['json'], 'seen': True} for i in items]"
        kinds.append(("full Python", {"language": "python", "runtime": "full", "source": source}, 10))
    for name, given, times in kinds:
        params = code.spec.params.model_validate(given)

        def step(params: object = params) -> object:
            return run(params, {"in": [item]}, context)

        taken = _middle_ms(step, times)
        yield f"| core.code, {name} | {taken:.2f} | {taken / baseline:.0f} |"


def _middle_ms(step: Callable[[], object], times: int) -> float:
    for _ in range(_WARM_UP):
        step()
    taken: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        step()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
