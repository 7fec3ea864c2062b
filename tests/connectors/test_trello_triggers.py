"""Trello's triggers: the webhook at Trello, its signature, and what becomes of each thing that happens."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from nodeloom_connectors.sdk import (
    HookTrigger,
    IncomingRequest,
    NotGenuine,
    OAuth2Token,
    OAuthApp,
    Occurrence,
    PollTrigger,
    Refused,
    Registered,
    RetryLater,
    TriggerContext,
)
from nodeloom_connectors.trello import connector
from nodeloom_connectors.trello.auth import KeyAndToken
from tests.connectors.trello_calls import Calls, Scene, key_and_token, scene
from tests.support.actions import KeptFiles, Lines
from tests.support.far_side import FarSide, Reply, Seen
from tests.support.standins.trello import TrelloStandIn, trello_stand_in
from tests.support.waiting import wait_until

HOOKS = {trigger.name: trigger for trigger in connector.triggers if isinstance(trigger, HookTrigger)}
[DUE] = [trigger for trigger in connector.triggers if isinstance(trigger, PollTrigger)]


@pytest.fixture
def trello() -> Generator[TrelloStandIn]:
    with trello_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def on(trello: TrelloStandIn) -> Scene:
    return scene(trello)


@pytest.fixture
def calls(http: httpx2.AsyncClient, trello: TrelloStandIn) -> Calls:
    return Calls(http, trello)


def context(calls: Calls) -> TriggerContext[Any]:
    return TriggerContext(calls.client, KeptFiles(), Lines())


class Watch:
    """One registration, as the product holds it, and what Trello has sent to it."""

    def __init__(self, calls: Calls, far_side: FarSide, secret: object, name: str, **params: Any) -> None:
        self.trigger = HOOKS[name]
        self.params = self.trigger.params.model_validate(params)
        self.calls = calls
        self.side = far_side
        self.secret = secret
        self.address = far_side.url("/hooks/-/apps/trello/in/token")
        self.state: Any = None

    async def begin(self) -> None:
        self.state = await self.trigger.subscribe(context(self.calls), self.params, self.address)

    def received(self, seen: Seen) -> Sequence[Occurrence]:
        request = IncomingRequest(seen.method, seen.headers, {}, seen.body)
        found = self.trigger.receive(request, Registered(self.params, self.state, self.address, None, self.secret))
        assert isinstance(found, Sequence)
        return found

    @property
    def occurrences(self) -> list[Occurrence]:
        return [one for seen in self.side.seen if seen.method == "POST" for one in self.received(seen)]


async def watch(calls: Calls, trello: TrelloStandIn, far_side: FarSide, name: str, **params: Any) -> Watch:
    made = Watch(calls, far_side, key_and_token(trello), name, **params)
    await made.begin()
    return made


async def test_a_card_that_is_made(calls: Calls, trello: TrelloStandIn, on: Scene, far_side: FarSide) -> None:
    watched = await watch(calls, trello, far_side, "card_created", board_id=on.board, list_id=on.first)
    card = await asyncio.to_thread(trello.call, "POST", "/cards", idList=on.first, name="New")
    await asyncio.to_thread(trello.call, "POST", "/cards", idList=on.second, name="Elsewhere")
    await eventually(lambda: len(far_side.seen) == 3)
    [occurrence] = watched.occurrences
    assert occurrence.json["card"] == {
        "id": card["id"],
        "name": "New",
        "url": f"https://trello.com/c/{card['shortLink']}",
    }
    assert occurrence.json["list"] == {"id": on.first, "name": "New"}
    assert occurrence.summary == "Ada Lovelace: New"
    assert occurrence.key == occurrence.json["id"]


async def eventually(fact: Any) -> None:
    await asyncio.to_thread(wait_until, fact, "the deliveries")


CASES: list[tuple[str, dict[str, Any], list[tuple[str, str, dict[str, Any]]], dict[str, Any]]] = [
    (
        "card_moved",
        {"list_id": "{second}", "from_list_id": "{first}"},
        [
            ("PUT", "/cards/{card}", {"name": "Other"}),
            ("PUT", "/cards/{card}", {"idList": "{second}"}),
            ("PUT", "/cards/{card}", {"idList": "{first}"}),
        ],
        {"list": {"id": "{second}", "name": "Won"}, "from_list": {"id": "{first}", "name": "New"}},
    ),
    (
        "due_date_set",
        {},
        [
            ("PUT", "/cards/{card}", {"due": "2026-12-24T18:00:00Z"}),
            ("PUT", "/cards/{card}", {"due": None}),
        ],
        {"due": "2026-12-24T18:00:00.000Z", "due_before": None},
    ),
    ("card_commented", {}, [("POST", "/cards/{card}/actions/comments", {"text": "Hi"})], {"text": "Hi"}),
    (
        "label_added",
        {"label_id": "{other_label}"},
        [("POST", "/cards/{card}/idLabels", {"value": "{other_label}"})],
        {"label": {"id": "{other_label}", "name": "", "color": "yellow"}},
    ),
    (
        "member_added",
        {"member_id": "{other}"},
        [("POST", "/cards/{card}/idMembers", {"value": "{other}"})],
        {"member": {"id": "{other}", "name": "Grace Hopper", "username": "grace"}},
    ),
    (
        "checklist_item_done",
        {},
        [
            ("PUT", "/cards/{card}/checkItem/{item}", {"state": "complete"}),
            ("PUT", "/cards/{card}/checkItem/{item}", {"state": "incomplete"}),
        ],
        {"item": {"id": "{item}", "name": "call"}, "checklist": {"id": "{checklist}", "name": "Before"}},
    ),
    (
        "board_action",
        {"types": ["addAttachmentToCard"]},
        [
            ("PUT", "/cards/{card}", {"name": "Other"}),
            ("POST", "/cards/{card}/attachments", {"url": "https://example.com/b"}),
        ],
        {"type": "addAttachmentToCard"},
    ),
]


@pytest.mark.parametrize(("name", "params", "doings", "expected"), CASES, ids=[case[0] for case in CASES])
async def test_each_trigger_hears_what_it_is_for_and_nothing_else(
    calls: Calls,
    trello: TrelloStandIn,
    on: Scene,
    far_side: FarSide,
    name: str,
    params: dict[str, Any],
    doings: list[tuple[str, str, dict[str, Any]]],
    expected: dict[str, Any],
) -> None:
    def filled(thing: Any) -> Any:
        text = json.dumps(thing)
        for key, value in {**vars(on), "other": trello.other["id"]}.items():
            text = text.replace("{" + key + "}", value)
        return json.loads(text)

    watched = await watch(calls, trello, far_side, name, board_id=on.board, **filled(params))
    for method, path, arguments in doings:
        await asyncio.to_thread(trello.call, method, filled(path), **filled(arguments))
    await eventually(lambda: len(trello.hooks.deliveries) == len(doings))
    [occurrence] = watched.occurrences
    assert {key: occurrence.json[key] for key in expected} == filled(expected)
    assert set(HOOKS[name].sample) == set(occurrence.json)


async def test_what_apps_do_as_this_account_starts_nothing_unless_wanted(
    calls: Calls, trello: TrelloStandIn, on: Scene, far_side: FarSide
) -> None:
    watched = await watch(calls, trello, far_side, "card_commented", board_id=on.board)
    await calls.call("add_comment", card_id=on.card, text="from a workflow")
    await asyncio.to_thread(trello.call, "POST", f"/cards/{on.card}/actions/comments", text="by hand")
    await eventually(lambda: len(trello.hooks.deliveries) == 2)
    assert [one.json["text"] for one in watched.occurrences] == ["by hand"]
    watched.params = watched.trigger.params.model_validate({"board_id": on.board, "own": True})
    assert [one.json["text"] for one in watched.occurrences] == ["from a workflow", "by hand"]


async def test_a_second_try_finds_the_webhook_of_the_first(
    calls: Calls, trello: TrelloStandIn, on: Scene, far_side: FarSide
) -> None:
    watched = await watch(calls, trello, far_side, "card_created", board_id=on.board)
    first = watched.state
    await watched.begin()
    assert watched.state == first
    assert len(trello.hooks.kept) == 1


async def test_a_webhook_that_was_switched_off_makes_room_for_a_new_one(
    calls: Calls, trello: TrelloStandIn, on: Scene, far_side: FarSide
) -> None:
    watched = await watch(calls, trello, far_side, "card_created", board_id=on.board)
    first, ctx = watched.state, context(calls)
    assert await watched.trigger.still_live(ctx, first)
    trello.hooks.switch_off()
    assert not await watched.trigger.still_live(ctx, first)
    await watched.begin()
    assert watched.state != first
    assert await watched.trigger.still_live(ctx, watched.state)


async def test_it_is_taken_down_and_a_second_time_is_no_error(
    calls: Calls, trello: TrelloStandIn, on: Scene, far_side: FarSide
) -> None:
    watched = await watch(calls, trello, far_side, "card_created", board_id=on.board)
    await watched.trigger.unsubscribe(context(calls), watched.state)
    assert trello.hooks.kept == {}
    await watched.trigger.unsubscribe(context(calls), watched.state)
    assert not await watched.trigger.still_live(context(calls), watched.state)


async def test_an_address_that_trello_cannot_reach_is_tried_again(
    calls: Calls, trello: TrelloStandIn, on: Scene, far_side: FarSide
) -> None:
    far_side.answer = lambda _: Reply(404)
    with pytest.raises(RetryLater, match="did not return 200"):
        await watch(calls, trello, far_side, "card_created", board_id=on.board)


async def test_without_a_secret_nothing_is_subscribed(
    http: httpx2.AsyncClient, trello: TrelloStandIn, on: Scene, far_side: FarSide
) -> None:
    secret = KeyAndToken(key=SecretStr(trello.key), token=SecretStr(trello.token))
    with pytest.raises(Refused, match="can't be checked") as refused:
        await watch(Calls(http, trello, secret=secret), trello, far_side, "card_created", board_id=on.board)
    assert "API secret" in refused.value.hint
    assert trello.hooks.kept == {}


ADDRESS = "https://loom.example/hooks/-/apps/trello/in/t?x=1"
BODY = json.dumps(
    {"action": {"id": "a1", "type": "commentCard", "data": {"text": "Hi", "card": {"id": "c"}}, "memberCreator": None}}
).encode()


def signature(secret: str, body: bytes = BODY, address: str = ADDRESS) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body + address.encode(), hashlib.sha1)).decode()


def receive(header: str | None, body: bytes = BODY) -> Any:
    trigger = HOOKS["card_commented"]
    app = OAuthApp("id", SecretStr("oauth2-secret"), {"api_secret": SecretStr("oauth1-secret")})
    params = trigger.params.model_validate({"board_id": "a" * 24})
    registered = Registered(params, {"webhook": "w", "me": "m"}, ADDRESS, app, OAuth2Token(access_token=SecretStr("t")))
    headers = {} if header is None else {"x-trello-webhook": header}
    return trigger.receive(IncomingRequest("POST", headers, {}, body), registered)


@pytest.mark.parametrize("secret", ["oauth2-secret", "oauth1-secret"])
def test_either_secret_of_the_app_may_have_signed(secret: str) -> None:
    [occurrence] = receive(signature(secret))
    assert (occurrence.key, occurrence.json["text"]) == ("a1", "Hi")


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (None, BODY),
        ("", BODY),
        (signature("another"), BODY),
        (signature("oauth2-secret", address=ADDRESS.rstrip("1")), BODY),
        (signature("oauth2-secret"), json.dumps(json.loads(BODY), indent=1).encode()),
        ("signäture €", BODY),
        (signature("oauth2-secret", b"[]"), b"[]"),
        (signature("oauth2-secret", b"\xff"), b"\xff"),
    ],
    ids=["none", "empty", "other secret", "other address", "written anew", "no ascii", "no object", "no text"],
)
def test_what_is_not_genuine_is_refused(header: str | None, body: bytes) -> None:
    with pytest.raises(NotGenuine):
        receive(header, body)


@pytest.mark.parametrize("action", [None, {}, {"id": "a", "type": "commentCard", "data": None}])
def test_what_is_genuine_but_nothing_starts_nothing(action: Any) -> None:
    body = json.dumps({"action": action}).encode()
    assert receive(signature("oauth2-secret", body), body) == ()


async def test_a_card_becomes_due_once(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    params = DUE.params.model_validate({"board_id": on.board, "minutes_before": 60})
    ctx = context(calls)
    begun = await DUE.poll(ctx, params, None)
    assert begun.occurrences == ()
    due = datetime.fromisoformat(str(begun.cursor)) + timedelta(milliseconds=1)
    trello.put("PUT", f"/cards/{on.card}", due=due.astimezone(UTC).isoformat())
    trello.put("POST", "/cards", idList=on.first, name="Later", due=(due + timedelta(hours=1)).isoformat())
    polled = await eventually_due(ctx, params, begun.cursor)
    [occurrence] = polled.occurrences
    assert (occurrence.json["id"], occurrence.summary) == (on.card, "Call Ada")
    assert set(occurrence.json) == set(DUE.sample)
    assert (await DUE.poll(ctx, params, polled.cursor)).occurrences == []


async def eventually_due(ctx: TriggerContext[Any], params: Any, cursor: Any) -> Any:
    while not (polled := await DUE.poll(ctx, params, cursor)).occurrences:
        cursor = polled.cursor
    return polled


async def test_a_card_that_is_done_is_not_due(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    trello.put("PUT", f"/cards/{on.card}", due="2026-01-01T10:00:00Z", dueComplete=True)
    for params, expected in (({}, 0), ({"done_too": True}, 1), ({"done_too": True, "list_id": on.second}, 0)):
        checked = DUE.params.model_validate({"board_id": on.board, **params})
        polled = await DUE.poll(context(calls), checked, "2026-01-01T09:00:00+00:00")
        assert len(polled.occurrences) == expected
