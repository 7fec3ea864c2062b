"""Trello through the whole product: connected in each way, cards made, and what happens on a board starts runs."""

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
from nodeloom.features.triggers.remote.watch import Watch
from tests.integration.connections.oauth_flow import begin, come_back, read
from tests.integration.runs.conftest import Running
from tests.integration.triggers.remote.conftest import watch_of
from tests.support.api import problem
from tests.support.far_side import FarSide, Seen, far_side
from tests.support.flows import MANUAL, graph, node, published
from tests.support.standins.oauth import ATLASSIAN, OAuthProvider, oauth_provider
from tests.support.standins.trello import TrelloStandIn, trello_stand_in
from tests.support.waiting import wait_until


@pytest_asyncio.fixture
async def door() -> AsyncGenerator[FarSide]:
    """Where Trello reaches the installation: what comes there is handed on by the tests."""
    async with far_side() as side:
        yield side


@pytest.fixture
def provider(door: FarSide) -> Generator[OAuthProvider]:
    with oauth_provider(ATLASSIAN, redirect_uri=door.url("/oauth/callback")) as provider:
        yield provider


@pytest.fixture
def trello(provider: OAuthProvider, door: FarSide) -> Generator[TrelloStandIn]:
    with trello_stand_in(provider, callback=door.url("/oauth/callback")) as trello:
        provider.subject = trello.person["id"]
        yield trello


@pytest.fixture
def by() -> str:
    return "oauth2"


@pytest.fixture
def settings(
    by: str,
    trello: TrelloStandIn,
    provider: OAuthProvider,
    door: FarSide,
    database_url: str,
    redis_url: str,
    tmp_path: Path,
) -> Settings:
    """One app for a connector: of OAuth 2 it has another id than of OAuth 1."""
    client = (trello.key, trello.oauth1.client_secret)
    if by == "oauth2":
        client = (provider.client_id, provider.client_secret)
    own = {
        "TRELLO_CLIENT_ID": client[0],
        "TRELLO_CLIENT_SECRET": client[1],
        "TRELLO_API_SECRET": trello.oauth1.client_secret,
        "TRELLO_API_URL": trello.api_url,
        "TRELLO_AUTHORIZE_URL": provider.authorize_url,
        "TRELLO_TOKEN_URL": provider.token_url,
        "TRELLO_REQUEST_TOKEN_URL": trello.oauth1.request_token_url,
        "TRELLO_OAUTH1_AUTHORIZE_URL": trello.oauth1.authorize_url,
        "TRELLO_ACCESS_TOKEN_URL": trello.oauth1.access_token_url,
    }
    return Settings(
        home=tmp_path,
        public_url=door.url("").rstrip("/"),
        database_url=database_url,
        redis_url=redis_url,
        egress_allow=("127.0.0.1",),
        connector_settings=own,
    )


@dataclass
class Connected:
    """A member whose account is connected, the scheduler's watch, and the way from Trello to the installation."""

    running: Running
    trello: TrelloStandIn
    door: FarSide
    watch: Watch
    account: str

    def __post_init__(self) -> None:
        self.board = self.trello.put("POST", "/boards", name="Sales", defaultLists=False)["id"]
        self.new, self.won = (
            self.trello.put("POST", "/lists", name=name, idBoard=self.board, pos="bottom")["id"]
            for name in ("New", "Won")
        )

    def node(self, id_: str, name: str, /, **params: Any) -> dict[str, Any]:
        return {**node(id_, f"trello.{name}"), "params": params, "connection_id": self.account}

    async def person(self, method: str, path: str, **arguments: Any) -> Any:
        return await asyncio.to_thread(self.trello.call, method, path, **arguments)

    async def hand_on(self, seen: Seen) -> Any:
        """What Trello sent comes to the installation, byte by byte as it was signed; again while it has no time."""
        internet = await self.running.api.visitor()
        headers = {name: value for name, value in seen.headers.items() if name != "host"}
        while True:
            answer = await internet.request(seen.method, seen.target, content=seen.body, headers=headers)
            if answer.status_code != 503:
                return answer

    async def delivered(self, count: int) -> list[Seen]:
        """So many deliveries, and no more."""
        await asyncio.to_thread(wait_until, lambda: len(self.trello.hooks.deliveries) >= count, "deliveries")
        return [seen for seen in self.door.seen if seen.method == "POST"]

    async def runs_of(self, workflow_id: str) -> list[dict[str, Any]]:
        answer = await self.running.client.get("/api/v1/runs", params={"workflow_id": workflow_id})
        return answer.json()["items"]


async def connect(running: Running, trello: TrelloStandIn, provider: OAuthProvider, by: str) -> str:
    if by == "api_key":
        secret = {"key": trello.key, "token": trello.token, "secret": trello.oauth1.client_secret}
        body = {"connector": "trello", "name": "Ada", "secret": secret}
        answer = await running.client.post("/api/v1/connections", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]
    url = await begin(running.client, connector="trello", name="Ada", auth=by)
    consent = trello.oauth1.consent if by == "oauth1" else provider.consent
    told = await come_back(running.client, await consent(url))
    assert told.title == "Trello is connected", told
    return told.connection_id


