import asyncio
from datetime import timedelta

import httpx2
import pytest
from fastapi import Request
from sqlalchemy import update
from sqlmodel import select
from tests.support.api import ApiUnderTest, problem

from nodeloom.adapters import clock
from nodeloom.features.accounts import idempotency
from nodeloom.features.accounts.models import IdempotencyRecord

KEY = {"Idempotency-Key": "7f0c"}
BODY = {"name": "ci", "role": "viewer"}


async def _make_key(client: httpx2.AsyncClient, **body: str) -> httpx2.Response:
    return await client.post("/api/v1/keys", json=BODY | body, headers=KEY)


async def _key_count(client: httpx2.AsyncClient) -> int:
    return len((await client.get("/api/v1/keys")).json()["items"])


async def test_a_repeated_write_gets_the_first_answer(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    first, again = await _make_key(admin), await _make_key(admin)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["idempotent-replayed"] == "true"
    assert await _key_count(admin) == 1


async def test_a_refusal_is_an_answer_too(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    first, again = await _make_key(admin, role="king"), await _make_key(admin, role="king")
    assert problem(first, 422) == problem(again, 422)
    assert again.headers["idempotent-replayed"] == "true"


async def test_another_body_under_the_same_key_is_refused(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    await _make_key(admin)
    assert problem(await _make_key(admin, name="other"), 422)["type"].endswith("/idempotency_key_reused")


async def test_of_many_at_once_one_is_carried_out(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    answers = await asyncio.gather(*(_make_key(admin) for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 409)
    assert await _key_count(admin) == 1


async def test_keys_of_other_callers_and_other_routes_are_other_keys(api: ApiUnderTest) -> None:
    admin, owner = await api.signed_in("admin"), await api.signed_in("owner")
    first, others = await _make_key(admin), await _make_key(owner)
    assert first.json()["id"] != others.json()["id"]
    elsewhere = await owner.post("/api/v1/workspaces", json={"name": "Second"}, headers=KEY)
    assert elsewhere.status_code == 201


async def test_the_answer_is_forgotten_after_a_day(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    first = await _make_key(admin)
    async with api.db.transaction() as session:
        record = (await session.scalars(select(IdempotencyRecord))).one()
        assert record.expires_at - clock.now() > timedelta(hours=23)
        record.expires_at = clock.now()
    assert (await _make_key(admin)).json()["id"] != first.json()["id"]


async def test_the_kept_answer_can_not_be_read_in_the_database(api: ApiUnderTest) -> None:
    key = (await _make_key(await api.signed_in("admin"))).json()["key"]
    async with api.db.read() as session:
        record = (await session.scalars(select(IdempotencyRecord))).one()
    assert record.answer is not None
    assert key.encode() not in record.answer


@pytest.mark.parametrize("carried_out", [True, False])
async def test_after_a_crash_the_write_is_repeated_only_if_it_did_not_happen(
    api: ApiUnderTest, *, carried_out: bool
) -> None:
    admin = await api.signed_in("admin")
    await _make_key(admin)
    crashed = {"answer": None, "carried_out": carried_out, "locked_until": clock.now() + timedelta(minutes=1)}
    async with api.db.transaction() as session:
        await session.execute(update(IdempotencyRecord).values(crashed))
    assert problem(await _make_key(admin), 409)["type"].endswith("/still_in_progress")
    async with api.db.transaction() as session:
        await session.execute(update(IdempotencyRecord).values(locked_until=clock.now()))
    answer = await _make_key(admin)
    if carried_out:
        assert problem(answer, 409)["type"].endswith("/answer_lost")
    else:
        assert answer.status_code == 201


async def test_a_write_that_another_process_took_over_is_taken_back(api: ApiUnderTest) -> None:
    now = clock.now()
    async with api.db.transaction() as session:
        slow = await idempotency.begin(session, "digest", "body", now - timedelta(hours=1))
    async with api.db.transaction() as session:
        await idempotency.begin(session, "digest", "body", now)
    request = Request({"type": "http", idempotency.SCOPE_KEY: slow})
    with pytest.raises(idempotency.StillInProgress):
        async with api.db.transaction() as session:
            await idempotency.mark_carried_out(session, request)


async def test_a_key_that_nobody_may_use_is_not_kept(api: ApiUnderTest) -> None:
    viewer = await api.signed_in("viewer")
    problem(await _make_key(viewer), 403)
    await (await api.signed_in("owner")).patch(f"/api/v1/members/{api.members['viewer']}", json={"role": "admin"})
    assert (await _make_key(viewer)).status_code == 201


async def test_a_key_too_long_is_refused(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    problem(await admin.post("/api/v1/keys", json=BODY, headers={"Idempotency-Key": "k" * 256}), 400)


async def test_the_same_form_with_another_border_is_the_same_body(api: ApiUnderTest) -> None:
    editor = await api.signed_in("editor")
    answers = [
        await editor.post("/api/v1/artifacts", files={"file": ("a.txt", b"text", "text/plain")}, headers=KEY)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
