"""Slack's token methods, which the emulator has only in part: the code exchange is its own, the rest is here.

Refresh tokens are used up by a refresh (`oauth.v2.access` with `grant_type=refresh_token`), `oauth.v2.exchange` makes a
long-lived token an expiring one, `auth.revoke` ends one.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.standins.grants import Grants
from tests.support.standins.oauth_grants import Grant
from tests.support.standins.slack_events import APP, TEAM
from tests.support.standins.slack_upstream import BOT, CLIENT_ID, CLIENT_SECRET

_REFUSALS = {"expired": "token_expired", "revoked": "token_revoked"}


def refusal(grant: Grant | None) -> str | None:
    """Why Slack doesn't take a token, None if it does."""
    return "invalid_auth" if grant is None else _REFUSALS.get(grant.state)


@dataclass
class SlackTokens:
    """`rotates`: tokens expire and come with a refresh token, which an app of Slack chooses once and for all."""

    grants: Grants
    rotates: bool = False
    life_s: int = 43_200
    refreshes: int = 0
    _refresh: dict[str, Grant] = field(default_factory=dict[str, Grant])

    def came_from(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The emulator's answer to a code, its tokens written into the book, made expiring if the app rotates."""
        if not answer["ok"]:
            return answer
        person = answer["authed_user"]
        bot = Grant(tuple(answer["scope"].split(",")), answer["bot_user_id"], "valid", CLIENT_ID)
        self._enter(answer, bot)
        if "access_token" in person:
            self._enter(person, Grant(tuple(person["scope"].split(",")), person["id"], "valid", CLIENT_ID, "user"))
        return answer

    def refreshed(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if (arguments.get("client_id"), arguments.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return {"ok": False, "error": "bad_client_secret"}
        grant = self._refresh.pop(str(arguments.get("refresh_token")), None)
        if grant is None:
            return {"ok": False, "error": "invalid_refresh_token"}
        self.refreshes += 1
        return self._fresh(grant)

    def exchanged(self, token: str, grant: Grant) -> dict[str, Any]:
        self.grants.mark(token, "revoked")
        return self._fresh(grant)

    def revoked(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        only_asking = str(arguments.get("test", "")).lower() in ("1", "true")
        if not only_asking:
            self.grants.mark(token, "revoked")
        return {"ok": True, "revoked": not only_asking}

    def _fresh(self, grant: Grant) -> dict[str, Any]:
        prefix = "xoxe.xoxb-1-" if grant.kind == "app" else "xoxe.xoxp-1-"
        token = self.grants.issue(grant.scopes, grant.subject, kind=grant.kind, prefix=prefix)
        answer: dict[str, Any] = {
            "ok": True,
            "access_token": token,
            "token_type": "bot" if grant.kind == "app" else "user",
            "scope": ",".join(grant.scopes),
            "bot_user_id": BOT,
            "app_id": APP,
            "team": {"id": TEAM, "name": "Loom Works"},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        return answer | self._with_refresh(grant)

    def _enter(self, answer: dict[str, Any], grant: Grant) -> None:
        self.grants.known[answer["access_token"]] = grant
        if self.rotates:
            answer |= self._with_refresh(grant)

    def _with_refresh(self, grant: Grant) -> dict[str, Any]:
        refresh_token = f"xoxe-1-{secrets.token_urlsafe(24)}"
        self._refresh[refresh_token] = grant
        return {"refresh_token": refresh_token, "expires_in": self.life_s}
