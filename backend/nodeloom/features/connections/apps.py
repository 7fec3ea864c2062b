"""The app that asks a service for accounts: the workspace's own, else the installation's."""

from collections.abc import Mapping

import orjson
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.vault import Vault
from nodeloom.features.connections import repository
from nodeloom.features.connections.accounts import settings_of
from nodeloom.features.connections.models import OauthApp
from nodeloom_connectors.sdk import Connector, OAuth1, OAuth2, OAuthApp


def has_app(connector: Connector) -> bool:
    """Whether one of its ways to connect asks in the name of an app."""
    return any(isinstance(auth, OAuth1 | OAuth2) for auth in connector.auths)


def app_secrets(connector: Connector) -> tuple[str, ...]:
    """What an app of this service has beside client id and secret."""
    return tuple(
        dict.fromkeys(name for auth in connector.auths if isinstance(auth, OAuth2) for name in auth.app_secrets)
    )


async def app_of(
    session: AsyncSession,
    vault: Vault,
    connector: Connector,
    settings: Mapping[str, str],
    workspace_id: str,
    client_id: str | None = None,
) -> OAuthApp | None:
    """With `client_id`, the app of that name wherever it is set up; tokens are renewed only by whoever got them."""
    row = await repository.own_app(session, workspace_id, connector.name)
    own = None if row is None else opened_app(vault, row)
    ours = settings_app(connector, settings)
    if client_id is not None and ours is not None and ours.client_id == client_id:
        return ours if own is None or own.client_id != client_id else own
    return own or ours


def settings_app(connector: Connector, settings: Mapping[str, str]) -> OAuthApp | None:
    """`SLACK_CLIENT_ID` and its siblings."""
    own = settings_of(connector.name, settings)
    client_id = own.get("client_id")
    if client_id is None:
        return None
    secrets = {name: SecretStr(own[name]) for name in app_secrets(connector) if name in own}
    return OAuthApp(client_id, SecretStr(own.get("client_secret", "")), secrets)


def sealed_app(vault: Vault, workspace_id: str, connector: str, secrets: Mapping[str, str]) -> bytes:
    """`secrets` by name, that of the client as `client_secret`."""
    return vault.encrypt(orjson.dumps(dict(secrets)), bound_to=app_bond(workspace_id, connector))


def opened_app(vault: Vault, row: OauthApp) -> OAuthApp:
    secrets = app_values(vault, row)
    more = {name: SecretStr(text) for name, text in secrets.items() if name != "client_secret"}
    return OAuthApp(row.client_id, SecretStr(secrets.get("client_secret", "")), more)


def app_values(vault: Vault, row: OauthApp) -> dict[str, str]:
    return orjson.loads(vault.decrypt(row.ciphertext, bound_to=app_bond(row.workspace_id, row.connector)))


def app_bond(workspace_id: str, connector: str) -> str:
    return f"oauth_app/{workspace_id}/{connector}"
