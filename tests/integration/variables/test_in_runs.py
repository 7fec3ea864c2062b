"""Runs read variables; what is secret reaches the outside alone."""

import asyncio
import base64
import json
import zlib
from contextlib import aclosing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from nodeloom.migrations.tables import all_tables
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.api import ApiUnderTest
from tests.support.far_side import FarSide, Reply
from tests.support.flows import MANUAL, graph, made, node

SECRET = 'hush "hush"/0815+ä'
SHAPES = {SECRET, json.dumps(SECRET)[1:-1], quote(SECRET), quote(SECRET, safe=""), "hush-of-old-times"}
CODE = """
console.log('token ' + vars.token);
return [{url: 'https://x.test/?t=' + encodeURIComponent(vars.token), text: JSON.stringify({token: vars.token})}];
"""


async def put(running: Running, name: str, value: Any, **more: Any) -> None:
    answer = await running.client.put(f"/api/v1/variables/{name}", json={"value": value, **more})
    assert answer.status_code == 200, answer.text


def setting(id_: str, value: str) -> dict[str, Any]:
    return node(id_, "core.set", fields=[{"name": "value", "value": value}])


def shown(text: str) -> set[str]:
    """The shapes in which the secret stands there."""
    return {shape for shape in SHAPES if shape in text}


async def stored(api: ApiUnderTest) -> str:
    """All rows of all tables, and all payloads on disk."""
    found: list[str] = []
    async with api.db.read() as session:
        for table in all_tables().tables.values():
            found += [str(tuple(row)) for row in await session.execute(select(table))]
    return "\n".join([*found, *_payloads(api.app.state.settings.blob_path)])


def _payloads(folder: Path) -> list[str]:
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return [(zlib.decompress(file) if file[:1] == b"x" else file).decode(errors="replace") for file in files]


async def everything_read(running: Running, run: dict[str, Any]) -> str:
    """Every answer that the API gives about a run."""
    paths = [f"/api/v1/runs/{run['id']}", "/api/v1/runs", "/api/v1/audit", "/api/v1/variables", "/api/v1/outcomes"]
    for part in ("input", "output", "attempts"):
        paths += [f"/api/v1/runs/{run['id']}/nodes/{node_run['node_id']}/{part}" for node_run in run["node_runs"]]
    answers = [await running.client.get(path) for path in paths]
    return "\n".join(json.dumps(answer.json(), ensure_ascii=False) for answer in answers)


async def test_expressions_and_code_read_variables(running: Running) -> None:
    await put(running, "region", "eu")
    await put(running, "vat", {"de": 19, "fr": 20})
    code = node("code", "core.code", source="return items.map((i) => ({...i.json, de: vars.vat.de}));")
    run = await running.start(graph(MANUAL, setting("read", "{{ $vars.region }}-{{ $vars.vat.fr + 1 }}"), code))
    assert run["status"] == "succeeded", run["error"]
    assert run["output"] == [{"value": "eu-21", "de": 19}]


async def test_a_name_that_is_none_is_told_with_the_nearest(running: Running) -> None:
    await put(running, "region", "eu")
    document = graph(MANUAL, setting("read", "{{ $vars.regoin }}"))
    answer = await running.client.post("/api/v1/workflows", json={"name": "X", "graph": document})
    (problem,) = answer.json()["problems"]
    assert (problem["severity"], problem["code"]) == ("warning", "unknown_variable")
    assert (problem["node_id"], problem["field"], problem["hint"]) == (
        "read",
        "fields[0].value",
        "Did you mean “region”?",
    )
    run = await running.start_again(answer.json()["id"])
    assert "`$vars.regoin` does not exist. Nearest: `$vars.region`." in run["error"]["message"]


