"""Approvals: looking changes nothing, a POST counts once, and only those decide for whom it is meant."""

import asyncio
import re
from typing import Any

import httpx2
import pytest

from tests.integration.runs.conftest import Running, nodes_of
from tests.support.api import problem
from tests.support.flows import MANUAL, node

FORM = {"decision": "approved", "comment": "Fine by me", "name": "Jo"}


def flow(**approval: Any) -> dict[str, Any]:
    ask = node("ask", "core.approval", **{"message": "Refund {{ $json.amount }} €?", **approval})
    ends = [node(port, "core.noop") for port in ("approved", "rejected", "timeout")]
    edges = [{"source": "ask", "port": end["id"], "target": end["id"]} for end in ends]
    return {"nodes": [MANUAL, ask, *ends], "edges": [{"source": "start", "target": "ask"}, *edges]}


async def asked(running: Running, **approval: Any) -> tuple[dict[str, Any], str]:
    """The run as it waits, and the address of its approval."""
    run = await running.start(flow(**approval), {"amount": 5}, wait_s=0)
    waiting = await running.until(run["id"], "waiting")
    assert waiting["waiting"]["reason"] == "approval"
    return waiting, waiting["waiting"]["url"]


async def form_of(client: httpx2.AsyncClient, url: str) -> dict[str, str]:
    """What the page's form would send."""
    page = await client.get(url)
    assert page.status_code == 200, page.text
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))


async def test_looking_changes_nothing_and_a_post_counts_once(running: Running) -> None:
    run, url = await asked(running, approvers="anyone")
    stranger = await running.api.visitor()

    looks = [await stranger.get(url) for _ in range(2)]
    heads = [await stranger.head(url), await stranger.options(url), await stranger.put(url)]
    assert "Refund 5 €?" in looks[0].text
    assert [answer.status_code for answer in (*looks, *heads)] == [200, 200, 200, 405, 405]
    assert (await running.run(run["id"]))["status"] == "waiting"
    policy = looks[0].headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    first = await stranger.post(url, data=FORM)
    second = await stranger.post(url, data={**FORM, "decision": "rejected", "name": "Al"})

    assert (first.status_code, second.status_code) == (200, 409)
    assert "Already decided" in second.text
    assert "Approved by Jo" in second.text
    ended = await running.until(run["id"], "succeeded", "failed")
    [said] = ended["output"]
    assert (said["amount"], said["approval"]["decision"]) == (5, "approved")
    assert (said["approval"]["by"], said["approval"]["comment"]) == ("Jo", "Fine by me")
    assert {id_ for id_, state in nodes_of(ended).items() if state["status"] == "succeeded"} == {
        "start",
        "ask",
        "approved",
    }
    [entry] = (await running.client.get("/api/v1/audit?action=approval.approved")).json()["items"]
    assert (entry["actor"], entry["subject_id"], entry["detail"]["comment"]) == ("Jo", run["id"], "Fine by me")


