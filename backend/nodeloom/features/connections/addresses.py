"""Where a connector's accounts are asked for: as it declares, unless the installation says otherwise."""

from collections.abc import Mapping

from nodeloom.features.connections.accounts import settings_of
from nodeloom_connectors.sdk import Connector, OAuth1, OAuth2

CALLBACK = "/oauth/callback"


def authorize_url(connector: Connector, auth: OAuth1 | OAuth2, settings: Mapping[str, str]) -> str:
    """`AUTHORIZE_URL` is OAuth 2's where a connector has both; then OAuth 1 has `OAUTH1_AUTHORIZE_URL`."""
    own = settings_of(connector.name, settings)
    if isinstance(auth, OAuth1) and connector.auth_of("oauth2") is not None:
        return own.get("oauth1_authorize_url", auth.authorize_url)
    return own.get("authorize_url", auth.authorize_url)


def token_url(connector: Connector, auth: OAuth2, settings: Mapping[str, str]) -> str:
    return settings_of(connector.name, settings).get("token_url", auth.token_url)


def revoke_url(connector: Connector, auth: OAuth2, settings: Mapping[str, str]) -> str | None:
    """None: the service has no way to revoke, whatever the settings say."""
    if auth.revoke_url is None:
        return None
    return settings_of(connector.name, settings).get("revoke_url", auth.revoke_url)


def request_token_url(connector: Connector, auth: OAuth1, settings: Mapping[str, str]) -> str:
    return settings_of(connector.name, settings).get("request_token_url", auth.request_token_url)


def access_token_url(connector: Connector, auth: OAuth1, settings: Mapping[str, str]) -> str:
    return settings_of(connector.name, settings).get("access_token_url", auth.access_token_url)
