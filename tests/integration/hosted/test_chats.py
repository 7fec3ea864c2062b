"""Chats: what is said starts a run, what the run says comes back, and nothing that was written is lost."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
import orjson
import pytest

from nodeloom.features.chats.repository import forget_chats
from nodeloom.features.runs.worker import RunWorker
from tests.integration.hosted.conftest import Hosted, until
from tests.support.api import problem
from tests.support.flows import graph, node, published

ECHO = node("echo", "core.set", fields=[{"name": "text", "value": "You said: {{ $json.message }}"}], keep="none")
COUNT = node("count", "core.set", fields=[{"name": "text", "value": "{{ $json.history.length }} before"}], keep="none")
STOP = node("stop", "core.stop", message="secret reason")


@dataclass
class Visitor:
    """A browser with its token at /chat/help."""

    client: httpx2.AsyncClient
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    async def ask(self, method: str, what: str, **more: Any) -> httpx2.Response:
        path = f"/chat/-/{what}{'&' if '?' in what else '?'}at=help"
        return await self.client.request(method, path, headers={"X-Chat-Token": self.token}, **more)

    async def say(self, text: str, id_: str | None = None, **more: Any) -> httpx2.Response:
        return await self.ask("POST", "messages", data={"id": id_ or secrets.token_hex(8), "text": text}, **more)

    async def history(self) -> list[dict[str, Any]]:
        return (await self.ask("GET", "messages")).json()["messages"]

    async def events(self, message_id: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        answer = await self.ask("GET", f"events?id={message_id}")
        for block in answer.text.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if fields:
                yield fields["event"], orjson.loads(fields["data"])

    async def answer(self, text: str) -> dict[str, Any]:
        """What is said and what comes back, as the page hears it."""
        said = await self.say(text)
        assert said.status_code == 201, said.text
        heard = [event async for event in self.events(said.json()["id"])]
        assert heard[-1][0] == "message"
        return heard[-1][1]


async def _chat(hosted: Hosted, *then: dict[str, Any], **params: Any) -> str:
    return await published(hosted.owner, graph(node("talk", "core.chat", **{"path": "help", **params}), *then))


async def test_what_is_said_is_answered_and_remembered(hosted: Hosted, worker: RunWorker) -> None:
    workflow_id = await _chat(hosted, ECHO)
    ann = Visitor(hosted.stranger)
    answer = await ann.answer("Hello")
    assert (answer["status"], answer["answer"]) == ("answered", "You said: Hello")
    await ann.answer("Again")
    assert [(entry["text"], entry["answer"]) for entry in await ann.history()] == [
        ("Hello", "You said: Hello"),
        ("Again", "You said: Again"),
    ]
    [run, first] = await hosted.runs()
    assert (run["workflow_id"], run["trigger_kind"]) == (workflow_id, "chat")
    json = (await hosted.item())["json"]
    assert json["message"] == "Again"
    assert [(line["role"], line["text"]) for line in json["history"]] == [
        ("user", "Hello"),
        ("assistant", "You said: Hello"),
    ]
    assert json["session_id"].startswith("chat_")
    assert ann.token not in orjson.dumps(json).decode()
    assert first["status"] == "succeeded"


async def test_a_message_is_stored_before_any_worker_is_there(hosted: Hosted) -> None:
    await _chat(hosted, ECHO)
    ann = Visitor(hosted.stranger)
    said = await ann.say("Is anybody there?")
    assert (said.status_code, said.json()["status"]) == (201, "pending")
    assert [entry["text"] for entry in await ann.history()] == ["Is anybody there?"]
    [run] = await hosted.runs()
    assert run["status"] == "queued"


async def test_each_visitor_has_a_chat_of_their_own(hosted: Hosted) -> None:
    await _chat(hosted, ECHO)
    ann, bob = Visitor(hosted.stranger), Visitor(hosted.stranger)
    message = (await ann.say("Mine")).json()
    assert await bob.history() == []
    problem(await bob.ask("GET", f"events?id={message['id']}"), 404)
    problem(await bob.ask("POST", f"messages/retry?id={message['id']}"), 404)
    problem(await Visitor(hosted.stranger, "short").say("Hello"), 401)


async def test_the_same_message_sent_again_is_one_run(hosted: Hosted) -> None:
    await _chat(hosted, ECHO)
    ann = Visitor(hosted.stranger)
    first, second = await asyncio.gather(ann.say("Hello", "same-id-1"), ann.say("Hello", "same-id-1"))
    assert first.json()["id"] == second.json()["id"]
    assert len(await hosted.runs()) == 1
    assert len(await ann.history()) == 1


async def test_only_the_last_messages_are_remembered(hosted: Hosted, worker: RunWorker) -> None:
    await _chat(hosted, COUNT, history=3)
    ann = Visitor(hosted.stranger)
    assert [(await ann.answer("x"))["answer"] for _ in range(3)] == ["0 before", "2 before", "3 before"]


async def test_what_fails_can_be_tried_again(hosted: Hosted, worker: RunWorker) -> None:
    await _chat(hosted, STOP)
    ann = Visitor(hosted.stranger)
    failed = await ann.answer("Hello")
    assert (failed["status"], failed["answer"]) == ("failed", "")
    assert "secret reason" not in orjson.dumps(await ann.history()).decode()
    again = await ann.ask("POST", f"messages/retry?id={failed['id']}")
    assert again.json()["status"] == "pending"
    problem(await ann.ask("POST", f"messages/retry?id={failed['id']}"), 409)
    assert [kind async for kind, _ in ann.events(failed["id"])][-1] == "message"
    assert len(await hosted.runs()) == 2
    assert len(await ann.history()) == 1


async def test_pieces_of_an_answer_are_passed_on(hosted: Hosted, worker: RunWorker) -> None:
    wait = node("wait", "core.wait", **{"for": "call"})
    await _chat(hosted, wait, ECHO)
    ann = Visitor(hosted.stranger)
    message = (await ann.say("Hello")).json()
    [run] = await hosted.runs()
    live, topic = hosted.api.app.state.live, f"run:{run['id']}"

    async def node_that_says_it_bit_by_bit() -> None:
        await until(lambda: live.watched(hosted.api.workspace_id, (topic,)))
        for text in ("Hel", "lo"):
            await live.publish(hosted.api.workspace_id, (topic,), "partial", {"node_id": "ai", "text": text})
        await hosted.stranger.post(await hosted.resume_address(run["id"]), json={})

    async def hear() -> list[tuple[str, dict[str, Any]]]:
        return [event async for event in ann.events(message["id"])]

    heard, _ = await asyncio.gather(hear(), node_that_says_it_bit_by_bit())
    assert [data["text"] for kind, data in heard if kind == "partial"] == ["Hel", "lo"]
    assert heard[0] == ("working", {})
    assert heard[-1][1]["status"] == "answered"


async def test_files_go_along_where_they_may(hosted: Hosted) -> None:
    await _chat(hosted, ECHO, files=True)
    ann = Visitor(hosted.stranger)
    files = [("files", ("a.txt", b"one", "text/plain")), ("files", ("b.txt", b"two", "text/plain"))]
    said = (await ann.say("", files=files)).json()
    assert [file["name"] for file in said["files"]] == ["a.txt", "b.txt"]
    item = await hosted.item()
    assert (item["json"]["files"], set(item["files"])) == (["a.txt", "b.txt"], {"file", "file_2"})
    fetched = await hosted.stranger.get(said["files"][1]["url"])
    assert (fetched.content, fetched.headers["content-security-policy"]) == (b"two", "sandbox")
    assert fetched.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"id": "same-id-1", "text": " \n"}, 422),
        ({"id": "same-id-1", "text": "x" * 10_001}, 422),
        ({"id": "<script>", "text": "x"}, 422),
        ({"text": "x"}, 422),
        ({"id": "same-id-1", "text": "a\0b"}, 201),
    ],
    ids=["empty", "long", "id", "no-id", "nul"],
)
async def test_messages_that_are_none(hosted: Hosted, data: dict[str, str], status: int) -> None:
    await _chat(hosted, ECHO)
    answer = await Visitor(hosted.stranger).ask("POST", "messages", data=data)
    assert answer.status_code == status, answer.text


async def test_files_are_refused_where_they_may_not_come(hosted: Hosted) -> None:
    await _chat(hosted, ECHO)
    problem(await Visitor(hosted.stranger).say("x", files={"files": ("a.txt", b"one", "text/plain")}), 422)


async def test_who_says_too_much_waits(hosted: Hosted) -> None:
    await _chat(hosted, ECHO, per_minute=1)
    ann = Visitor(hosted.stranger)
    answers = [await ann.say("x") for _ in range(3)]
    late = next(answer for answer in answers if answer.status_code != 201)
    problem(late, 429)
    assert int(late.headers["retry-after"]) > 0


async def test_members_only_means_signed_in(hosted: Hosted) -> None:
    await _chat(hosted, ECHO, access="members")
    assert (await hosted.stranger.get("/chat/help")).status_code == 401
    problem(await Visitor(hosted.stranger).say("x"), 401)
    problem(await Visitor(await hosted.api.stranger()).say("x"), 401)
    viewer = await hosted.api.signed_in("viewer")
    assert (await viewer.get("/chat/help")).status_code == 200
    assert (await Visitor(viewer).say("x")).status_code == 201
    assert (await hosted.item())["json"]["chat"]["member"]["email"] == "viewer@example.org"


async def test_a_chat_that_is_taken_down_is_not_there(hosted: Hosted) -> None:
    workflow_id = await _chat(hosted, ECHO)
    page = await hosted.stranger.get("/chat/help")
    assert page.status_code == 200
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    await hosted.owner.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    assert (await hosted.stranger.get("/chat/help")).status_code == 404
    problem(await Visitor(hosted.stranger).say("x"), 404)


async def test_old_chats_are_forgotten(hosted: Hosted) -> None:
    await _chat(hosted, ECHO)
    ann = Visitor(hosted.stranger)
    said = (await ann.say("Hello")).json()
    said_at = datetime.fromisoformat(said["created_at"])
    assert await forget_chats(hosted.api.db, said_at - timedelta(minutes=1)) == 0
    assert await forget_chats(hosted.api.db, said_at + timedelta(minutes=1)) == 1
    assert await ann.history() == []
