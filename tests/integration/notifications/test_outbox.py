"""Letters on their way: sent once, tried again with patience, given up in the open."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from nodeloom.adapters import clock
from nodeloom.features.accounts.notify import Notice, notify_in
from nodeloom.features.notifications.models import MAILS
from nodeloom.features.notifications.outbox import MOST_TRIES, Office, pause_after, put_away, send_due
from tests.support.api import ApiUnderTest, problem
from tests.support.post_office import PostOffice

INVITED = "grace@example.org"


async def write(api: ApiUnderTest, title: str = "Look at this") -> None:
    notice = Notice(api.workspace_id, "approval", "run_1", title, "It waits for you.", "/runs/run_1")
    async with api.db.transaction() as session:
        await notify_in(session, notice, to="owner")


async def kept(api: ApiUnderTest) -> tuple[str, int, str | None]:
    async with api.db.read() as session:
        row = (await session.execute(select(MAILS.c.status, MAILS.c.tries, MAILS.c.problem))).one()
    return row.status, row.tries, row.problem


async def make_due(api: ApiUnderTest) -> None:
    async with api.db.transaction() as session:
        await session.execute(update(MAILS).values(due_at=clock.now()))


async def test_two_senders_send_a_letter_once(api: ApiUnderTest, office: Office, letterbox: PostOffice) -> None:
    await write(api, "a\r\nBcc: everybody@example.org\0")
    sent = await asyncio.gather(send_due(api.db, office), send_due(api.db, office))
    assert sorted(sent) == [0, 1]
    assert await send_due(api.db, office) == 0
    assert (letterbox.recipients, await kept(api)) == (["owner@example.org"], ("sent", 1, None))
    assert letterbox.letters[0]["Subject"] == "a Bcc: everybody@example.org"


async def test_a_letter_that_can_wait_is_tried_again_later(
    api: ApiUnderTest, office: Office, letterbox: PostOffice
) -> None:
    letterbox.refusals = {"owner@example.org": "451 4.7.1 come back later"}
    await write(api)
    assert await send_due(api.db, office) == 1
    assert await send_due(api.db, office) == 0
    assert await kept(api) == ("queued", 1, "451 4.7.1 come back later")
    letterbox.refusals = {}
    await make_due(api)
    await send_due(api.db, office)
    assert (len(letterbox.letters), await kept(api)) == (1, ("sent", 2, None))


async def test_a_letter_that_nobody_will_take_is_given_up(
    api: ApiUnderTest, office: Office, letterbox: PostOffice
) -> None:
    letterbox.refusals = {"owner@example.org": "550 5.1.1 nobody of that name"}
    await write(api)
    await send_due(api.db, office)
    assert await kept(api) == ("dead", 1, "550 5.1.1 nobody of that name")
    state = (await (await api.signed_in("admin")).get("/api/v1/mail")).json()
    assert state == {"configured": True, "sender": "nodeloom@localhost", "given_up": 1}


async def test_a_server_that_stays_away_uses_up_the_tries(
    api: ApiUnderTest, office: Office, letterbox: PostOffice
) -> None:
    letterbox.refusals = {"owner@example.org": "452 full"}
    await write(api)
    for _ in range(MOST_TRIES):
        await make_due(api)
        await send_due(api.db, office)
    assert (await kept(api))[:2] == ("dead", MOST_TRIES)


async def test_without_a_server_letters_are_not_kept(api: ApiUnderTest, office: Office) -> None:
    await write(api)
    await put_away(api.db)
    assert await send_due(api.db, office) == 0


@pytest.mark.parametrize(("tries", "pause"), [(1, 30), (2, 60), (5, 480), (12, 3600)])
def test_pauses_double_up_to_an_hour(tries: int, pause: int) -> None:
    assert pause_after(tries) == timedelta(seconds=pause)


async def test_an_invite_is_mailed_and_its_link_kept_sealed_until_then(
    api: ApiUnderTest, office: Office, letterbox: PostOffice
) -> None:
    owner = await api.signed_in("owner")
    made = (await owner.post("/api/v1/invites", json={"email": INVITED, "role": "editor"})).json()
    assert made["mailed"]
    token = made["url"].rpartition("/")[2]
    assert all(token not in text and token.encode() not in text.encode() for text in await _texts(api))
    await send_due(api.db, office)
    body = letterbox.letters[0].get_body(("plain",))
    assert body is not None
    assert made["url"] in body.get_content()
    assert await _sealed(api) == [None]


async def _texts(api: ApiUnderTest) -> list[str]:
    async with api.db.read() as session:
        return [str(value) for row in await session.execute(select(MAILS)) for value in row]


async def _sealed(api: ApiUnderTest) -> list[bytes | None]:
    async with api.db.read() as session:
        return list((await session.execute(select(MAILS.c.sealed_link))).scalars())


async def test_an_admin_sends_themselves_a_letter_to_see(api: ApiUnderTest, letterbox: PostOffice) -> None:
    admin = await api.signed_in("admin")
    assert (await admin.post("/api/v1/mail/test")).json() == {"email": "admin@example.org"}
    assert letterbox.recipients == ["admin@example.org"]
    letterbox.refusals = {"admin@example.org": "550 no"}
    assert "550 no" in problem(await admin.post("/api/v1/mail/test"), 502)["detail"]
    for _ in range(8):
        await admin.post("/api/v1/mail/test")
    problem(await admin.post("/api/v1/mail/test"), 429)
