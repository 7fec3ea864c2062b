"""A strict OAuth 2 provider of our own, on loopback: what a vendor's authorization server refuses, this one refuses.

    with oauth_provider(GOOGLE, redirect_uri=callback) as provider:
        location = await provider.consent(authorize_url, untick=["gmail.send"])

RFC 6749 with PKCE (S256) required, RFC 9700 for refresh tokens: each is used once, and one that comes back a second
time revokes the whole grant. A code that comes back does too.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

import httpx2

from tests.support.far_side import Reply, Seen
from tests.support.standins.oauth_grants import Access, Asked, Code, Grant, Kept
from tests.support.standins.oauth_page import consent_page, problem_page
from tests.support.standins.oauth_profiles import (
    ATLASSIAN,
    GOOGLE,
    PLAIN,
    SLACK,
    SLACK_WITHOUT_ROTATION,
    Issued,
    Profile,
)
from tests.support.standins.serving import Lost, form_of, lists_of, served

__all__ = [
    "ATLASSIAN",
    "GOOGLE",
    "PLAIN",
    "SLACK",
    "SLACK_WITHOUT_ROTATION",
    "Grant",
    "OAuthProvider",
    "Profile",
    "oauth_provider",
]

Fault = Literal["500", "silence", "invalid_grant", "cut_after_rotating"]

_AUTHORIZE = ("/authorize", "/oauth/v2/authorize", "/o/oauth2/v2/auth")
_TOKEN = ("/token", "/oauth/token", "/api/oauth.v2.access")
_REVOKE = ("/revoke", "/oauth/revoke")


class _Refused(Exception):
    """What the token endpoint refuses, by its code of RFC 6749, 5.2."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass
