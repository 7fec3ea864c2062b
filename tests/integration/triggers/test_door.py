"""What a request meets before anything is stored, and what is stored of it."""

import base64
import errno
import hashlib
import hmac
from typing import Any

import pytest

from nodeloom.adapters.blobs import Blobs
from nodeloom.adapters.turns import NoTurn
from nodeloom.features.triggers.models import EVENTS
from tests.integration.triggers.conftest import Hooked
from tests.support.api import problem
from tests.support.flows import graph, hook, made, node, published, saved

SET = node("greet", "core.set", fields=[{"name": "greeting", "value": "Hello"}])


async def test_a_request_is_stored_with_its_run_and_accepted(hooked: Hooked) -> None:
    workflow_id = await published(hooked.owner, graph(hook("orders/new"), SET))
    answer = await hooked.call(
        "orders/new?page=2&tag=a&tag=b", {"name": "Ann"}, headers={"X-Shop": "Berlin", "Cookie": "a=b"}
    )

    assert answer.status_code == 202
    assert set(answer.json()) == {"event_id", "run_id"}
    item = (await hooked.item(answer.json()["event_id"]))["json"]
    assert item["body"] == {"name": "Ann"}
    assert item["query"] == {"page": "2", "tag": ["a", "b"]}
    assert (item["method"], item["path"]) == ("POST", "orders/new")
    assert item["headers"]["x-shop"] == "Berlin"
    assert "cookie" not in item["headers"]
    run = await hooked.run(answer.json()["run_id"])
    assert (run["workflow_id"], run["version"], run["trigger"], run["status"]) == (workflow_id, 1, "hook", "queued")
    [event] = await hooked.inbox(f"workflow_id={workflow_id}")
    assert (event["id"], event["run_id"], event["kind"]) == (answer.json()["event_id"], run["id"], "webhook")


async def test_every_answer_is_sandboxed_and_sets_no_cookie(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(), SET))
    for answer in (await hooked.call("orders", {}), await hooked.call("nobody"), await hooked.call("-/results/x")):
        assert answer.headers["content-security-policy"] == "sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


async def test_an_address_that_nobody_listens_at_is_not_found(hooked: Hooked) -> None:
    problem(await hooked.call("orders", {}), 404)
    workflow_id = await published(hooked.owner, graph(hook(), SET))
    assert (await hooked.call("orders", {})).status_code == 202
    await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    problem(await hooked.call("orders", {}), 404)
    assert await hooked.counts() == (1, 1)


async def test_another_method_is_refused_with_those_that_are_taken(hooked: Hooked) -> None:
    both = graph(hook(method="GET"), SET)
    both["nodes"].append({**hook(method="PUT"), "id": "put", "title": "Put"})
    await published(hooked.owner, both)
    refused = await hooked.call("orders", {})
    problem(refused, 405)
    assert refused.headers["allow"] == "GET, PUT"
    assert (await hooked.call("orders", method="GET")).status_code == 202


async def test_what_was_published_a_moment_ago_is_found_and_what_it_replaced_is_gone(hooked: Hooked) -> None:
    workflow_id = await published(hooked.owner, graph(hook(), SET))
    assert (await hooked.call("orders", {})).status_code == 202
    await saved(hooked.owner, workflow_id, graph(hook(method="PUT"), SET))
    await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/publish")
    problem(await hooked.call("orders", {}), 405)
    answer = await hooked.call("orders", {}, method="PUT")
    assert (await hooked.run(answer.json()["run_id"]))["version"] == 2


