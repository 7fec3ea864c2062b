import asyncio

import httpx2
import pytest
from pydantic import SecretStr
from tests.support.api import ApiUnderTest, problem

from nodeloom.adapters.settings import Settings
from nodeloom.features.accounts import owners

OWNER = {"email": "Ann@Example.org", "password": "a long sentence", "name": "Ann"}


async def test_the_first_visitor_of_the_machine_becomes_the_owner(empty_api: ApiUnderTest) -> None:
    visitor = await empty_api.visitor()
    state = await visitor.get("/api/v1/auth/state")
    assert state.json() == {"needs_setup": True, "setup_token_required": False}
    made = await visitor.post("/api/v1/auth/setup", json=OWNER)
    assert made.status_code == 201
    me = (await visitor.get("/api/v1/me")).json()
    assert (me["member"]["email"], me["member"]["role"]) == ("ann@example.org", "owner")
    assert me["csrf_token"] == made.json()["csrf_token"]
    assert [space["role"] for space in me["workspaces"]] == ["owner"]


async def test_nobody_sets_up_twice(empty_api: ApiUnderTest) -> None:
    visitor = await empty_api.visitor()
    await visitor.post("/api/v1/auth/setup", json=OWNER)
    problem(await visitor.post("/api/v1/auth/setup", json=OWNER | {"email": "eve@example.org"}), 409)
    assert (await visitor.get("/api/v1/auth/state")).json()["needs_setup"] is False


async def test_of_two_who_set_up_at_once_one_becomes_the_owner(empty_api: ApiUnderTest) -> None:
    first, second = await empty_api.visitor(), await empty_api.visitor()
    answers = await asyncio.gather(
        first.post("/api/v1/auth/setup", json=OWNER),
        second.post("/api/v1/auth/setup", json=OWNER | {"email": "eve@example.org"}),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]


@pytest.mark.parametrize("token", [None, "wrong", "ü"])
async def test_from_elsewhere_the_token_is_needed(empty_api: ApiUnderTest, token: str | None) -> None:
    visitor = await empty_api.visitor("192.0.2.7")
    assert (await visitor.get("/api/v1/auth/state")).json()["setup_token_required"] is True
    problem(await visitor.post("/api/v1/auth/setup", json=OWNER | {"setup_token": token}), 403)


async def test_from_elsewhere_the_printed_token_lets_in(empty_api: ApiUnderTest, settings: Settings) -> None:
    visitor = await empty_api.visitor("192.0.2.7")
    token = owners.setup_token(settings)
    assert (await visitor.post("/api/v1/auth/setup", json=OWNER | {"setup_token": token})).status_code == 201


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_behind_a_proxy_nobody_counts_as_sitting_at_the_machine(empty_api: ApiUnderTest, header: str) -> None:
    visitor = await empty_api.visitor()
    answer = await visitor.post("/api/v1/auth/setup", json=OWNER, headers={header: "127.0.0.1"})
    problem(answer, 403)


async def test_a_strangers_name_that_points_to_this_machine_is_not_this_machine(empty_api: ApiUnderTest) -> None:
    rebound = await empty_api.visitor(base="http://evil.example:8600")
    problem(await rebound.post("/api/v1/auth/setup", json=OWNER), 403)


async def test_ten_characters_are_a_password(empty_api: ApiUnderTest) -> None:
    visitor = await empty_api.visitor()
    refused = problem(await visitor.post("/api/v1/auth/setup", json=OWNER | {"password": "ninechars"}), 422)
    assert [found["field"] for found in refused["problems"]] == ["password"]
    assert (await visitor.post("/api/v1/auth/setup", json=OWNER | {"password": "tencharact"})).status_code == 201


async def _log_in(visitor: httpx2.AsyncClient) -> httpx2.Response:
    return await visitor.post("/api/v1/auth/login", json={"email": "ann@example.org", "password": "a long sentence"})


async def test_the_owner_of_the_settings_is_made_at_the_first_start(
    empty_api: ApiUnderTest, settings: Settings
) -> None:
    named = settings.model_copy(
        update={"owner_email": "Ann@example.org", "owner_password": SecretStr("a long sentence")}
    )
    await owners.prepare(empty_api.db, named)
    await owners.prepare(empty_api.db, named)
    assert (await _log_in(await empty_api.visitor())).status_code == 200
