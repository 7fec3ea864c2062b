import httpx2
import pytest
from sqlalchemy import update
from tests.support.api import PASSWORD, ApiUnderTest, problem

from nodeloom.adapters import clock
from nodeloom.entrypoints.api.app import create_app
from nodeloom.features.accounts import owners, passwords, throttle
from nodeloom.features.accounts.models import LoginSession

OWNER = {"email": "owner@example.org", "password": PASSWORD}
WRONG = {"email": "owner@example.org", "password": "wrong"}


async def _log_in(client: httpx2.AsyncClient, body: dict[str, str]) -> httpx2.Response:
    return await client.post("/api/v1/auth/login", json=body)


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(api: ApiUnderTest) -> None:
    answer = await _log_in(await api.visitor(), OWNER)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("nodeloom_session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert answer.json()["member"]["role"] == "owner"


async def test_on_https_the_cookie_is_bound_to_host_and_encryption(api: ApiUnderTest) -> None:
    app = create_app(api.app.state.settings.model_copy(update={"public_url": "https://flows.example.org"}))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="https://flows.example.org") as browser,
    ):
        answer = await _log_in(browser, OWNER)
        assert answer.headers["set-cookie"].startswith("__Host-nodeloom_session=")
        assert "Secure" in answer.headers["set-cookie"].split("; ")
        assert (await browser.get("/api/v1/me")).status_code == 200


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(api: ApiUnderTest) -> None:
    visitor = await api.visitor()
    known = await _log_in(visitor, WRONG)
    unknown = await _log_in(visitor, WRONG | {"email": "nobody@example.org"})
    assert problem(known, 401) == problem(unknown, 401)


async def test_an_email_is_the_same_in_capitals(api: ApiUnderTest) -> None:
    assert (await _log_in(await api.visitor(), OWNER | {"email": " Owner@Example.ORG "})).status_code == 200


async def test_after_too_many_tries_even_the_right_password_has_to_wait(api: ApiUnderTest) -> None:
    visitor = await api.visitor()
    for _ in range(throttle.TRIES_PER_EMAIL_AND_ADDRESS):
        problem(await _log_in(visitor, WRONG), 401)
    answer = await _log_in(visitor, OWNER)
    problem(answer, 429)
    assert 0 < int(answer.headers["retry-after"]) <= throttle.WINDOW.total_seconds()
    assert (await _log_in(visitor, OWNER | {"email": "viewer@example.org"})).status_code == 200
    assert (await _log_in(await api.visitor("192.0.2.9"), OWNER)).status_code == 200


async def test_whoever_tries_from_everywhere_does_not_lock_out_who_is_signed_in(api: ApiUnderTest) -> None:
    assert (await _log_in(await api.visitor("192.0.2.9"), OWNER)).status_code == 200
    now = clock.now()
    async with api.db.transaction() as session:
        for number in range(throttle.TRIES_PER_EMAIL):
            address = f"2001:db8:0:{number:x}::1"
            assert await throttle.count_try(session, email=OWNER["email"], address=address, now=now) is None
    problem(await _log_in(await api.visitor("192.0.2.1"), OWNER), 429)
    assert (await _log_in(await api.visitor("192.0.2.9"), OWNER)).status_code == 200

    async with api.db.transaction() as session:
        await owners.reset_password(session, email=None, password_hash=await passwords.hash_password(OWNER["password"]))
    assert (await _log_in(await api.visitor("192.0.2.1"), OWNER)).status_code == 200


async def test_a_network_of_ipv6_is_one_address(api: ApiUnderTest) -> None:
    async with api.db.transaction() as session:
        for number in range(throttle.TRIES_PER_EMAIL_AND_ADDRESS):
            await throttle.count_try(session, email=OWNER["email"], address=f"2001:db8::{number}", now=clock.now())
    problem(await _log_in(await api.visitor("2001:db8::ffff"), OWNER), 429)


async def test_one_address_may_not_try_everybody(api: ApiUnderTest) -> None:
    now = clock.now()
    async with api.db.transaction() as session:
        for number in range(throttle.TRIES_PER_ADDRESS):
            refusal = await throttle.count_try(session, email=f"{number}@example.org", address="192.0.2.1", now=now)
            assert refusal is None
    problem(await _log_in(await api.visitor("192.0.2.1"), OWNER), 429)
    assert (await _log_in(await api.visitor("192.0.2.2"), OWNER)).status_code == 200


