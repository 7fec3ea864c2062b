"""The three legs of OAuth 1.0a, as far as they are between us and the service."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import httpx2
from authlib.oauth1 import ClientAuth
from pydantic import SecretStr

from nodeloom.features.connections.token_endpoint import EndpointRefused, post
from nodeloom_connectors.sdk import OAuth1Token, OAuthApp, masked

_LONGEST_TEXT = 200


async def request_token(http: httpx2.AsyncClient, url: str, app: OAuthApp, callback: str) -> OAuth1Token:
    """What the person takes to the consent page; raises `AskFailed`."""
    signer = ClientAuth(app.client_id, client_secret=app.client_secret.get_secret_value(), redirect_uri=callback)
    return await _asked(http, url, app, signer)


async def access_token(
    http: httpx2.AsyncClient, url: str, app: OAuthApp, request: OAuth1Token, verifier: str
) -> OAuth1Token:
    """What the account is used with; raises `AskFailed`."""
    signer = ClientAuth(
        app.client_id,
        client_secret=app.client_secret.get_secret_value(),
        token=request.token.get_secret_value(),
        token_secret=request.token_secret.get_secret_value(),
        verifier=verifier,
    )
    return await _asked(http, url, app, signer)


async def _asked(http: httpx2.AsyncClient, url: str, app: OAuthApp, signer: Any) -> OAuth1Token:
    signed_url, headers, _ = signer.prepare("POST", url, {}, b"")
    raw = await post(http, signed_url, headers, {})
    text = raw.body.decode(errors="replace")
    fields: Mapping[str, str] = dict(parse_qsl(text))
    token, secret = fields.get("oauth_token"), fields.get("oauth_token_secret")
    if raw.status >= 400 or not token or not secret:
        said = masked(text.strip(), [app.client_secret.get_secret_value()])[:_LONGEST_TEXT]
        raise EndpointRefused(f"It answered {raw.status}: {said}", fields.get("oauth_problem", "refused"))
    return OAuth1Token(token=SecretStr(token), token_secret=SecretStr(secret))
