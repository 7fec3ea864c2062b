"""A consent that is taken back at the provider while runs are under way: said at once, and nothing is lost by it."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from nodeloom.adapters import clock
from nodeloom.adapters.settings import Settings
from nodeloom.features.runs.sweeper import sweep
from nodeloom.features.triggers.remote.watch import Watch
from tests.integration.connections.oauth_flow import Told, begin, come_back, read
from tests.integration.runs.conftest import Running
from tests.integration.triggers.remote.conftest import watch_of
from tests.support.api import BASE
from tests.support.far_side import Seen, far_side
from tests.support.flows import MANUAL, graph, node, published
from tests.support.standins.google import GoogleStandin, google_standin
from tests.support.standins.oauth import GOOGLE, OAuthProvider, oauth_provider

_A_MINUTE = timedelta(seconds=61)


@pytest.fixture(scope="module")
def provider() -> Generator[OAuthProvider]:
    with oauth_provider(GOOGLE, redirect_uri=f"{BASE}/oauth/callback") as provider:
        yield provider


@pytest.fixture(scope="module")
def google(provider: OAuthProvider) -> Generator[GoogleStandin]:
    with google_standin(provider) as google:
        provider.subject = google.address
        yield google


@pytest.fixture
def settings(
    provider: OAuthProvider, google: GoogleStandin, database_url: str, redis_url: str, tmp_path: Path
) -> Settings:
    own = {
        "GMAIL_CLIENT_ID": provider.client_id,
        "GMAIL_CLIENT_SECRET": provider.client_secret,
        "GMAIL_AUTHORIZE_URL": provider.authorize_url,
        "GMAIL_TOKEN_URL": provider.token_url,
        "GMAIL_API_URL": google.api_url,
    }
    return Settings(
        home=tmp_path,
        public_url=BASE,
        database_url=database_url,
        redis_url=redis_url,
        egress_allow=("127.0.0.1",),
        connector_settings=own,
    )


@dataclass
class Post:
    """A mailbox that is connected, and a live workflow: a mail comes, somebody says go, the mail is archived."""

    running: Running
    google: GoogleStandin
    provider: OAuthProvider
    watch: Watch
    account: str
    workflow_id: str

    def mails(self, count: int) -> list[str]:
        return [self.google.deliver_mail(subject=f"Order {number}") for number in range(count)]

    async def look(self) -> int:
        """Everything that the scheduler finds due a minute from now."""
        return await self.watch.work_due(clock.now() + _A_MINUTE)

    async def runs(self) -> list[str]:
        answer = await self.running.client.get("/api/v1/runs", params={"workflow_id": self.workflow_id})
        return [run["id"] for run in answer.json()["items"]]

    async def held(self) -> list[str]:
        """The runs that wait for somebody's go, as soon as each of them does or has had it."""
        found: list[str] = []
        for run_id in await self.runs():
            run = await self.running.until(run_id, "waiting", "succeeded", "failed")
            found += [run_id] if run["waiting"] else []
        return found

    async def go(self, runs: list[str]) -> None:
        for run_id in runs:
            answer = await self.running.client.post(f"/api/v1/runs/{run_id}/nodes/hold/resume", json={})
            assert answer.status_code == 202, answer.text

    async def end_well(self, runs: list[str]) -> None:
        for run_id in runs:
            ended = await self.running.until(run_id, "succeeded", "failed", "cancelled")
            assert ended["status"] == "succeeded", ended["error"]

    async def trigger(self) -> dict[str, Any]:
        [state] = (await self.running.client.get(f"/api/v1/workflows/{self.workflow_id}/triggers")).json()["items"]
        return state

    async def notices(self) -> list[str]:
        listed = (await self.running.client.get("/api/v1/notifications")).json()["items"]
        return [notice["title"] for notice in listed]

    def archived(self, mails: list[str]) -> list[bool]:
        return ["INBOX" not in self.google.message(mail).get("labelIds", ()) for mail in mails]


async def consented(running: Running, provider: OAuthProvider, **body: Any) -> Told:
    url = await begin(running.client, connector="gmail", name="Orders", **body)
    return await come_back(running.client, await provider.consent(url))


@pytest_asyncio.fixture
async def post(running: Running, google: GoogleStandin, provider: OAuthProvider) -> AsyncGenerator[Post]:
    account = (await consented(running, provider)).connection_id
    mail, done = (
        {**node("mail", "gmail.new_mail"), "connection_id": account},
        {**node("done", "gmail.archive", message_id="{{ $('Mail').item.json.id }}"), "connection_id": account},
    )
    hold = node("hold", "core.wait", **{"for": "call"})
    workflow_id = await published(running.client, graph(mail, hold, done))
    watch = watch_of(running.api)
    yield Post(running, google, provider, watch, account, workflow_id)


@pytest.mark.parametrize("first", ["a run", "the trigger"])
async def test_runs_and_their_trigger_wait_until_the_account_is_connected_again(post: Post, first: str) -> None:
    await post.watch.work_due(clock.now())
    before = post.mails(3)
    await post.look()
    runs = await post.held()
    assert len(runs) == 3

    post.provider.revoke_grants()
    meanwhile = post.mails(1)
    if first == "the trigger":
        await post.look()
        assert (await read(post.running.client, post.account))["health"] == "broken"
    await post.go(runs)
    for run_id in runs:
        await post.running.until_waiting(run_id, "connection")

    connection = await read(post.running.client, post.account)
    assert (connection["health"], await post.notices()) == ("broken", ["The connection “Orders” broke"])
    assert ((await post.trigger())["status"], post.archived(before)) == ("paused", [False] * 3)
    meanwhile += post.mails(1)
    assert await post.look() == 0

    told = await consented(post.running, post.provider, connection_id=post.account)
    assert told.connection_id == post.account, told
    await sweep(post.running.api.db, post.running.api.app.state.bell)
    await post.end_well(runs)
    await post.watch.work_due(clock.now())
    assert (await post.trigger())["status"] == "live"
    late = await post.held()
    assert len(late) == len(meanwhile)
    await post.go(late)
    await post.end_well(late)
    assert post.archived(before + meanwhile) == [True] * 5
    assert (await read(post.running.client, post.account))["health"] == "healthy"


async def test_a_run_that_is_still_at_work_when_the_account_comes_back_ends_well_too(post: Post) -> None:
    free = asyncio.Event()

    async def late(_: Seen, writer: asyncio.StreamWriter) -> None:
        await free.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")

    [mail] = post.mails(1)
    post.provider.revoke_grants()
    async with far_side() as side:
        side.raw = late
        done = {**node("done", "gmail.archive", message_id=mail), "connection_id": post.account}
        slow = node("slow", "http.request", url=side.url("/"))
        edges = [{"source": "start", "target": "done"}, {"source": "start", "target": "slow"}]
        run = await post.running.start({"nodes": [MANUAL, done, slow], "edges": edges}, [{}], wait_s=0)
        await post.running.until_node(run["id"], "done", "waiting")
        assert (await post.running.run(run["id"]))["status"] == "running"
        await consented(post.running, post.provider, connection_id=post.account)
        free.set()
        await post.end_well([run["id"]])
    assert post.archived([mail]) == [True]
