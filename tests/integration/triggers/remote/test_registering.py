"""Triggers whose service calls an address of their own: registered, heard, mended, and taken down again."""

from dataclasses import replace
from datetime import timedelta

from nodeloom.adapters import clock
from nodeloom.features.triggers.remote.leases import Settled, claim
from tests.integration.triggers.remote.conftest import KEEP, Remote
from tests.support.api import problem
from tests.support.far_side import Reply
from tests.support.flows import graph, published, saved


async def listening(remote: Remote, board: str = "news") -> tuple[str, str]:
    """(workflow, address) of a published trigger that the service knows."""
    workflow_id = await published(remote.owner, graph(remote.trigger("changed", board=board), KEEP))
    await remote.work()
    return workflow_id, remote.gazette.hooks[max(remote.gazette.hooks)]["url"]


async def test_the_service_gets_an_address_and_what_it_tells_starts_a_run_once(remote: Remote) -> None:
    workflow_id, address = await listening(remote)
    assert address.startswith("http://127.0.0.1:8600/hooks/-/apps/gazette/in/")
    tried = await remote.stranger.head(address.removeprefix("http://127.0.0.1:8600"))
    assert (tried.status_code, tried.headers["content-security-policy"]) == (200, "sandbox")

    answers = [await remote.change(address, id_) for id_ in ("c1", "c1", "c2")]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert await remote.counts() == (2, 2)
    [newest, _] = await remote.inbox()
    assert (await remote.item(newest["id"]))["json"] == {"id": "c2", "board": "news"}
    state = (await remote.triggers(workflow_id))["heard"]
    assert (state["status"], state["last_event_at"]) == ("live", newest["received_at"])
    challenge = await remote.change(address, "c3", challenge="Is it you?")
    assert challenge.text == "Is it you?"
    assert await remote.counts() == (2, 2)


async def test_a_forged_call_leaves_no_trace(remote: Remote) -> None:
    _, address = await listening(remote)
    problem(await remote.change(address, "c1", secret="wrong"), 401)
    problem(await remote.change(address + "x", "c1"), 404)
    problem(await remote.stranger.put(address.removeprefix("http://127.0.0.1:8600")), 405)
    assert await remote.counts() == (0, 0)


async def test_what_the_service_forgot_is_registered_anew_at_the_same_address(remote: Remote) -> None:
    _, address = await listening(remote)
    remote.gazette.hooks.clear()
    assert await remote.work(after_s=40) == 0
    await remote.work(after_s=60)
    assert [hook["url"] for hook in remote.gazette.hooks.values()] == [address]
    assert (await remote.change(address, "c1")).status_code == 200


async def test_another_public_address_is_told_to_the_service(remote: Remote) -> None:
    _, old = await listening(remote)
    remote.watch.services = replace(remote.watch.services, public_url="https://flows.example.com")
    await remote.work(after_s=60)
    [hook] = remote.gazette.hooks.values()
    assert hook["url"].startswith("https://flows.example.com/hooks/-/apps/gazette/in/")
    problem(await remote.change(old, "c1"), 404)
    assert (await remote.change(hook["url"], "c1")).status_code == 200


async def test_a_revoked_account_pauses_and_reconnecting_looks_anew(remote: Remote) -> None:
    workflow_id, address = await listening(remote)
    remote.gazette.token = "another-token"
    await remote.work(after_s=60)
    assert (await remote.triggers(workflow_id))["heard"]["status"] == "paused"
    remote.gazette.hooks.clear()
    answer = await remote.owner.put(f"/api/v1/connections/{remote.account}", json={"secret": remote.gazette.secret})
    assert answer.status_code == 200, answer.text
    await remote.work()
    assert [hook["url"] for hook in remote.gazette.hooks.values()] == [address]
    assert (await remote.triggers(workflow_id))["heard"]["status"] == "live"


async def test_taking_down_unregisters_and_the_address_says_gone(remote: Remote) -> None:
    workflow_id, address = await listening(remote)
    await remote.owner.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    problem(await remote.change(address, "c1"), 410)
    remote.gazette.fails = Reply(500)
    await remote.work()
    assert len(remote.gazette.hooks) == 1
    remote.gazette.fails = None
    await remote.work(after_s=60)
    assert (remote.gazette.hooks, await remote.registrations()) == ({}, [])
    assert await remote.counts() == (0, 0)


async def test_other_params_are_registered_and_the_old_ones_are_not_any_more(remote: Remote) -> None:
    workflow_id, address = await listening(remote)
    await saved(remote.owner, workflow_id, graph(remote.trigger("changed", board="sports"), KEEP))
    await remote.owner.post(f"/api/v1/workflows/{workflow_id}/publish", json={})
    await remote.work()
    [hook] = remote.gazette.hooks.values()
    assert hook["board"] == "sports"
    problem(await remote.change(address, "c1"), 404)
    assert (await remote.change(hook["url"], "c1")).status_code == 200


async def test_a_crash_while_registering_leaves_one_registration(remote: Remote) -> None:
    await published(remote.owner, graph(remote.trigger("changed", board="news"), KEEP))
    [held] = await claim(remote.api.db, clock.now(), timedelta(seconds=90), 1, {})
    await remote.watch.services.ask(held)
    # Here the process dies: the service knows the address, and nobody wrote that down.
    assert (await remote.registration()).status == "wanted"
    [hook] = remote.gazette.hooks.values()
    await remote.work(after_s=91)
    assert list(remote.gazette.hooks.values()) == [hook]
    assert (await remote.registration()).status == "live"


async def test_a_crash_while_registering_before_it_was_taken_down_leaves_none(remote: Remote) -> None:
    workflow_id = await published(remote.owner, graph(remote.trigger("changed", board="news"), KEEP))
    [held] = await claim(remote.api.db, clock.now(), timedelta(seconds=90), 1, {})
    late = await remote.watch.services.ask(held)
    assert isinstance(late, Settled)
    await remote.owner.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    await remote.api.db.writer.call(remote.watch.settling.settle, late)
    assert (await remote.registration()).status == "unwanted"
    await remote.work()
    assert (remote.gazette.hooks, await remote.registrations()) == ({}, [])


async def test_a_draft_is_told_that_services_can_t_reach_this_machine(remote: Remote) -> None:
    drawn = graph(remote.trigger("changed", board="news"), KEEP)
    answer = await remote.owner.post("/api/v1/workflows", json={"name": "News", "graph": drawn})
    [found] = answer.json()["problems"]
    assert (found["severity"], found["code"], found["node_id"]) == ("warning", "public_url_needed", "heard")
    assert "NODELOOM_PUBLIC_URL" in found["hint"]
    remote.gazette.fails = Reply(400)
    workflow_id = answer.json()["id"]
    await remote.owner.post(f"/api/v1/workflows/{workflow_id}/publish", json={})
    await remote.work()
    state = (await remote.triggers(workflow_id))["heard"]
    assert (state["status"], "only this machine" in state["detail"]) == ("broken", True)