async def test_of_many_decisions_at_once_one_counts(running: Running) -> None:
    run, url = await asked(running, approvers=["anyone"])
    strangers = [await running.api.visitor() for _ in range(8)]
    decisions = ["approved", "rejected"] * 4

    answers = await asyncio.gather(
        *(stranger.post(url, data={"decision": said}) for stranger, said in zip(strangers, decisions, strict=True))
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    won = decisions[[answer.status_code for answer in answers].index(200)]
    ended = await running.until(run["id"], "succeeded", "failed")
    assert ended["output"][0]["approval"]["decision"] == won


async def test_members_decide_for_whom_it_is_meant(running: Running) -> None:
    run, url = await asked(running, approvers=["admin", "viewer@example.org"])
    stranger, editor = await running.api.visitor(), await running.api.signed_in("editor")
    viewer = await running.api.signed_in("viewer")

    unknown = await stranger.post(url, data=FORM)
    assert (unknown.status_code, "/sign-in?next=%2Fapprovals%2F" in unknown.text) == (401, True)
    assert "Refund" not in unknown.text
    for answer in (await editor.get(url), await editor.post(url, data=FORM)):
        assert (answer.status_code, "admins, viewer@example.org" in answer.text) == (403, True)
    decide = f"/api/v1/runs/{run['id']}/nodes/ask/decide"
    problem(await editor.post(decide, json={"decision": "approved"}), 403)
    # Another site's page can make the browser send the cookie, but knows nothing of what the page carries.
    forged = await viewer.post(url, data=FORM, headers={"Origin": "https://evil.example"})
    bare = await viewer.post(url, data=FORM)
    assert (forged.status_code, bare.status_code) == (403, 403)
    assert (await running.run(run["id"]))["status"] == "waiting"

    carried = await form_of(viewer, url)
    said = await viewer.post(url, data={**carried, "decision": "rejected", "comment": "Too much", "name": "Not me"})

    assert said.status_code == 200
    ended = await running.until(run["id"], "succeeded", "failed")
    assert ended["output"][0]["approval"] | {"at": ""} == {
        "decision": "rejected",
        "by": "Viewer",
        "comment": "Too much",
        "at": "",
    }
    late = problem(await running.client.post(decide, json={"decision": "approved"}), 409)
    assert "rejected by Viewer" in late["detail"]


async def test_a_decision_over_the_api(running: Running) -> None:
    run, _ = await asked(running, approvers=["runner"])
    key = await running.api.with_key("runner")
    stranger = await running.api.stranger()
    decide = f"/api/v1/runs/{run['id']}/nodes/ask/decide"

    problem(await stranger.post(decide, json={"decision": "approved"}), 404)
    answer = await key.post(decide, json={"decision": "approved"})

    assert (answer.status_code, answer.json()["by"]) == (202, "runner")
    assert (await running.until(run["id"], "succeeded", "failed"))["status"] == "succeeded"


async def test_without_a_decision_the_items_leave_by_timeout(running: Running) -> None:
    run = await running.start(flow(approvers="anyone", timeout_s=0.3), {"amount": 5}, wait_s=20)
    url = running.api.app.state.resume_tokens.approval_url(run["id"])

    assert nodes_of(run)["timeout"]["status"] == "succeeded"
    assert run["output"][0]["approval"]["decision"] == "timeout"
    late = await (await running.api.visitor()).post(url, data=FORM)
    assert (late.status_code, "No longer open" in late.text) == (410, True)


async def test_approvals_of_branches_and_rounds_have_pages_of_their_own(running: Running) -> None:
    """The link that is known before the run gets there leads to all of them."""
    ask = {**node("ask", "core.approval", message="Round {{ $scope.index }}?", approvers="anyone"), "parent": "each"}
    beside = node("beside", "core.approval", message="Beside?", approvers="anyone")
    tell = node("tell", "core.set", fields=[{"name": "link", "value": "{{ $run.approval_url }}"}])
    document = {
        "nodes": [MANUAL, tell, node("each", "core.map", concurrency=3, on_item_error="fail"), ask, beside],
        "edges": [
            {"source": "start", "target": "tell"},
            {"source": "tell", "target": "each"},
            {"source": "tell", "target": "beside"},
        ],
    }
    run = await running.start(document, [{"n": n} for n in range(3)], wait_s=0)
    await running.until(run["id"], "waiting")
    output = await running.client.get(f"/api/v1/runs/{run['id']}/nodes/tell/output")
    stranger = await running.api.visitor()

    page = await stranger.get(output.json()["items"][0]["json"]["link"])

    links = dict(re.findall(r'<a href="([^"]+)">([^<]+)</a>', page.text))
    assert sorted(links.values()) == ["Beside?", "Round 0?", "Round 1?", "Round 2?"]
    for link, message in links.items():
        said = "rejected" if message == "Round 1?" else "approved"
        assert (await stranger.post(link, data={"decision": said, "name": message})).status_code == 200
    ended = await running.until(run["id"], "succeeded", "failed")
    assert ended["status"] == "succeeded", ended["error"]
    decided = [item["approval"]["by"] for item in ended["output"] if item["approval"]["decision"] == "approved"]
    assert set(decided) >= {"Round 0?", "Round 2?", "Beside?"}


async def test_a_run_that_was_cancelled_takes_no_decision(running: Running) -> None:
    run, url = await asked(running, approvers="anyone")
    await running.client.post(f"/api/v1/runs/{run['id']}/cancel")

    answer = await (await running.api.visitor()).post(url, data=FORM)

    assert answer.status_code == 410


@pytest.mark.parametrize("token", ["x", "a.b", "%00", "é", "x" * 5_000])
async def test_a_link_that_is_not_ours(running: Running, token: str) -> None:
    assert (await (await running.api.visitor()).get(f"/approvals/{token}")).status_code in (400, 404, 422)


async def test_those_who_may_decide_are_told(running: Running) -> None:
    await asked(running, approvers=["viewer@example.org", "admin"])

    told = {}
    for role in ("viewer", "editor", "admin", "owner"):
        client = await running.api.signed_in(role)
        notices = (await client.get("/api/v1/notifications")).json()["items"]
        told[role] = [notice["text"] for notice in notices if notice["kind"] == "approval"]
    assert told == {"viewer": ["Refund 5 €?"], "editor": [], "admin": ["Refund 5 €?"], "owner": ["Refund 5 €?"]}
