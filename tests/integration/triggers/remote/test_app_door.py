"""The one address of an app serves any number of workflows and workspaces."""

import asyncio
import json
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from nodeloom.features.connections.tokens import Tokens
from tests.integration.triggers.remote.conftest import KEEP, Remote
from tests.support.api import problem
from tests.support.flows import graph, made, published


async def listening(remote: Remote, name: str = "News", **params: Any) -> str:
    return await published(remote.owner, graph(remote.trigger("message", **params), KEEP), name)


async def test_one_event_for_each_workflow_that_wants_it_whoever_else_breaks(remote: Remote) -> None:
    first, second = await listening(remote), await listening(remote, "Also", channel="news")
    await listening(remote, "Other", channel="sports")
    elsewhere = await remote.api.with_key("owner", await remote.api.add_workspace())
    made = {"connector": "gazette", "name": "Theirs", "secret": remote.gazette.secret}
    account = (await elsewhere.post("/api/v1/connections", json=made)).json()["id"]
    theirs = {**remote.trigger("message"), "connection_id": account}
    await published(elsewhere, graph(theirs, KEEP))

    assert (await remote.say("Hello")).status_code == 200
    assert (await remote.say("Hello")).status_code == 200

    assert await remote.counts() == (3, 3)
    assert {run["workflow_id"] for run in await remote.runs()} == {first, second}
    assert len((await elsewhere.get("/api/v1/runs")).json()["items"]) == 1
    assert (await remote.say("break", "E2", "sports")).status_code == 200
    strange = {"type": "event", "account": "A2", "id": "E3", "event": {"channel": "news", "text": "?"}}
    assert (await remote.ring(strange)).status_code == 200
    assert await remote.counts() == (3, 3)


async def test_a_draft_that_is_listened_to_hears_it_too(remote: Remote) -> None:
    workflow_id = await listening(remote)
    elsewhere = await remote.api.with_key("owner", await remote.api.add_workspace())
    theirs = await made(elsewhere, graph(remote.trigger("message"), KEEP))
    for client, id_ in ((remote.owner, workflow_id), (elsewhere, theirs)):
        assert (await client.post(f"/api/v1/workflows/{id_}/listen", json={})).status_code == 200

    assert (await remote.say("Hello")).status_code == 200
    assert (await remote.say("Hello")).status_code == 200

    # Theirs names an account that is not theirs.
    assert await remote.counts() == (2, 2)
    assert sorted(run["version"] or 0 for run in await remote.runs()) == [0, 1]


async def test_only_the_service_may_come_in(remote: Remote) -> None:
    await listening(remote)
    problem(await remote.say("Hello", secret="wrong"), 401)
    assert (await remote.ring({"type": "challenge", "challenge": "Who?"})).text == "Who?"
    problem(await remote.stranger.post("/hooks/-/apps/nobody", content=b"{}"), 404)
    problem(await remote.stranger.post("/hooks/-/apps/http", content=b"{}"), 404)
    for nobody in ("/ws_nobody", "/%00", "/in/%00", "/in/", "/in/a/b", "/" + "a" * 1000):
        problem(await remote.say("Hello", path=nobody), 404)
    assert await remote.counts() == (0, 0)


async def test_a_workspace_s_own_app_speaks_to_that_workspace_alone(remote: Remote) -> None:
    await listening(remote)
    workspace = remote.api.workspace_id
    own = {"client_id": "ours", "client_secret": "our-secret", "secrets": {"signing_secret": "our-signing-secret"}}
    browser = await remote.api.signed_in("owner")
    answer = await browser.put("/api/v1/oauth-apps/gazette", json=own)
    assert answer.status_code == 200, answer.text
    problem(await remote.say("Hello", path=f"/{workspace}"), 401)
    assert (await remote.say("Hello", path=f"/{workspace}", secret="our-signing-secret")).status_code == 200
    assert await remote.counts() == (1, 1)


async def test_an_app_that_can_t_prove_who_calls_is_told_of(remote: Remote) -> None:
    workflow_id = await listening(remote)
    state = remote.api.app.state
    bare = state.settings.model_copy(update={"connector_settings": {"GAZETTE_CLIENT_ID": "gazette-app"}})
    whole = remote.watch.services
    remote.watch.services = replace(whole, accounts=Tokens(state.db, state.vault, state.catalog, state.http, bare))
    await remote.work()
    told = (await remote.triggers(workflow_id))["heard"]
    assert (told["status"], "no signing secret" in told["detail"]) == ("broken", True)
    remote.watch.services = whole
    await remote.work(after_s=3601)
    assert (await remote.triggers(workflow_id))["heard"]["status"] == "live"


async def test_a_press_is_decided_and_the_service_is_told(remote: Remote) -> None:
    told = {"type": "button", "value": "made up", "by": "Ada", "url": remote.gazette.side.url("/answers")}
    assert (await remote.ring(told)).status_code == 200
    await remote.api.app.state.hooks.services.close()
    [answer] = [seen for seen in remote.gazette.side.seen if seen.path == "/answers"]
    assert json.loads(answer.body) == {"text": "This button does not belong to an approval."}


async def test_an_answer_comes_in_time_while_redis_is_down(remote: Remote) -> None:
    await listening(remote)
    state = remote.api.app.state
    await state.redis.aclose(close_connection_pool=True)
    state.redis.connection_pool.connection_kwargs["path"] = "/nowhere"
    async with asyncio.timeout(3):
        assert (await remote.say("Hello")).status_code == 200
    assert await remote.counts() == (1, 1)


async def test_what_can_t_be_stored_in_time_is_asked_for_again_and_comes_once(remote: Remote) -> None:
    await listening(remote)
    remote.api.app.state.hooks.services.within_s = 0.3
    lock = "UPDATE event SET size = size" if remote.api.db.dialect == "sqlite" else "LOCK TABLE event"
    async with remote.api.db.transaction() as session:
        await session.execute(text(lock))
        refused = await remote.say("Hello")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    remote.api.app.state.hooks.services.within_s = 10
    assert (await remote.say("Hello")).status_code == 200
    assert await remote.counts() == (1, 1)


async def test_an_account_that_ended_is_known_within_a_minute_although_nothing_calls_it(remote: Remote) -> None:
    workflow_id = await listening(remote)
    await remote.work()
    assert (await remote.registration()).status == "live"

    remote.gazette.token = "another token by now"
    remote.watch.services.accounts_looked_at.clear()  # of all that hangs on an account one asks for the others
    await remote.work(after_s=60)

    state = (await remote.triggers(workflow_id))["heard"]
    connection = (await remote.owner.get(f"/api/v1/connections/{remote.account}")).json()
    assert (state["status"], connection["health"]) == ("paused", "broken")
    change = {"secret": remote.gazette.secret}
    assert (await remote.owner.put(f"/api/v1/connections/{remote.account}", json=change)).status_code == 200
    await remote.work()
    assert (await remote.triggers(workflow_id))["heard"]["status"] == "live"
