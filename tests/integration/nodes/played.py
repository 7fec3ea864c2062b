"""Plays the examples of the guide: each in a workflow of its own, through the API and a worker.

An example holds `params` and, as its node needs them, `input` (items, or items by input), `inside` (the nodes of a
container, in a row), `other` (a second workflow), `service` (what the far side answers) and `given` (what comes from
outside). What it says of the result is `output` (items by port), `answer` or `error`; "…" stands for anything.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

import httpx2
from sqlalchemy import select

from nodeloom.compiler.compile import compile_graph
from nodeloom.features.triggers.models import SUBSCRIPTIONS
from nodeloom.features.triggers.schedules import Schedules
from nodeloom.graph.parse import parse_graph
from tests.integration.runs.conftest import Running
from tests.support.far_side import FarSide, Reply
from tests.support.flows import MANUAL, graph, published

Example: TypeAlias = dict[str, Any]
Told: TypeAlias = dict[str, Any]

EXAMPLES: Final = Path(__file__).parent / "examples"
SHOP: Final = "https://shop.example.com"
ANYTHING: Final = "…"


def example_of(type_: str) -> Example:
    return json.loads((EXAMPLES / f"{type_}.json").read_text())


async def play(running: Running, service: FarSide, type_: str, example: Example) -> Told:
    """What the example's result is in truth, under the same names."""
    trigger = TRIGGERS.get(type_)
    if trigger is not None:
        return {"output": {"out": await trigger(running, type_, example)}}
    if type_ == "core.respond":
        return {"answer": await _answer(running, example)}
    return await _node(running, service, type_, example)


async def _node(running: Running, service: FarSide, type_: str, example: Example) -> Told:
    params: Any = example.get("params", {})
    if "other" in example:
        params = {**params, "workflow_id": await published(running.client, graph(*example["other"]), "Other")}
    if "service" in example:
        body = json.dumps(example["service"]).encode()
        service.answer = lambda _: Reply(headers={"Content-Type": "application/json"}, body=body)
        params = {**params, "url": params["url"].replace(SHOP, service.url(""))}
    document = await _drawn(running, type_, params, example)
    run = await running.start(document, wait_s=0)
    if "given" in example:
        await running.until(run["id"], "waiting")
        path = f"/api/v1/runs/{run['id']}/nodes/node/decide"
        answer = await running.client.post(path, json=example["given"])
        assert answer.status_code == 202, answer.text
    run = await running.until(run["id"], "succeeded", "failed")
    if run["status"] == "failed":
        return {"error": {name: run["error"][name] for name in ("code", "message")}}
    return {"output": await _given(running, run["id"], document)}


async def _drawn(running: Running, type_: str, params: Any, example: Example) -> dict[str, Any]:
    """The node with a pinned node before each of its inputs."""
    given = example.get("input", [])
    inputs = cast("dict[str, list[Any]]", given if isinstance(given, dict) else {"in": given})
    document = graph(MANUAL)
    document["nodes"].append({"id": "node", "type": type_, "title": "Node", "params": params})
    for name, items in inputs.items():
        pinned = [await _item(running.client, entry) for entry in items]
        document["nodes"].append({"id": name, "type": "core.noop", "title": name, "pinned": {"out": pinned}})
        document["edges"].append({"id": f"to-{name}", "source": "start", "port": "out", "target": name})
        document["edges"].append({"id": name, "source": name, "port": "out", "target": "node", "input": name})
    inner = graph(*({**node, "parent": "node"} for node in example.get("inside", [])))
    document["nodes"].extend(inner["nodes"])
    document["edges"].extend(inner["edges"])
    return document


async def _item(client: httpx2.AsyncClient, entry: dict[str, Any]) -> dict[str, Any]:
    if set(entry) != {"files"}:
        return {"json": entry}
    files: dict[str, Any] = {}
    for name, file in entry["files"].items():
        answer = await client.post(
            "/api/v1/artifacts", files={"file": (file["name"], file["text"].encode(), file["media_type"])}
        )
        assert answer.status_code == 201, answer.text
        stored = answer.json()
        files[name] = {
            "id": stored["id"],
            "name": file["name"],
            "media_type": file["media_type"],
            "size": stored["size"],
        }
    return {"json": {}, "files": files}


async def _given(running: Running, run_id: str, document: dict[str, Any]) -> dict[str, list[Any]]:
    """By port, what the node gave; a port that gave nothing is left out."""
    compiled = compile_graph(parse_graph(document), running.api.app.state.catalog)
    assert compiled.problems == (), "an example has no problem, not even a warning"
    assert compiled.plan is not None
    found: dict[str, list[Any]] = {}
    for port in compiled.plan.nodes["node"].ports:
        answer = await running.client.get(f"/api/v1/runs/{run_id}/nodes/node/output?port={port}")
        items = [await _shown(running.client, item) for item in answer.json()["items"]]
        if items:
            found[port] = items
    return found


async def _shown(client: httpx2.AsyncClient, item: dict[str, Any]) -> Any:
    """As the guide shows an item: its JSON; files with what they hold."""
    if not item.get("files"):
        return item["json"]
    files: dict[str, Any] = {}
    for name, file in item["files"].items():
        text = (await client.get(f"/api/v1/artifacts/{file['id']}")).text
        files[name] = {"name": file["name"], "media_type": file["media_type"], "text": text}
    return {"json": item["json"], "files": files}


