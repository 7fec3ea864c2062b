"""A stranger's connector with a trigger of each kind, and the small service that it is for."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.far_side import FarSide, Reply, Seen
from tests.support.strangers import install_connector

SIGNING_SECRET: Final = "gazette-signing-secret"
SETTINGS: Final = {
    "GAZETTE_CLIENT_ID": "gazette-app",
    "GAZETTE_CLIENT_SECRET": "gazette-client-secret",
    "GAZETTE_SIGNING_SECRET": SIGNING_SECRET,
}

_SOURCE: Final = """
import hashlib
import hmac
import json
from datetime import timedelta

import httpx2
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from nodeloom_connectors.sdk import (
    Access, Account, ApiKey, AppDoor, AppEvent, AppTrigger, Connector, Decision, HookTrigger, NotGenuine, OAuth2,
    Occurrence, Polled, PollTrigger, Reconnect, Refused, Reply, RetryLater,
)


class Secret(BaseModel):
    model_config = ConfigDict(extra="forbid")
    token: SecretStr = Field(title="Token")
    url: str = Field(title="Address")


class Client:
    def __init__(self, access):
        self.http, self.secret = access.http, access.secret

    async def call(self, method, path, **more):
        headers = {"authorization": "Bearer " + self.secret.token.get_secret_value()}
        try:
            answer = await self.http.request(method, self.secret.url + path, headers=headers, **more)
        except httpx2.TransportError as error:
            raise RetryLater("The gazette can't be reached.") from error
        match answer.status_code:
            case 401:
                raise Reconnect("The gazette no longer takes the token.")
            case 429:
                raise RetryLater("The gazette is busy.", timedelta(seconds=30), nothing_happened=True)
            case status if status >= 500:
                raise RetryLater(f"The gazette answered {status}.")
            case status if status >= 400:
                raise Refused(f"The gazette refused ({status}).", "refused")
        return answer


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid")
    section: str = Field(default="", title="Section")


class Board(BaseModel):
    model_config = ConfigDict(extra="forbid")
    board: str = Field(title="Board", min_length=1)


class Channel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    channel: str | None = Field(default=None, title="Channel")


async def verify(access):
    known = (await Client(access).call("GET", "/me")).json()
    return Account(known["id"], known["name"])


async def new_articles(ctx, params, cursor):
    page = (await ctx.client.call("GET", "/articles", params={"after": "" if cursor is None else cursor})).json()
    if cursor is None:
        return Polled((), page["last"])
    seen = []
    for article in page["articles"]:
        files = {}
        if "text" in article:
            async def content(text=article["text"]):
                yield text.encode()
            files = {"text": await ctx.files.store(content(), "article.txt", "text/plain")}
        seen.append(Occurrence(str(article["id"]), article, files, "Article " + str(article["id"])))
    return Polled(seen, seen[-1].json["id"] if seen else cursor, page["more"])


async def subscribe(ctx, params, address):
    return (await ctx.client.call("POST", "/webhooks", json={"url": address, "board": params.board})).json()["id"]


async def unsubscribe(ctx, state):
    await ctx.client.call("DELETE", "/webhooks/" + state)


async def still_live(ctx, state):
    try:
        await ctx.client.call("GET", "/webhooks/" + state)
    except Refused:
        return False
    return True


def changed(request, registered):
    secret = registered.secret.token.get_secret_value()
    wanted = hmac.new(secret.encode(), request.body + registered.address.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, request.headers.get("x-signature", "")):
        raise NotGenuine
    told = json.loads(request.body)
    if "challenge" in told:
        return Reply(200, told["challenge"].encode())
    return [Occurrence(told["id"], {**told, "board": registered.params.board})]


def at_the_door(request, app):
    secret = app.secrets["signing_secret"].get_secret_value()
    wanted = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, request.headers.get("x-signature", "")):
        raise NotGenuine
    told = json.loads(request.body)
    match told["type"]:
        case "challenge":
            return Reply(200, told["challenge"].encode())
        case "button":
            return [Decision(told["value"], told["by"], {"url": told["url"]})]
    return [AppEvent(told["account"], told["id"], told["event"])]


