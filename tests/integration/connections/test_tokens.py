"""Tokens that end: renewed once for everybody, never lost on the way; an account that is gone is said to be gone."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import domain_events
from nodeloom.adapters.database import Database
from nodeloom.adapters.http import guarded_client
from nodeloom.adapters.resealing import reseal
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.features.connections import repository
from nodeloom.features.connections.events import ConnectionBroken
from nodeloom.features.connections.resealing import sealed_connections
from nodeloom.features.connections.secrets import OpenedConnection, hold
from nodeloom.features.connections.tokens import Tokens
from nodeloom_connectors.sdk import Reconnect, RetryLater
from tests.support.accounts import CATALOG, KEY, connected, loom_settings, settings_for, workspace_in
from tests.support.standins.oauth import GOOGLE, PLAIN, OAuthProvider, oauth_provider
from tests.support.waiting import wait_until


@pytest.fixture
def provider() -> Generator[OAuthProvider]:
    with oauth_provider(PLAIN) as provider:
        yield provider


@dataclass
class Workplace:
    """A workspace, and as many processes' worth of `Tokens` as are asked for."""

    provider: OAuthProvider
    settings: Settings
    stack: AsyncExitStack
    workspace_id: str = ""
    database: Database = field(init=False)

    async def tokens(self) -> Tokens:
        """With an engine, a client and a memory of its own."""
        database = Database.open(self.settings.database_url)
        self.stack.push_async_callback(database.dispose)
        http = await self.stack.enter_async_context(guarded_client(self.settings))
        tokens = Tokens(database, Vault(self.settings.secret_keys), CATALOG, http, self.settings)
        self.stack.push_async_callback(tokens.close)
        return tokens

    async def connect(self, lifetime_s: float | None = None, *, offline: bool = True) -> str:
        """An account whose token was made to last so long."""
        answer = self.provider.issue("read", "write", offline=offline)
        if lifetime_s is not None:
            answer["expires_in"] = lifetime_s
        vault = Vault(self.settings.secret_keys)
        return await connected(self.database, vault, self.workspace_id, answer)

    def valid(self, opened: OpenedConnection) -> bool:
        grant = self.provider.check(opened.secret["access_token"])
        return grant is not None and grant.state == "valid"

    async def use(self, tokens: Tokens, connection_id: str) -> None:
        """A call: if the service says that the token is over, it is made once more with another."""
        opened = await tokens.opened(self.workspace_id, connection_id)
        if not self.valid(opened):
            opened = await tokens.opened(self.workspace_id, connection_id, rejected=opened)
        assert self.valid(opened)

    async def health(self, connection_id: str) -> tuple[str, str]:
        async with self.database.read() as session:
            row = await repository.connection(session, self.workspace_id, connection_id)
        assert row is not None
        return row.health, row.health_detail


@pytest_asyncio.fixture
async def place(provider: OAuthProvider, database_url: str, tmp_path: Path) -> AsyncGenerator[Workplace]:
    async with AsyncExitStack() as stack:
        place = Workplace(provider, settings_for(provider, database_url, tmp_path), stack)
        place.database = Database.open(database_url)
        stack.push_async_callback(place.database.dispose)
        place.workspace_id = await workspace_in(place.database)
        yield place


async def test_a_fresh_token_is_used_as_it_is(place: Workplace) -> None:
    connection_id = await place.connect()
    opened = await (await place.tokens()).opened(place.workspace_id, connection_id)
    assert (opened.auth, opened.account_id, opened.scopes) == ("oauth2", "U0PERSON", ("read", "write"))
    assert place.valid(opened)
    assert place.provider.token_requests == 0


async def test_twenty_workers_renew_an_expired_token_once(place: Workplace) -> None:
    connection_id = await place.connect(0)
    workers = [await place.tokens() for _ in range(20)]
    opened = await asyncio.gather(*(worker.opened(place.workspace_id, connection_id) for worker in workers))
    assert (place.provider.refreshes, place.provider.token_requests) == (1, 1)
    assert len({one.secret["access_token"] for one in opened}) == 1
    assert all(place.valid(one) for one in opened)


