"""The log of a run: kept, bounded, read by level and text, live; and the counters beside it."""

import asyncio
from typing import Any

from nodeloom.features.runs.logs import MOST_LINES
from tests.integration.runs.conftest import Running
from tests.integration.runs.test_live import started_watching
from tests.support.flows import MANUAL, graph, made, node


def code(node_id: str, source: str, **params: Any) -> dict[str, Any]:
    return node(node_id, "core.code", source=source, **params)


def chain(*nodes: dict[str, Any]) -> dict[str, Any]:
    return graph(MANUAL, *nodes)


async def lines(running: Running, run_id: str, **query: Any) -> list[dict[str, Any]]:
    answer = await running.client.get(f"/api/v1/runs/{run_id}/logs", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def whole_log(running: Running, run_id: str) -> list[dict[str, Any]]:
    """Newest first, from all pages."""
    kept: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"limit": 200, **({} if cursor is None else {"cursor": cursor})}
        page = (await running.client.get(f"/api/v1/runs/{run_id}/logs", params=query)).json()
        kept, cursor = kept + page["items"], page["next_cursor"]
        if cursor is None:
            return kept


SAYS = """
console.debug('looking');
console.log('found', items.length, {a: 1});
console.error('nul \\u0000 and half \\ud800');
return items"""


async def test_what_nodes_say_is_kept_by_level_and_text(running: Running) -> None:
    run = await running.start(
        chain(code("js", SAYS), code("py", "print('from Python')\nreturn items", language="python"))
    )
    assert run["status"] == "succeeded", run["error"]

    kept = await lines(running, run["id"])

    assert [(line["node_id"], line["level"], line["text"]) for line in reversed(kept)] == [
        ("js", "debug", "looking"),
        ("js", "info", 'found 1 {"a":1}'),
        ("js", "error", "nul \ufffd and half \ufffd"),
        ("py", "info", "from Python"),
    ]
    assert [line["text"] for line in await lines(running, run["id"], level="error")] == ["nul \ufffd and half \ufffd"]
    assert [line["text"] for line in await lines(running, run["id"], q="PYTHON")] == ["from Python"]
    assert len(await lines(running, run["id"], node_id="js")) == 3
    first = (await running.client.get(f"/api/v1/runs/{run['id']}/logs", params={"limit": 3})).json()
    rest = await lines(running, run["id"], limit=3, cursor=first["next_cursor"])
    assert first["items"] + rest == kept


async def test_how_nodes_fare_is_said_where_it_is_worth_a_line(running: Running) -> None:
    going_on = {**code("one", "null.x"), "settings": {"on_error": "continue"}}
    run = await running.start(chain(going_on, node("pass", "core.noop"), code("two", "throw new Error('over')")))

    said = [(line["node_id"], line["level"], line["text"]) for line in await lines(running, run["id"])]

    assert said == [
        ("two", "error", "Failed: Error: over (line 1: throw new Error('over'))"),
        ("one", "warning", said[1][2]),
    ]
    assert said[1][2].startswith("Failed, and the run goes on: TypeError")


async def test_a_run_that_was_parked_goes_on_writing_where_it_was(running: Running) -> None:
    pause = node("pause", "core.wait", seconds=0.05)
    run = await running.start(
        chain(code("one", "console.log(1)\nreturn items"), pause, code("two", "console.log(2)\nreturn items"))
    )
    run = await running.until(run["id"], "succeeded", "failed")

    kept = list(reversed(await lines(running, run["id"])))

    assert [line["node_id"] for line in kept] == ["one", "pause", "two"]
    assert kept[1]["text"].startswith("Waits until 20")
    assert [line["seq"] for line in kept] == sorted({line["seq"] for line in kept})


async def test_a_flood_ends_in_one_line_that_says_so(running: Running) -> None:
    flood = "for (let i = 0; i < 1000; i++) console.log(i)\nreturn items"
    nodes = [code(f"n{number}", flood) for number in range(6)]
    run = await running.start(chain(*nodes))
    assert run["status"] == "succeeded", run["error"]

    (last, before) = await lines(running, run["id"], limit=2)
    assert (last["level"], last["node_id"]) == ("warning", None)
    assert "the rest is not here" in last["text"]
    assert before["node_id"] == "n4"
    assert len(await whole_log(running, run["id"])) == MOST_LINES + 1


async def test_lines_of_the_parts_of_a_map_stand_in_the_order_in_which_they_were_said(running: Running) -> None:
    says = code("inner", "console.log(items[0].json.n)\nreturn items")
    before, after = (
        code("before", "console.log('before')\nreturn items"),
        code("after", "console.log('after')\nreturn items"),
    )
    flow = chain(before, node("each", "core.map", concurrency=4), after)
    flow["nodes"].append({**says, "parent": "each"})
    flow["edges"][-1]["port"] = "done"

    run = await running.start(flow, [{"n": n} for n in range(120)])

    kept = await whole_log(running, run["id"])
    said = [line["text"] for line in reversed(kept) if line["level"] == "info" and line["node_id"] != "each"]
    assert (said[0], said[-1], sorted(said[1:-1], key=int)) == ("before", "after", [str(n) for n in range(120)])
    assert [line["at"] for line in kept] == sorted((line["at"] for line in kept), reverse=True)
    # The parts took turns: they aren't told one after the other.
    assert [int(text) for text in said[1:-1]] != list(range(120))


async def test_lines_are_heard_as_they_are_kept(running: Running) -> None:
    workflow_id = await made(running.client, graph(MANUAL, code("js", "console.log('live')\nreturn items")))
    reading = await started_watching(running, workflow_id)

    run = await running.start_again(workflow_id)

    heard = [data for type_, data, _ in await asyncio.wait_for(reading, 20) if type_ == "log"]
    assert heard == await lines(running, run["id"])


async def test_nobody_reads_the_log_of_another_workspace(running: Running) -> None:
    run = await running.start(chain(code("js", "console.log('ours')\nreturn items")))
    elsewhere = await running.api.with_key("owner", await running.api.add_workspace())

    assert (await elsewhere.get(f"/api/v1/runs/{run['id']}/logs")).status_code == 404
    assert (await elsewhere.get(f"/api/v1/workflows/{run['workflow_id']}/counters")).status_code == 404
    assert (await elsewhere.get("/api/v1/workflow-counters")).json() == []


async def test_the_counters_of_a_workflow(running: Running) -> None:
    workflow_id = await made(running.client, chain(code("js", "if (items[0].json.bad) throw 1\nreturn items")))
    empty = (await running.client.get(f"/api/v1/workflows/{workflow_id}/counters")).json()
    assert (empty["day"]["succeeded"], empty["day"]["p50_ms"], empty["last_run"]) == (0, None, None)
    for bad in (False, False, True):
        last = await running.start_again(workflow_id, {"bad": bad})

    counters = (await running.client.get(f"/api/v1/workflows/{workflow_id}/counters")).json()

    for period in ("day", "week"):
        assert (counters[period]["succeeded"], counters[period]["failed"]) == (2, 1)
        assert 0 <= counters[period]["p50_ms"] <= counters[period]["p95_ms"]
    assert counters["last_run"]["id"] == last["id"]
    assert (counters["running"], counters["capped"]) == (0, False)
    pulses = (await running.client.get("/api/v1/workflow-counters")).json()
    assert pulses == [{"workflow_id": workflow_id, "succeeded": 2, "failed": 1, "cancelled": 0, "under_way": 0}]