async def decided(http, decision, text):
    await http.post(decision.reply["url"], json={"text": text})


def message(params, event):
    if params.channel not in (None, event.payload["channel"]):
        return None
    if event.payload.get("text") == "break":
        raise KeyError("nobody expected this")
    return Occurrence(event.key, dict(event.payload), summary="Message")


connector = Connector(
    name="gazette", title="Gazette", icon="newspaper", color="#123456", description="A small newspaper.",
    auth=ApiKey(Secret), connect=Client, verify=verify,
    other_auths=(OAuth2("http://127.0.0.1:9/a", "http://127.0.0.1:9/t", (), app_secrets=("signing_secret",)),),
    triggers=(
        PollTrigger(name="article", title="New article", description="An article appeared.", params=Section,
                    summary="{section}", poll=new_articles, every_s=60, sample={"id": 1, "title": "Sample"}),
        HookTrigger(name="changed", title="Board changed", description="A board changed.", params=Board,
                    subscribe=subscribe, unsubscribe=unsubscribe, still_live=still_live, receive=changed),
        AppTrigger(name="message", title="Message", description="Somebody wrote.", params=Channel, select=message),
    ),
    app_door=AppDoor(at_the_door, decided),
)
"""


def install_gazette(folder: Path) -> Path:
    """`folder` has to be on the path before the application starts."""
    return install_connector(folder, "gazette", _SOURCE)


def signature(body: bytes, secret: str, address: str = "") -> dict[str, str]:
    """The header by which the service shows that it is the one who calls."""
    return {"x-signature": hmac.new(secret.encode(), body + address.encode(), hashlib.sha256).hexdigest()}


@dataclass
class Gazette:
    """The service: articles to ask for, web hooks by id, and the token that it takes."""

    side: FarSide
    token: str = "good-token"
    account: str = "A1"
    page: int = 100
    articles: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    hooks: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    fails: Reply | None = None
    _made: int = 0

    def __post_init__(self) -> None:
        self.side.answer = self._answer

    @property
    def secret(self) -> dict[str, str]:
        return {"token": self.token, "url": self.side.url("")}

    def write(self, count: int, **more: Any) -> None:
        for _ in range(count):
            self.articles.append({"id": len(self.articles) + 1, **more})

    def asked(self, method: str, path: str) -> int:
        return sum(seen.method == method and seen.path == path for seen in self.side.seen)

    def _answer(self, seen: Seen) -> Reply:
        if self.fails is not None:
            return self.fails
        if seen.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401)
        match (seen.method, seen.path.split("/")[1:]):
            case ("GET", ["me"]):
                return _json({"id": self.account, "name": "Desk"})
            case ("GET", ["articles"]):
                return self._articles(dict(seen.query)["after"])
            case ("POST", ["webhooks"]):
                return self._subscribed(json.loads(seen.body))
            case ("GET", ["webhooks", id_]):
                return _json({}) if id_ in self.hooks else Reply(404)
            case ("DELETE", ["webhooks", id_]):
                return Reply(404) if self.hooks.pop(id_, None) is None else _json({})
            case _:
                return Reply(404)

    def _articles(self, after: str) -> Reply:
        newer = [article for article in self.articles if after and article["id"] > int(after)]
        shown = newer[: self.page]
        return _json({"last": len(self.articles), "articles": shown, "more": len(newer) > len(shown)})

    def _subscribed(self, wanted: dict[str, str]) -> Reply:
        """The same address again is the same web hook."""
        for id_, hook in self.hooks.items():
            if hook["url"] == wanted["url"]:
                return _json({"id": id_})
        self._made += 1
        self.hooks[f"h{self._made}"] = wanted
        return _json({"id": f"h{self._made}"})


def _json(value: Any) -> Reply:
    return Reply(200, {"content-type": "application/json"}, json.dumps(value).encode())
