"""Actions that ask for an approval: sent once for the whole list, decided by their buttons or by the page."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from nodeloom.adapters.database import Database
from nodeloom.adapters.queue import Bell
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.waiting.buttons import Buttons
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.api import ApiUnderTest
from tests.support.far_side import FarSide, Reply
from tests.support.flows import MANUAL, node
from tests.support.strangers import install_connector

DESK = '''
import httpx2
from pydantic import BaseModel, ConfigDict, Field
from nodeloom_connectors.sdk import Access, ActionContext, Connector, NoAuth, OutcomeUnknown, action


class AskParams(BaseModel):
    model_config = ConfigDict(extra="forbid")
    address: str = Field(title="Address")
    message: str = Field(title="Message")
    timeout_s: float | None = Field(default=None, title="At most")
    approvers: list[str] | None = Field(default=None, title="Who")


class Sent(BaseModel):
    status: int


@action(title="Ask", effect="once", summary="{message}", waits="approval")
async def ask(ctx: ActionContext[httpx2.AsyncClient], params: AskParams) -> Sent:
    """Asks at the desk."""
    door = ctx.approval
    answer = await ctx.client.post(params.address, json={"message": params.message, "url": door.url,
                                                         "yes": door.approve, "no": door.reject})
    if answer.is_error:
        raise OutcomeUnknown("The desk broke.")
    return Sent(status=answer.status_code)


connector = Connector(name="desk", title="Desk", icon="lamp-desk", color="#123456", description="A desk.",
                      auth=NoAuth(), actions=(ask,), connect=lambda access: access.http)
'''


@pytest.fixture(autouse=True)
def desk(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = install_connector(tmp_path_factory.mktemp("desk"), "desk", DESK)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return folder


@pytest_asyncio.fixture
async def buttons(desk: Path, api: ApiUnderTest, settings: Settings, running: Running) -> AsyncGenerator[Buttons]:
    database = Database.open(settings.database_url)
    tokens = ResumeTokens(Vault(settings.secret_keys), settings.public_url)
    bell = Bell(running.redis)
    yield Buttons(database, bell, tokens)
    await bell.close()
    await database.dispose()


def flow(service: FarSide, **params: Any) -> dict[str, Any]:
    ask = node("ask", "desk.ask", address=service.url("/desk"), message="Pay {{ $json.n }}?", **params)
    ends = [node(port, "core.noop") for port in ("approved", "rejected", "timeout")]
    edges = [{"source": "ask", "port": end["id"], "target": end["id"]} for end in ends]
    return {"nodes": [MANUAL, ask, *ends], "edges": [{"source": "start", "target": "ask"}, *edges]}


async def asked(running: Running, service: FarSide, **params: Any) -> tuple[str, dict[str, Any]]:
    """The run that waits, and what the desk got."""
    run = await running.start(flow(service, **params), [{"n": 1}, {"n": 2}], wait_s=0)
    waiting = await running.until(run["id"], "waiting", "failed")
    assert waiting["status"] == "waiting", waiting["error"]
    assert waiting["waiting"]["reason"] == "approval"
    [seen] = service.seen
    return run["id"], json.loads(seen.body)


async def test_a_button_lets_the_whole_list_go_on_once(running: Running, service: FarSide, buttons: Buttons) -> None:
    run_id, sent = await asked(running, service)

    texts = await asyncio.gather(*(buttons.pressed(sent["yes"], "Ada") for _ in range(5)))

    assert sorted(texts) == sorted(["Approved by Ada.", *["Already approved by Ada."] * 4])
    ended = await running.until(run_id, "succeeded", "failed")
    assert sent["message"] == "Pay 1?"
    assert [(item["n"], item["approval"]["by"]) for item in ended["output"]] == [(1, "Ada"), (2, "Ada")]
    assert nodes_of(ended)["ask"]["port"] == "approved"
    assert len(service.seen) == 1


async def test_the_page_decides_as_well_and_a_look_at_it_does_not(
    running: Running, service: FarSide, buttons: Buttons
) -> None:
    run_id, sent = await asked(running, service)
    stranger = await running.api.visitor()

    assert (await stranger.get(sent["url"])).status_code == 200
    assert (await running.run(run_id))["status"] == "waiting"
    assert (await stranger.post(sent["url"], data={"decision": "rejected", "name": "Jo"})).status_code == 200

    ended = await running.until(run_id, "succeeded", "failed")
    assert nodes_of(ended)["ask"]["port"] == "rejected"
    assert await buttons.pressed(sent["yes"], "Ada") == "Already rejected by Jo."


async def test_where_members_decide_a_button_only_points_to_the_page(
    running: Running, service: FarSide, buttons: Buttons
) -> None:
    run_id, sent = await asked(running, service, approvers=["admin"])

    assert sent["url"] in await buttons.pressed(sent["yes"], "Somebody")
    assert (await running.run(run_id))["status"] == "waiting"


async def test_without_a_decision_the_time_runs_out(running: Running, service: FarSide, buttons: Buttons) -> None:
    run = await running.start(flow(service, timeout_s=0.5), [{"n": 1}], wait_s=0)

    ended = await running.until(run["id"], "succeeded", "failed")

    assert nodes_of(ended)["ask"]["port"] == "timeout"
    assert await buttons.pressed(json.loads(service.seen[0].body)["no"], "Ada") == "Nobody has to decide this any more."


async def test_a_made_up_value_decides_nothing(running: Running, service: FarSide, buttons: Buttons) -> None:
    run_id, sent = await asked(running, service)

    assert await buttons.pressed(sent["yes"][:-4] + "AAAA", "Eve") == "This button does not belong to an approval."
    assert (await running.run(run_id))["status"] == "waiting"


async def test_what_was_sent_is_not_sent_again_when_the_outcome_is_settled(
    running: Running, service: FarSide, buttons: Buttons
) -> None:
    service.answer = lambda _: Reply(500)
    run = await running.start(flow(service), [{"n": 1}], wait_s=0)
    waiting = await running.until(run["id"], "waiting")
    assert waiting["waiting"]["reason"] == "outcome"

    path = f"/api/v1/runs/{run['id']}/nodes/ask/resolve"
    assert (await running.client.post(path, json={"outcome": "happened"})).status_code == 202
    # It is queued for a moment before it waits again, now for the approval.
    await running.until_waiting(run["id"], "approval")

    assert await buttons.pressed(json.loads(service.seen[0].body)["yes"], "Ada") == "Approved by Ada."
    assert (await running.until(run["id"], "succeeded", "failed"))["status"] == "succeeded"
    assert len(service.seen) == 1
