"""Secrets: checked against their connector's form, sealed for the database, opened for use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.vault import Vault
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections import repository
from nodeloom.features.connections.errors import ConnectionMissing, ConnectorUnknown, SecretRefused
from nodeloom.features.connections.models import Credential
from nodeloom_connectors.sdk import ApiKey, Basic, Connector, OAuth1Token, OAuth2Token, revealed


@dataclass(frozen=True)
class OpenedConnection:
    """A connection with its secret readable: never logged, and kept no longer than a call needs it.

    `auth` is the way by which the account was made, `client_id` the app that asked for it.
    """

    id: str
    connector: str
    name: str
    secret: Mapping[str, Any] = field(repr=False)
    auth: str = "api_key"
    account_id: str | None = None
    scopes: tuple[str, ...] | None = None
    client_id: str | None = None


@dataclass(frozen=True)
class Held:
    """An opened connection with what its credential's row says beside."""

    workspace_id: str
    opened: OpenedConnection
    credential: Credential
    health_detail: str


def installed(catalog: InstalledCatalog, name: str) -> Connector:
    connector = catalog.connector(name)
    if connector is None:
        raise ConnectorUnknown(f"There is no connector {name!r} here.")
    return connector


def connectable(catalog: InstalledCatalog, name: str) -> tuple[Connector, ApiKey | Basic]:
    """The connector and its way to connect by typing."""
    connector = installed(catalog, name)
    if connector.typed_auth is None:
        raise ConnectorUnknown(f"{connector.title} takes no typed secret.")
    return connector, connector.typed_auth


def form_of(catalog: InstalledCatalog, connector: str, auth: str) -> type[BaseModel]:
    """The secret model of accounts that were made by this way."""
    match auth:
        case "oauth2":
            return OAuth2Token
        case "oauth1":
            return OAuth1Token
        case _:
            return connectable(catalog, connector)[1].fields


def checked(form: type[BaseModel], secret: Mapping[str, Any]) -> BaseModel:
    """The secret as its form reads it; a refusal names fields, never their values."""
    try:
        return form.model_validate(secret)
    except ValidationError as invalid:
        problems = [
            (
                ".".join(["secret", *(str(step) for step in error["loc"])]),
                error["type"],
                error["msg"].removeprefix("Value error, "),
            )
            for error in invalid.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise SecretRefused("; ".join(f"{field}: {text}" for field, _, text in problems), problems) from None


def sealed(vault: Vault, workspace_id: str, connection_id: str, secret: BaseModel) -> bytes:
    return vault.encrypt(orjson.dumps(revealed(secret)), bound_to=credential_bond(workspace_id, connection_id))


async def open_secret(session: AsyncSession, vault: Vault, workspace_id: str, connection_id: str) -> OpenedConnection:
    """Raises `ConnectionMissing`; `WrongKey` or `SecretDamaged` if the vault can't open it."""
    return (await hold(session, vault, workspace_id, connection_id)).opened


async def hold(session: AsyncSession, vault: Vault, workspace_id: str, connection_id: str) -> Held:
    """As `open_secret`, with the credential's row."""
    found = await repository.with_credential(session, workspace_id, connection_id)
    if found is None:
        raise ConnectionMissing
    connection, credential = found
    plain = vault.decrypt(credential.ciphertext, bound_to=credential_bond(workspace_id, connection_id))
    opened = OpenedConnection(
        id=connection.id,
        connector=connection.connector,
        name=connection.name,
        secret=orjson.loads(plain),
        auth=connection.auth,
        account_id=connection.account_id,
        scopes=None if connection.scopes is None else tuple(connection.scopes),
        client_id=credential.client_id,
    )
    return Held(workspace_id, opened, credential, connection.health_detail)


def credential_bond(workspace_id: str, connection_id: str) -> str:
    return f"{workspace_id}/{connection_id}"
