"""Loops and maps: scopes with their own inner graph."""

from typing import Any

import pytest

from tests.integration.runs.conftest import Running, nodes_of
from tests.support.far_side import FarSide, Reply
from tests.support.flows import MANUAL, node
from tests.support.scopes import PLACES, SIXTY, THREE, edge, inside, leaves, nest, set_

NUMBERS = [{"n": number} for number in range(1, 6)]


@pytest.mark.parametrize(
    "container", [node("each", "core.loop", batch_size=1), node("each", "core.map", concurrency=3)]
)
async def test_a_container_runs_its_inner_nodes_for_each_item_in_order(
    running: Running, container: dict[str, Any]
) -> None:
    flow = {
        "nodes": [MANUAL, container, *inside("each", set_("square", n="{{ $json.n ** 2 }}", at="{{ $scope.index }}"))],
        "edges": [edge("start", "each")],
    }

    run = await running.start(flow, NUMBERS)

    assert run["status"] == "succeeded", run["error"]
    assert run["output"] == [{"n": n * n, "at": n - 1} for n in range(1, 6)]


async def test_a_loop_takes_batches(running: Running) -> None:
    flow = {
        "nodes": [
            MANUAL,
            node("loop", "core.loop", batch_size=2),
            *inside("loop", node("sum", "core.aggregate"), set_("count", n="{{ $scope.items.length }}")),
        ],
        "edges": [edge("start", "loop"), edge("sum", "count")],
    }

    run = await running.start(flow, NUMBERS)

    assert run["output"] == [{"n": 2}, {"n": 2}, {"n": 1}], run["error"]


async def test_containers_nest_and_every_leaf_knows_its_place(running: Running) -> None:
    """3 by 4 by 5 scopes are 60 leaves, each with the right indexes."""
    run = await running.start(nest(), THREE)

    assert run["status"] == "succeeded", run["error"]
    assert leaves(run) == SIXTY
    assert run["output"] == [{"a": a, "b": b, "c": c} for a, b, c in PLACES]


async def test_what_leaves_a_container_still_leads_back_to_where_it_came_from(running: Running) -> None:
    flow = {
        "nodes": [
            MANUAL,
            node("map", "core.map"),
            *inside("map", set_("inner", x="{{ $json.n }}")),
            set_("after", from_="{{ $('Start').item.json.n }}", x="{{ $json.x }}"),
        ],
        "edges": [edge("start", "map"), edge("map:done", "after")],
    }

    run = await running.start(flow, NUMBERS)

    assert run["output"] == [{"from_": n, "x": n} for n in range(1, 6)], run["error"]


async def test_a_map_collects_what_fails_and_goes_on(running: Running, service: FarSide) -> None:
    service.answer = lambda seen: Reply(404 if seen.path in ("/2", "/4") else 200)
    call = node("call", "http.request", method="GET", url=service.url("/{{ $json.n }}"))
    flow = {
        "nodes": [
            MANUAL,
            node("map", "core.map", concurrency=2, on_item_error="collect"),
            *inside("map", call, set_("ok", n="{{ $('Start').item.json.n }}")),
            set_("bad", n="{{ $json.n }}", why="{{ $json.error.node_id }}"),
        ],
        "edges": [edge("start", "map"), edge("call", "ok"), edge("map:errors", "bad")],
    }

    run = await running.start(flow, NUMBERS)

    assert run["status"] == "succeeded", run["error"]
    assert nodes_of(run)["map"]["ports"] == {"done": 3, "errors": 2}
    assert [item for item in run["output"] if "why" in item] == [{"n": 2, "why": "call"}, {"n": 4, "why": "call"}]


async def test_without_collecting_the_first_failure_fails_the_run(running: Running) -> None:
    flow = {
        "nodes": [MANUAL, node("map", "core.map"), *inside("map", set_("inner", x="{{ $json.nope }}"))],
        "edges": [edge("start", "map")],
    }

    run = await running.start(flow, NUMBERS)

    assert (run["status"], run["error"]["node_id"]) == ("failed", "inner")