async def test_a_body_over_the_limit_is_refused_before_the_rest_is_sent(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(), SET))
    limit = hooked.api.app.state.settings.max_payload_mb * 1024 * 1024
    problem(await hooked.call("orders", content=b"x" * (limit + 1)), 413)

    async def unannounced() -> Any:
        for _ in range(limit // 65_536 + 2):
            yield b"x" * 65_536

    problem(await hooked.call("orders", content=unannounced()), 413)
    assert await hooked.counts() == (0, 0)


async def test_a_body_that_is_not_what_it_says_is_refused(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(), SET))
    document = problem(
        await hooked.call("orders", content=b'{"a": ', headers={"Content-Type": "application/json"}), 400
    )
    assert "not valid JSON" in document["detail"]
    problem(
        await hooked.call("orders", content=b"nothing", headers={"Content-Type": "multipart/form-data; boundary=b"}),
        400,
    )
    form = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'
    odd = {"Content-Type": "multipart/form-data; boundary=b; charset=undefined"}
    problem(await hooked.call("orders", content=form, headers=odd), 400)
    assert await hooked.counts() == (0, 0)


async def test_forms_and_files_are_read(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(), SET))
    form = await hooked.call("orders", data={"name": "Ann", "size": "L"})
    assert (await hooked.item(form.json()["event_id"]))["json"]["body"] == {"name": "Ann", "size": "L"}

    files = {"photo": ("cat.png", b"\x89PNG...", "image/png")}
    answer = await hooked.call("orders", data={"name": "Ann"}, files=files)
    item = await hooked.item(answer.json()["event_id"])
    assert item["json"]["body"] == {"name": "Ann"}
    photo = item["files"]["photo"]
    assert (photo["name"], photo["media_type"], photo["size"]) == ("cat.png", "image/png", 7)
    assert (await hooked.owner.get(f"/api/v1/artifacts/{photo['id']}")).content == b"\x89PNG..."

    raw = await hooked.call("orders", content=b"\xff\x00", headers={"Content-Type": "application/octet-stream"})
    assert (await hooked.item(raw.json()["event_id"]))["files"]["body"]["size"] == 2


async def test_a_large_body_is_kept_beside_the_database(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(), SET))
    answer = await hooked.call("orders", {"text": "ü" * 100_000})
    assert (await hooked.item(answer.json()["event_id"]))["json"]["body"] == {"text": "ü" * 100_000}
    async with hooked.api.db.read() as session:
        assert len((await session.execute(EVENTS.select())).one().payload) < 100


async def test_the_character_nul_is_kept(hooked: Hooked) -> None:
    await published(hooked.owner, graph(hook(), SET))
    answer = await hooked.call("orders", {"text": "a\0b", "big": 2**70})
    assert (await hooked.item(answer.json()["event_id"]))["json"]["body"]["text"] == "a\0b"


async def guarded(hooked: Hooked, kind: str, **secret: Any) -> None:
    connection = await hooked.connection(kind, **secret)
    await published(hooked.owner, graph(hook(auth={"kind": kind, "connection_id": connection}), SET))


async def test_a_secret_header_lets_in_and_is_not_stored(hooked: Hooked) -> None:
    await guarded(hooked, "header", name="X-Secret", value="open sesame")
    problem(await hooked.call("orders", {}), 401)
    problem(await hooked.call("orders", {}, headers={"X-Secret": "open says me"}), 401)
    answer = await hooked.call("orders", {}, headers={"X-Secret": "open sesame"})
    assert answer.status_code == 202
    assert "x-secret" not in (await hooked.item(answer.json()["event_id"]))["json"]["headers"]
    assert await hooked.counts() == (1, 1)


async def test_a_bearer_token_lets_in(hooked: Hooked) -> None:
    await guarded(hooked, "bearer", token="t0ken-t0ken")
    refused = await hooked.call("orders", {}, headers={"Authorization": "Bearer wrong"})
    problem(refused, 401)
    assert refused.headers["www-authenticate"] == "Bearer"
    answer = await hooked.call("orders", {}, headers={"Authorization": "Bearer t0ken-t0ken"})
    assert answer.status_code == 202
    assert "authorization" not in (await hooked.item(answer.json()["event_id"]))["json"]["headers"]