class OAuthProvider:
    """One provider with one client, which must authenticate as `client_auth` says ("either" takes both ways).

    `fault` is what the token endpoint does wrong, `faults_left` how often (None: until it is taken back).
    `token_requests` counts what came to the token endpoint, `refreshes` the refreshes that were carried out, whether or
    not their answer arrived. `subject` is who is signed in at the consent page.
    """

    profile: Profile = PLAIN
    client_id: str = "loom-client"
    client_secret: str = "loom-client-secret"
    redirect_uris: tuple[str, ...] = ()
    client_auth: Literal["client_secret_post", "client_secret_basic", "either"] = "either"
    lifetime_s: float = 3600
    subject: str = "U0PERSON"
    requires_pkce: bool = True
    url: str = ""
    fault: Fault | None = None
    faults_left: int | None = None
    token_requests: int = 0
    refreshes: int = 0
    revocations: int = 0
    seen: list[Seen] = field(default_factory=list[Seen])
    _asked: dict[str, Asked] = field(default_factory=dict[str, Asked])
    _codes: dict[str, Code] = field(default_factory=dict[str, Code])
    _access: dict[str, Access] = field(default_factory=dict[str, Access])
    _refresh: dict[str, Kept] = field(default_factory=dict[str, Kept])
    _grants: list[Kept] = field(default_factory=list[Kept])

    @property
    def authorize_url(self) -> str:
        return f"{self.url}/authorize"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def revoke_url(self) -> str:
        return f"{self.url}/revoke"

    def check(self, token: str) -> Grant | None:
        """What an access token stands for; None if it was never issued. For the APIs that take it."""
        access = self._access.get(token)
        if access is None:
            return None
        grant = access.grant
        return Grant(access.scopes, grant.subject, access.state, grant.client_id, access.kind)

    def expire_access_tokens(self) -> None:
        """All that are out expire now."""
        for access in list(self._access.values()):
            access.expires_at = 0

    def revoke_grants(self, subject: str | None = None) -> None:
        """The person took the consent back at the vendor: access and refresh tokens are dead."""
        for grant in list(self._grants):
            grant.revoked |= subject in (None, grant.subject)

    def issue(self, *scopes: str, user_scopes: tuple[str, ...] = (), offline: bool = True) -> dict[str, object]:
        """A token answer as after a consent, for a test that is not about the consent."""
        grant = Kept(self.client_id, self.subject, scopes, user_scopes)
        self._grants.append(grant)
        return self.profile.shape(self._issued(grant, grant.scopes, offline=offline, refreshed=False))

    async def consent(self, authorize_url: str, *, untick: Collection[str] = (), deny: bool = False) -> str:
        """The person's way through the consent page without a browser: where they are sent back to."""
        async with httpx2.AsyncClient(trust_env=False) as browser:
            page = await browser.get(authorize_url)
            if page.status_code == 302:
                return page.headers["location"]
            if page.status_code != 200:
                raise AssertionError(f"the provider shows no consent page: {page.text}")
            fields = re.findall(r'<input type="(?:hidden|checkbox)" name="(\w+)" value="([^"]*)"', page.text)
            chosen = [(name, value) for name, value in fields if value not in untick]
            chosen.append(("decision", "deny" if deny else "allow"))
            body = urlencode(chosen)
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = await browser.post(f"{self.url}/consent", content=body, headers=headers)
            return answer.headers["location"]

    async def answer(self, seen: Seen, /) -> Reply | Lost:
        self.seen.append(seen)
        match seen.method, seen.path:
            case "GET", path if path in _AUTHORIZE:
                return self._authorize(seen)
            case "POST", "/consent":
                return self._decided(seen)
            case "POST", path if path in _TOKEN:
                return self._token(seen)
            case "POST", path if path in _REVOKE:
                return self._revoke(seen)
            case "POST" | "GET", "/api/auth.revoke":
                return self._slack_revoke(seen)
            case _:
                return Reply(404)

    def _authorize(self, seen: Seen) -> Reply:
        parameters = dict(seen.query)
        if len(parameters) != len(seen.query):
            return problem_page("A parameter stands twice in the address.")
        if parameters.get("client_id") != self.client_id:
            return problem_page("This client is not known here.")
        if parameters.get("redirect_uri", "") not in self.redirect_uris:
            return problem_page("The redirect address is not one of those that were registered.")
        if (wrong := self._wrong_with(parameters)) is not None:
            return _back(parameters, error=wrong[0], error_description=wrong[1])
        asked = Asked(
            parameters, self._split(parameters.get("scope", "")), self._split(parameters.get("user_scope", ""))
        )
        ticket = secrets.token_urlsafe(12)
        self._asked[ticket] = asked
        return consent_page(self.profile.name, self.subject, ticket, [*asked.scopes, *asked.user_scopes])

    def _wrong_with(self, parameters: dict[str, str]) -> tuple[str, str] | None:
        if parameters.get("response_type") != "code" and self.profile.name != "slack":
            return "unsupported_response_type", "Only codes are given."
        if not parameters.get("state"):
            return "invalid_request", "There is no state."
        challenge, method = parameters.get("code_challenge"), parameters.get("code_challenge_method")
        if (self.requires_pkce or challenge) and (method != "S256" or not re.fullmatch(r"[\w-]{43}", challenge or "")):
            return "invalid_request", "A code_challenge with the method S256 is needed."
        return None

    def _split(self, scopes: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(scope for scope in scopes.split(self.profile.scope_separator) if scope))

    def _decided(self, seen: Seen) -> Reply:
        fields = lists_of(seen)
        asked = self._asked.pop(fields.get("ticket", [""])[0], None)
        if asked is None:
            return problem_page("This page was answered already.")
        ticked = set(fields.get("scope", ()))
        if fields.get("decision") != ["allow"] or not ticked:
            return _back(asked.parameters, error="access_denied")
        before = self._before()
        grant = self._granted(asked, ticked, before)
        code = secrets.token_urlsafe(24)
        self._codes[code] = Code(
            grant,
            asked.parameters["redirect_uri"],
            asked.parameters.get("code_challenge"),
            self.profile.offline(asked.parameters, before is not None),
            time.monotonic() + 60,
        )
        return _back(asked.parameters, code=code)

    def _before(self) -> Kept | None:
        """The latest grant of the person to the client that still holds."""
        of_theirs = [grant for grant in self._grants if grant.subject == self.subject and not grant.revoked]
        return of_theirs[-1] if of_theirs else None

    def _granted(self, asked: Asked, ticked: set[str], before: Kept | None) -> Kept:
        earlier = before if before is not None and self.profile.adds_up(asked.parameters) else None

        def together(former: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(dict.fromkeys([*former, *(scope for scope in now if scope in ticked)]))

        scopes = together(earlier.scopes if earlier else (), asked.scopes)
        user_scopes = together(earlier.user_scopes if earlier else (), asked.user_scopes)
        grant = Kept(self.client_id, self.subject, scopes, user_scopes)
        self._grants.append(grant)
        return grant

    def _token(self, seen: Seen) -> Reply | Lost:
        self.token_requests += 1
        fault = self._fault()
        try:
            if fault == "500":
                return Reply(500, {"Content-Type": "text/html"}, b"<h1>Internal error</h1>")
            if fault == "silence":
                return Lost.SILENCE
            issued = self._exchange(seen, refuse=fault == "invalid_grant")
        except _Refused as refused:
            status, answer = self.profile.refusal(refused.code, refused.text)
            return _json(status, answer)
        return Lost.CUT if fault == "cut_after_rotating" else _json(200, self.profile.shape(issued))

    def _fault(self) -> Fault | None:
        if self.fault is None or self.faults_left == 0:
            return None
        if self.faults_left is not None:
            self.faults_left -= 1
        return self.fault

    def _exchange(self, seen: Seen, *, refuse: bool) -> Issued:
        form = form_of(seen)
        if refuse:
            raise _Refused("invalid_grant", "The refresh token was revoked.")
        if not form:
            raise _Refused("invalid_request", "The body must be a form.")
        self._authenticate(seen, form.get("client_id"), form.get("client_secret"))
        match form.get("grant_type", "authorization_code" if self.profile.name == "slack" else None):
            case "authorization_code":
                return self._redeemed(form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier"))
            case "refresh_token":
                return self._refreshed(form.get("refresh_token", ""), self._split(form.get("scope", "")))
            case _:
                raise _Refused("unsupported_grant_type", "Only codes and refresh tokens are taken.")

    def _authenticate(self, seen: Seen, client_id: str | None, client_secret: str | None) -> None:
        """By exactly one way (RFC 6749, 2.3), and by the one that the client is registered with."""
        basic = _basic(seen)
        way = "client_secret_basic" if basic is not None else "client_secret_post"
        if basic is not None and client_secret is not None:
            raise _Refused("invalid_request", "The client authenticates in two ways at once.")
        given = basic or (client_id or "", client_secret or "")
        wrong_way = self.client_auth not in ("either", way)
        if wrong_way or given[0] != self.client_id or not hmac.compare_digest(given[1], self.client_secret):
            raise _Refused("invalid_client", "The client can't be told to be who it says.")

    def _redeemed(self, code_text: str, redirect_uri: str, verifier: str | None) -> Issued:
        code = self._codes.get(code_text)
        if code is None or time.monotonic() > code.expires_at:
            raise _Refused("invalid_grant", "The code is not known or has expired.")
        if code.used:
            code.grant.revoked = True
            raise _Refused("invalid_grant", "The code was used before.")
        code.used = True
        if code.redirect_uri != redirect_uri:
            raise _Refused("invalid_grant", "The code was given for another redirect address.")
        if code.challenge is not None and _challenge_of(verifier or "") != code.challenge:
            raise _Refused("invalid_grant", "The code verifier is wrong.")
        if code.challenge is None and verifier is not None:
            raise _Refused("invalid_grant", "The code was asked for without a challenge.")
        return self._issued(code.grant, code.grant.scopes, offline=code.offline, refreshed=False)

    def _refreshed(self, token: str, narrower: tuple[str, ...]) -> Issued:
        grant = self._refresh.get(token)
        if grant is None:
            raise _Refused("invalid_grant", "The refresh token is not known.")
        if self.profile.rotates and grant.refresh_tokens[-1] != token:
            grant.revoked = True
            raise _Refused("invalid_grant", "The refresh token was used before.")
        if grant.revoked:
            raise _Refused("invalid_grant", "The refresh token was revoked.")
        if not set(narrower) <= set(grant.scopes):
            raise _Refused("invalid_scope", "More is asked for than was granted.")
        self.refreshes += 1
        return self._issued(grant, narrower or grant.scopes, offline=self.profile.rotates, refreshed=True)

    def _issued(self, grant: Kept, scopes: tuple[str, ...], *, offline: bool, refreshed: bool) -> Issued:
        lifetime_s = self.lifetime_s if self.profile.expires else None
        expires_at = None if lifetime_s is None else time.monotonic() + lifetime_s
        access_token = f"at-{secrets.token_urlsafe(24)}"
        self._access[access_token] = Access(grant, scopes, expires_at)
        user_token = None
        if grant.user_scopes and not refreshed:
            user_token = f"ut-{secrets.token_urlsafe(24)}"
            self._access[user_token] = Access(grant, grant.user_scopes, expires_at, "user")
        refresh_token = None
        if offline and self.profile.expires:
            refresh_token = f"rt-{secrets.token_urlsafe(24)}"
            grant.refresh_tokens.append(refresh_token)
            self._refresh[refresh_token] = grant
        return Issued(
            access_token=access_token,
            lifetime_s=lifetime_s,
            refresh_token=refresh_token,
            scopes=scopes,
            user_scopes=grant.user_scopes,
            user_token=user_token,
            subject=grant.subject,
            client_id=grant.client_id,
            refreshed=refreshed,
        )

    def _revoke(self, seen: Seen) -> Reply:
        """RFC 7009: whichever token comes, the whole grant ends; one that is not known is no error.

        Google takes the token without the client's secret, so the others do here too, unless one is given.
        """
        form = {**dict(seen.query), **form_of(seen)}
        if "client_secret" in form or "authorization" in seen.headers:
            try:
                self._authenticate(seen, form.get("client_id"), form.get("client_secret"))
            except _Refused as refused:
                return _json(401, {"error": refused.code})
        self._end(form.get("token", ""))
        return _json(200, {})

    def _slack_revoke(self, seen: Seen) -> Reply:
        token = seen.headers.get("authorization", "").removeprefix("Bearer ") or form_of(seen).get("token", "")
        if self.check(token) is None:
            return _json(200, {"ok": False, "error": "invalid_auth"})
        self._end(token)
        return _json(200, {"ok": True, "revoked": True})

    def _end(self, token: str) -> None:
        access = self._access.get(token)
        grant = access.grant if access else self._refresh.get(token)
        if grant is not None:
            self.revocations += 1
            grant.revoked = True


@contextmanager
def oauth_provider(
    profile: Profile = PLAIN, *, redirect_uri: str = "", lifetime_s: float = 3600
) -> Generator[OAuthProvider]:
    """A provider of its own on a free port; more is set on what this yields."""
    provider = OAuthProvider(profile, redirect_uris=(redirect_uri,) if redirect_uri else (), lifetime_s=lifetime_s)
    with served(provider):
        yield provider


def _basic(seen: Seen) -> tuple[str, str] | None:
    """The client's id and secret, form-encoded before base64 as RFC 6749, 2.3.1 has it."""
    scheme, _, value = seen.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    name, _, password = base64.b64decode(value).decode().partition(":")
    return unquote_plus(name), unquote_plus(password)


def _challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _back(parameters: dict[str, str], **outcome: str) -> Reply:
    """To the redirect address, whose own query stays as it is (RFC 6749, 3.1.2)."""
    redirect = urlsplit(parameters["redirect_uri"])
    added = outcome | ({"state": parameters["state"]} if "state" in parameters else {})
    query = urlencode([*parse_qsl(redirect.query, keep_blank_values=True), *added.items()])
    return Reply(302, {"Location": redirect._replace(query=query).geturl()})


def _json(status: int, answer: dict[str, object]) -> Reply:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Reply(status, headers, json.dumps(answer).encode())
