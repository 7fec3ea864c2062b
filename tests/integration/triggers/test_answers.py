"""What the caller of a webhook is told of its run. A worker drives the runs."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from nodeloom.adapters import clock
from nodeloom.features.runs.answers import RunAnswer
from nodeloom.features.triggers.models import DELIVERIES
from tests.integration.triggers.conftest import Hooked
from tests.support.api import problem
from tests.support.flows import graph, hook, node, published

pytestmark = pytest.mark.usefixtures("worker")

GREET = node("greet", "core.set", fields=[{"name": "greeting", "value": "Hello {{ $json.body.name }}"}], keep="none")


def wait(**params: Any) -> dict[str, Any]:
    return node("wait", "core.wait", **params)


async def finished(hooked: Hooked, run_id: str) -> dict[str, Any]:
    while (run := await hooked.run(run_id))["status"] in ("queued", "running"):
        pass
    return run


async def test_the_last_nodes_item_is_the_answer(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(respond="last_node"), GREET))
    answer = await hooked.call("orders", {"name": "Ann"})
    assert (answer.status_code, answer.json()) == (200, {"greeting": "Hello Ann"})
    assert answer.headers["content-type"] == "application/json"


async def test_several_items_are_a_list(hooked: Hooked) -> None:
    split = node("split", "core.split_out", field="body.lines")
    await published(hooked.owner, graph(hook(respond="last_node", respond_as="list"), GREET))
    assert (await hooked.call("orders", {"name": "Ann"})).json() == [{"greeting": "Hello Ann"}]
    await published(hooked.owner, graph(hook("split", respond="last_node"), split))
    answer = await hooked.call("split", {"lines": [{"n": 1}, {"n": 2}]})
    assert len(answer.json()) == 2


async def test_a_respond_node_says_status_headers_and_body(hooked: Hooked) -> None:
    respond = node(
        "respond",
        "core.respond",
        status=201,
        headers={"X-Order": "7", "Set-Cookie": "a=b"},
        body={"name": "{{ $json.body.name }}"},
    )
    await published(hooked.owner, graph(hook(respond="respond_node"), respond))
    answer = await hooked.call("orders", {"name": "Ann"})
    assert (answer.status_code, answer.json(), answer.headers["x-order"]) == (201, {"name": "Ann"}, "7")
    assert "set-cookie" not in answer.headers


async def test_a_file_is_sent_as_its_bytes(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(respond="last_node"), node("pass", "core.noop")))
    content = b"\x00\x01" * 50_000
    answer = await hooked.call("orders", content=content, headers={"Content-Type": "image/png"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == content


async def test_a_failed_run_is_a_problem_that_says_nothing_of_the_inside(hooked: Hooked) -> None:
    stop = node("stop", "core.stop", message="the database password is hunter2")
    await published(hooked.owner, graph(hook(respond="last_node"), stop))
    answer = await hooked.call("orders", {})
    document = problem(answer, 500)
    assert "hunter2" not in answer.text
    assert document["type"].endswith("/run_failed")


async def test_an_answer_that_takes_too_long_is_fetched_later(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(respond="last_node", timeout_s=1), wait(**{"for": "call"}), GREET_AFTER))
    answer = await hooked.call("orders", {"name": "Ann"})
    assert answer.status_code == 202
    assert set(answer.json()) == {"event_id", "run_id"}
    location = answer.headers["location"]
    waiting = await hooked.stranger.get(location)
    assert (waiting.status_code, waiting.json()) == (202, answer.json())

    [slept] = [entry for entry in (await hooked.run(answer.json()["run_id"]))["node_runs"] if entry["waiting"]]
    resume = slept["waiting"]["url"]
    problem(await hooked.stranger.get(resume), 405)
    assert (await hooked.stranger.post(resume, json={"ok": True})).status_code == 202
    assert (await finished(hooked, answer.json()["run_id"]))["status"] == "succeeded"
    problem(await hooked.stranger.post(resume, json={"ok": True}), 410)

    done = await hooked.stranger.get(location)
    assert (done.status_code, done.json()) == (200, {"said": "yes"})
    problem(await hooked.stranger.get(location[:-3] + "AAA"), 404)
    problem(await hooked.stranger.post(location), 405)
    problem(await hooked.stranger.post("/hooks/-/resume/nonsense"), 404)


GREET_AFTER = node("after", "core.set", fields=[{"name": "said", "value": "yes"}], keep="none")


async def test_a_hundred_deliveries_with_one_key_are_one_run_and_one_answer(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(respond="last_node", dedupe_key="{{ $json.body.id }}"), GREET))
    answers = await asyncio.gather(*(hooked.call("orders", {"id": 7, "name": "Ann"}) for _ in range(100)))
    assert await hooked.counts() == (1, 1)
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert {answer.text for answer in answers if answer.status_code == 200} == {'{"greeting":"Hello Ann"}'}
    again = await hooked.call("orders", {"id": 7, "name": "Bob"})
    assert (again.status_code, again.json()) == (200, {"greeting": "Hello Ann"})
    other = await hooked.call("orders", {"id": 8, "name": "Bob"})
    assert other.json() == {"greeting": "Hello Bob"}


async def test_a_repeated_delivery_gets_the_ids_of_the_first(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(), GREET))
    headers = {"Webhook-Id": "msg_1"}
    first = await hooked.call("orders", {"name": "Ann"}, headers=headers)
    again = await hooked.call("orders", {"name": "Ann"}, headers=headers)
    assert (again.status_code, again.json()) == (202, first.json())
    assert await hooked.counts() == (1, 1)


async def test_a_key_counts_for_seven_days(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(), GREET))
    headers = {"Idempotency-Key": "k1"}
    first = (await hooked.call("orders", {"name": "Ann"}, headers=headers)).json()
    async with hooked.api.db.transaction() as session:
        kept = (await session.execute(DELIVERIES.select())).one()
        assert abs(kept.expires_at - clock.now() - timedelta(days=7)) < timedelta(minutes=1)
        await session.execute(DELIVERIES.update().values(expires_at=clock.now()))
    second = (await hooked.call("orders", {"name": "Ann"}, headers=headers)).json()
    assert second["run_id"] != first["run_id"]
    assert (await hooked.call("orders", {"name": "Ann"}, headers=headers)).json() == second


async def test_a_caller_that_leaves_does_not_take_its_run_along(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(respond="last_node"), wait(seconds=1), GREET_AFTER))
    call = asyncio.create_task(hooked.call("orders", {"name": "Ann"}))
    while await hooked.counts() == (0, 0):
        await asyncio.wait([call], timeout=0.01)
    call.cancel()
    await asyncio.wait([call])
    [run] = await hooked.runs()
    while (await hooked.run(run["id"]))["status"] != "succeeded":
        pass


async def test_an_answer_with_half_a_character_is_given_and_holds_up_no_later_one(hooked: Hooked) -> None:
    """JSON can say it and the fast parser can't read it; whoever waits next still hears at once."""
    await published(hooked.owner, graph(hook(respond="last_node"), node("pass", "core.noop")))
    text = {"Content-Type": "text/plain; charset=unicode_escape"}
    odd = await hooked.call("orders", content=rb"\ud800", headers=text)
    assert odd.json()["body"] == "\ud800"
    answers = hooked.api.app.state.answers
    looked_up: list[list[str]] = []

    async def look_up(run_ids: list[str]) -> list[RunAnswer]:
        looked_up.append(run_ids)
        return await load(run_ids)

    load = hooked.api.app.state.reader.lost_answers(hooked.api.db)
    answers._load = look_up
    assert (await hooked.call("orders", {"a": 1})).status_code == 200
    assert looked_up == []
