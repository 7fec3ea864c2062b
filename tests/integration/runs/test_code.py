"""Code steps in real runs."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from nodeloom.adapters.bubblewrap import FullPython
from nodeloom.adapters.python_packages import PythonPackages
from nodeloom.adapters.settings import Settings
from tests.integration.runs.conftest import Running
from tests.support.api import ApiUnderTest
from tests.support.flows import MANUAL, node
from tests.support.hostile import ADDRESSES, ATTACKS

FULL = FullPython(PythonPackages(Path("/nowhere"))).missing()
"""Why full Python can't run here."""


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    switched_off = "switched_off" in request.node.name
    return settings.model_copy(update={"full_python": "off" if switched_off else "on"})


def code(id_: str, source: str, **params: Any) -> dict[str, Any]:
    return node(id_, "core.code", source=source, **params)


def chain(*nodes: dict[str, Any]) -> dict[str, Any]:
    ids = ["start", *(entry["id"] for entry in nodes)]
    edges = [{"source": source, "target": target} for source, target in pairwise(ids)]
    return {"nodes": [MANUAL, *nodes], "edges": edges}


async def test_both_languages_in_a_row_and_lineage_through_them(running: Running) -> None:
    flow = chain(
        code("double", "return {n: item.json.n * 2, by: workflow.name}", mode="each"),
        code("big", "[i for i in items if i['json']['n'] > 2]", language="python"),
        code("tag", "return {**item['json'], 'text': f'{{{item[\"json\"][\"n\"]}}}'}", language="python", mode="each"),
        node("after", "core.set", fields=[{"name": "first", "value": "{{ $('Start').item.json.n }}"}]),
    )

    run = await running.start(flow, [{"n": 1}, {"n": 2}, {"n": 3}])

    assert run["status"] == "succeeded", run["error"]
    name = run["output"][0]["by"]
    assert run["output"] == [{"n": n * 2, "by": name, "text": f"{{{n * 2}}}", "first": n} for n in (2, 3)]


async def test_a_failure_shows_its_line(running: Running) -> None:
    run = await running.start(chain(code("bad", "const a = 1;\nreturn a.b.c;")), [{}])

    assert run["status"] == "failed"
    assert run["error"]["code"] == "code_failed"
    assert run["error"]["line"] == 2
    assert run["error"]["hint"] == "line 2: return a.b.c;"


async def test_one_bad_item_leaves_by_the_error_port(running: Running) -> None:
    bad = {**code("half", "if item['json']['n'] == 2:\n  raise ValueError('two')\nreturn item", language="python")}
    bad["params"]["mode"] = "each"
    run = await running.start(chain({**bad, "settings": {"on_error": "continue"}}), [{"n": 1}, {"n": 2}, {"n": 3}])

    assert run["status"] == "succeeded", run["error"]
    assert [item["n"] for item in run["output"]] == [1, 2, 3]
    assert run["output"][1]["error"]["message"] == "ValueError: two"


async def test_slow_code_keeps_no_other_run_waiting(running: Running) -> None:
    slow = "for (let i = 0, end = Date.now() + 1500; Date.now() < end; i++);\nreturn {done: true}"
    waiting = await running.start(chain(code("slow", slow)), wait_s=0)
    await running.until(waiting["id"], "running")

    quick = await running.start(chain(node("set", "core.set", fields=[{"name": "n", "value": 1}])), [{}])

    assert quick["status"] == "succeeded", quick["error"]
    assert (await running.run(waiting["id"]))["status"] == "running"
    assert (await running.until(waiting["id"], "succeeded", "failed"))["output"] == [{"done": True}]


@pytest.mark.parametrize(
    ("language", "endless"),
    [("javascript", "while (true);"), ("python", "while True: pass"), ("full", "while True: pass")],
)
async def test_code_of_a_cancelled_run_is_killed(running: Running, language: str, endless: str) -> None:
    params = {"language": "python", "runtime": "full"} if language == "full" else {"language": language}
    if language == "full" and FULL is not None:
        pytest.skip(FULL)
    before = children()
    run = await running.start(chain(code("endless", endless, **params)), wait_s=0)
    await running.until_node(run["id"], "endless", "running")
    await wait_for(lambda: busy(children() - before))

    await running.client.post(f"/api/v1/runs/{run['id']}/cancel")

    await running.until(run["id"], "cancelled")
    await wait_for(lambda: not busy(children() - before))
    following = await running.start(
        chain(
            code("next", "1 + 1\nreturn items", **params)
            if "python" in params.values()
            else code("next", "return items")
        )
    )
    assert following["status"] == "succeeded", following["error"]


