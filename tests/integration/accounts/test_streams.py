"""Who is signed out hears no more: a stream of events ends with what let it in."""

import asyncio

import httpx2
from tests.support.api import ApiUnderTest, problem

from nodeloom.features.accounts import repository
from nodeloom.features.accounts.identity import SignedIn, still_let_in

ENDED = "/api/v1/events?topics=runs,notifications"


async def listening(api: ApiUnderTest, client: httpx2.AsyncClient) -> "asyncio.Task[httpx2.Response]":
    """A stream that has begun; the task is done when the server ends it."""
    topic = f"{api.workspace_id}|runs"
    readers = api.app.state.live
    task = asyncio.create_task(client.get(ENDED))
    while not readers.watched(api.workspace_id, ("runs",)) or task.done():
        assert not task.done(), topic
        await asyncio.sleep(0.01)
    return task


async def ends(stream: "asyncio.Task[httpx2.Response]") -> bool:
    answer = await asyncio.wait_for(stream, 10)
    return answer.status_code == 200


async def test_a_stream_ends_with_its_session(api: ApiUnderTest) -> None:
    editor, elsewhere = await api.signed_in("editor"), await api.signed_in("editor")
    stream = await listening(api, editor)
    sessions = (await elsewhere.get("/api/v1/sessions")).json()["items"]
    other = next(entry["id"] for entry in sessions if not entry["current"])
    assert (await elsewhere.delete(f"/api/v1/sessions/{other}")).status_code == 204
    assert await ends(stream)
    problem(await editor.get("/api/v1/me"), 401)


async def test_an_owner_signs_a_member_out(api: ApiUnderTest) -> None:
    editor, owner, admin = [await api.signed_in(role) for role in ("editor", "owner", "admin")]
    stream = await listening(api, editor)
    problem(await admin.delete(f"/api/v1/members/{api.members['owner']}/sessions"), 403)
    assert (await owner.delete(f"/api/v1/members/{api.members['editor']}/sessions")).status_code == 204
    assert await ends(stream)
    problem(await editor.get("/api/v1/me"), 401)
    assert (await admin.get("/api/v1/me")).status_code == 200


async def test_a_stream_ends_with_the_membership(api: ApiUnderTest) -> None:
    editor, owner = await api.signed_in("editor"), await api.signed_in("owner")
    stream = await listening(api, editor)
    await owner.delete(f"/api/v1/members/{api.members['editor']}")
    assert await ends(stream)


async def test_a_stream_ends_with_its_key(api: ApiUnderTest) -> None:
    program, owner = await api.with_key("editor"), await api.signed_in("owner")
    stream = await listening(api, program)
    key = (await owner.get("/api/v1/keys")).json()["items"][0]["id"]
    await owner.delete(f"/api/v1/keys/{key}")
    assert await ends(stream)


async def test_an_owners_key_is_not_an_admins_to_delete(api: ApiUnderTest) -> None:
    owner, admin = await api.signed_in("owner"), await api.signed_in("admin")
    key = (await owner.post("/api/v1/keys", json={"name": "Deploy", "role": "owner"})).json()["id"]
    problem(await admin.delete(f"/api/v1/keys/{key}"), 403)
    assert (await owner.delete(f"/api/v1/keys/{key}")).status_code == 204


async def test_what_goes_on_asks_again_whether_it_may(api: ApiUnderTest) -> None:
    """For the time that Redis is away, and tells nobody."""
    editor, owner = await api.signed_in("editor"), await api.signed_in("owner")
    session_id = (await editor.get("/api/v1/sessions")).json()["items"][0]["id"]
    member_id = api.members["editor"]
    async with api.db.read() as session:
        found = await repository.member(session, api.workspace_id, member_id)
    assert found is not None
    caller = SignedIn(
        workspace_id=api.workspace_id,
        role="editor",
        member_id=member_id,
        key_id=None,
        name="Editor",
        person_id=found[1].id,
        session_id=session_id,
        csrf_token="",
    )
    assert await still_let_in(api.db, caller)
    await owner.delete(f"/api/v1/members/{member_id}/sessions")
    assert not await still_let_in(api.db, caller)