async def test_a_container_hands_its_failure_to_its_error_port(running: Running) -> None:
    loop = {**node("loop", "core.loop"), "settings": {"on_error": "port"}}
    flow = {
        "nodes": [MANUAL, loop, *inside("loop", set_("inner", x="{{ $json.nope }}")), node("caught", "core.noop")],
        "edges": [edge("start", "loop"), edge("loop:error", "caught")],
    }

    run = await running.start(flow, NUMBERS)

    assert run["status"] == "succeeded", run["error"]
    assert [item["error"]["node_id"] for item in run["output"]] == ["inner"] * 5


async def test_an_empty_list_leaves_a_container_without_opening_it(running: Running) -> None:
    flow = {
        "nodes": [
            MANUAL,
            node("none", "core.filter", conditions=[{"left": "{{ $json.n }}", "operator": "gt", "right": 99}]),
            {**node("map", "core.map"), "settings": {"always_output": True}},
            *inside("map", set_("inner", x=1)),
        ],
        "edges": [edge("start", "none"), edge("none:kept", "map")],
    }

    run = await running.start(flow, NUMBERS)

    assert (run["status"], nodes_of(run)["map"]["status"]) == ("succeeded", "skipped")


async def test_a_loop_that_waits_inside_goes_on_where_it_was(running: Running) -> None:
    """Each round sleeps in the database; what the rounds before did is not done again."""
    flow = {
        "nodes": [
            MANUAL,
            node("loop", "core.loop"),
            *inside("loop", node("hold", "core.wait", **{"for": "call"}), set_("said", said="{{ $json.body.word }}")),
        ],
        "edges": [edge("start", "loop"), edge("hold", "said")],
    }
    run = await running.start(flow, [{"n": 1}, {"n": 2}], wait_s=0)

    for word in ("one", "two"):
        asleep = await running.until(run["id"], "waiting", "failed")
        url = next(state["waiting"]["url"] for state in asleep["node_runs"] if state["waiting"] is not None)
        assert (await running.client.post(url, json={"word": word})).status_code == 202
        while word not in str(await said(running, run["id"])):
            await running.until(run["id"], "waiting", "succeeded", "failed")

    ended = await running.until(run["id"], "succeeded", "failed")
    assert ended["output"] == [{"said": "one"}, {"said": "two"}], ended["error"]


async def said(running: Running, run_id: str) -> list[Any]:
    words: list[Any] = []
    for index in range(2):
        answer = await running.client.get(f"/api/v1/runs/{run_id}/nodes/said/output?path=loop:{index}")
        words += [item["json"]["said"] for item in answer.json().get("items", [])]
    return words


async def test_the_input_of_an_inner_node_is_that_of_its_scope(running: Running) -> None:
    flow = {
        "nodes": [MANUAL, node("loop", "core.loop", batch_size=2), *inside("loop", node("inner", "core.noop"))],
        "edges": [edge("start", "loop")],
    }

    run = await running.start(flow, NUMBERS)

    answer = await running.client.get(f"/api/v1/runs/{run['id']}/nodes/inner/input?path=loop:1")
    assert [item["json"]["n"] for item in answer.json()["items"]] == [3, 4]


async def test_a_failure_ends_a_scope_whatever_else_was_about_to_begin_in_it(running: Running) -> None:
    """When the scope fails, “mid” waits for its turn; “join”, of which one way is open already, comes after it."""
    bad = node("bad", "core.stop", message="no")
    flow = {
        "nodes": [
            MANUAL,
            node("each", "core.map", on_item_error="collect"),
            *inside("each", set_("ok", n=1), bad, set_("mid", n=2), set_("join", n=3)),
        ],
        "edges": [edge("start", "each"), edge("ok", "mid"), edge("ok", "join"), edge("mid", "join")],
    }

    run = await running.start(flow, NUMBERS[:2])

    assert run["status"] == "succeeded", run["error"]
    assert nodes_of(run)["each"]["ports"] == {"done": 0, "errors": 2}
