"""Slack through the whole product: connected by OAuth, messages out, events and presses in."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
import pytest_asyncio

from nodeloom.adapters.settings import Settings
from nodeloom.features.runs.sweeper import sweep
from tests.integration.connections.oauth_flow import Told, begin, come_back, read
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.api import BASE, problem
from tests.support.far_side import FarSide, far_side
from tests.support.flows import MANUAL, graph, made, node, published
from tests.support.standins.fault_proxy import Fault, FaultProxy, fault_proxy
from tests.support.standins.slack import SlackStandin, slack_standin
from tests.support.waiting import wait_until

CALLBACK = f"{BASE}/oauth/callback"


@pytest.fixture
def rotates(request: pytest.FixtureRequest) -> bool:
    return bool(getattr(request, "param", False))


@pytest.fixture
def slack(rotates: bool) -> Generator[SlackStandin]:
    with slack_standin(redirect_uris=[CALLBACK], rotates=rotates) as standin:
        yield standin


@pytest.fixture
def proxy(slack: SlackStandin) -> Generator[FaultProxy]:
    """On the way from the product to Slack."""
    with fault_proxy(slack.url, vendor="slack") as between:
        yield between


@pytest.fixture
def settings(slack: SlackStandin, proxy: FaultProxy, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    own = {
        "SLACK_CLIENT_ID": slack.client_id,
        "SLACK_CLIENT_SECRET": slack.client_secret,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": f"{proxy.url}/api/",
        "SLACK_AUTHORIZE_URL": slack.authorize_url,
        "SLACK_TOKEN_URL": slack.token_url,
        "SLACK_REVOKE_URL": f"{slack.api_url}auth.revoke",
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
class Connected:
    """A member whose account is connected, the workspace at Slack, and the way from there to the app's address."""

    running: Running
    slack: SlackStandin
    account: str
    sender: FarSide
    internet: httpx2.AsyncClient

    def node(self, id_: str, name: str, /, **params: Any) -> dict[str, Any]:
        return {**node(id_, f"slack.{name}"), "params": params, "connection_id": self.account}

    async def deliver(self) -> list[int]:
        """What Slack has sent since comes to the app's address, byte by byte as it was signed."""
        seen, self.sender.seen[:] = list(self.sender.seen), []
        answers = [
            await self.internet.post("/hooks/-/apps/slack", content=one.body, headers=dict(one.headers)) for one in seen
        ]
        return [answer.status_code for answer in answers]

    async def runs_of(self, workflow_id: str) -> list[dict[str, Any]]:
        answer = await self.running.client.get("/api/v1/runs", params={"workflow_id": workflow_id})
        return answer.json()["items"]


async def consented(slack: SlackStandin, url: str, person: str = "mia") -> str:
    """The person's choice on Slack's page; where it sends the browser."""
    asked = dict(parse_qsl(urlsplit(url).query))
    async with httpx2.AsyncClient(trust_env=False) as browser:
        answer = await browser.post(f"{slack.authorize_url}/callback", data={**asked, "user_id": slack.person(person)})
    return answer.headers["location"]


async def connect(running: Running, slack: SlackStandin, **body: Any) -> Told:
    url = await begin(running.client, connector="slack", name="Loom Works", **body)
    return await come_back(running.client, await consented(slack, url))


@pytest_asyncio.fixture
async def connected(running: Running, slack: SlackStandin) -> AsyncGenerator[Connected]:
    told = await connect(running, slack)
    assert told.title == "Slack is connected", told
    async with far_side() as sender:
        yield Connected(running, slack, told.connection_id, sender, await running.api.visitor())


async def test_connected_and_chosen_from_a_list(connected: Connected) -> None:
    client = connected.running.client
    connection = await read(client, connected.account)
    assert (connection["health"], connection["account"]["name"]) == ("healthy", "Loom Works")
    assert connection["missing_scopes"] == []

    path = f"/api/v1/connections/{connected.account}/options"
    answer = await client.post(path, json={"loader": "channels", "search": "gen"})
    assert answer.status_code == 200, answer.text
    [option] = answer.json()["items"]
    assert (option["value"], option["label"]) == (connected.slack.channel("general"), "#general")


