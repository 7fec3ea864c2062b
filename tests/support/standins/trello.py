"""A small Trello on loopback: boards, lists, cards and what hangs on them, webhooks, and its refusals.

    with trello_stand_in() as trello:
        board = trello.call("POST", "/boards", name="Sales")

Requests are judged by the vendor's specification where that is at hand, at the end of the block; the answers are judged
by `trello.js` in a test. Served under `/1`, like the vendor's.
"""

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import HTTP
from typing import Any, cast
from urllib.parse import unquote

import httpx2

from tests.support.far_side import Reply, Seen
from tests.support.standins import trello_boards, trello_cards, trello_checklists
from tests.support.standins.grants import Provider
from tests.support.standins.oauth1 import OAuth1Server
from tests.support.standins.oauth_grants import Grant
from tests.support.standins.serving import Lost, form_of, served
from tests.support.standins.trello_contract import contract
from tests.support.standins.trello_hooks import Webhooks
from tests.support.standins.trello_routes import Call, Upload
from tests.support.standins.trello_state import NOT_FOUND, Json, Refusal, Things, flag

_ROUTES = (trello_boards.routes, trello_cards.routes, trello_checklists.routes)
_OAUTH1 = ("/1/OAuthGetRequestToken", "/1/OAuthAuthorizeToken", "/1/OAuthGetAccessToken", "/1/consent")


@dataclass(frozen=True)
class _Asker:
    """Who asks: the member, the token, and whether reading and writing is allowed."""

    me: str
    token: str
    scopes: tuple[str, ...]


