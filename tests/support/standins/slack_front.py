"""How the Slack stand-in answers: tokens, its own methods, then the emulator; what happened becomes events."""

import asyncio
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from tests.support.far_side import Reply, Seen
from tests.support.standins.grants import Grants, Provider
from tests.support.standins.oauth_grants import Grant
from tests.support.standins.slack_answers import as_slack_has_it
from tests.support.standins.slack_events import SlackEvents
from tests.support.standins.slack_happened import happened
from tests.support.standins.slack_methods import OWN
from tests.support.standins.slack_tokens import SlackTokens, refusal
from tests.support.standins.slack_upstream import BOT, SlackUpstream

_MEMBERS_ONLY = {
    "chat.postMessage",
    "chat.postEphemeral",
    "chat.scheduleMessage",
    "chat.meMessage",
    "conversations.history",
    "conversations.replies",
    "conversations.setTopic",
    "conversations.setPurpose",
    "conversations.invite",
    "conversations.kick",
    "conversations.archive",
    "conversations.rename",
    "reactions.add",
    "reactions.remove",
    "pins.add",
    "files.completeUploadExternal",
}
_PASSED_ON = ("content-type", "location", "content-disposition")


@dataclass(frozen=True)
class Call:
    """A call of the Web API as it arrived and what it got."""

    method: str
    arguments: Mapping[str, Any]
    token: str
    answer: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass
class Refusal:
    """What a method answers instead, so many times."""

    error: str
    times: int
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass
class SlackFront:
    upstream: SlackUpstream
    tokens: SlackTokens
    events: SlackEvents
    provider: Provider | None = None
    calls: list[Call] = field(default_factory=list[Call])
    refusals: dict[str, Refusal] = field(default_factory=dict[str, Refusal])

    @property
    def grants(self) -> Grants:
        return self.tokens.grants

    async def answer(self, seen: Seen, /) -> Reply:
        return await asyncio.to_thread(self._answer, seen)

    def perform(self, method: str, arguments: Mapping[str, Any], grant: Grant) -> dict[str, Any]:
        """A call whose token is good."""
        asked = dict(arguments)
        if isinstance(asked.get("channel"), str):
            asked["channel"] = asked["channel"].removeprefix("#")
        if error := self._not_there(method, asked, grant):
            return {"ok": False, "error": error}
        answer = as_slack_has_it(method, self._performed(method, asked, grant))
        if answer["ok"]:
            for event in happened(method, asked, answer, self._speaker(grant)):
                self.events.publish(event)
        return answer

    def _answer(self, seen: Seen) -> Reply:
        path = urlsplit(seen.target).path
        if path.startswith("/api/"):
            return self._called(path.removeprefix("/api/"), seen)
        if path.startswith("/response/"):
            return self._responded(path, seen)
        headers = dict(seen.headers)
        if path.startswith("/files-pri/"):
            grant = self._grant(_bearer(seen))
            if grant is None or refusal(grant):
                return Reply(302, {"Location": "/login"})
            headers["authorization"] = f"Bearer {self.upstream.token_for(grant)}"
        answer = self.upstream.raw(seen.method, seen.target, headers, seen.body)
        return Reply(
            answer.status_code,
            {name: value for name, value in answer.headers.items() if name in _PASSED_ON},
            answer.content,
        )

    def _called(self, method: str, seen: Seen) -> Reply:
        arguments = _arguments(seen)
        token = _bearer(seen) or str(arguments.pop("token", ""))
        refused = self._refused(method)
        if refused is not None:
            answer: dict[str, Any] = {"ok": False, "error": refused.error}
        else:
            answer = self._answered(method, arguments, token, seen)
        self.calls.append(Call(method, arguments, token, answer, seen.headers))
        headers = {"Content-Type": "application/json; charset=utf-8", **({} if refused is None else refused.headers)}
        return Reply(200 if refused is None else refused.status, headers, json.dumps(answer).encode())

    def _refused(self, method: str) -> Refusal | None:
        refusal = self.refusals.get(method)
        if refusal is None or refusal.times < 1:
            return None
        refusal.times -= 1
        return refusal

    def _answered(self, method: str, arguments: dict[str, Any], token: str, seen: Seen) -> dict[str, Any]:
        if method == "oauth.v2.access":
            return self._exchange(arguments, seen)
        if method == "api.test":
            return {"ok": True, "args": arguments}
        if not token:
            return {"ok": False, "error": "not_authed"}
        grant = self._grant(token)
        if (error := refusal(grant)) is not None or grant is None:
            return {"ok": False, "error": error}
        if method == "auth.revoke":
            self.grants.known.setdefault(token, grant)
            return self.tokens.revoked(token, arguments)
        if method == "oauth.v2.exchange":
            return self.tokens.exchanged(token, grant)
        return self.perform(method, arguments, grant)

    def _exchange(self, arguments: dict[str, Any], seen: Seen) -> dict[str, Any]:
        sent = {**_basic(seen), **arguments}
        if sent.get("grant_type") == "refresh_token":
            return self.tokens.refreshed(sent)
        return self.tokens.came_from(self.upstream.call("oauth.v2.access", sent, None))

    def _grant(self, token: str) -> Grant | None:
        own = self.grants.check(token)
        return own if own is not None or self.provider is None else self.provider.check(token)

    def _performed(self, method: str, arguments: Mapping[str, Any], grant: Grant) -> dict[str, Any]:
        if method not in OWN:
            return self.upstream.call(method, arguments, grant)
        scope, own = OWN[method]
        if scope and scope not in grant.scopes:
            return {"ok": False, "error": "missing_scope", "needed": scope, "provided": ",".join(grant.scopes)}
        return own(self.upstream, arguments, grant)

    def _not_there(self, method: str, arguments: Mapping[str, Any], grant: Grant) -> str | None:
        """Slack wants the bot to be a member where the emulator doesn't ask; of a private channel it shows nothing."""
        channel = arguments.get("channel") or arguments.get("channel_id")
        if grant.kind == "user" or method not in _MEMBERS_ONLY or not channel:
            return None
        found = self.upstream.everything("conversations.info", channel=self.upstream.channels.get(channel, channel))
        if not found["ok"]:
            return "channel_not_found" if found["error"] == "not_in_channel" else None
        if found["channel"]["is_member"] or (method == "chat.postMessage" and "chat:write.public" in grant.scopes):
            return None
        return "not_in_channel"

    def _speaker(self, grant: Grant) -> str:
        return BOT if grant.kind == "app" else str(self.upstream.call("auth.test", {}, grant)["user_id"])

    def _responded(self, path: str, seen: Seen) -> Reply:
        """A `response_url`: /response/<channel>/<ts>."""
        _, _, channel, ts = path.split("/")
        message = cast("dict[str, Any]", json.loads(seen.body))
        everything = Grant(("chat:write",), BOT, "valid", "")
        if message.pop("delete_original", False):
            answer = self.perform("chat.delete", {"channel": channel, "ts": ts}, everything)
        elif message.pop("replace_original", False):
            answer = self.perform("chat.update", {"channel": channel, "ts": ts, **message}, everything)
        else:
            answer = self.perform("chat.postMessage", {"channel": channel, **message}, everything)
        self.calls.append(Call("response_url", message, "", answer, seen.headers))
        return Reply(200 if answer["ok"] else 404, {}, b"ok")


def _arguments(seen: Seen) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(parse_qsl(urlsplit(seen.target).query, keep_blank_values=True))
    media_type = seen.headers.get("content-type", "").partition(";")[0].strip()
    if media_type == "application/json" and seen.body:
        arguments |= cast("dict[str, Any]", json.loads(seen.body))
    elif media_type == "application/x-www-form-urlencoded":
        arguments |= dict(parse_qsl(seen.body.decode(), keep_blank_values=True))
    return arguments


def _bearer(seen: Seen) -> str:
    scheme, _, token = seen.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _basic(seen: Seen) -> dict[str, str]:
    scheme, _, value = seen.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    client_id, _, client_secret = b64decode(value).decode().partition(":")
    return {"client_id": client_id, "client_secret": client_secret}