async def test_a_run_sends_a_message_and_the_next_node_answers_in_its_thread(connected: Connected) -> None:
    said = connected.node("say", "send_message", channel="#general", text="{{ 'Order ' + $json.n }}")
    thread = {"channel": "{{ $json.channel }}", "thread_ts": "{{ $json.ts }}"}
    below = connected.node("below", "send_message", text="done", **thread)
    run = await connected.running.start(graph(MANUAL, said, below), [{"n": 1}, {"n": 2}])

    assert run["status"] == "succeeded", run["error"]
    messages = connected.slack.messages("general")
    assert [message["text"] for message in messages] == ["Order 1", "Order 2"]
    for message in messages:
        assert [reply["text"] for reply in connected.slack.replies("general", message["ts"])][1:] == ["done"]


@pytest.mark.parametrize(("fault", "asked"), [(Fault.RESET_AFTER, 1), (Fault.RESET_BEFORE, 2)])
async def test_a_lost_answer_doubles_no_message(
    connected: Connected, proxy: FaultProxy, fault: Fault, asked: int
) -> None:
    """It is found by its mark, or it was never sent and is sent again."""
    proxy.fail(fault, "chat.postMessage")
    say = connected.node("say", "send_message", channel="#general", text="once")
    say["settings"] = {"retry": {"max_attempts": 2, "base_s": 0.01}}
    run = await connected.running.start(graph(MANUAL, say), [{}])
    assert run["status"] == "succeeded", run["error"]
    [message] = connected.slack.messages("general")
    assert run["output"][0]["ts"] == message["ts"]
    assert len([seen for seen in proxy.seen if "chat.postMessage" in seen.target]) == asked


async def test_what_happens_in_slack_starts_runs_once(connected: Connected) -> None:
    heard = connected.node("heard", "message", contains="printer")
    workflow_id = await published(connected.running.client, graph(heard, node("keep", "core.noop")))
    connected.slack.subscribe(connected.sender.url("/"))

    connected.slack.say("mia", "general", "The printer burns")
    connected.slack.say("mia", "general", "Lunch?")
    await connected.running.start(
        graph(MANUAL, connected.node("say", "send_message", channel="general", text="a printer, I am told")), [{}]
    )
    await asyncio.to_thread(wait_until, lambda: len(connected.sender.seen) == 3, "three events")
    again = list(connected.sender.seen)
    assert set(await connected.deliver()) == {200}
    connected.sender.seen[:] = again
    assert set(await connected.deliver()) == {200}

    [run] = await connected.runs_of(workflow_id)
    ended = await connected.running.until(run["id"], "succeeded", "failed")
    assert [item["text"] for item in ended["output"]] == ["The printer burns"]


async def test_a_run_waits_for_a_reaction_at_its_own_message(connected: Connected) -> None:
    await connect(connected.running, connected.slack, connection_id=connected.account, scopes=["reactions:read"])
    say = connected.node("say", "send_message", channel="#general", text="Ship it?")
    match = [{"left": "ts", "operator": "equals", "right": "{{ $json.ts }}"}]
    trigger = {"type": "slack.reaction_added", "emoji": ":rocket:", "connection_id": connected.account}
    hold = node("hold", "core.wait", **{"for": "event", "trigger": trigger, "match": match})
    workflow_id = await published(connected.running.client, graph(MANUAL, say, hold))
    another = connected.slack.say("mia", "general", "another message")
    answer = await connected.running.client.post(f"/api/v1/workflows/{workflow_id}/runs", json={"input": {}})
    run_id = answer.json()["id"]
    await connected.running.until_waiting(run_id, "event")

    connected.slack.subscribe(connected.sender.url("/"))
    asked = next(message for message in connected.slack.messages("general") if message["text"] == "Ship it?")
    for ts, emoji in ((another, "rocket"), (asked["ts"], "eyes"), (asked["ts"], "rocket")):
        connected.slack.react("mia", "general", ts, emoji)
    await asyncio.to_thread(wait_until, lambda: len(connected.sender.seen) == 3, "three events")
    assert set(await connected.deliver()) == {200}

    ended = await connected.running.until(run_id, "succeeded", "failed")
    [item] = ended["output"]
    assert (item["event"]["reaction"], item["event"]["ts"]) == ("rocket", asked["ts"])


