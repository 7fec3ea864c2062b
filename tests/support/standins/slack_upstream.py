"""The emulator behind the Slack stand-in: asked as any token, with scopes that the emulator itself enforces."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.support.standins.calling import loopback_client
from tests.support.standins.oauth_grants import Grant
from tests.support.standins.slack_events import APP, TEAM

CLIENT_ID = "slack-client"
CLIENT_SECRET = "slack-client-secret"
BOT = "U0BOT"
ADMIN = "U000000001"
_TEAM_IN_EMULATOR = "T000000001"
_MINTED_AT = "http://127.0.0.1/minted"

SCOPES = [
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "emoji:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "search:read",
    "team:read",
    "usergroups:read",
    "users.profile:read",
    "users.profile:write",
    "users:read",
    "users:read.email",
    "users:write",
]

_PEOPLE = [
    {"name": "mia", "real_name": "Mia Weaver", "email": "mia@loom.test"},
    {"name": "ben", "real_name": "Ben Carter", "email": "ben@loom.test"},
]
_CHANNELS = [
    {"name": "alerts", "topic": "What went wrong"},
    {"name": "sales"},
    {"name": "board-room", "is_private": True},
]


def seed(redirect_uris: tuple[str, ...]) -> dict[str, Any]:
    app = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "name": "Nodeloom",
        "app_id": APP,
        "bot_id": "B0BOT",
        "bot_user_id": BOT,
        "bot_name": "nodeloom",
        "redirect_uris": [_MINTED_AT, *redirect_uris],
    }
    return {
        "team": {"name": "Loom Works", "domain": "loomworks"},
        "users": _PEOPLE,
        "channels": _CHANNELS,
        "oauth_apps": [app],
        "strict_scopes": True,
    }


@dataclass
class SlackUpstream:
    """`people` by name, with their ids; channels by name likewise, as they were at the start."""

    url: str
    people: dict[str, str] = field(default_factory=dict[str, str])
    channels: dict[str, str] = field(default_factory=dict[str, str])
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    _client: httpx2.Client = field(default_factory=loopback_client)

    def get_ready(self) -> None:
        """Learns who and what is there, and lets the people and the app join #general."""
        self.people |= {user["name"]: user["id"] for user in self.everything("users.list")["members"]}
        everywhere = self.as_person(ADMIN, "conversations.list", types="public_channel,private_channel")
        self.channels |= {channel["name"]: channel["id"] for channel in everywhere["channels"]}
        self.everything("conversations.join", channel=self.channels["general"])
        for seeded in _PEOPLE:
            self.as_person(self.people[seeded["name"]], "conversations.join", channel=self.channels["general"])

    def call(self, method: str, arguments: Mapping[str, Any], grant: Grant | None) -> dict[str, Any]:
        """The emulator takes POST alone, so a read of the SDK becomes one; what it hasn't is `unknown_method`."""
        headers = {} if grant is None else {"Authorization": f"Bearer {self.token_for(grant)}"}
        asked = {
            name: "true" if name.startswith("is_") and value == "1" else value for name, value in arguments.items()
        }
        answer = self._client.post(f"{self.url}/api/{method}", json=asked, headers=headers)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return {"ok": False, "error": "unknown_method", "req_method": method}
        return json.loads(answer.text.replace(_TEAM_IN_EMULATOR, TEAM))

    def everything(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Asked as the app with every scope; for what the stand-in has to know itself."""
        return self.call(method, arguments, Grant(tuple(SCOPES), BOT, "valid", CLIENT_ID))

    def as_person(self, user: str, method: str, **arguments: Any) -> dict[str, Any]:
        return self.call(method, arguments, Grant(tuple(SCOPES), user, "valid", CLIENT_ID, "user"))

    def raw(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> httpx2.Response:
        passed = {name: value for name, value in headers.items() if name in ("content-type", "authorization", "cookie")}
        return self._client.request(method, self.url + target, headers=passed, content=body)

    def token_for(self, grant: Grant) -> str:
        """A token of the emulator's own with the same scopes, got through its own consent."""
        person = grant.subject if grant.subject in self.people.values() else ADMIN
        scopes = " ".join(sorted(grant.scopes)) or "none"
        key = (scopes, person if grant.kind == "user" else "")
        if key not in self._tokens:
            self._tokens[key] = self._mint(scopes.replace(" ", ","), person, user=grant.kind == "user")
        return self._tokens[key]

    def _mint(self, scopes: str, person: str, *, user: bool) -> str:
        consent = {
            "user_id": person,
            "redirect_uri": _MINTED_AT,
            "scope": "" if user else scopes,
            "user_scope": scopes if user else "",
            "client_id": CLIENT_ID,
        }
        back = self._client.post(f"{self.url}/oauth/v2/authorize/callback", data=consent).headers["location"]
        code = parse_qs(urlsplit(back).query)["code"][0]
        asked = {"code": code, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uri": _MINTED_AT}
        answer = self._client.post(f"{self.url}/api/oauth.v2.access", data=asked).json()
        return str(answer["authed_user"]["access_token"] if user else answer["access_token"])

    def close(self) -> None:
        self._client.close()