async def test_who_signs_in_rightly_may_do_so_as_often_as_they_like(api: ApiUnderTest) -> None:
    now = clock.now()
    async with api.db.transaction() as session:
        for _ in range(throttle.TRIES_PER_ADDRESS + 1):
            refusal = await throttle.count_try(session, email=OWNER["email"], address="192.0.2.1", now=now)
            assert refusal is None
            await throttle.take_back(session, email=OWNER["email"], address="192.0.2.1")


async def test_tries_are_forgotten_after_a_while(api: ApiUnderTest) -> None:
    long_ago = clock.now() - throttle.WINDOW
    async with api.db.transaction() as session:
        for _ in range(throttle.TRIES_PER_EMAIL + 1):
            await throttle.count_try(session, email=OWNER["email"], address="192.0.2.1", now=long_ago)
    assert (await _log_in(await api.visitor(), OWNER)).status_code == 200


async def test_a_page_of_another_site_can_not_sign_in(api: ApiUnderTest) -> None:
    visitor = await api.visitor()
    visitor.headers["Origin"] = "https://evil.example"
    problem(await _log_in(visitor, OWNER), 403)
    visitor.headers["Origin"] = "http://localhost:8600"
    assert (await _log_in(visitor, OWNER)).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"X-CSRF-Token": ""}, {"X-CSRF-Token": "wrong"}, {"Origin": "https://evil.example"}]
)
async def test_a_forged_write_changes_nothing(api: ApiUnderTest, headers: dict[str, str]) -> None:
    owner = await api.signed_in("owner")
    answer = await owner.post("/api/v1/keys", json={"name": "mine", "role": "owner"}, headers=headers)
    problem(answer, 403)
    assert (await owner.get("/api/v1/keys")).json()["items"] == []


async def test_signing_out_ends_the_session_for_good(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    cookie = owner.cookies["nodeloom_session"]
    assert (await owner.post("/api/v1/auth/logout")).status_code == 204
    problem(await owner.get("/api/v1/me"), 401)
    visitor = await api.visitor()
    problem(await visitor.get("/api/v1/me", headers={"Cookie": f"nodeloom_session={cookie}"}), 401)


async def test_a_session_ends_by_itself(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    async with api.db.transaction() as session:
        await session.execute(update(LoginSession).values(expires_at=clock.now()))
    problem(await owner.get("/api/v1/me"), 401)


async def test_a_new_password_ends_all_other_sessions(api: ApiUnderTest) -> None:
    here, elsewhere = await api.signed_in("owner"), await api.signed_in("owner")
    body = {"current_password": PASSWORD, "new_password": "another long one"}
    assert (await here.post("/api/v1/auth/password", json=body)).status_code == 204
    assert (await here.get("/api/v1/me")).status_code == 200
    problem(await elsewhere.get("/api/v1/me"), 401)
    problem(await _log_in(await api.visitor(), OWNER), 401)
    assert (await _log_in(await api.visitor(), OWNER | {"password": "another long one"})).status_code == 200


async def test_a_new_password_takes_the_old_one(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    wrong = {"current_password": "wrong", "new_password": "another long one"}
    problem(await owner.post("/api/v1/auth/password", json=wrong), 401)
    short = {"current_password": PASSWORD, "new_password": "short"}
    assert problem(await owner.post("/api/v1/auth/password", json=short), 422)["problems"][0]["field"] == "new_password"


async def test_sessions_are_listed_and_ended_one_by_one_or_all_but_this(api: ApiUnderTest) -> None:
    here, second, third = [await api.signed_in("editor") for _ in range(3)]
    listed = (await here.get("/api/v1/sessions")).json()["items"]
    assert [row["current"] for row in listed] == [False, False, True]
    assert (await here.delete(f"/api/v1/sessions/{listed[0]['id']}")).status_code == 204
    problem(await third.get("/api/v1/me"), 401)
    assert (await here.delete("/api/v1/sessions")).status_code == 204
    problem(await second.get("/api/v1/me"), 401)
    assert len((await here.get("/api/v1/sessions")).json()["items"]) == 1


async def test_nobody_ends_the_session_of_another_person(api: ApiUnderTest) -> None:
    owner, viewer = await api.signed_in("owner"), await api.signed_in("viewer")
    session_id = (await viewer.get("/api/v1/sessions")).json()["items"][0]["id"]
    problem(await owner.delete(f"/api/v1/sessions/{session_id}"), 404)


async def test_an_owner_who_is_locked_out_gets_a_new_password(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    password_hash = await passwords.hash_password("reset from the shell")
    async with api.db.transaction() as session:
        assert await owners.reset_password(session, email=None, password_hash=password_hash) == OWNER["email"]
    problem(await owner.get("/api/v1/me"), 401)
    assert (await _log_in(await api.visitor(), OWNER | {"password": "reset from the shell"})).status_code == 200
