"""The apps that ask services for accounts: what is set up, and what to enter at the service."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.features.accounts.caller import Admin, Caller, Editor
from nodeloom.features.accounts.requests import ReadSession, Sealing, WriteSession
from nodeloom.features.audit import trail
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.catalog.own.catalogs import WorkspaceCatalog
from nodeloom.features.connections import repository
from nodeloom.features.connections.addresses import CALLBACK
from nodeloom.features.connections.apps import app_secrets, app_values, has_app, sealed_app, settings_app
from nodeloom.features.connections.errors import NoAppsOf, SecretRefused
from nodeloom.features.connections.models import OauthApp
from nodeloom.features.connections.public_address import look
from nodeloom.features.connections.schemas import OauthAppRead, OauthApps, OauthAppWrite, PublicAddress
from nodeloom_connectors.sdk import Connector, HookTrigger, OAuth1, OAuth2

router = APIRouter(prefix="/oauth-apps", tags=["connections"])

ConnectorPath = Annotated[str, Path(max_length=100)]


def _settings(request: Request) -> Settings:
    return request.app.state.settings


OwnSettings = Annotated[Settings, Depends(_settings)]


@router.get("")
async def list_oauth_apps(
    caller: Editor, session: ReadSession, catalog: WorkspaceCatalog, settings: OwnSettings
) -> OauthApps:
    """Every connector that asks in the name of an app, by name."""
    own = {row.connector: row for row in await repository.own_apps(session, caller.workspace_id)}
    asking = [connector for connector in catalog.connectors if has_app(connector)]
    return OauthApps(items=[_read(each, own.get(each.name), caller.workspace_id, settings) for each in asking])


@router.put("/{connector}")
async def set_oauth_app(
    connector: ConnectorPath,
    caller: Admin,
    session: WriteSession,
    catalog: WorkspaceCatalog,
    settings: OwnSettings,
    vault: Sealing,
    body: OauthAppWrite,
) -> OauthAppRead:
    """Set up the workspace's own app; it comes before that of the settings. Secrets go in and never come out."""
    asking = _asking(catalog, connector)
    _check_names(asking, body)
    row = await repository.own_app(session, caller.workspace_id, connector)
    secrets = _secrets(vault, row, body)
    values: dict[str, Any] = {
        "client_id": body.client_id,
        "ciphertext": sealed_app(vault, caller.workspace_id, connector, secrets),
        "secret_names": sorted(secrets),
        "updated_at": clock.now(),
    }
    row = await session.merge(OauthApp(workspace_id=caller.workspace_id, connector=connector, **values))
    await session.flush()
    await _record(session, caller, "set", connector, client_id=body.client_id, secrets=sorted(secrets))
    return _read(asking, row, caller.workspace_id, settings)


@router.delete("/{connector}", status_code=204)
async def delete_oauth_app(
    connector: ConnectorPath, caller: Admin, session: WriteSession, catalog: WorkspaceCatalog
) -> None:
    """Take out the workspace's own app; accounts that it asked for can't be renewed without it."""
    _asking(catalog, connector)
    if await repository.own_app(session, caller.workspace_id, connector) is not None:
        await repository.remove_own_app(session, caller.workspace_id, connector)
        await _record(session, caller, "deleted", connector)


@router.post("/check")
async def check_public_address(
    request: Request, _caller: Editor, catalog: WorkspaceCatalog, settings: OwnSettings
) -> PublicAddress:
    """Whether services can call this installation at its public address, as far as that can be seen from here."""
    calling = [each.title for each in catalog.connectors if _calls_us(each)]
    reachable, detail = await look(request.app.state.http, settings.public_url, calling)
    return PublicAddress(reachable=reachable, detail=detail)


def _asking(catalog: InstalledCatalog, name: str) -> Connector:
    connector = catalog.connector(name)
    if connector is None or not has_app(connector):
        raise NoAppsOf
    return connector


def _check_names(connector: Connector, body: OauthAppWrite) -> None:
    unknown = sorted(body.secrets.keys() - set(app_secrets(connector)))
    if unknown:
        fields = [(f"secrets.{name}", "unknown", f"{connector.title} has no such secret.") for name in unknown]
        known = ", ".join(app_secrets(connector)) or "none beside the client's"
        raise SecretRefused(f"{connector.title} does not know {', '.join(unknown)}.", fields, hint=f"It has {known}.")


def _secrets(vault: Vault, row: OauthApp | None, body: OauthAppWrite) -> Mapping[str, str]:
    known = app_values(vault, row) if row is not None and row.client_id == body.client_id else {}
    given = dict(body.secrets) | ({} if body.client_secret is None else {"client_secret": body.client_secret})
    return {name: text for name, text in (known | given).items() if text}


def _read(connector: Connector, own: OauthApp | None, workspace_id: str, settings: Settings) -> OauthAppRead:
    ours = settings_app(connector, settings.connector_settings)
    secrets_set: Sequence[str] = ()
    if own is not None:
        secrets_set = own.secret_names
    elif ours is not None:
        client = ["client_secret"] if ours.client_secret.get_secret_value() else []
        secrets_set = [*client, *sorted(ours.secrets)]
    return OauthAppRead(
        connector=connector.name,
        title=connector.title,
        auth_kinds=[auth.kind for auth in connector.auths if isinstance(auth, OAuth1 | OAuth2)],
        source="workspace" if own is not None else None if ours is None else "settings",
        client_id=own.client_id if own is not None else None if ours is None else ours.client_id,
        redirect_url=settings.public_url + CALLBACK,
        request_url=_request_url(connector, workspace_id, settings, of_settings=own is None and ours is not None),
        secrets=["client_secret", *app_secrets(connector)],
        secrets_set=list(secrets_set),
    )


def _request_url(connector: Connector, workspace_id: str, settings: Settings, *, of_settings: bool) -> str | None:
    """An app of the settings serves every workspace, so its address names none."""
    if connector.app_door is None:
        return None
    base = f"{settings.public_url}/hooks/-/apps/{connector.name}"
    return base if of_settings else f"{base}/{workspace_id}"


def _calls_us(connector: Connector) -> bool:
    return connector.app_door is not None or any(isinstance(trigger, HookTrigger) for trigger in connector.triggers)


async def _record(session: AsyncSession, caller: Caller, done: str, connector: str, **about: object) -> None:
    await trail.record(session, caller, f"oauth_app.{done}", "oauth_app", connector, about)