async def _answer(running: Running, example: Example) -> Told:
    hook = {
        "id": "hook",
        "type": "core.webhook",
        "title": "Hook",
        "params": {"path": "answer", "respond": "respond_node"},
    }
    node = {"id": "node", "type": "core.respond", "title": "Node", "params": example["params"]}
    await published(running.client, graph(hook, node))
    answer = await (await running.api.visitor()).post("/hooks/answer", json=example["given"])
    named = {name: answer.headers[name] for name in example["params"]["headers"]}
    return {"status": answer.status_code, "headers": named, "body": answer.json()}


async def _by_hand(running: Running, type_: str, example: Example) -> list[Any]:
    workflow_id = await _live(running, type_, example)
    body = {"input": example["given"]}
    assert (await running.client.post(f"/api/v1/workflows/{workflow_id}/runs", json=body)).is_success
    return await _seen(running, workflow_id)


async def _by_call(running: Running, type_: str, example: Example) -> list[Any]:
    workflow_id = await _live(running, type_, example)
    given = example["given"]
    visitor = await running.api.visitor()
    answer = await visitor.request(
        given["method"], f"/hooks/{given['path']}", params=given["query"], json=given["body"]
    )
    assert answer.status_code == 202, answer.text
    return await _seen(running, workflow_id)


async def _by_form(running: Running, type_: str, example: Example) -> list[Any]:
    workflow_id = await _live(running, type_, example)
    visitor = await running.api.visitor()
    answer = await visitor.post(f"/forms/{example['params']['path']}", data={"-go": "send", **example["given"]})
    assert answer.status_code == 303, answer.text
    return await _seen(running, workflow_id)


async def _by_message(running: Running, type_: str, example: Example) -> list[Any]:
    workflow_id = await _live(running, type_, example)
    visitor = await running.api.visitor()
    answer = await visitor.post(
        f"/chat/-/messages?at={example['params']['path']}",
        headers={"X-Chat-Token": "t" * 32},
        data={"id": "message-1", "text": example["given"]["text"]},
    )
    assert answer.status_code == 201, answer.text
    return await _seen(running, workflow_id)


async def _by_clock(running: Running, type_: str, example: Example) -> list[Any]:
    workflow_id = await _live(running, type_, example)
    async with running.api.db.read() as session:
        due = await session.scalar(
            select(SUBSCRIPTIONS.c.next_due_at).where(SUBSCRIPTIONS.c.workflow_id == workflow_id)
        )
    assert isinstance(due, datetime)
    await Schedules(running.api.db, running.api.app.state.bell).fire_due(due)
    return await _seen(running, workflow_id)


async def _by_event(running: Running, type_: str, example: Example) -> list[Any]:
    workflow_id = await _live(running, type_, example)
    emit = {"id": "tell", "type": "core.emit", "title": "Tell", "params": {"name": example["params"]["name"]}}
    await running.start(graph(MANUAL, emit), example["given"])
    return await _seen(running, workflow_id)


async def _by_workflow(running: Running, type_: str, example: Example) -> list[Any]:
    workflow_id = await _live(running, type_, example)
    call = {"id": "call", "type": "core.run_workflow", "title": "Call", "params": {"workflow_id": workflow_id}}
    await running.start(graph(MANUAL, call), example["given"])
    return await _seen(running, workflow_id)


async def _by_failure(running: Running, type_: str, example: Example) -> list[Any]:
    halt = {"id": "halt", "type": "core.stop", "title": "Halt", "params": example["given"]}
    alarm = _trigger(type_, example)
    document = graph(MANUAL, halt)
    document["nodes"].append(alarm)
    workflow_id = await published(running.client, document, "Orders")
    await running.start_again(workflow_id, {})
    return await _seen(running, workflow_id, trigger="node")


def _trigger(type_: str, example: Example) -> dict[str, Any]:
    return {"id": "node", "type": type_, "title": "Node", "params": example.get("params", {})}


async def _live(running: Running, type_: str, example: Example) -> str:
    return await published(running.client, graph(_trigger(type_, example)), "Listening")


async def _seen(running: Running, workflow_id: str, trigger: str = "node") -> list[Any]:
    """What the trigger gave to the workflow's first run by it."""
    while True:
        runs = (await running.client.get(f"/api/v1/runs?workflow_id={workflow_id}")).json()["items"]
        ended = [run for run in runs if run["trigger"] == trigger and run["status"] == "succeeded"]
        if ended:
            answer = await running.client.get(f"/api/v1/runs/{ended[-1]['id']}/nodes/{trigger}/output")
            return [await _shown(running.client, item) for item in answer.json()["items"]]
        await asyncio.sleep(0.01)


TRIGGERS: Final[Mapping[str, Callable[[Running, str, Example], Awaitable[list[Any]]]]] = {
    "core.manual": _by_hand,
    "core.webhook": _by_call,
    "core.form": _by_form,
    "core.chat": _by_message,
    "core.schedule": _by_clock,
    "core.event": _by_event,
    "core.called": _by_workflow,
    "core.on_failure": _by_failure,
}


def as_said(said: Any, true: Any) -> Any:
    """What is true, with "…" where the example says that it may be anything."""
    if said == ANYTHING:
        return ANYTHING
    if isinstance(said, dict) and isinstance(true, dict):
        known = cast("dict[str, Any]", said)
        return {name: as_said(known.get(name), value) for name, value in cast("dict[str, Any]", true).items()}
    if isinstance(said, list) and isinstance(true, list):
        entries = cast("list[Any]", said)
        return [
            as_said(entries[at] if at < len(entries) else None, value)
            for at, value in enumerate(cast("list[Any]", true))
        ]
    return true
