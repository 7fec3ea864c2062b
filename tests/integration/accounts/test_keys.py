from datetime import timedelta

from sqlalchemy import update
from sqlmodel import select
from tests.support.api import ApiUnderTest, problem

from nodeloom.adapters import clock
from nodeloom.features.accounts.models import ApiKey


async def test_a_key_is_shown_once_and_kept_as_a_digest(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    made = (await admin.post("/api/v1/keys", json={"name": "ci", "role": "runner"})).json()
    assert made["key"].startswith("nl_")
    listed = (await admin.get("/api/v1/keys")).json()["items"]
    assert [(row["id"], row["name"], row["role"]) for row in listed] == [(made["id"], "ci", "runner")]
    assert made["key"] not in str(listed)
    async with api.db.read() as session:
        row = (await session.scalars(select(ApiKey))).one()
    assert made["key"] not in str(row.model_dump())


async def test_a_key_acts_in_its_workspace_with_its_role_and_needs_no_csrf_token(api: ApiUnderTest) -> None:
    program = await api.with_key("admin")
    me = (await program.get("/api/v1/me")).json()
    assert (me["member"], me["csrf_token"]) == (None, None)
    assert [(space["id"], space["role"]) for space in me["workspaces"]] == [(api.workspace_id, "admin")]
    assert (await program.post("/api/v1/keys", json={"name": "more", "role": "viewer"})).status_code == 201


async def test_a_key_does_not_open_another_workspace(api: ApiUnderTest) -> None:
    program = await api.with_key("owner")
    problem(await program.get("/api/v1/me", headers={"X-Workspace": await api.add_workspace()}), 404)


async def test_an_expired_key_is_refused(api: ApiUnderTest) -> None:
    program = await api.with_key("owner")
    async with api.db.transaction() as session:
        await session.execute(update(ApiKey).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert "expired" in problem(await program.get("/api/v1/me"), 401)["detail"]


async def test_a_deleted_key_is_refused(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    made = (await admin.post("/api/v1/keys", json={"name": "ci", "role": "runner"})).json()
    assert (await admin.delete(f"/api/v1/keys/{made['id']}")).status_code == 204
    program = await api.visitor()
    problem(await program.get("/api/v1/me", headers={"Authorization": f"Bearer {made['key']}"}), 401)


async def test_a_wrong_key_is_not_helped_by_a_cookie(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    answer = await owner.get("/api/v1/me", headers={"Authorization": "Bearer nl_wrong"})
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_password_of_a_proxy_in_front_is_not_taken_for_ours(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    assert (await owner.get("/api/v1/me", headers={"Authorization": "Basic YTpi"})).status_code == 200


async def test_nobody_makes_a_key_larger_than_their_own_role(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    problem(await admin.post("/api/v1/keys", json={"name": "big", "role": "owner"}), 403)


async def test_a_key_expires_in_the_time_to_come(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    past = {"name": "old", "role": "viewer", "expires_at": (clock.now() - timedelta(days=1)).isoformat()}
    assert problem(await admin.post("/api/v1/keys", json=past), 422)["problems"][0]["field"] == "expires_at"
    without_zone = past | {"expires_at": "2999-01-01T00:00:00"}
    assert problem(await admin.post("/api/v1/keys", json=without_zone), 422)["problems"][0]["field"] == "expires_at"


async def test_when_a_key_was_used_last_is_seen(api: ApiUnderTest) -> None:
    program = await api.with_key("admin")
    await program.get("/api/v1/me")
    assert (await program.get("/api/v1/keys")).json()["items"][0]["last_used_at"] is not None


async def test_an_api_key_is_nobodys_session(api: ApiUnderTest) -> None:
    program = await api.with_key("owner")
    problem(await program.get("/api/v1/sessions"), 403)
    problem(await program.post("/api/v1/auth/logout"), 403)


async def test_the_end_of_time_in_any_zone_can_be_read_back(api: ApiUnderTest) -> None:
    admin = await api.with_key("admin")
    wanted = {"name": "for ever", "role": "viewer", "expires_at": "9999-12-31T23:59:59-14:00"}
    assert (await admin.post("/api/v1/keys", json=wanted)).status_code == 201
    newest = (await admin.get("/api/v1/keys")).json()["items"][0]
    assert newest["expires_at"].startswith("9999-12-31T23:59:59")