@dataclass
class TrelloStandIn:
    """`oauth1` gives and checks v1 tokens, `oauth2` (an OAuth provider of its own) bearer tokens.

    `limited` answers the next so many requests with 429. `acted` counts changes that were carried out, by method and
    path without ids, for "nothing was sent twice". `judges` false leaves requests unjudged.
    """

    things: Things = field(default_factory=Things)
    oauth1: OAuth1Server = field(default_factory=OAuth1Server)
    oauth2: Provider | None = None
    hooks: Webhooks = field(init=False)
    url: str = ""
    limited: int = 0
    judges: bool = True
    seen: list[Seen] = field(default_factory=list[Seen])
    acted: list[str] = field(default_factory=list[str])
    _asked: list[tuple[str, str, Json, bool]] = field(default_factory=list[tuple[str, str, Json, bool]])
    _own_token: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        self.hooks = Webhooks(self.things, secret=self.oauth1.client_secret)
        self.things.happened = self.hooks.happened
        self.person = self.things.add_member("ada", "Ada Lovelace")
        self.other = self.things.add_member("grace", "Grace Hopper")
        self.oauth1.subject = self.person["id"]
        self._own_token = self.oauth1.issue("read", "write")

    @property
    def api_url(self) -> str:
        """What the connector's setting `api_url` takes."""
        return f"{self.url}/1"

    @property
    def key(self) -> str:
        return self.oauth1.client_key

    @property
    def token(self) -> str:
        """A token of `person`, to be used with `key`; of OAuth 1 with `token_secret`."""
        return self._own_token[0]

    @property
    def token_secret(self) -> str:
        return self._own_token[1]

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """What a person does in Trello itself; not judged and not counted. Webhooks hear of it."""
        headers = {
            "Authorization": f'OAuth oauth_consumer_key="{self.key}", oauth_token="{self.token}"',
            "X-Person": "1",
        }
        answer = httpx2.request(
            method, self.api_url + path, json=arguments, headers=headers, trust_env=False, timeout=10
        )
        answer.raise_for_status()
        return answer.json()

    def put(self, method: str, path: str, **arguments: Any) -> Any:
        """Sets a scene: like `call` without a request, and nobody hears of it."""
        self.things.app = ""
        return self._handled(method, path, self.person["id"], arguments, None)

    async def answer(self, seen: Seen, /) -> Reply | Lost:
        if seen.path in _OAUTH1:
            return await self.oauth1.answer(seen)
        by_person = "x-person" in seen.headers
        if not by_person:
            self.seen.append(seen)
        try:
            return await self._answered(seen, by_person=by_person)
        except Refusal as refusal:
            return _refused(refusal)

    async def _answered(self, seen: Seen, *, by_person: bool) -> Reply:
        path = seen.path.removeprefix("/1")
        arguments, upload = _arguments(seen)
        if not by_person and self.judges:
            given = {name: value for name, value in arguments.items() if name not in ("key", "token")}
            self._asked.append((seen.method, path, given, upload is not None))
        if self.limited > 0 and not by_person:
            self.limited -= 1
            raise Refusal(429, json.dumps({"error": "API_TOKEN_LIMIT_EXCEEDED"}))
        asker = self._asker(seen, arguments)
        _allow(asker, seen.method, path)
        # Handlers that make something happen don't wait in between.
        self.things.app = "" if by_person else self.key
        result = await self._result(seen.method, path, asker, arguments, upload)
        if seen.method != "GET" and not by_person:
            self.acted.append(f"{seen.method} {re.sub('/[0-9a-f]{24}', '/{id}', path)}")
        if isinstance(result, bytes):
            return Reply(200, {"Content-Type": "application/octet-stream"}, result)
        return Reply(200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(result).encode())

    def violations(self) -> list[str]:
        """What was asked in another way than the vendor's specification has it; looked at now, as it takes its time."""
        vendor = contract()
        if vendor is None:
            return []
        return [
            violation
            for method, path, arguments, has_file in self._asked
            for violation in vendor.violations(method, path, arguments, has_file=has_file)
        ]

    def _asker(self, seen: Seen, arguments: Json) -> _Asker:
        scheme, _, rest = seen.headers.get("authorization", "").partition(" ")
        match scheme.lower():
            case "bearer":
                grant, token = self.oauth2.check(rest) if self.oauth2 else None, rest
            case "oauth" if "oauth_signature" in rest:
                grant, token = self.oauth1.signer(seen), _named(rest, "oauth_token")
            case "oauth":
                grant, token = self._with_key(_named(rest, "oauth_consumer_key"), _named(rest, "oauth_token"))
            case _:
                grant, token = self._with_key(str(arguments.get("key", "")), str(arguments.get("token", "")))
        if grant is None or grant.state == "revoked":
            raise Refusal(401, "invalid token")
        if grant.state == "expired":
            raise Refusal(401, "expired token")
        me = grant.subject if grant.subject in self.things.members else self.person["id"]
        return _Asker(me, token, grant.scopes)

    def _with_key(self, key: str, token: str) -> tuple[Grant | None, str]:
        if key != self.key:
            raise Refusal(401, "invalid key")
        return self.oauth1.check(token), token

    async def _result(self, method: str, path: str, asker: _Asker, arguments: Json, upload: Upload | None) -> Any:
        if path.startswith("/webhooks"):
            return await self._webhooks(method, path, asker, arguments)
        if path.startswith("/tokens") or path == "/members/me/tokens":
            return self._tokens(method, path, asker, arguments)
        return self._handled(method, path, asker.me, arguments, upload)

    def _handled(self, method: str, path: str, me: str, arguments: Json, upload: Upload | None) -> Any:
        for routes in _ROUTES:
            found = routes.find(method, path)
            if found is not None:
                handler, parts = found
                parts = {name: unquote(part) for name, part in parts.items()}
                return handler(Call(self.things, me, arguments, parts, upload))
        raise Refusal(404, NOT_FOUND)

    async def _webhooks(self, method: str, path: str, asker: _Asker, arguments: Json) -> Any:
        match method, *path.strip("/").split("/"):
            case "POST", "webhooks":
                return await self.hooks.make(asker.token, arguments)
            case "GET", "webhooks", id_:
                return self.hooks.of(asker.token, id_)
            case "PUT", "webhooks", id_:
                return await self.hooks.change(asker.token, id_, arguments)
            case "DELETE", "webhooks", id_:
                self.hooks.drop(asker.token, id_)
                return {"_value": None}
            case _:
                raise Refusal(404, NOT_FOUND)

    def _tokens(self, method: str, path: str, asker: _Asker, arguments: Json) -> Any:
        match method, *path.strip("/").split("/"):
            case "GET", "members", "me", "tokens":
                shown = {"webhooks": self.hooks.all_of(asker.token)} if flag(arguments.get("webhooks")) else {}
                return [self._token(asker) | shown]
            case "GET", "tokens", token, "webhooks" if token == asker.token:
                return self.hooks.all_of(token)
            case "GET", "tokens", token if token == asker.token:
                return self._token(asker)
            case "DELETE", "tokens", token if token in self.oauth1.access_tokens:
                self.oauth1.revoke(token)
                return {"_value": None}
            case _:
                raise Refusal(404, NOT_FOUND)

    def _token(self, asker: _Asker) -> Json:
        writes = "write" in asker.scopes or "write:board:trello" in asker.scopes
        kinds = ("Board", "Organization", "Member")
        return {
            "id": self.things.new_id(),
            "identifier": "Nodeloom",
            "idMember": asker.me,
            "dateCreated": "2026-01-01T00:00:00.000Z",
            "dateExpires": None,
            "permissions": [{"idModel": "*", "modelType": kind, "read": True, "write": writes} for kind in kinds],
        }


