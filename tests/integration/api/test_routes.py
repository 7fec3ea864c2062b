"""One walk over every route there is: none is open by oversight, and none serves a stranger's workspace."""

import re

import httpx2
import pytest
from fastapi import FastAPI
from tests.support.api import ROLES, ApiUnderTest, problem

from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.api.access import PUBLIC, needed_role, route_contexts
from nodeloom.entrypoints.api.app import create_app
from nodeloom.features.accounts.roles import Role, covers

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


@pytest.mark.parametrize("base", ["/api/v1", "/api", "/v1", "/oauth"])
async def test_an_unknown_route_is_not_the_front_end(api: ApiUnderTest, base: str) -> None:
    problem(await (await api.visitor()).get(f"{base}/nothing/here"), 404)


async def test_another_method_is_refused_with_those_that_work(api: ApiUnderTest) -> None:
    answer = await (await api.visitor()).delete("/api/v1/me")
    problem(answer, 405)
    assert "GET" in answer.headers["allow"]
