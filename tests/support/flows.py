"""Graph documents of the built-in nodes, and what tests do with workflows over the API."""

from itertools import pairwise
from typing import Any

import httpx2

MANUAL: dict[str, Any] = {"id": "start", "type": "core.manual", "title": "Start"}


def node(id_: str, type_: str, **params: Any) -> dict[str, Any]:
    return {"id": id_, "type": type_, "title": id_.title(), "params": params}


def hook(path: str = "orders", **params: Any) -> dict[str, Any]:
    return node("hook", "core.webhook", path=path, **params)


def schedule(**params: Any) -> dict[str, Any]:
    return node("tick", "core.schedule", **params)


def graph(*nodes: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """The nodes in a row, each leading to the next by its port `out`."""
    ids = [entry["id"] for entry in nodes]
    edges = [
        {"id": f"e{number}", "source": source, "port": "out", "target": target, "input": "in"}
        for number, (source, target) in enumerate(pairwise(ids), 1)
    ]
    return {"format": 1, "nodes": list(nodes), "edges": edges, "notes": [], "settings": settings}


async def made(client: httpx2.AsyncClient, document: dict[str, Any] | None = None, name: str = "Orders") -> str:
    """The id of a new workflow."""
    body = {"name": name} if document is None else {"name": name, "graph": document}
    answer = await client.post("/api/v1/workflows", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def saved(client: httpx2.AsyncClient, workflow_id: str, document: dict[str, Any]) -> None:
    revision = (await client.get(f"/api/v1/workflows/{workflow_id}")).json()["revision"]
    body = {"graph": document, "revision": revision}
    answer = await client.put(f"/api/v1/workflows/{workflow_id}/draft", json=body)
    assert answer.status_code == 200, answer.text


async def published(client: httpx2.AsyncClient, document: dict[str, Any], name: str = "Orders") -> str:
    """The id of a new workflow whose graph is live."""
    workflow_id = await made(client, document, name)
    answer = await client.post(f"/api/v1/workflows/{workflow_id}/publish", json={})
    assert answer.status_code == 200, answer.text
    return workflow_id
