"""Code steps in real runs."""

from itertools import pairwise
from typing import Any

from tests.integration.runs.conftest import Running
from tests.support.flows import MANUAL, node


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