@pytest_asyncio.fixture
async def connected(
    running: Running, trello: TrelloStandIn, provider: OAuthProvider, door: FarSide, by: str
) -> AsyncGenerator[Connected]:
    account = await connect(running, trello, provider, by)
    yield Connected(running, trello, door, watch_of(running.api), account)


@pytest.mark.parametrize("by", ["oauth2", "oauth1", "api_key"])
async def test_each_way_to_connect_makes_cards_and_is_heard(connected: Connected, by: str) -> None:
    client = connected.running.client
    connection = await read(client, connected.account)
    assert (connection["health"], connection["auth"]) == ("healthy", by)
    assert connection["account"]["name"] == "Ada Lovelace (@ada)"
    assert connection["missing_scopes"] == []

    path = f"/api/v1/connections/{connected.account}/options"
    chosen = await client.post(path, json={"loader": "lists", "params": {"board_id": connected.board}})
    assert [option["label"] for option in chosen.json()["items"]] == ["New", "Won"]

    make = connected.node("make", "create_card", board_id=connected.board, list_id=connected.new, name="{{ $json.n }}")
    say = connected.node("say", "add_comment", card_id="{{ $json.id }}", text="Made for {{ $json.name }}")
    run = await connected.running.start(graph(MANUAL, make, say), [{"n": "Order 1"}, {"n": "Order 2"}])
    assert run["status"] == "succeeded", run["error"]
    assert [card["name"] for card in connected.trello.things.cards.values()] == ["Order 1", "Order 2"]

    await published(
        client, graph(connected.node("heard", "card_commented", board_id=connected.board), node("k", "core.noop"))
    )
    await connected.watch.work_due(clock.now())
    assert [hook["active"] for hook in connected.trello.hooks.kept.values()] == [True]
    card = next(iter(connected.trello.things.cards))
    await connected.person("POST", f"/cards/{card}/actions/comments", text="by hand")
    [seen] = await connected.delivered(1)
    assert (await connected.hand_on(seen)).status_code == 200


async def test_a_moved_card_starts_one_run_with_what_happened(connected: Connected) -> None:
    moved = connected.node("moved", "card_moved", board_id=connected.board, list_id=connected.won)
    workflow_id = await published(connected.running.client, graph(moved, node("keep", "core.noop")))
    await connected.watch.work_due(clock.now())
    [head] = connected.door.seen
    assert (head.method, (await connected.hand_on(head)).status_code) == ("HEAD", 200)

    card = (await connected.person("POST", "/cards", idList=connected.new, name="Order"))["id"]
    await connected.person("PUT", f"/cards/{card}", idList=connected.won)
    made, move = await connected.delivered(2)
    for seen in (made, move, move):
        assert (await connected.hand_on(seen)).status_code == 200
    [run] = await connected.runs_of(workflow_id)
    ended = await connected.running.until(run["id"], "succeeded", "failed")
    [item] = ended["output"]
    assert item["card"]["id"] == card
    assert (item["from_list"]["name"], item["list"]["name"]) == ("New", "Won")

    forged = Seen(move.method, move.target, move.headers, move.body.replace(b"Order", b"Offer"))
    problem(await connected.hand_on(forged), 401)
    assert len(await connected.runs_of(workflow_id)) == 1


async def test_a_webhook_that_trello_switched_off_is_made_anew_and_goes_with_the_workflow(connected: Connected) -> None:
    made = connected.node("made", "card_created", board_id=connected.board)
    workflow_id = await published(connected.running.client, graph(made, node("keep", "core.noop")))
    await connected.watch.work_due(clock.now())
    [first] = connected.trello.hooks.kept
    connected.trello.hooks.switch_off()
    await connected.watch.work_due(clock.now() + timedelta(minutes=11))
    [second] = connected.trello.hooks.kept
    assert second != first
    assert connected.trello.hooks.kept[second]["active"]

    await connected.running.client.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    await connected.watch.work_due(clock.now())
    assert connected.trello.hooks.kept == {}


async def test_more_rights_are_asked_for_before_they_are_missed(connected: Connected) -> None:
    join = connected.node("join", "add_board_member", board_id=connected.board, member="grace")
    workflow = {"name": "Join", "graph": graph(MANUAL, join)}
    answer = await connected.running.client.post("/api/v1/workflows", json=workflow)
    run = await connected.running.client.post(f"/api/v1/workflows/{answer.json()['id']}/runs", json={})
    [found] = problem(run, 422)["problems"]
    assert (found["code"], found["node_id"]) == ("missing_scopes", "join")
    assert "write:board:membership:trello" in found["message"]