async def test_twenty_workers_that_were_refused_renew_once(place: Workplace) -> None:
    """Expired before its time: only the service knows."""
    connection_id = await place.connect()
    workers = [await place.tokens() for _ in range(20)]
    old = await workers[0].opened(place.workspace_id, connection_id)
    place.provider.expire_access_tokens()
    opened = await asyncio.gather(
        *(worker.opened(place.workspace_id, connection_id, rejected=old) for worker in workers)
    )
    assert (place.provider.refreshes, place.provider.token_requests) == (1, 1)
    assert all(place.valid(one) for one in opened)
    late = await workers[3].opened(place.workspace_id, connection_id, rejected=old)
    assert place.provider.refreshes == 1
    assert late.secret == opened[0].secret


def test_processes_renew_once(provider: OAuthProvider, database_url: str, tmp_path: Path) -> None:
    async def prepare() -> tuple[str, str]:
        database = Database.open(database_url)
        workspace_id = await workspace_in(database)
        answer = provider.issue("read") | {"expires_in": 0}
        connection_id = await connected(database, Vault([KEY]), workspace_id, answer)
        await database.dispose()
        return workspace_id, connection_id

    workspace_id, connection_id = asyncio.run(prepare())
    told = {
        "home": str(tmp_path),
        "database_url": database_url,
        "key": KEY,
        "settings": loom_settings(provider),
        "workspace_id": workspace_id,
        "connection_id": connection_id,
        "tasks": 10,
    }
    command = [sys.executable, "-m", "tests.support.token_holder"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    answers = [process.communicate("go\n", timeout=30)[0] for process in processes]
    tokens = {token for answer in answers for token in json.loads(answer)}
    assert (provider.refreshes, provider.token_requests) == (1, 1)
    assert len(tokens) == 1


async def test_a_token_of_a_few_seconds_is_renewed_again_and_again(place: Workplace) -> None:
    """Nobody ever gets one that is over, and no refresh token is used twice."""
    place.provider.lifetime_s = 1
    connection_id = await place.connect(1)
    workers = [await place.tokens() for _ in range(4)]

    async def work(tokens: Tokens) -> None:
        while place.provider.refreshes < 3:
            await place.use(tokens, connection_id)

    async with asyncio.timeout(15):
        await asyncio.gather(*(work(tokens) for tokens in workers))
    assert place.provider.token_requests == place.provider.refreshes
    assert (await place.health(connection_id))[0] == "healthy"


async def test_a_service_that_gives_no_new_refresh_token_means_the_old_one_to_stay(
    database_url: str, tmp_path: Path
) -> None:
    with oauth_provider(GOOGLE) as provider:
        async with AsyncExitStack() as stack:
            place = Workplace(provider, settings_for(provider, database_url, tmp_path), stack)
            place.database = Database.open(database_url)
            stack.push_async_callback(place.database.dispose)
            place.workspace_id = await workspace_in(place.database)
            connection_id = await place.connect(0)
            tokens = await place.tokens()
            first = await tokens.opened(place.workspace_id, connection_id)
            provider.expire_access_tokens()
            second = await tokens.opened(place.workspace_id, connection_id, rejected=first)
            assert first.secret["refresh_token"] == second.secret["refresh_token"]
            assert place.valid(second)


async def test_what_was_revoked_is_marked_told_and_never_asked_again(place: Workplace) -> None:
    broken: list[ConnectionBroken] = []

    async def hear(_session: AsyncSession, event: ConnectionBroken) -> None:
        broken.append(event)

    domain_events.on(ConnectionBroken, hear)
    connection_id = await place.connect(0)
    place.provider.revoke_grants()
    workers = [await place.tokens() for _ in range(5)]
    results = await asyncio.gather(
        *(worker.opened(place.workspace_id, connection_id) for worker in workers), return_exceptions=True
    )
    assert all(isinstance(result, Reconnect) for result in results), results
    assert place.provider.token_requests == 1
    assert broken == [ConnectionBroken(place.workspace_id, connection_id)]
    health, detail = await place.health(connection_id)
    assert health == "broken"
    assert "The refresh token was revoked" in detail
    with pytest.raises(Reconnect, match="was revoked"):
        await workers[0].opened(place.workspace_id, connection_id)
    assert place.provider.token_requests == 1


async def test_an_answer_that_is_lost_on_the_way_ends_in_reconnect_and_not_in_a_storm(place: Workplace) -> None:
    """The provider has rotated and we don't know what to: nothing can save a strict one, but each step is said."""
    connection_id = await place.connect(0)
    place.provider.fault, place.provider.faults_left = "cut_after_rotating", 1
    tokens = await place.tokens()
    with pytest.raises(RetryLater) as later:
        await tokens.opened(place.workspace_id, connection_id)
    assert later.value.nothing_happened
    with pytest.raises(RetryLater) as away:
        await tokens.opened(place.workspace_id, connection_id)
    assert away.value.after is not None
    assert place.provider.token_requests == 1
    await _let_time_pass(place, connection_id)
    with pytest.raises(Reconnect):
        await tokens.opened(place.workspace_id, connection_id)
    assert (await place.health(connection_id))[0] == "broken"


@pytest.mark.parametrize("fault", ["500", "silence"])
async def test_a_token_endpoint_that_is_down_hurts_nobody_while_the_token_lasts(
    place: Workplace, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodeloom.features.connections.token_endpoint.TIMEOUT_S", 0.3)
    lasting, over = await place.connect(3600), await place.connect(0)
    await _soon_over(place, lasting)
    place.provider.fault = "500" if fault == "500" else "silence"
    tokens = await place.tokens()
    assert place.valid(await tokens.opened(place.workspace_id, lasting))
    with pytest.raises(RetryLater) as later:
        await tokens.opened(place.workspace_id, over)
    assert later.value.nothing_happened
    assert (await place.health(over))[0] == "healthy"
    place.provider.fault = None
    await _let_time_pass(place, over)
    assert place.valid(await tokens.opened(place.workspace_id, over))


async def test_a_caller_that_gives_up_does_not_lose_the_new_token(place: Workplace) -> None:
    connection_id = await place.connect(0)
    tokens = await place.tokens()
    caller = asyncio.create_task(tokens.opened(place.workspace_id, connection_id))
    await asyncio.to_thread(wait_until, lambda: place.provider.token_requests, "the provider to be asked")
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await tokens.close()
    assert place.valid(await tokens.opened(place.workspace_id, connection_id))
    assert place.provider.token_requests == 1


async def test_a_lease_of_a_dead_process_is_taken_over(place: Workplace) -> None:
    connection_id = await place.connect(0)
    async with place.database.transaction() as session:
        held = await hold(session, Vault([KEY]), place.workspace_id, connection_id)
        now = held.credential.obtained_at
        assert await repository.take_lease(
            session, place.workspace_id, connection_id, "dead", seen=held.credential.generation, now=now, until=now
        )
    assert place.valid(await (await place.tokens()).opened(place.workspace_id, connection_id))
    assert place.provider.refreshes == 1


async def test_a_token_without_a_successor_ends_in_reconnect(place: Workplace) -> None:
    connection_id = await place.connect(0, offline=False)
    with pytest.raises(Reconnect, match="none to renew it with"):
        await (await place.tokens()).opened(place.workspace_id, connection_id)
    assert place.provider.token_requests == 0
    assert (await place.health(connection_id))[0] == "broken"


async def test_secrets_are_sealed_anew_while_tokens_are_renewed(place: Workplace) -> None:
    """`secret rotate` beside workers that use and renew: nothing fails, nothing is lost, all have the new key."""
    place.provider.lifetime_s = 1
    connection_id = await place.connect(1)
    keys = ["another key that is long enough", KEY]
    place.settings = place.settings.model_copy(update={"secret_key": type(place.settings.secret_key)(",".join(keys))})
    workers = [await place.tokens() for _ in range(3)]
    # To and fro, so that there is always something to be sealed anew.
    vaults = [Vault(keys), Vault(keys[::-1])]

    async def work(tokens: Tokens) -> None:
        while place.provider.refreshes < 2:
            await place.use(tokens, connection_id)

    async def rotate() -> None:
        while place.provider.refreshes < 2:
            vaults.reverse()
            credentials, *_ = sealed_connections(vaults[0])
            assert (await reseal(place.database, credentials)).unreadable == 0

    async with asyncio.timeout(15):
        await asyncio.gather(rotate(), *(work(tokens) for tokens in workers))
    async with place.database.read() as session:
        assert await hold(session, Vault(keys), place.workspace_id, connection_id)
    assert place.provider.token_requests == place.provider.refreshes


async def _let_time_pass(place: Workplace, connection_id: str) -> None:
    """As if the pause after a failure were over."""
    async with place.database.transaction() as session:
        held = await hold(session, Vault([KEY]), place.workspace_id, connection_id)
        held.credential.retry_at = None


async def _soon_over(place: Workplace, connection_id: str) -> None:
    """As if the token had been made long ago: it is due, and may still be used for minutes."""
    async with place.database.transaction() as session:
        held = await hold(session, Vault([KEY]), place.workspace_id, connection_id)
        held.credential.obtained_at = held.credential.obtained_at.replace(year=2020)
