"""Google's token endpoint as far as the emulator leaves it open: which tokens live, refresh, revocation.

The consent page, PKCE and the exchange of a code are the emulator's. A refresh token is only handed out to those who
asked for offline access, and is never exchanged for a new one; revoking it ends its access tokens too.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.standins.grants import Grants

CLIENT_ID = "google-client"
CLIENT_SECRET = "google-client-secret"
_INVALID_GRANT = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}

Answer = tuple[int, Mapping[str, Any]]


@dataclass
class GoogleTokens:
    grants: Grants
    life_s: int = 3599
    refreshes: int = 0
    _refresh: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _offline_states: set[str] = field(default_factory=set[str])
    _offline_codes: set[str] = field(default_factory=set[str])

    def asked(self, query: Mapping[str, str]) -> None:
        """At the consent page; the emulator doesn't pass on whether offline access was asked for."""
        if query.get("access_type") == "offline":
            self._offline_states.add(query.get("state", ""))

    def consented(self, state: str, code: str) -> None:
        if state in self._offline_states:
            self._offline_codes.add(code)

    def exchanged(self, code: str, answer: dict[str, Any], person: str) -> dict[str, Any]:
        """The emulator's answer to a code; its tokens are written into the book."""
        token = self.grants.issue(answer["scope"].split(), person, prefix="ya29.")
        answer |= {"access_token": token, "expires_in": self.life_s}
        answer.pop("refresh_token", None)
        return answer | ({"refresh_token": self.refresh_token(token)} if code in self._offline_codes else {})

    def refresh_token(self, token: str) -> str:
        made = f"1//{secrets.token_urlsafe(24)}"
        self._refresh[made] = [token]
        return made

    def refreshed(self, form: Mapping[str, str]) -> Answer:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client", "error_description": "The OAuth client was not found."}
        issued = self._refresh.get(form.get("refresh_token", ""))
        if issued is None:
            return 400, _INVALID_GRANT
        first = self.grants.known[issued[0]]
        token = self.grants.issue(first.scopes, first.subject, prefix="ya29.")
        issued.append(token)
        self.refreshes += 1
        scope = " ".join(first.scopes)
        return 200, {"access_token": token, "expires_in": self.life_s, "scope": scope, "token_type": "Bearer"}

    def revoked(self, token: str) -> Answer:
        ended = self._refresh.pop(token, None)
        if ended is None and self.grants.check(token) is None:
            return 400, {"error": "invalid_token", "error_description": "Token expired or revoked"}
        for refresh_token, issued in list(self._refresh.items()):
            if token in issued:
                ended = self._refresh.pop(refresh_token)
        for one in ended or [token]:
            self.grants.mark(one, "revoked")
        return 200, {}