@contextmanager
def trello_stand_in(oauth2: Provider | None = None, callback: str = "") -> Generator[TrelloStandIn]:
    """Fails at the end if a request was not as the vendor's specification has it."""
    trello = TrelloStandIn(oauth2=oauth2)
    trello.oauth1.callbacks = (callback,) if callback else ()
    with served(trello):
        trello.oauth1.url = trello.things.url = trello.url
        yield trello
    violations = trello.violations()
    assert violations == [], "\n".join(violations)


def _allow(asker: _Asker, method: str, path: str) -> None:
    """v1 tokens say read and write, v2 tokens name what may be read or written."""
    verb = "read" if method == "GET" else "write"
    of = "member" if path.startswith("/members") and "/boards" not in path else "board"
    if not {verb, f"{verb}:{of}:trello"} & set(asker.scopes):
        raise Refusal(401, "unauthorized permission requested")


def _named(header: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', header)
    return unquote(found[1]) if found else ""


def _arguments(seen: Seen) -> tuple[Json, Upload | None]:
    """Query, JSON body, form and multipart fields all count the same."""
    arguments: Json = dict(seen.query)
    media_type = seen.headers.get("content-type", "").lower()
    if media_type.startswith("application/json") and seen.body:
        return arguments | json.loads(seen.body), None
    if media_type.startswith("multipart/form-data"):
        fields, upload = _multipart(seen)
        return arguments | fields, upload
    return arguments | dict(form_of(seen)), None


def _multipart(seen: Seen) -> tuple[Json, Upload | None]:
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    fields: Json = {}
    upload = None
    for part in cast("list[Message]", message_from_bytes(head + seen.body, policy=HTTP).get_payload()):
        content = cast("bytes", part.get_payload(decode=True))
        name, file_name = part.get_param("name", header="content-disposition"), part.get_filename()
        if file_name is None:
            fields[str(name)] = content.decode()
        else:
            upload = Upload(file_name, part.get_content_type(), content)
    return fields, upload


def _refused(refusal: Refusal) -> Reply:
    """Plain text, but for what is JSON already."""
    media_type = "application/json" if refusal.text.startswith("{") else "text/plain"
    return Reply(refusal.status, {"Content-Type": f"{media_type}; charset=utf-8"}, refusal.text.encode())
