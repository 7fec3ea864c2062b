"""An opened connection put to use: on requests that leave, on requests that come in, behind an action's client."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import httpx2
from pydantic import BaseModel

from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections.secrets import OpenedConnection, form_of, installed
from nodeloom_connectors.sdk import (
    Access,
    Authorize,
    Connector,
    IncomingRequest,
    Network,
    OAuth2Token,
    OAuthApp,
    OutgoingRequest,
    RequestAuth,
    secret_values,
)

# What the installation knows of its apps reaches a connector as `Access.app`.
APP_SETTINGS = frozenset({"client_id", "client_secret", "signing_secret", "api_secret"})


class WrongConnection(Exception):
    """The node's connection is of a kind that can't be used there; the message says so."""


def connection_of(connection_id: str | None, params: Mapping[str, Any]) -> str | None:
    """The connection that a node uses: its own, or the one that its `auth` names."""
    auth = params.get("auth")
    if not isinstance(auth, Mapping):
        return connection_id
    choice = cast("Mapping[str, object]", auth)
    named = choice.get("connection_id") if choice.get("kind", "none") != "none" else None
    return named if isinstance(named, str) and named else connection_id


def client_for(
    catalog: InstalledCatalog,
    connector: Connector,
    http: httpx2.AsyncClient,
    opened: OpenedConnection | None,
    settings: Mapping[str, str],
    app: OAuthApp | None = None,
    network: Network | None = None,
) -> Any:
    """The client that an action's context holds; `settings` are the installation's `connector_settings`."""
    if connector.connect is None:
        raise TypeError(f"the connector {connector.name} has actions but makes no client")
    return connector.connect(access(catalog, connector, http, opened, settings, app, network))


def access(
    catalog: InstalledCatalog,
    connector: Connector,
    http: httpx2.AsyncClient,
    opened: OpenedConnection | None,
    settings: Mapping[str, str],
    app: OAuthApp | None = None,
    network: Network | None = None,
) -> Access[BaseModel | None]:
    if opened is None or opened.connector == connector.name:
        secret = None if opened is None else secret_of(catalog, opened)
        return access_with(connector, http, secret, settings, app, network)
    return replace(access_with(connector, http, None, settings, app, network), authorize=authorization(catalog, opened))


def access_with(
    connector: Connector,
    http: httpx2.AsyncClient,
    secret: BaseModel | None,
    settings: Mapping[str, str],
    app: OAuthApp | None,
    network: Network | None,
) -> Access[BaseModel | None]:
    """With the secret of an account of the connector's own."""
    own = {name: text for name, text in settings_of(connector.name, settings).items() if name not in APP_SETTINGS}
    return Access(http, _without_refresh_token(secret), None, own, app, network)


def authorization(catalog: InstalledCatalog, opened: OpenedConnection) -> Authorize:
    """The connection as something that accompanies plain HTTP requests."""
    auth, secret = _request_auth(catalog, opened), secret_of(catalog, opened)

    def apply(request: OutgoingRequest) -> OutgoingRequest:
        return auth.apply(secret, request)

    return Authorize(opened.connector, apply, auth.signs_body, secret_values(secret))


def accepts(catalog: InstalledCatalog, opened: OpenedConnection, request: IncomingRequest) -> bool:
    """Whether an incoming request carries this connection's secret, told in constant time."""
    return _request_auth(catalog, opened).accepts(secret_of(catalog, opened), request)


def secret_of(catalog: InstalledCatalog, opened: OpenedConnection) -> BaseModel:
    """The secret in the model of the way by which the account was made."""
    return form_of(catalog, opened.connector, opened.auth).model_validate(opened.secret)


def settings_of(connector: str, settings: Mapping[str, str]) -> dict[str, str]:
    """`SLACK_API_URL` of the installation is slack's `api_url`."""
    prefix = f"{connector.upper()}_"
    return {name.removeprefix(prefix).lower(): text for name, text in settings.items() if name.startswith(prefix)}


def _without_refresh_token(secret: BaseModel | None) -> BaseModel | None:
    """Tokens are renewed here: a connector has no use for what makes new ones."""
    return secret.model_copy(update={"refresh_token": None}) if isinstance(secret, OAuth2Token) else secret


def _request_auth(catalog: InstalledCatalog, opened: OpenedConnection) -> RequestAuth:
    connector = installed(catalog, opened.connector)
    if connector.request_auth is None:
        raise WrongConnection(f"A connection to {connector.title} can't accompany plain HTTP requests.")
    return connector.request_auth
