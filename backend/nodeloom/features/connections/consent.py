"""Sending a person to a service's consent page, and knowing them again when they come back."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx2
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.vault import Vault
from nodeloom.features.accounts.caller import Caller
from nodeloom.features.accounts.identity import SignedIn
from nodeloom.features.connections import repository
from nodeloom.features.connections.addresses import CALLBACK, authorize_url, request_token_url
from nodeloom.features.connections.errors import AppMissing, ConnectorUnknown, ConsentUnavailable
from nodeloom.features.connections.models import Connection, OauthFlow
from nodeloom.features.connections.oauth1 import request_token
from nodeloom.features.connections.token_endpoint import AskFailed
from nodeloom_connectors.sdk import Connector, OAuth1, OAuth2, OAuthApp

LASTS: Final = timedelta(minutes=10)
# Kept for a while, so that whoever comes too late or twice is told so.
_REMEMBERED: Final = timedelta(days=1)


@dataclass(frozen=True)
class Begun:
    """What is asked of whom, before the person leaves."""

    caller: Caller
    connector: Connector
    auth: OAuth1 | OAuth2
    app: OAuthApp
    name: str
    nonce: str
    known: Connection | None = None
    scopes: Sequence[str] = ()


@dataclass(frozen=True)
class Office:
    """What the process has for it."""

    vault: Vault
    http: httpx2.AsyncClient
    settings: Mapping[str, str]
    public_url: str

    @property
    def redirect_uri(self) -> str:
        return self.public_url + CALLBACK


def oauth_of(connector: Connector, kind: str | None) -> OAuth1 | OAuth2:
    """The wanted way, or the one that is offered first."""
    ways = [auth for auth in connector.auths if isinstance(auth, OAuth1 | OAuth2) and kind in (None, auth.kind)]
    if not ways:
        raise ConnectorUnknown(f"{connector.title} is not connected by {kind or 'OAuth'}.")
    return ways[0]


def app_missing(connector: Connector, redirect_uri: str) -> AppMissing:
    prefix = f"NODELOOM_{connector.name.upper()}_"
    return AppMissing(
        f"{connector.title} wants to know which app asks, and none is set up here.",
        hint=f"Register an app with {connector.title}, with the redirect address {redirect_uri}. Then enter its client "
        f"id and secret on the page Connections, under Apps, or set {prefix}CLIENT_ID and {prefix}CLIENT_SECRET.",
        extra={"redirect_url": redirect_uri},
    )


def scopes_to_ask(auth: OAuth1 | OAuth2, known: Connection | None, wanted: Sequence[str]) -> tuple[str, ...]:
    """The connector's own, what the account has already, and what is wanted beside."""
    if isinstance(auth, OAuth1):
        return ()
    had = known.scopes or () if known is not None else ()
    return tuple(dict.fromkeys([*auth.scopes, *had, *wanted]))


async def begin(session: AsyncSession, office: Office, begun: Begun) -> str:
    """The address to send the person to. The service is asked before the first statement of the transaction."""
    if isinstance(begun.auth, OAuth1):
        url, state, kept = await _first_leg(office, begun, begun.auth)
    else:
        url, state, kept = _authorize(office, begun, begun.auth)
    now = clock.now()
    await repository.forget_flows(session, now - _REMEMBERED)
    caller = begun.caller
    session.add(
        OauthFlow(
            state_hash=digest(state),
            nonce_hash=digest(begun.nonce),
            workspace_id=caller.workspace_id,
            member_id=caller.member_id,
            person_id=caller.person_id if isinstance(caller, SignedIn) else None,
            key_id=caller.key_id,
            caller_name=caller.name,
            connector=begun.connector.name,
            auth=begun.auth.kind,
            name=begun.name,
            connection_id=None if begun.known is None else begun.known.id,
            scopes=list(begun.scopes),
            client_id=begun.app.client_id,
            ciphertext=sealed_flow(office.vault, digest(state), kept),
            redirect_uri=office.redirect_uri,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    return url


def sealed_flow(vault: Vault, state_hash: str, kept: Mapping[str, str]) -> bytes:
    return vault.encrypt(orjson.dumps(dict(kept)), bound_to=flow_bond(state_hash))


def opened_flow(vault: Vault, flow: OauthFlow) -> dict[str, str]:
    return orjson.loads(vault.decrypt(flow.ciphertext, bound_to=flow_bond(flow.state_hash)))


def flow_bond(state_hash: str) -> str:
    return f"oauth_flow/{state_hash}"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def is_from(flow: OauthFlow, nonce: str | None) -> bool:
    return nonce is not None and hmac.compare_digest(flow.nonce_hash, digest(nonce))


def _authorize(office: Office, begun: Begun, auth: OAuth2) -> tuple[str, str, dict[str, str]]:
    """Where to, the state that comes back, and what only we may know."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    parameters = {
        **auth.parameters,
        **auth.scope_parameters(begun.scopes),
        "response_type": "code",
        "client_id": begun.app.client_id,
        "redirect_uri": office.redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return with_query(authorize_url(begun.connector, auth, office.settings), parameters), state, {"verifier": verifier}


async def _first_leg(office: Office, begun: Begun, auth: OAuth1) -> tuple[str, str, dict[str, str]]:
    """OAuth 1 has no state: the request token comes back, and nobody can guess it either."""
    url = request_token_url(begun.connector, auth, office.settings)
    try:
        token = await request_token(office.http, url, begun.app, office.redirect_uri)
    except AskFailed as failed:
        raise ConsentUnavailable(f"{begun.connector.title} gave no request token. {failed}") from None
    named, secret = token.token.get_secret_value(), token.token_secret.get_secret_value()
    parameters = {**auth.parameters, "oauth_token": named}
    return with_query(authorize_url(begun.connector, auth, office.settings), parameters), named, {"secret": secret}


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """What stands in the address already stays."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()]
    return parts._replace(query=urlencode(pairs, quote_via=quote)).geturl()


def nonce_cookie_name(public_url: str) -> str:
    return "__Host-nodeloom_oauth" if public_url.lower().startswith("https://") else "nodeloom_oauth"