def children() -> set[int]:
    """The processes below this one."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


def busy(processes: set[int]) -> bool:
    """Whether one of them, or what it started, is computing."""
    for pid in processes:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                if (task / "stat").read_text().rpartition(")")[2].split()[0] == "R":
                    return True
                if busy({int(child) for child in (task / "children").read_text().split()}):
                    return True
    return False


async def wait_for(seen: Callable[[], bool]) -> None:
    for _ in itertools.count():
        if seen():
            return
        await asyncio.sleep(0.02)


async def test_full_python_in_a_run(running: Running) -> None:
    if FULL is not None:
        pytest.skip(FULL)
    source = "import statistics\nreturn {'mean': statistics.mean([i['json']['n'] for i in items])}"
    run = await running.start(chain(code("mean", source, language="python", runtime="full")), [{"n": 1}, {"n": 2}])
    assert run["status"] == "succeeded", run["error"]
    assert run["output"] == [{"mean": 1.5}]
    failing = await running.start(chain(code("bad", "a = 1\nopen('/etc/passwd')", language="python", runtime="full")))
    assert failing["error"]["line"] == 2


async def test_full_python_that_is_switched_off_is_a_problem_of_the_node(api: ApiUnderTest) -> None:
    client = await api.signed_in("owner")
    off = chain(code("full", "return 1", language="python", runtime="full"))
    answer = await client.post("/api/v1/workflows", json={"name": "Off", "graph": off})
    (problem,) = answer.json()["problems"]
    assert (problem["node_id"], problem["field"]) == ("full", "runtime")
    assert "NODELOOM_FULL_PYTHON=on" in problem["message"]


async def test_addresses_that_hide_are_refused(running: Running) -> None:
    async def meets(address: str) -> str:
        settings = {"retry": {"max_attempts": 1}, "timeout_s": 5}
        call = {**node("call", "http.request", url=address), "settings": settings}
        answer = await running.client.post("/api/v1/workflows", json={"name": "Out", "graph": chain(call)})
        assert answer.status_code == 201, (address, answer.text)
        if answer.json()["problems"]:
            return "problem"
        run = await running.start_again(answer.json()["id"])
        return run["error"]["code"] if run["status"] == "failed" and run["error"]["message"] else run["status"]

    met = [await meets(address) for address in ADDRESSES]

    assert set(met) <= {"problem", "egress_refused", "invalid_url", "secret_in_url"}, met


async def test_a_worker_outlives_hostile_code(running: Running) -> None:
    names = {"constructor.constructor of an arrow", "string bomb", "list bomb", "fork bomb", "an exit", "ctypes"}
    attacks = [
        {"source": attack.source, "language": "javascript" if "javascript" in attack.against else "python"}
        | ({"runtime": "full"} if "full" in attack.against and FULL is None else {})
        for attack in ATTACKS
        if attack.name in names and (set(attack.against) != {"full"} or FULL is None)
    ]
    runs = await asyncio.gather(*(running.start(chain(node("attack", "core.code", **params))) for params in attacks))

    assert [(run["status"], run["error"]["code"]) for run in runs] == [("failed", "code_failed")] * len(attacks)
    following = await running.start(chain(code("next", "return items")), [{"n": 1}])
    assert following["output"] == [{"n": 1}]


async def test_a_worker_outlives_hostile_expressions(running: Running) -> None:
    names = {"endless for", "string bomb", "array bomb", "this.constructor.constructor", "import()", "process.env"}
    sources = [attack.source for attack in ATTACKS if attack.name in names and "expression" in attack.against]

    async def met(source: str) -> dict[str, Any]:
        fields = [{"name": "x", "value": f"{{{{ (() => {{ {source} }})() }}}}"}]
        return await running.start(chain(node("attack", "core.set", fields=fields)), [{"n": 1}])

    runs = await asyncio.gather(*(met(source) for source in sources))

    assert [run["status"] for run in runs] == ["failed"] * len(names)
    assert all(run["error"]["node_id"] == "attack" and run["error"]["message"] for run in runs)
    safe = node("safe", "core.set", fields=[{"name": "x", "value": "{{ [typeof kept, [1].map(n => n + 1)] }}"}])
    following = await running.start(chain(safe), [{"n": 1}])
    assert following["output"] == [{"n": 1, "x": ["undefined", [2]]}]
