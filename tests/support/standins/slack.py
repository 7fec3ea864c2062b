"""A Slack on loopback: npm's `emulate` behind a front that mends what keeps slack_sdk from working with it.

The emulator's own: auth.test, chat.*, conversations.*, users.*, reactions.add/remove/get, files.*, pins.*, bookmarks.*,
views.*, team.info, bots.info, the consent page, the exchange of a code, and every check of scopes.
The front's: which tokens are good, reads by GET, refresh, exchange and revocation, search, users.conversations,
reactions.list, emoji.list, usergroups.list, that the bot is a member where Slack asks for it, the bot's mark at its
messages, and all events.

It answers from a thread of its own, so that it serves other processes and browsers as well.
"""

import asyncio
from collections.abc import Generator, Iterable, Mapping
from typing import Any, Literal

import httpx2

from tests.support.far_side import Reply, Seen
from tests.support.standins.either_way import either_way
from tests.support.standins.emulator import emulator
from tests.support.standins.grants import Grants, Provider
from tests.support.standins.oauth_grants import Grant
from tests.support.standins.serving import served
from tests.support.standins.slack_events import APP, TEAM, SlackEvents
from tests.support.standins.slack_front import Call, Refusal, SlackFront
from tests.support.standins.slack_tokens import SlackTokens
from tests.support.standins.slack_upstream import BOT, CLIENT_ID, CLIENT_SECRET, SCOPES, SlackUpstream, seed

__all__ = ["BOT", "CLIENT_ID", "CLIENT_SECRET", "SCOPES", "Call", "SlackStandin", "slack_standin"]


