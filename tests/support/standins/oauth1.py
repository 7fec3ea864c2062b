"""An OAuth 1.0a server with Trello's routes, on oauthlib, which shares no code with the product's Authlib.

Served by itself, or through the Trello stand-in, whose API takes the tokens that it gives.
"""

import re
import secrets
import string
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from oauthlib.oauth1 import RequestValidator, WebApplicationServer
from oauthlib.oauth1.rfc5849.errors import OAuth1Error

from tests.support.far_side import Reply, Seen
from tests.support.standins.oauth_grants import Grant
from tests.support.standins.oauth_page import consent_page, problem_page
from tests.support.standins.serving import Lost, form_of, served

# oauthlib has no types.
_Untyped: Any = RequestValidator

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class _RequestToken:
    secret: str
    callback: str
    verifier: str = ""
    scopes: tuple[str, ...] = ()
    used: bool = False


@dataclass
class _AccessToken:
    secret: str
    scopes: tuple[str, ...]
    subject: str
    state: Literal["valid", "expired", "revoked"] = "valid"


@dataclass
class OAuth1Server:
    """One server with one client. `subject` is who is signed in at its page; `callbacks` is where it may lead back."""

    client_key: str = "0123456789abcdef0123456789abcdef"
    client_secret: str = "fedcba9876543210fedcba9876543210"
    callbacks: tuple[str, ...] = ()
    subject: str = "member1"
    url: str = ""
    request_tokens: dict[str, _RequestToken] = field(default_factory=dict[str, _RequestToken])
    access_tokens: dict[str, _AccessToken] = field(default_factory=dict[str, _AccessToken])
    nonces: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])

    def __post_init__(self) -> None:
        self._server: Any = WebApplicationServer(_Validator(self))

    @property
    def request_token_url(self) -> str:
        return f"{self.url}/1/OAuthGetRequestToken"

    @property
    def authorize_url(self) -> str:
        return f"{self.url}/1/OAuthAuthorizeToken"

    @property
    def access_token_url(self) -> str:
        return f"{self.url}/1/OAuthGetAccessToken"

    def issue(self, *scopes: str) -> tuple[str, str]:
        """A token and its secret as after a consent, for a test that is not about the consent."""
        token, secret = secrets.token_hex(32), secrets.token_hex(16)
        self.access_tokens[token] = _AccessToken(secret, scopes or ("read", "write"), self.subject)
        return token, secret

    def revoke(self, token: str) -> None:
        self.access_tokens[token].state = "revoked"

    def check(self, token: str) -> Grant | None:
        """What a token stands for, however it was shown."""
        kept = self.access_tokens.get(token)
        return None if kept is None else Grant(kept.scopes, kept.subject, kept.state, self.client_key)

    def signer(self, seen: Seen) -> Grant | None:
        """Whose token signed the request; None if the signature is wrong, or was seen before."""
        request = _as_oauthlib(seen)
        valid, signed = self._server.validate_protected_resource_request(**request, realms=[])
        return self.check(str(signed.resource_owner_key)) if valid and signed is not None else None

    async def consent(self, authorize_url: str, *, deny: bool = False) -> str:
        """The person's way through the page without a browser: where they are sent back to."""
        async with httpx2.AsyncClient(trust_env=False) as browser:
            page = await browser.get(authorize_url)
            ticket = re.search(r'name="ticket" value="([^"]*)"', page.text)
            if ticket is None:
                raise AssertionError(f"the server shows no consent page: {page.text}")
            scopes = re.findall(r'name="scope" value="([^"]*)"', page.text)
            chosen = [("ticket", ticket[1]), ("decision", "deny" if deny else "allow")]
            body = urlencode([*chosen, *(("scope", scope) for scope in scopes)])
            answer = await browser.post(f"{self.url}/1/consent", content=body, headers=_FORM)
            return answer.headers["location"]

    async def answer(self, seen: Seen, /) -> Reply | Lost:
        match seen.path:
            case "/1/OAuthGetRequestToken":
                return self._handed_out(self._server.create_request_token_response, seen)
            case "/1/OAuthAuthorizeToken":
                return self._asks(dict(seen.query))
            case "/1/consent":
                return self._decided(seen)
            case "/1/OAuthGetAccessToken":
                return self._handed_out(self._server.create_access_token_response, seen)
            case _:
                return Reply(404)

    def _handed_out(self, create: Any, seen: Seen) -> Reply:
        try:
            headers, body, status = create(**_as_oauthlib(seen))
        except OAuth1Error as error:
            return Reply(400, {"Content-Type": "text/plain"}, str(error.description).encode())
        return Reply(status, headers, (body or "").encode())

    def _asks(self, asked: dict[str, str]) -> Reply:
        token = self.request_tokens.get(asked.get("oauth_token", ""))
        if token is None or token.used:
            return problem_page("This request is not known or was answered already.")
        token.scopes = tuple(asked.get("scope", "read").split(","))
        return consent_page("Trello", self.subject, asked["oauth_token"], token.scopes, action="/1/consent")

    def _decided(self, seen: Seen) -> Reply:
        fields = dict(parse_qsl(seen.body.decode()))
        ticket = form_of(seen).get("ticket", "")
        token = self.request_tokens.get(ticket)
        if token is None or token.used or token.verifier:
            return problem_page("This request is not known or was answered already.")
        if fields.get("decision") != "allow":
            del self.request_tokens[ticket]
            return _back(token.callback, denied=ticket)
        token.verifier = secrets.token_hex(16)
        return _back(token.callback, oauth_token=ticket, oauth_verifier=token.verifier)


