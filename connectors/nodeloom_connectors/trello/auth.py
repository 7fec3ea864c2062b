"""The three ways to connect an account of Trello, and how each of them speaks for it in a header."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from authlib.oauth1 import ClientAuth
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nodeloom_connectors.sdk import ApiKey, OAuth1, OAuth1Token, OAuth2, OAuth2Token, Reconnect

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import OAuthApp

READ = "read:board:trello"
WRITE = "write:board:trello"
READ_MEMBER = "read:member:trello"
WRITE_MEMBERSHIP = "write:board:membership:trello"

Authorize: TypeAlias = Callable[[str, str], str]
"""(method, whole URL) to the value of the Authorization header."""


class KeyAndToken(BaseModel):
    """What a person copies from Trello's pages."""

    model_config = ConfigDict(extra="forbid")

    key: SecretStr = Field(
        title="API key", min_length=1, max_length=200, description="On trello.com/apps/admin, under API key."
    )
    token: SecretStr = Field(
        title="Token", min_length=1, max_length=500, description="From the link beside the key, for this account."
    )
    secret: SecretStr = Field(
        default=SecretStr(""),
        title="API secret",
        max_length=200,
        description="Only for triggers: Trello signs with it what it sends. Beside the key.",
    )


# Trello's own description names .../authorize/oauth/token; the apps in use ask this one. Another can be set.
OAUTH2 = OAuth2(
    authorize_url="https://auth.atlassian.com/authorize",
    token_url="https://auth.atlassian.com/oauth/token",  # noqa: S106
    scopes=(READ, WRITE, READ_MEMBER, "offline_access"),
    parameters={"prompt": "consent"},
    app_secrets=("api_secret",),
)
OAUTH1 = OAuth1(
    request_token_url="https://trello.com/1/OAuthGetRequestToken",  # noqa: S106
    authorize_url="https://trello.com/1/OAuthAuthorizeToken",
    access_token_url="https://trello.com/1/OAuthGetAccessToken",  # noqa: S106
    parameters={"name": "Nodeloom", "scope": "read,write", "expiration": "never"},
)
KEY_AND_TOKEN = ApiKey(fields=KeyAndToken)


def authorize_by(secret: object, app: OAuthApp | None) -> Authorize:
    """Never in the URL, where proxies and logs would keep it."""
    match secret:
        case OAuth2Token():
            return lambda _method, _url: f"Bearer {secret.access_token.get_secret_value()}"
        case KeyAndToken():
            key, token = secret.key.get_secret_value(), secret.token.get_secret_value()
            header = f'OAuth oauth_consumer_key="{quote(key, safe="")}", oauth_token="{quote(token, safe="")}"'
            return lambda _method, _url: header
        case OAuth1Token() if app is not None:
            return _signer(secret, app)
        case _:
            raise Reconnect("Trello's app is not set up here any more.", hint="Enter its key and secret again.")


def _signer(secret: OAuth1Token, app: OAuthApp) -> Authorize:
    """Only method and URL are signed: a JSON or multipart body is no part of it (RFC 5849, 3.4.1.3.1)."""
    client: Any = ClientAuth(
        app.client_id,
        app.client_secret.get_secret_value(),
        token=secret.token.get_secret_value(),
        token_secret=secret.token_secret.get_secret_value(),
    )

    def sign(method: str, url: str) -> str:
        _, headers, _ = client.prepare(method, url, {}, b"")
        return headers["Authorization"]

    return sign


def webhook_secrets(secret: object, app: OAuthApp | None) -> tuple[str, ...]:
    """What Trello may have signed with; which of an app's two secrets it takes for OAuth 2 is not documented."""
    found = [secret.secret] if isinstance(secret, KeyAndToken) else []
    if app is not None and not isinstance(secret, KeyAndToken):
        found = [app.client_secret, *app.secrets.values()]
    return tuple(one.get_secret_value() for one in found if one.get_secret_value())
