"""Connections as the API shows them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, cast

from nodeloom.adapters import clock
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections.coming_back import not_granted
from nodeloom.features.connections.models import Connection
from nodeloom.features.connections.schemas import AccountRead, ConnectionRead, OwnerRead, ShownHealth, UsableBy
from nodeloom_connectors.sdk import OAuth2

_EXPIRES_SOON: Final = timedelta(days=7)


def shown(catalog: InstalledCatalog, row: Connection, needed: Iterable[str] = ()) -> ConnectionRead:
    """`needed` are rights that nodes ask for, beside what the connector always does."""
    account = None
    if row.account_id is not None:
        account = AccountRead(id=row.account_id, name=row.account_name or row.account_id)
    return ConnectionRead(
        id=row.id,
        connector=row.connector,
        name=row.name,
        health=_health(row),
        health_detail=row.health_detail,
        auth=row.auth,
        account=account,
        scopes=row.scopes,
        missing_scopes=list(missing_scopes(catalog, row, needed)),
        expires_at=row.expires_at,
        usable_by=cast("UsableBy", row.usable_by),
        owner=OwnerRead(member_id=row.owner_member_id, name=row.created_by),
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        last_used_at=row.last_used_at,
    )


def missing_scopes(catalog: InstalledCatalog, row: Connection, needed: Iterable[str] = ()) -> tuple[str, ...]:
    connector = catalog.connector(row.connector)
    auth = None if connector is None else connector.auth_of(row.auth)
    if row.scopes is None or not isinstance(auth, OAuth2):
        return ()
    return not_granted(list(dict.fromkeys([*auth.scopes, *needed])), row.scopes)


def _health(row: Connection) -> ShownHealth:
    soon = row.expires_at is not None and row.expires_at - clock.now() < _EXPIRES_SOON
    if soon and row.health != "broken":
        return "expiring"
    return cast("ShownHealth", row.health)
