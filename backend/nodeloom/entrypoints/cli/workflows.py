"""`nodeloom workflow …`: the API's own routes, called inside this process with a key that lives as long."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx2
from sqlmodel import col, delete

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.api.app import create_app
from nodeloom.entrypoints.api.parts import open_parts
from nodeloom.entrypoints.cli.accounts import find_workspace
from nodeloom.entrypoints.cli.refused import Refused
from nodeloom.features.accounts import keys
from nodeloom.features.accounts.models import ApiKey
from nodeloom.features.audit import trail

_BASE = "http://localhost/api/v1"
_KEY_LIVES = timedelta(days=1)
_ASK_AGAIN_S = 1.0
_ENDED = frozenset({"succeeded", "failed", "cancelled"})


async def run(settings: Settings, options: argparse.Namespace) -> int:
    async with _api(settings, options.workspace) as api:
        match options.action:
            case "import":
                return await _import(api, options.file, options.name)
            case "export":
                workflow = await _ask(api, "GET", f"/workflows/{options.id}")
                _print({"name": workflow["name"], "graph": workflow["graph"]})
            case "publish":
                _print(await _ask(api, "POST", f"/workflows/{options.id}/publish", {}))
            case _:
                return await _run(api, options.id, options.input, wait=options.wait)
    return 0


async def _import(api: httpx2.AsyncClient, file: str, name: str | None) -> int:
    document = _read(file)
    if not isinstance(document, dict):
        raise Refused(f"{file} holds no graph document")
    fields = cast("dict[str, Any]", document)
    graph = fields.get("graph", fields)
    name = name or fields.get("name") or (Path(file).stem if file != "-" else "Imported")
    workflow = await _ask(api, "POST", "/workflows", {"name": name, "graph": graph})
    print(workflow["id"])
    for problem in workflow["problems"]:
        print(f"{problem['severity']}: {_line(problem)}", file=sys.stderr)
    return 0


async def _run(api: httpx2.AsyncClient, workflow_id: str, file: str | None, *, wait: bool) -> int:
    given = _read(file) if file else None
    if given is not None and not isinstance(given, dict | list):
        raise Refused(f"{file} holds neither an object (one item) nor a list (an item for each entry)")
    body = {"input": cast("Any", given), "wait_s": 0}
    run = await _ask(api, "POST", f"/workflows/{workflow_id}/runs", body)
    if not wait:
        print(run["id"])
        return 0
    while run["status"] not in _ENDED:
        await asyncio.sleep(_ASK_AGAIN_S)
        run = await _ask(api, "GET", f"/runs/{run['id']}")
    _print(await _ask(api, "GET", f"/runs/{run['id']}"))
    return 0 if run["status"] == "succeeded" else 1


@asynccontextmanager
async def _api(settings: Settings, workspace_id: str | None) -> AsyncGenerator[httpx2.AsyncClient]:
    app = create_app(settings)
    async with open_parts(app.state):
        database: Database = app.state.db
        async with database.transaction() as session:
            workspace = await find_workspace(session, workspace_id)
            actor = trail.Installation(workspace_id=workspace.id, name="Command line")
            key_id, key = await keys.add_key(
                session,
                actor,
                workspace_id=workspace.id,
                name="Command line",
                role="owner",
                expires_at=clock.now() + _KEY_LIVES,
            )
        try:
            async with httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app), base_url=_BASE, headers={"Authorization": f"Bearer {key}"}
            ) as client:
                yield client
        finally:
            async with database.transaction() as session:
                await session.execute(delete(ApiKey).where(col(ApiKey.id) == key_id))


async def _ask(api: httpx2.AsyncClient, method: str, path: str, body: object = None) -> Any:
    answer = await api.request(method, path, json=body)
    if answer.is_success:
        return answer.json()
    problem = answer.json()
    lines = [problem["detail"], *(_line(each) for each in problem.get("problems", []))]
    raise Refused("\n  ".join(lines))


def _line(problem: dict[str, Any]) -> str:
    place = " ".join(str(part) for part in (problem.get("node_id"), problem.get("field")) if part)
    return f"{place}: {problem['message']}" if place else problem["message"]


def _read(file: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{file} can't be read: {error.strerror}") from None
    except ValueError as error:
        raise Refused(f"{file} is not JSON: {error}") from None


def _print(document: Any) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))