async def test_a_secret_reaches_the_service_and_nothing_that_is_stored_or_read(
    running: Running, service: FarSide
) -> None:
    await put(running, "token", SECRET, secret=True)
    body = json.dumps({"you_sent": SECRET, "basic": base64.b64encode(f"user:{SECRET}".encode()).decode()}).encode()
    service.answer = lambda _: Reply(200, {"content-type": "application/json"}, body)
    call = node(
        "call", "http.request", method="POST", url=service.url("/{{ encodeURIComponent($vars.token) }}"),
        headers=[{"name": "X-Token", "value": "Bearer {{ $json.value.slice(0, 99) }}"}],
        body={"token": "{{ $('Read').item.json.value }}"}, body_type="json",
    )  # fmt: skip
    code = node("code", "core.code", source=CODE)
    large = setting("large", "{{ Array(3000).fill($json.text) }}")
    workflow_id = await made(running.client, graph(MANUAL, setting("read", "{{ $vars.token }}"), call, code, large))

    async def heard() -> str:
        lines: list[str] = []
        live = running.api.app.state.live
        topics = frozenset({f"workflow:{workflow_id}"})
        async with aclosing(live.read(running.api.workspace_id, topics, None)) as events:
            async for event in events:
                lines.append(event.data.decode() if event else "")
                if event and event.type == "run" and json.loads(event.data)["status"] in ("succeeded", "failed"):
                    return "\n".join(lines)
        return ""

    listening = asyncio.create_task(heard())
    watched = {"workspace_id": running.api.workspace_id, "id": "any", "workflow_id": workflow_id}
    for _ in range(500):
        if running.worker.watched(watched):
            break
        await asyncio.sleep(0.01)
    run = await running.start_again(workflow_id)

    assert run["status"] == "succeeded", run["error"]
    (seen,) = service.seen
    assert seen.path == "/" + quote(SECRET, safe="!'()*")
    assert seen.headers["x-token"] == f"Bearer {SECRET}"
    assert json.loads(seen.body) == {"token": SECRET}
    events = await asyncio.wait_for(listening, 20)
    assert "•••" in events
    assert shown(events) == set()
    read = await everything_read(running, run)
    assert "•••" in read
    assert shown(read) == set()
    assert base64.b64encode(SECRET.encode()).decode()[3:15] not in read
    assert shown(await stored(running.api)) == set()


@pytest.mark.parametrize("on_error", ["stop", "port"])
async def test_errors_name_no_secret(running: Running, service: FarSide, on_error: str) -> None:
    await put(running, "token", SECRET, secret=True)
    service.answer = lambda _: Reply(400, {"content-type": "text/plain"}, f"bad token {SECRET}".encode())
    call = node("call", "http.request", method="POST", url=service.url("/"), body="{{ $vars.token }}", body_type="text")
    call["settings"] = {"on_error": on_error}
    run = await running.start(graph(MANUAL, call, node("stop", "core.stop", message="It is {{ $vars.token }}")))
    assert (nodes_of(run)["call"]["error"] or {})["message"]
    assert shown(await everything_read(running, run)) == set()
    assert shown(await stored(running.api)) == set()
    failed = await running.start(graph(MANUAL, node("stop", "core.stop", message="It is {{ $vars.token }}")))
    assert failed["error"]["message"] == "It is •••"


async def test_a_run_that_slept_goes_on_with_the_real_value_though_the_variable_changed(
    running: Running, service: FarSide
) -> None:
    await put(running, "token", "hush-of-old-times", secret=True)
    wait = node("wait", "core.wait", **{"for": "call"})
    call = node("call", "http.request", method="POST", url=service.url("/"), body_type="json",
                body={"then": "{{ $('Read').first().json.value }}", "now": "{{ $vars.token }}"})  # fmt: skip
    echo = setting("echo", "{{ $('Read').first().json.value }}")
    workflow_id = await made(running.client, graph(MANUAL, setting("read", "{{ $vars.token }}"), wait, call, echo))
    run = await running.start_again(workflow_id, wait_s=0)
    run = await running.until(run["id"], "waiting")
    assert shown(await stored(running.api)) == set()
    await put(running, "token", "a-newer-secret")
    await running.client.post(nodes_of(run)["wait"]["waiting"]["url"], json={})
    run = await running.until(run["id"], "succeeded", "failed")
    assert json.loads(service.seen[0].body) == {"then": "hush-of-old-times", "now": "a-newer-secret"}
    assert run["output"][0]["value"] == "•••"
    assert shown(await everything_read(running, run)) == set()
    assert shown(await stored(running.api)) == set()


async def test_runs_that_read_no_variables_do_not_ask_for_them(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(running, "region", "eu")
    asked: list[str] = []

    async def note(workspace_id: str) -> None:
        asked.append(workspace_id)

    around: Any = running.worker
    monkeypatch.setattr(around._around.variables, "of", note)
    run = await running.start(graph(MANUAL, setting("read", "{{ $json.a ?? 'none' }}")))
    assert (run["status"], asked) == ("succeeded", [])