class SlackStandin:
    """A workspace with the people admin, mia and ben, the channels general, random, alerts and sales, board-room being
    private, and one app, whose bot is a member of general.

    Everything that isn't awaited takes milliseconds. Channels and people are named or given by id.
    """

    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET
    bot_user_id = BOT

    def __init__(self, provider: Provider | None, *, rotates: bool) -> None:
        self.url = ""
        self.tokens = SlackTokens(Grants(), rotates=rotates)
        self.events = SlackEvents("slack-signing-secret")
        self.interactivity_url = ""
        self._provider = provider
        self._front: SlackFront | None = None

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def authorize_url(self) -> str:
        return f"{self.url}/oauth/v2/authorize"

    @property
    def token_url(self) -> str:
        return f"{self.url}/api/oauth.v2.access"

    @property
    def signing_secret(self) -> str:
        return self.events.signing_secret

    @property
    def calls(self) -> list[Call]:
        return self.front.calls

    @property
    def front(self) -> SlackFront:
        assert self._front is not None, "not served yet"
        return self._front

    async def answer(self, seen: Seen, /) -> Reply:
        return await self.front.answer(seen)

    def stand_before(self, emulated: str) -> None:
        self._front = SlackFront(SlackUpstream(emulated), self.tokens, self.events, self._provider)
        self._front.upstream.get_ready()

    def close(self) -> None:
        self.events.close()
        self.front.upstream.close()

    def issue_token(
        self, scopes: Iterable[str] | None = None, *, kind: Literal["app", "user"] = "app", person: str = "admin"
    ) -> str:
        """The bot's, or a person's own; with all scopes unless told."""
        subject = BOT if kind == "app" else self.person(person)
        prefix = "xoxb-" if kind == "app" else "xoxp-"
        return self.tokens.grants.issue(SCOPES if scopes is None else scopes, subject, kind=kind, prefix=prefix)

    def revoke(self, token: str) -> None:
        self.tokens.grants.mark(token, "revoked")

    def expire(self, token: str) -> None:
        self.tokens.grants.mark(token, "expired")

    def refuse(
        self, method: str, error: str, *, times: int = 1, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """The next calls of a method get this error and do nothing."""
        self.front.refusals[method] = Refusal(error, times, status, headers or {})

    def limit_rate(self, method: str, retry_after_s: int, *, times: int = 1) -> None:
        self.refuse(method, "ratelimited", times=times, status=429, headers={"Retry-After": str(retry_after_s)})

    def channel(self, name: str) -> str:
        """The id of a channel; of one that was made since the start by asking for it."""
        if name not in self.front.upstream.channels:
            listed = self.front.upstream.as_person(self.person("admin"), "conversations.list", limit="1000")["channels"]
            self.front.upstream.channels |= {channel["name"]: channel["id"] for channel in listed}
        return self.front.upstream.channels.get(name, name)

    def person(self, name: str) -> str:
        return self.front.upstream.people.get(name, name)

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """Oldest first, without replies in threads."""
        asked = {"channel": self.channel(channel), "limit": "1000"}
        answer = self.front.upstream.as_person(self.person("admin"), "conversations.history", **asked)
        return list(reversed(answer["messages"]))

    def replies(self, channel: str, ts: str) -> list[dict[str, Any]]:
        asked = {"channel": self.channel(channel), "ts": ts}
        return self.front.upstream.as_person(self.person("admin"), "conversations.replies", **asked)["messages"]

    def let_in(self, channel: str) -> None:
        """The bot becomes a member of a public channel."""
        self.front.upstream.everything("conversations.join", channel=self.channel(channel))

    def subscribe(self, to: str) -> None:
        """From now on everything that happens is sent there as signed events, in the background."""
        self.events.subscribed = to

    def say(self, person: str, channel: str, text: str, **more: str) -> str:
        """The new message's ts."""
        return str(self._as(person, "chat.postMessage", channel=self.channel(channel), text=text, **more)["ts"])

    def react(self, person: str, channel: str, ts: str, emoji: str) -> None:
        self._as(person, "reactions.add", channel=self.channel(channel), timestamp=ts, name=emoji)

    def make_channel(self, person: str, name: str) -> str:
        return str(self._as(person, "conversations.create", name=name)["channel"]["id"])

    def join(self, person: str, channel: str) -> None:
        self._as(person, "conversations.join", channel=self.channel(channel))

    def _as(self, person: str, method: str, **arguments: str) -> dict[str, Any]:
        answer = self.front.perform(method, arguments, Grant(tuple(SCOPES), self.person(person), "valid", "", "user"))
        assert answer["ok"], answer
        return answer

    async def send_event(
        self,
        event: Mapping[str, Any],
        *,
        to: str,
        signing_secret: str | None = None,
        event_id: str | None = None,
        retry: int = 0,
    ) -> httpx2.Response:
        return await asyncio.to_thread(
            self.events.send, event, to, event_id=event_id, retry=retry, secret=signing_secret
        )

    async def verify_url(self, to: str, challenge: str = "the-challenge") -> httpx2.Response:
        return await asyncio.to_thread(self.events.verify_url, to, challenge)

    async def slash(self, command: str, text: str, *, to: str, **fields: str) -> httpx2.Response:
        return await asyncio.to_thread(self.events.slash, command, text, to, **fields)

    async def press(
        self, person: str, channel: str, ts: str, action_id: str, *, to: str | None = None
    ) -> httpx2.Response:
        """A person presses a button of a message; sent to `interactivity_url` unless told."""
        return await asyncio.to_thread(self.press_now, person, channel, ts, action_id, to=to)

    def press_now(
        self, person: str, channel: str, ts: str, action_id: str, *, to: str | None = None
    ) -> httpx2.Response:
        place = self.channel(channel)
        message = next(said for said in self.messages(channel) if said["ts"] == ts)
        block, button = next(
            (block, element)
            for block in message["blocks"]
            for element in block.get("elements", [])
            if element.get("action_id") == action_id
        )
        acted = {name: button[name] for name in ("action_id", "type", "text", "value", "style") if name in button}
        payload: dict[str, Any] = {
            "type": "block_actions",
            "user": {"id": self.person(person), "username": person, "name": person, "team_id": TEAM},
            "api_app_id": APP,
            "token": "verification-token",
            "container": {"type": "message", "message_ts": ts, "channel_id": place, "is_ephemeral": False},
            "trigger_id": "1.2.abc",
            "team": {"id": TEAM, "domain": "loomworks"},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": place, "name": channel},
            "message": message,
            "state": {"values": {}},
            "response_url": f"{self.url}/response/{place}/{ts}",
            "actions": [{**acted, "block_id": block.get("block_id", "b1"), "action_ts": ts}],
        }
        return self.events.interact(payload, to or self.interactivity_url)


@either_way
def slack_standin(
    provider: Provider | None = None, *, redirect_uris: Iterable[str] = (), rotates: bool = False
) -> Generator[SlackStandin]:
    """`redirect_uris` are those that the app's own consent page takes, `provider` another's book of good tokens."""
    slack = SlackStandin(provider, rotates=rotates)
    with served(slack), emulator("slack", seed(tuple(redirect_uris)), slack.url) as emulated:
        slack.stand_before(emulated)
        try:
            yield slack
        finally:
            slack.close()
