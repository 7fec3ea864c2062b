"""A flow through three services whose worker is killed at each of its steps: nothing is doubled, nothing is lost."""

from collections.abc import AsyncGenerator, Callable, Sized
from functools import partial

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import text

from tests.faults.installation import Installation, eventually, said_by_all
from tests.faults.three_services import CHANNEL, OWNER, Services, connected, flow, services, signed_in

pytestmark = pytest.mark.timeout(300)


@pytest_asyncio.fixture
async def three(installation: Installation) -> AsyncGenerator[Services]:
    """The services, and an installation that knows of them and has an owner."""
    with services(f"http://127.0.0.1:{installation.port}/oauth/callback") as found:
        installation.settings = {
            **found.settings,
            "NODELOOM_OWNER_EMAIL": OWNER["email"],
            "NODELOOM_OWNER_PASSWORD": OWNER["password"],
        }
        yield found


async def test_a_mail_goes_through_three_services_although_the_worker_is_killed_at_every_step(
    installation: Installation, three: Services
) -> None:
    api, scheduler = installation.start("api"), installation.start("scheduler")
    await installation.ready(api, scheduler)
    client = await signed_in(installation)
    workflow = await published(client, flow(three, await connected(client, three)))
    three.slack.subscribe(f"http://127.0.0.1:{installation.port}/hooks/-/apps/slack")
    await baseline(installation, workflow)

    mails = [three.mail(number) for number in range(5)]
    await now(installation)
    await eventually(lambda: runs(client, workflow, 5), "a run for each mail")
    # One worker at a time: each is killed as soon as the first call of its kind was seen, whatever else it does.
    steps: list[tuple[Callable[[int], Sized], int]] = [(three.cards, 1), (three.files, 1), (three.posted, 1)]
    for seen, count in (*steps, (three.files, 4), (three.posted, 4)):
        worker = installation.start("worker")
        await eventually(partial(so_many, client, seen, count), f"{count} of {seen.__name__}")
        worker.kill()
    last = installation.start("worker")
    await installation.ready(last)
    await settled(installation, client, workflow, three)

    for number in range(5):
        assert [card["name"] for card in three.cards(number)] == [f"Order {number}"]
        assert three.files(number) == [f"order-{number}.pdf"]
        [message] = three.told(number)
        assert three.cards(number)[0]["url"] in message["text"]
        assert not three.is_archived(mails[number])
        three.slack.react("mia", CHANNEL, message["ts"], "white_check_mark")

    await eventually(lambda: ended(client, workflow, 5), "every run to end")
    assert all(three.is_archived(mail) for mail in mails)
    await client.aclose()


async def so_many(client: httpx2.AsyncClient, seen: Callable[[int], Sized], count: int) -> bool:
    await tell_what_became_of_files(client)
    return sum(len(seen(number)) for number in range(5)) >= count


async def tell_what_became_of_files(client: httpx2.AsyncClient) -> None:
    """A person settles what nobody saw arrive; everything else is found out without one."""
    for outcome in (await client.get("/api/v1/outcomes")).json()["items"]:
        assert outcome["node_id"] == "file", outcome
        path = f"/api/v1/runs/{outcome['run_id']}/nodes/file/resolve"
        await client.post(path, json={"outcome": "happened", "output": {"settled": True}})


async def published(client: httpx2.AsyncClient, graph: dict[str, object]) -> str:
    made = await client.post("/api/v1/workflows", json={"name": "Post", "graph": graph})
    assert made.status_code == 201, made.text
    assert [problem for problem in made.json()["problems"] if problem["severity"] == "error"] == []
    live = await client.post(f"/api/v1/workflows/{made.json()['id']}/publish", json={})
    assert live.status_code == 200, live.text
    return made.json()["id"]


async def baseline(installation: Installation, workflow: str) -> None:
    """Until the trigger knows where now is."""

    async def known() -> bool:
        rows = await installation.rows(
            "SELECT status, cursor FROM registration WHERE workflow_id = :id AND kind = 'poll'", id=workflow
        )
        return [row.status for row in rows] == ["live"] and rows[0].cursor is not None

    await eventually(known, "the trigger to listen")


async def now(installation: Installation) -> None:
    """The trigger asks at once, not in a minute."""
    async with installation.database.transaction() as session:
        await session.execute(text("UPDATE registration SET due_at = asked_at WHERE kind = 'poll'"))


async def runs(client: httpx2.AsyncClient, workflow: str, count: int) -> bool:
    return len((await client.get(f"/api/v1/runs?workflow_id={workflow}")).json()["items"]) == count


async def ended(client: httpx2.AsyncClient, workflow: str, count: int) -> bool:
    listed = (await client.get(f"/api/v1/runs?workflow_id={workflow}")).json()["items"]
    assert not [run for run in listed if run["status"] in ("failed", "cancelled")], listed
    return sum(run["status"] == "succeeded" for run in listed) == count


async def settled(installation: Installation, client: httpx2.AsyncClient, workflow: str, three: Services) -> None:
    """Every run waits for its reaction; what became of a file that nobody saw arrive is told by a person."""

    async def waiting() -> bool:
        await tell_what_became_of_files(client)
        listed = (await client.get(f"/api/v1/runs?workflow_id={workflow}")).json()["items"]
        assert not [run for run in listed if run["status"] in ("failed", "cancelled")], listed
        return [run["waiting"] and run["waiting"]["reason"] for run in listed] == ["event"] * 5

    try:
        await eventually(waiting, "every run to wait for its reaction")
    except AssertionError as late:
        raise AssertionError(f"{late}\n{said_by_all(installation)}") from late
