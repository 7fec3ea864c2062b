"""Telling a service that an account is not needed any more."""

from collections.abc import Mapping
from typing import Any, cast

import httpx2
import orjson

from nodeloom.features.connections.addresses import revoke_url
from nodeloom.features.connections.token_endpoint import EndpointDown, Raw, authenticated, post
from nodeloom_connectors.sdk import Connector, OAuth2, OAuth2Token, OAuthApp


async def revoke(
    http: httpx2.AsyncClient,
    connector: Connector,
    app: OAuthApp | None,
    token: OAuth2Token,
    settings: Mapping[str, str],
) -> str:
    """What came of it, for the audit trail: `revoked`, or why not. Never raises for what a service does."""
    auth = connector.auth_of("oauth2")
    url = revoke_url(connector, auth, settings) if isinstance(auth, OAuth2) else None
    if url is None or not isinstance(auth, OAuth2):
        return "the service has no way to revoke"
    if app is None:
        return "no app of the service is set up"
    # The refresh token ends everything where a service follows RFC 7009; others know only the access token.
    tokens = [token.refresh_token, token.access_token]
    said = ""
    for secret in tokens:
        if secret is None:
            continue
        headers, form = authenticated(auth, app, {"token": secret.get_secret_value()})
        try:
            raw = await post(http, url, headers, form)
        except EndpointDown as down:
            return str(down)
        if _is_done(auth, raw):
            return "revoked"
        said = f"the service answered {raw.status}"
    return said


def _is_done(auth: OAuth2, raw: Raw) -> bool:
    if raw.status >= 400:
        return False
    try:
        answer: object = orjson.loads(raw.body or b"{}")
    except orjson.JSONDecodeError:
        return True
    return not isinstance(answer, dict) or auth.error(cast("Mapping[str, Any]", answer)) is None
