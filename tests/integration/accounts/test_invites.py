"""Links that let people in: once, for a while, and to no more than the one who invited may."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import update
from tests.support.api import PASSWORD, ApiUnderTest, email_of, problem

from nodeloom.adapters import clock
from nodeloom.adapters.columns import metadata
from nodeloom.features.accounts import repository, tokens

NEW = {"name": "Grace", "email": "grace@example.org", "password": "a long enough sentence"}


async def invited(client: httpx2.AsyncClient, **more: Any) -> str:
    """The path that accepts."""
    answer = await client.post("/api/v1/invites", json={"role": "editor"} | more)
    assert answer.status_code == 201, answer.text
    return "/api/v1/invites/" + answer.json()["url"].rpartition("/")[2]


async def test_a_new_person_comes_in_by_a_link_once(api: ApiUnderTest) -> None:
    owner, grace = await api.signed_in("owner"), await api.visitor()
    path = await invited(owner)
    shown = (await grace.get(path)).json()
    assert (shown["workspace"], shown["invited_by"], shown["role"], shown["email"]) == ("Ours", "Owner", "editor", None)
    answer = await grace.post(path, json=NEW)
    assert (answer.status_code, answer.json()["member"]["role"]) == (201, "editor")
    assert (await grace.get("/api/v1/me")).json()["member"]["email"] == NEW["email"]
    assert (await owner.get("/api/v1/invites")).json()["items"] == []
    problem(await (await api.visitor()).get(path), 404)
    problem(await (await api.visitor()).post(path, json=NEW), 404)
    newest = (await owner.get("/api/v1/audit", params={"kind": "invite"})).json()["items"][0]
    assert (newest["action"], newest["actor"]) == ("invite.accepted", "Grace")


async def test_of_two_who_come_at_once_one_gets_in(api: ApiUnderTest) -> None:
    path = await invited(await api.signed_in("owner"))
    visitors = [await api.visitor(), await api.visitor()]
    bodies = [NEW, NEW | {"email": "hedy@example.org"}]
    answers = await asyncio.gather(*(one.post(path, json=body) for one, body in zip(visitors, bodies, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [201, 404]


async def test_who_is_signed_in_just_joins_and_goes_on_there(api: ApiUnderTest) -> None:
    stranger = await api.stranger()
    path = await invited(await api.signed_in("owner"))
    joined = await stranger.post(f"{path}/join")
    assert (joined.status_code, joined.json()["role"]) == (200, "editor")
    me = (await stranger.get("/api/v1/me")).json()
    assert (me["member"]["workspace_id"], len(me["workspaces"])) == (api.workspace_id, 2)
    again = await invited(await api.signed_in("owner"))
    problem(await stranger.post(f"{again}/join"), 409)
    assert (await stranger.get(again)).status_code == 200


async def test_who_has_an_account_proves_it(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    await owner.delete(f"/api/v1/members/{api.members['viewer']}")
    path = await invited(owner, email=email_of("viewer"))
    visitor = await api.visitor()
    assert (await visitor.get(path)).json()["has_account"]
    problem(await visitor.post(path, json={"password": "not this one"}), 401)
    back = await visitor.post(path, json={"password": PASSWORD})
    assert (back.status_code, back.json()["member"]["role"]) == (201, "editor")


async def test_an_invite_for_one_is_for_nobody_else(api: ApiUnderTest) -> None:
    owner, stranger = await api.signed_in("owner"), await api.stranger()
    path = await invited(owner, email=NEW["email"])
    problem(await stranger.post(f"{path}/join"), 403)
    came = await (await api.visitor()).post(path, json={"name": "Grace", "password": NEW["password"]})
    assert came.json()["member"]["email"] == NEW["email"]
    problem(await owner.post("/api/v1/invites", json={"role": "viewer", "email": NEW["email"]}), 409)


async def test_nobody_invites_to_more_than_they_are(api: ApiUnderTest) -> None:
    admin, owner = await api.signed_in("admin"), await api.signed_in("owner")
    problem(await admin.post("/api/v1/invites", json={"role": "owner"}), 403)
    await invited(owner, role="owner")
    listed = (await admin.get("/api/v1/invites")).json()["items"]
    problem(await admin.delete(f"/api/v1/invites/{listed[0]['id']}"), 403)


async def test_an_invite_ends_with_its_time_its_withdrawal_and_the_role_of_its_maker(api: ApiUnderTest) -> None:
    owner, admin = await api.signed_in("owner"), await api.signed_in("admin")
    paths = [await invited(owner), await invited(owner), await invited(admin, role="admin")]
    ids = [await _id_of(api, path) for path in paths]
    invites = metadata.tables["invite"]
    async with api.db.transaction() as session:
        past = {"expires_at": clock.now() - timedelta(seconds=1)}
        await session.execute(update(invites).where(invites.c.id == ids[0]).values(past))
    assert (await owner.delete(f"/api/v1/invites/{ids[1]}")).status_code == 204
    await owner.patch(f"/api/v1/members/{api.members['admin']}", json={"role": "editor"})
    visitor = await api.visitor()
    for path in paths:
        problem(await visitor.get(path), 404)
        problem(await visitor.post(path, json=NEW), 404)


async def _id_of(api: ApiUnderTest, path: str) -> str:
    async with api.db.read() as session:
        found = await repository.invite_by_digest(session, tokens.digest(path.rpartition("/")[2]))
    assert found is not None
    return found[0].id


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("email", {"email": "a@b.org,c@d.org"}),
        ("expires_in", {"expires_in": 1}),
        ("role", {"role": "king"}),
    ],
)
async def test_an_invite_that_makes_no_sense_is_refused_by_field(
    api: ApiUnderTest, field: str, body: dict[str, Any]
) -> None:
    owner = await api.signed_in("owner")
    refused = problem(await owner.post("/api/v1/invites", json={"role": "viewer"} | body), 422)
    assert [one["field"] for one in refused["problems"]] == [field]


async def test_guessing_links_is_counted(api: ApiUnderTest) -> None:
    visitor = await api.visitor("203.0.113.9")
    statuses = [(await visitor.get(f"/api/v1/invites/guess{number}")).status_code for number in range(61)]
    assert set(statuses[:60]) == {404}
    assert statuses[60] == 429
