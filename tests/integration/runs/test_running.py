from typing import Any

from tests.integration.runs.conftest import Running, nodes_of
from tests.support.flows import MANUAL, graph, node


def edges(*pairs: str) -> list[dict[str, Any]]:
    """`edges("start > check", "check:true > big")`."""
    made: list[dict[str, Any]] = []
    for pair in pairs:
        source, target = (part.strip() for part in pair.split(">"))
        source, _, port = source.partition(":")
        target, _, into = target.partition("@")
        made.append({"source": source, "port": port or "out", "target": target, "input": into or "in"})
    return made


def fields(**values: Any) -> dict[str, Any]:
    return {"fields": [{"name": name, "value": value} for name, value in values.items()], "keep": "none"}


BIG_OR_SMALL: dict[str, Any] = {
    "nodes": [
        MANUAL,
        node("check", "core.if", conditions=[{"left": "{{ $json.total }}", "operator": "gt", "right": 100}]),
        node("big", "core.set", **fields(size="big", name="{{ $('Start').item.json.name.toUpperCase() }}")),
        node("small", "core.set", **fields(size="small", name="{{ $json.name }}")),
    ],
    "edges": edges("start > check", "check:true > big", "check:false > small"),
}


async def test_each_item_takes_its_own_branch_and_remembers_where_it_came_from(running: Running) -> None:
    run = await running.start(BIG_OR_SMALL, [{"name": "ann", "total": 200}, {"name": "bob", "total": 5}])

    assert run["status"] == "succeeded"
    assert run["output"] == [{"size": "big", "name": "ANN"}, {"size": "small", "name": "bob"}]
    assert nodes_of(run)["check"]["ports"] == {"true": 1, "false": 1}


async def test_a_branch_that_got_nothing_is_skipped(running: Running) -> None:
    run = await running.start(BIG_OR_SMALL, {"name": "ann", "total": 200})

    assert {id_: state["status"] for id_, state in nodes_of(run).items()} == {
        "start": "succeeded",
        "check": "succeeded",
        "big": "succeeded",
        "small": "skipped",
    }


async def test_a_merge_waits_for_both_branches_and_takes_a_dead_one_as_empty(running: Running) -> None:
    merged = {
        "nodes": [*BIG_OR_SMALL["nodes"], node("both", "core.merge", mode="append")],
        "edges": [*BIG_OR_SMALL["edges"], *edges("big > both@in1", "small > both@in2")],
    }

    one = await running.start(merged, {"name": "ann", "total": 200})
    two = await running.start(merged, [{"name": "ann", "total": 1}, {"name": "bob", "total": 300}])

    assert [item["size"] for item in one["output"]] == ["big"]
    assert [item["size"] for item in two["output"]] == ["big", "small"]


async def test_a_list_of_thousands_is_worked_through(running: Running) -> None:
    doubled = graph(MANUAL, node("double", "core.set", **fields(n="{{ $json.n * 2 }}", index="{{ $itemIndex }}")))

    run = await running.start(doubled, [{"n": number} for number in range(3_000)])

    assert run["status"] == "succeeded", run["error"]
    assert run["output"][2_999] == {"n": 5_998, "index": 2_999}


async def test_outputs_and_inputs_are_read_in_pages(running: Running) -> None:
    run = await running.start(graph(MANUAL, node("pass", "core.noop")), [{"n": number} for number in range(120)])
    base = f"/api/v1/runs/{run['id']}/nodes/pass"

    first = (await running.client.get(f"{base}/output?limit=100")).json()
    rest = (await running.client.get(f"{base}/output?limit=100&cursor={first['next_cursor']}")).json()
    taken = (await running.client.get(f"{base}/input?limit=1")).json()

    assert [item["json"]["n"] for item in first["items"] + rest["items"]] == list(range(120))
    assert rest["next_cursor"] is None
    assert (taken["items"][0]["json"], taken["total"]) == ({"n": 0}, 120)


async def test_a_disabled_node_lets_its_items_through(running: Running) -> None:
    off = {**node("off", "core.set", **fields(x=1)), "disabled": True}

    run = await running.start(graph(MANUAL, off, node("end", "core.noop")), {"kept": True})

    assert run["output"] == [{"kept": True}]


async def test_pins_count_in_a_draft_and_not_in_what_is_live(running: Running) -> None:
    pinned = {**node("pin", "core.set", **fields(x="computed")), "pinned": {"out": [{"json": {"x": "pinned"}}]}}
    draft = await running.start(graph(MANUAL, pinned), version="draft")
    workflow_id = draft["workflow_id"]
    await running.client.post(f"/api/v1/workflows/{workflow_id}/publish", json={})

    live = await running.start_again(workflow_id)

    assert (draft["output"], live["output"]) == ([{"x": "pinned"}], [{"x": "computed"}])


async def test_a_failing_expression_names_the_node_the_field_and_the_nearest_name(running: Running) -> None:
    run = await running.start(
        graph(MANUAL, node("greet", "core.set", **fields(hi="{{ $json.nmae }}"))), {"name": "ann"}
    )

    assert run["status"] == "failed"
    assert (run["error"]["node_id"], run["error"]["field"]) == ("greet", "fields[0].value")
    assert "name" in run["error"]["message"]


async def test_stop_ends_the_run_with_its_message(running: Running) -> None:
    run = await running.start(
        graph(MANUAL, node("halt", "core.stop", message="No {{ $json.what }}")), {"what": "stock"}
    )

    assert (run["status"], run["error"]["code"], run["error"]["message"]) == ("failed", "stopped", "No stock")


async def test_a_draft_with_errors_does_not_run_and_says_why(running: Running) -> None:
    workflow = await running.client.post(
        "/api/v1/workflows", json={"name": "Broken", "graph": graph(MANUAL, node("x", "core.nosuch"))}
    )

    answer = await running.client.post(f"/api/v1/workflows/{workflow.json()['id']}/runs", json={})

    assert answer.status_code == 422
    assert [problem["code"] for problem in answer.json()["problems"]] == ["unknown_type"]


async def test_a_retry_runs_the_same_input_on_the_repaired_draft(running: Running) -> None:
    failed = await running.start(graph(MANUAL, node("end", "core.set", **fields(x="{{ $json.nope }}"))), {"yes": 1})
    workflow_id = failed["workflow_id"]
    repaired = graph(MANUAL, node("end", "core.set", **fields(x="{{ $json.yes }}")))
    revision = (await running.client.get(f"/api/v1/workflows/{workflow_id}")).json()["revision"]
    await running.client.put(f"/api/v1/workflows/{workflow_id}/draft", json={"graph": repaired, "revision": revision})

    answer = await running.client.post(f"/api/v1/runs/{failed['id']}/retry", json={"version": "draft"})

    again = await running.until(answer.json()["id"], "succeeded", "failed")
    assert (again["output"], again["retry_of"]) == ([{"x": 1}], failed["id"])


async def test_a_list_of_runs_is_filtered_and_paged(running: Running) -> None:
    good = await running.start(graph(MANUAL))
    bad = await running.start(graph(MANUAL, node("halt", "core.stop", message="out of stock")))

    async def ids(query: str) -> list[str]:
        return [run["id"] for run in (await running.client.get(f"/api/v1/runs?{query}")).json()["items"]]

    assert await ids("") == [bad["id"], good["id"]]
    assert await ids("status=failed") == [bad["id"]]
    assert await ids(f"workflow_id={good['workflow_id']}") == [good["id"]]
    assert await ids("q=out of stock") == [bad["id"]]
    assert await ids("limit=1") == [bad["id"]]