@pytest.mark.parametrize("place", ["header", "query"])
async def test_a_key_lets_in_and_is_not_stored(hooked: Hooked, place: str) -> None:
    await guarded(hooked, "api_key", name="key", value="open sesame", **{"in": place})
    problem(await hooked.call("orders", {}), 401)
    given: dict[str, Any] = (
        {"headers": {"key": "open sesame"}} if place == "header" else {"params": {"key": "open sesame"}}
    )
    answer = await hooked.call("orders", {}, **given)
    assert answer.status_code == 202
    assert "sesame" not in str(await hooked.item(answer.json()["event_id"]))


async def test_a_user_and_password_let_in(hooked: Hooked) -> None:
    await guarded(hooked, "basic", username="shop", password="s3cr3t!")
    assert (await hooked.call("orders", {})).headers["www-authenticate"].startswith("Basic")
    proof = base64.b64encode(b"shop:s3cr3t!").decode()
    assert (await hooked.call("orders", {}, headers={"Authorization": f"Basic {proof}"})).status_code == 202


async def test_a_push_signed_as_github_signs_it_lets_in(hooked: Hooked) -> None:
    await guarded(hooked, "hmac", secret="It's a Secret to Everybody")
    body = b'{"ref":"refs/heads/main","commits":[{"id":"0d1a26e6"}]}'
    signature = hmac.new(b"It's a Secret to Everybody", body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    answer = await hooked.call("orders", content=body, headers=headers)
    assert answer.status_code == 202
    item = (await hooked.item(answer.json()["event_id"]))["json"]
    assert (item["body"]["ref"], item["headers"]["x-github-event"]) == ("refs/heads/main", "push")
    assert "x-hub-signature-256" not in item["headers"]
    problem(await hooked.call("orders", content=body + b" ", headers=headers), 401)


async def test_a_changed_secret_counts_at_once_for_those_who_know_it(hooked: Hooked) -> None:
    connection = await hooked.connection("bearer", token="first-token")
    await published(hooked.owner, graph(hook(auth={"kind": "bearer", "connection_id": connection}), SET))
    assert (await hooked.call("orders", {}, headers={"Authorization": "Bearer first-token"})).status_code == 202
    await hooked.owner.put(f"/api/v1/connections/{connection}", json={"secret": {"token": "second-token"}})
    assert (await hooked.call("orders", {}, headers={"Authorization": "Bearer second-token"})).status_code == 202
    problem(await hooked.call("orders", {}, headers={"Authorization": "Bearer first-token"}), 401)


async def test_nobody_comes_in_where_the_connection_is_gone(hooked: Hooked) -> None:
    connection = await hooked.connection("bearer", token="first-token")
    await published(hooked.owner, graph(hook(auth={"kind": "bearer", "connection_id": connection}), SET))
    assert (await hooked.owner.delete(f"/api/v1/connections/{connection}?force=true")).status_code == 204
    problem(await hooked.call("orders", {}, headers={"Authorization": "Bearer first-token"}), 503)


async def test_a_workflow_that_is_off_keeps_what_comes_in_if_it_is_to(hooked: Hooked) -> None:
    workflow_id = await published(hooked.owner, graph(hook(), SET, keep_when_off=True))
    await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    answer = await hooked.call("orders", {"n": 1})
    assert (answer.status_code, set(answer.json())) == (202, {"event_id"})
    assert await hooked.counts() == (1, 0)
    problem(await hooked.call("orders", method="GET"), 405)

    replayed = await hooked.owner.post(f"/api/v1/inbox/{answer.json()['event_id']}/replay", json={"version": "draft"})
    assert replayed.status_code == 202
    [event] = await hooked.inbox()
    assert event["run_id"] == replayed.json()["id"]


async def test_an_event_is_replayed_on_the_version_that_is_wanted(hooked: Hooked) -> None:
    workflow_id = await published(hooked.owner, graph(hook(), SET))
    event_id = (await hooked.call("orders", {"n": 1})).json()["event_id"]
    await saved(hooked.owner, workflow_id, graph({**hook(), "id": "other", "title": "Other"}, SET))
    await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/publish")

    problem(await hooked.owner.post(f"/api/v1/inbox/{event_id}/replay", json={"version": "live"}), 422)
    answer = await hooked.owner.post(f"/api/v1/inbox/{event_id}/replay", json={"version": 1})
    run = await hooked.run(answer.json()["id"])
    assert (run["version"], run["event_id"], run["trigger"]) == (1, event_id, "hook")
    stranger = await hooked.api.with_key("owner", await hooked.api.add_workspace())
    problem(await stranger.post(f"/api/v1/inbox/{event_id}/replay", json={"version": 1}), 404)
    problem(await stranger.get(f"/api/v1/inbox/{event_id}"), 404)


async def test_while_the_editor_listens_the_draft_gets_the_request_too(hooked: Hooked) -> None:
    workflow_id = await made(hooked.owner, graph(hook(), SET))
    problem(await hooked.call("orders", {}), 404)
    listening = (await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/listen")).json()
    assert [(entry["node_id"], entry["url"]) for entry in listening["hooks"]] == [
        ("hook", "http://127.0.0.1:8600/hooks/orders")
    ]
    alone = (await hooked.call("orders", {})).json()
    assert (await hooked.run(alone["run_id"]))["version"] is None

    await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/publish")
    both = (await hooked.call("orders", {})).json()
    versions = {run["version"] for run in await hooked.runs() if run["event_id"] == both["event_id"]}
    assert versions == {None, 1}
    assert (await hooked.run(both["run_id"]))["version"] == 1

    assert (await hooked.owner.delete(f"/api/v1/workflows/{workflow_id}/listen")).status_code == 204
    last = (await hooked.call("orders", {})).json()
    assert [run["version"] for run in await hooked.runs() if run["event_id"] == last["event_id"]] == [1]


async def test_listening_claims_the_address(hooked: Hooked) -> None:
    first, second = await made(hooked.owner, graph(hook())), await made(hooked.owner, graph(hook()), "Second")
    assert (await hooked.owner.post(f"/api/v1/workflows/{first}/listen", json={"node_id": "hook"})).status_code == 200
    document = problem(await hooked.owner.post(f"/api/v1/workflows/{second}/listen"), 422)
    assert [(found["code"], found["node_id"]) for found in document["problems"]] == [("path_taken", "hook")]
    nothing = await made(hooked.owner, graph(SET), "Third")
    problem(await hooked.owner.post(f"/api/v1/workflows/{nothing}/listen"), 422)


@pytest.mark.parametrize("outage", [NoTurn("this process"), OSError(errno.ENOSPC, "No space left on device")])
async def test_what_can_not_be_stored_may_be_sent_again(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch, outage: Exception
) -> None:
    await published(hooked.owner, graph(hook(), SET))

    def full(_blobs: Blobs, _content: bytes) -> str:
        raise outage

    monkeypatch.setattr(Blobs, "write", full)
    answer = await hooked.call("orders", {"much": "x" * 100_000})
    problem(answer, 503)
    assert answer.headers["retry-after"] == "5"
    assert await hooked.counts() == (0, 0)


@pytest.mark.parametrize("charset", ["unicode_escape", None])
async def test_whatever_came_in_can_be_looked_at(hooked: Hooked, charset: str | None) -> None:
    await published(hooked.owner, graph(hook(), SET))
    kind = f"text/plain; charset={charset}" if charset else "application/json"
    content = rb"half \ud800" if charset else b"[" * 900 + b"]" * 900
    taken = (await hooked.call("orders", content=content, headers={"Content-Type": kind})).json()
    body = (await hooked.item(taken["event_id"]))["json"]["body"]
    assert body == "half ?" if charset else body[0][0]
    seen = await hooked.owner.get(f"/api/v1/runs/{taken['run_id']}/nodes/hook/input")
    assert (await hooked.run(taken["run_id"]))["id"] == taken["run_id"]
    assert seen.status_code in (200, 404)
