"""One walk over every route there is: none is open by oversight, and none serves a stranger's workspace."""

import re
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from tests.support.api import ROLES, ApiUnderTest, problem

from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.api.access import PUBLIC, needed_role, route_contexts
from nodeloom.entrypoints.api.app import create_app
from nodeloom.features.accounts.roles import Role, covers

# What a route would accept, where it takes more than nothing.
_WITH_A_FILE = {("POST", "/tables/{table_id}/import")}
_BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("PATCH", "/workspaces/{workspace_id}"): {"name": "Theirs"},
    ("PATCH", "/members/{member_id}"): {"role": "viewer"},
    ("PUT", "/workflows/{workflow_id}/draft"): {"graph": {"format": 1}, "revision": 1},
    ("POST", "/workflows/{workflow_id}/rollback"): {"version": 1},
    ("POST", "/inbox/{event_id}/replay"): {"version": 1},
    ("POST", "/runs/{run_id}/nodes/{node_id}/resolve"): {"outcome": "happened"},
    ("POST", "/runs/{run_id}/nodes/{node_id}/decide"): {"decision": "approved"},
    ("PUT", "/workspaces/{workspace_id}/on-failure"): {"workflow_id": None},
    ("POST", "/tables/{table_id}/rows"): {"values": {}},
    ("PATCH", "/tables/{table_id}/rows/{row_id}"): {"values": {}},
    ("PUT", "/apis/{name}"): {"document": "{}"},
    ("PUT", "/oauth-apps/{connector}"): {"client_id": "theirs"},
    ("POST", "/connections/{connection_id}/options"): {"loader": "boards"},
    ("POST", "/connections/{connection_id}/rebind"): {"to": "con_theirs"},
}
# A name, not an id: every workspace has its own of that name.
_MAKES_ONES_OWN = {("PUT", "/variables/{name}")}
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def _routes(app: FastAPI) -> list[tuple[str, str, Role | None]]:
    return [
        (method, context.path_format or "", needed_role(context))
        for context in route_contexts(app)
        for method in sorted(context.methods or ())
        if method != "HEAD"
    ]


def _some(path: str) -> str:
    """An address of the route; the ids in it are nobody's."""
    return _PARAMETER.sub(lambda found: "1" if found[1] in ("n", "number", "version") else "none_such", path)


async def _call(client: httpx2.AsyncClient, method: str, path: str) -> httpx2.Response:
    return await client.request(method, _some(path), json={} if method in ("POST", "PUT", "PATCH") else None)


def test_a_route_asks_for_a_role_or_is_on_the_short_list(tmp_path: object) -> None:
    app = create_app(Settings(home=str(tmp_path)))  # pyright: ignore[reportArgumentType]
    open_routes = {(method, path) for method, path, role in _routes(app) if role is None}
    assert open_routes <= PUBLIC


async def test_nobody_gets_anything(api: ApiUnderTest) -> None:
    visitor = await api.visitor()
    for method, path, role in _routes(api.app):
        if role is not None:
            assert problem(await _call(visitor, method, path), 401)["hint"]


async def test_too_small_a_role_gets_nothing(api: ApiUnderTest) -> None:
    clients = {role: await api.signed_in(role) for role in ROLES}
    for method, path, role in _routes(api.app):
        for smaller in ROLES:
            if role is not None and not covers(smaller, role):
                answer = await _call(clients[smaller], method, path)
                assert problem(answer, 403)["detail"], (method, path, smaller)


async def test_a_workspace_that_one_is_no_member_of_is_not_there(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    owner.headers["X-Workspace"] = await api.add_workspace()
    for method, path, role in _routes(api.app):
        if role is not None:
            problem(await _call(owner, method, path), 404)


async def _made(owner: httpx2.AsyncClient, path: str, **request: Any) -> str:
    answer = await owner.post(f"/api/v1{path}", **request)
    assert answer.is_success, answer.text
    return answer.json()["id"]


async def _things(api: ApiUnderTest, owner: httpx2.AsyncClient) -> dict[str, str]:
    """One of each kind that routes name by id, all of our workspace."""
    graph = {"format": 1, "nodes": [{"id": "start", "type": "core.manual"}], "edges": []}
    workflow_id = await _made(owner, "/workflows", json={"name": "Ours", "graph": graph})
    secret = {"connector": "bearer", "name": "Ours", "secret": {"token": "t0ken"}}
    assert (await owner.put("/api/v1/variables/ours", json={"value": "theirs to read?"})).is_success
    return {
        "name": "ours",
        "workspace_id": api.workspace_id,
        "member_id": api.members["viewer"],
        "session_id": (await owner.get("/api/v1/sessions")).json()["items"][0]["id"],
        "key_id": await _made(owner, "/keys", json={"name": "ours", "role": "viewer"}),
        "workflow_id": workflow_id,
        "run_id": await _made(owner, f"/workflows/{workflow_id}/runs", json={}),
        "connection_id": await _made(owner, "/connections", json=secret),
        "artifact_id": await _made(owner, "/artifacts", files={"file": ("a.txt", b"text", "text/plain")}),
        "invite": await _made(owner, "/invites", json={"role": "viewer"}),
        "table_id": await _made(owner, "/tables", json={"name": "ours", "columns": [{"name": "city", "type": "text"}]}),
        "node_id": "start",
        "number": "1",
    }


def _named(path: str, things: dict[str, str]) -> str:
    return _PARAMETER.sub(lambda found: things.get(found[1], "none_such"), path)


async def test_what_another_workspace_owns_is_not_there(api: ApiUnderTest) -> None:
    owner, stranger = await api.signed_in("owner"), await api.stranger()
    things = await _things(api, owner)
    for method, path, role in _routes(api.app):
        if role is not None and _PARAMETER.search(path):
            route = (method, path.removeprefix("/api/v1"))
            if route in _MAKES_ONES_OWN:
                continue
            body = _BODIES.get(route, {})
            has_body = method in ("POST", "PUT", "PATCH")
            if route in _WITH_A_FILE:
                answer = await stranger.post(_named(path, things), files={"file": ("a.csv", b"a\n1\n")})
            else:
                answer = await stranger.request(method, _named(path, things), json=body if has_body else None)
            assert answer.status_code == 404, (method, path, answer.text)
    for path in ("/workflows/{workflow_id}", "/runs/{run_id}", "/connections/{connection_id}", "/me"):
        assert (await owner.get(_named(f"/api/v1{path}", things))).status_code == 200


@pytest.mark.parametrize("base", ["/api/v1", "/api", "/v1", "/oauth"])
async def test_an_unknown_route_is_not_the_front_end(api: ApiUnderTest, base: str) -> None:
    problem(await (await api.visitor()).get(f"{base}/nothing/here"), 404)


async def test_another_method_is_refused_with_those_that_work(api: ApiUnderTest) -> None:
    answer = await (await api.visitor()).delete("/api/v1/me")
    problem(answer, 405)
    assert "GET" in answer.headers["allow"]