async def test_a_pressed_button_lets_the_run_go_on_once(connected: Connected) -> None:
    ask = connected.node("ask", "ask_approval", channel="general", message="Pay {{ $json.n }}?")
    ends = [node(port, "core.noop") for port in ("approved", "rejected", "timeout")]
    edges = [{"source": "ask", "port": end["id"], "target": end["id"]} for end in ends]
    document = {"nodes": [MANUAL, ask, *ends], "edges": [{"source": "start", "target": "ask"}, *edges]}
    run = await connected.running.start(document, [{"n": 5}], wait_s=0)
    await connected.running.until_waiting(run["id"], "approval")

    [asked] = connected.slack.messages("general")
    for _ in range(2):
        await connected.slack.press("mia", "general", asked["ts"], "nodeloom_approve", to=connected.sender.url("/"))
    assert await connected.deliver() == [200, 200]

    ended = await connected.running.until(run["id"], "succeeded", "failed")
    assert nodes_of(ended)["ask"]["port"] == "approved"
    assert ended["output"][0]["approval"]["by"] == "mia (Slack)"
    await connected.running.api.app.state.hooks.services.close()
    [told] = connected.slack.messages("general")
    assert "pproved by mia (Slack)." in told["text"]
    assert not [block for block in told["blocks"] if block["type"] == "actions"]


async def test_what_lacks_is_said_before_it_fails(connected: Connected) -> None:
    react = connected.node("react", "add_reaction", channel="#general", ts="1764547200.000100", name="eyes")
    workflow_id = await made(connected.running.client, graph(MANUAL, react))
    answer = await connected.running.client.post(f"/api/v1/workflows/{workflow_id}/runs", json={})
    [found] = problem(answer, 422)["problems"]
    assert (found["code"], found["node_id"]) == ("missing_scopes", "react")
    assert "reactions:write" in found["message"]


async def test_a_lacking_permission_parks_the_run_and_leaves_the_connection_well(connected: Connected) -> None:
    """Which method a workflow calls is known when it runs. It goes on once the permission was given."""
    ts = connected.slack.say("mia", "general", "hello")
    arguments = {"channel": connected.slack.channel("general"), "timestamp": ts, "name": "eyes"}
    react = connected.node("react", "call", method="reactions.add", arguments=arguments)
    run = await connected.running.start(graph(MANUAL, react), [{}], wait_s=0)
    await connected.running.until_waiting(run["id"], "connection")
    assert (await read(connected.running.client, connected.account))["health"] == "healthy"

    await connect(connected.running, connected.slack, connection_id=connected.account, scopes=["reactions:write"])
    await sweep(connected.running.api.db, connected.running.api.app.state.bell)
    ended = await connected.running.until(run["id"], "succeeded", "failed")
    assert ended["status"] == "succeeded", ended["error"]
    [message] = connected.slack.messages("general")
    assert message["reactions"][0]["name"] == "eyes"


@pytest.mark.parametrize("rotates", [True], indirect=True)
async def test_an_expired_token_is_renewed_on_the_way(connected: Connected) -> None:
    [token] = {call.token for call in connected.slack.calls if call.token.startswith("xox")}
    connected.slack.expire(token)
    say = connected.node("say", "send_message", channel="general", text="still here")
    run = await connected.running.start(graph(MANUAL, say), [{}])
    assert run["status"] == "succeeded", run["error"]
    assert connected.slack.tokens.refreshes == 1
    assert len(connected.slack.messages("general")) == 1


async def test_disconnected_is_revoked_unless_others_hold_the_account(connected: Connected) -> None:
    """An app has one token in a workspace, however many connections there are to it."""
    another = await connect(connected.running, connected.slack)

    async def is_revoked_after(account: str) -> bool:
        answer = await connected.running.client.delete(f"/api/v1/connections/{account}")
        assert answer.status_code == 204, answer.text
        return "revoked" in {grant.state for grant in connected.slack.tokens.grants.known.values()}

    assert not await is_revoked_after(connected.account)
    assert await is_revoked_after(another.connection_id)
