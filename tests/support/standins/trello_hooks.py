"""Trello's webhooks: the HEAD at making, a signed delivery for each action, switched off when nobody takes them."""

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2

from tests.support.standins.trello_state import NOT_FOUND, Json, Refusal, Things


@dataclass(frozen=True)
class Delivery:
    """One attempt: `status` None if nobody answered."""

    webhook: str
    action: str
    type: str
    status: int | None


@dataclass
class Webhooks:
    """`secret` signs; after `patience` failures in a row a webhook is switched off, as after 30 days at Trello's.

    `deaf` keeps actions back: nothing is delivered while it is set.
    """

    things: Things
    secret: str = ""
    patience: int = 3
    deaf: bool = False
    kept: dict[str, Json] = field(default_factory=dict[str, Json])
    owners: dict[str, str] = field(default_factory=dict[str, str])
    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    _queue: "asyncio.Queue[tuple[Json, Json]] | None" = None
    _postman: "asyncio.Task[None] | None" = None

    async def make(self, token: str, asked: Json) -> Json:
        callback, model = str(asked.get("callbackURL", "")), str(asked.get("idModel", ""))
        if not callback.startswith(("http://", "https://")):
            raise Refusal(400, "Invalid callbackURL")
        if self._model(model) is None:
            raise Refusal(400, "invalid value for idModel")
        for id_, hook in self.kept.items():
            if (self.owners[id_], hook["callbackURL"], hook["idModel"]) == (token, callback, model):
                raise Refusal(400, "A webhook with that callback, model, and token already exists")
        await self._try(callback)
        hook: Json = {
            "id": self.things.new_id(),
            "description": str(asked.get("description") or ""),
            "idModel": model,
            "callbackURL": callback,
            "active": True,
            "consecutiveFailures": 0,
            "firstConsecutiveFailDate": None,
        }
        self.kept[hook["id"]], self.owners[hook["id"]] = hook, token
        return hook

    async def change(self, token: str, id_: str, asked: Json) -> Json:
        hook = self.of(token, id_)
        if "callbackURL" in asked:
            await self._try(str(asked["callbackURL"]))
        hook |= {key: asked[key] for key in ("description", "callbackURL", "idModel") if key in asked}
        if "active" in asked:
            hook["active"] = asked["active"] in (True, "true")
            hook["consecutiveFailures"] = 0
        return hook

    def of(self, token: str, id_: str) -> Json:
        """Webhooks belong to the token that made them: another doesn't see them."""
        if id_ not in self.kept or self.owners[id_] != token:
            raise Refusal(404, NOT_FOUND)
        return self.kept[id_]

    def all_of(self, token: str) -> list[Json]:
        return [hook for id_, hook in self.kept.items() if self.owners[id_] == token]

    def drop(self, token: str, id_: str) -> None:
        self.of(token, id_)
        del self.kept[id_], self.owners[id_]

    def switch_off(self) -> None:
        """What Trello does by itself to webhooks that failed for too long."""
        for hook in self.kept.values():
            hook["active"] = False

    def happened(self, action: Json) -> None:
        """In the thread that serves, where a request made it happen."""
        for hook in list(self.kept.values()):
            if hook["active"] and not self.deaf and _concerns(hook["idModel"], action):
                self._queue = self._queue or asyncio.Queue()
                self._postman = self._postman or asyncio.get_running_loop().create_task(self._deliver(self._queue))
                self._queue.put_nowait((hook, action))

    async def _deliver(self, queue: "asyncio.Queue[tuple[Json, Json]]") -> None:
        async with httpx2.AsyncClient(trust_env=False, timeout=10) as http:
            while True:
                hook, action = await queue.get()
                body = json.dumps({"model": self._model(hook["idModel"]), "action": action, "webhook": hook}).encode()
                status = await _post(http, hook["callbackURL"], body, self.signature(body, hook["callbackURL"]))
                self.deliveries.append(Delivery(hook["id"], action["id"], action["type"], status))
                self._judge(hook, status)

    def _judge(self, hook: Json, status: int | None) -> None:
        if status == 410:
            self.kept.pop(hook["id"], None)
            return
        failed = status is None or status >= 300
        hook["consecutiveFailures"] = hook["consecutiveFailures"] + 1 if failed else 0
        if hook["consecutiveFailures"] >= self.patience:
            hook["active"] = False

    def signature(self, body: bytes, callback: str) -> str:
        """`X-Trello-Webhook`: over the body and the address exactly as it was registered."""
        return base64.b64encode(hmac.digest(self.secret.encode(), body + callback.encode(), hashlib.sha1)).decode()

    async def _try(self, callback: str) -> None:
        async with httpx2.AsyncClient(trust_env=False, timeout=10) as http:
            try:
                status: Any = (await http.head(callback)).status_code
            except httpx2.TransportError:
                status = "no answer"
        if status != 200:
            text = f"URL ({callback}) did not return 200 status code, got {status}"
            raise Refusal(400, json.dumps({"message": text, "error": "ERROR"}))

    def _model(self, id_: str) -> Json | None:
        kinds = (self.things.boards, self.things.lists, self.things.cards, self.things.members)
        return next((kind[id_] for kind in kinds if id_ in kind), None)


async def _post(http: httpx2.AsyncClient, url: str, body: bytes, signature: str) -> int | None:
    headers = {"Content-Type": "application/json; charset=utf-8", "X-Trello-Webhook": signature}
    try:
        return (await http.post(url, content=body, headers=headers)).status_code
    except httpx2.TransportError:
        return None


def _concerns(model: str, action: Json) -> bool:
    """Whether an action is about the board, list or card, or was done by or to the member."""
    named = [cast("Json", thing).get("id") for thing in action["data"].values() if isinstance(thing, dict)]
    return model in (*named, action["idMemberCreator"])