@contextmanager
def oauth1_server(callback: str = "") -> Generator[OAuth1Server]:
    server = OAuth1Server(callbacks=(callback,) if callback else ())
    with served(server):
        yield server


def _as_oauthlib(seen: Seen) -> dict[str, Any]:
    """A request as oauthlib wants it; only a form counts as its body (RFC 5849, 3.4.1.3.1)."""
    headers = {name.title(): value for name, value in seen.headers.items()}
    body = seen.body.decode() if form_of(seen) else None
    if body is None:
        headers.pop("Content-Type", None)
    return {
        "uri": f"http://{seen.headers['host']}{seen.target}",
        "http_method": seen.method,
        "body": body,
        "headers": headers,
    }


def _back(callback: str, **outcome: str) -> Reply:
    address = urlsplit(callback)
    query = urlencode([*parse_qsl(address.query, keep_blank_values=True), *outcome.items()])
    return Reply(302, {"Location": address._replace(query=query).geturl()})


class _Validator(_Untyped):
    """What oauthlib asks while it checks a request; names and the order of arguments are oauthlib's."""

    dummy_client = "dummy"
    dummy_request_token = "dummy"
    dummy_access_token = "dummy"
    enforce_ssl = False
    client_key_length = request_token_length = access_token_length = nonce_length = verifier_length = (6, 80)
    safe_characters = frozenset(string.ascii_letters + string.digits + "-_.~")

    def __init__(self, server: OAuth1Server) -> None:
        self._of = server

    def validate_client_key(self, client_key: str, *_: Any) -> bool:
        return secrets.compare_digest(client_key, self._of.client_key)

    def get_client_secret(self, *_: Any) -> str:
        return self._of.client_secret

    def validate_timestamp_and_nonce(self, client_key: str, timestamp: str, nonce: str, *_: Any, **__: Any) -> bool:
        seen = (client_key, timestamp, nonce)
        if seen in self._of.nonces:
            return False
        self._of.nonces.add(seen)
        return True

    def validate_redirect_uri(self, _client_key: str, redirect_uri: str, _request: Any) -> bool:
        """OAuth 1 has no state, so clients bring theirs as the query of the address."""
        return redirect_uri.partition("?")[0] in [callback.partition("?")[0] for callback in self._of.callbacks]

    def get_default_realms(self, *_: Any) -> list[str]:
        return []

    def validate_requested_realms(self, *_: Any) -> bool:
        return True

    def save_request_token(self, token: dict[str, str], request: Any) -> None:
        kept = _RequestToken(token["oauth_token_secret"], str(request.redirect_uri))
        self._of.request_tokens[token["oauth_token"]] = kept

    def validate_request_token(self, _client_key: str, token: str, _request: Any) -> bool:
        kept = self._of.request_tokens.get(token)
        return kept is not None and not kept.used

    def get_request_token_secret(self, _client_key: str, token: str, _request: Any) -> str:
        kept = self._of.request_tokens.get(token)
        return kept.secret if kept else "dummy"

    def get_realms(self, *_: Any) -> list[str]:
        return []

    def validate_verifier(self, _client_key: str, token: str, verifier: str, _request: Any) -> bool:
        kept = self._of.request_tokens.get(token)
        return kept is not None and bool(kept.verifier) and secrets.compare_digest(kept.verifier, verifier)

    def invalidate_request_token(self, _client_key: str, token: str, _request: Any) -> None:
        self._of.request_tokens[token].used = True

    def save_access_token(self, token: dict[str, str], request: Any) -> None:
        scopes = self._of.request_tokens[str(request.resource_owner_key)].scopes
        kept = _AccessToken(token["oauth_token_secret"], scopes, self._of.subject)
        self._of.access_tokens[token["oauth_token"]] = kept

    def validate_access_token(self, _client_key: str, token: str, _request: Any) -> bool:
        kept = self._of.access_tokens.get(token)
        return kept is not None and kept.state == "valid"

    def get_access_token_secret(self, _client_key: str, token: str, _request: Any) -> str:
        kept = self._of.access_tokens.get(token)
        return kept.secret if kept else "dummy"

    def validate_realms(self, *_: Any, **__: Any) -> bool:
        return True
