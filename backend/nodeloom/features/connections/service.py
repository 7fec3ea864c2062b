"""What can be done with connections. What asks a service does so before the first statement of a transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock, domain_events
from nodeloom.adapters.database import Database, after_commit
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.vault import Vault
from nodeloom.compiler.catalog import KnownConnection
from nodeloom.features.accounts.caller import Caller
from nodeloom.features.accounts.roles import Role
from nodeloom.features.audit import trail
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections import checks, repository, secrets
from nodeloom.features.connections.access import is_usable, may_change
from nodeloom.features.connections.accounts import secret_of
from nodeloom.features.connections.breaking import mark_broken
from nodeloom.features.connections.checks import Verdict
from nodeloom.features.connections.errors import ConnectionInUse, ConnectionMissing, ConnectorUnknown, SecretRefused
from nodeloom.features.connections.events import ConnectionRenewed
from nodeloom.features.connections.holders import holders
from nodeloom.features.connections.models import Connection, Credential
from nodeloom.features.connections.schemas import ConnectionChange, ConnectionCreate
from nodeloom.features.connections.secrets import OpenedConnection, open_secret
from nodeloom.features.connections.tokens import Tokens
from nodeloom.features.connections.uses import Replaced, Use, uses_of
from nodeloom_connectors.sdk import Connector, Reconnect, RetryLater

__all__ = ["ConnectionMissing", "OpenedConnection", "known", "not_usable", "note_use", "open_secret"]

_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Tools:
    """What the services need beside a session: the process's own, the same for every request."""

    catalog: InstalledCatalog
    vault: Vault
    tokens: Tokens


async def create(session: AsyncSession, caller: Caller, tools: Tools, wanted: ConnectionCreate) -> Connection:
    """Raises `SecretRefused` if the secret doesn't fit its form or the service doesn't take it."""
    kind, secret, verdict = await _asked(tools, caller.workspace_id, wanted.connector, wanted.secret)
    now = clock.now()
    row = Connection(
        id=new_id("con"),
        workspace_id=caller.workspace_id,
        connector=wanted.connector,
        name=wanted.name,
        health=verdict.health,
        health_detail=verdict.detail,
        auth=kind,
        account_id=None if verdict.account is None else verdict.account.id,
        account_name=None if verdict.account is None else verdict.account.name,
        owner_member_id=caller.member_id,
        created_by=caller.name,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    await session.flush()
    ciphertext = secrets.sealed(tools.vault, row.workspace_id, row.id, secret)
    session.add(Credential(connection_id=row.id, workspace_id=row.workspace_id, ciphertext=ciphertext, obtained_at=now))
    await _record(session, caller, "created", row, health=row.health)
    return row


async def connection(session: AsyncSession, workspace_id: str, connection_id: str) -> Connection:
    row = await repository.connection(session, workspace_id, connection_id)
    if row is None:
        raise ConnectionMissing
    return row


async def change(
    db: Database, session: AsyncSession, caller: Caller, tools: Tools, connection_id: str, wanted: ConnectionChange
) -> Connection:
    """A new secret is asked of the service like the first one; the one left out stays."""
    async with db.read() as reading:
        known = await connection(reading, caller.workspace_id, connection_id)
    may_change(caller, known)
    if wanted.connector not in (None, known.connector):
        hint = "Make a new connection instead."
        raise ConnectorUnknown(f"This is a connection to {known.connector}; it can't become another.", hint=hint)
    asked = None
    if wanted.secret is not None:
        asked = await _asked(tools, caller.workspace_id, known.connector, wanted.secret)
    row = await connection(session, caller.workspace_id, connection_id)
    may_change(caller, row)
    row.name = wanted.name or row.name
    row.usable_by = wanted.usable_by or row.usable_by
    row.updated_at = clock.now()
    if asked is not None:
        kind, secret, verdict = asked
        row.auth, row.scopes, row.expires_at = kind, None, None
        row.health, row.health_detail = verdict.health, verdict.detail
        _note_account(row, verdict)
        ciphertext = secrets.sealed(tools.vault, row.workspace_id, row.id, secret)
        await repository.replace_secret(
            session, row.workspace_id, row.id, ciphertext, now=row.updated_at, client_id=None
        )
        await domain_events.emit(session, ConnectionRenewed(row.workspace_id, row.id))
    await _record(session, caller, "updated", row, secret_replaced=asked is not None, usable_by=row.usable_by)
    return row


async def test(db: Database, session: AsyncSession, caller: Caller, tools: Tools, connection_id: str) -> Connection:
    """Ask the service whether it still takes the secret, and keep what it says as the connection's health."""
    async with db.read() as reading:
        known = await connection(reading, caller.workspace_id, connection_id)
    connector = secrets.installed(tools.catalog, known.connector)
    verdict = await _tested(tools, connector, known)
    row = await connection(session, caller.workspace_id, connection_id)
    if connector.verify is not None:
        if verdict.health == "broken":
            await mark_broken(session, row.workspace_id, row.id, verdict.detail)
        _note_account(row, verdict)
        row.health, row.health_detail = verdict.health, verdict.detail
    await _record(session, caller, "tested", row, health=row.health)
    return row


async def delete(
    db: Database, session: AsyncSession, caller: Caller, tools: Tools, connection_id: str, *, force: bool
) -> None:
    """Once it is gone here, the service is told too."""
    row = await connection(session, caller.workspace_id, connection_id)
    may_change(caller, row)
    uses = await uses_of(session, caller.workspace_id, connection_id)
    if uses and not force:
        named = ", ".join(use.name for use in uses[:10])
        workflows = [{"id": use.workflow_id, "name": use.name, "published": use.published} for use in uses]
        raise ConnectionInUse(f"These workflows use {row.name}: {named}.", extra={"workflows": workflows})
    if row.auth == "oauth2":
        held = await secrets.hold(session, tools.vault, caller.workspace_id, connection_id)
        after_commit(session, partial(_revoke, db, caller, tools, held.opened, row.account_id))
    await _record(session, caller, "deleted", row, forced=bool(uses))
    await repository.remove(session, caller.workspace_id, connection_id)


async def _revoke(db: Database, caller: Caller, tools: Tools, opened: OpenedConnection, account_id: str | None) -> None:
    """Not while others hold the same account by the same app: services end all that was granted to it at once."""
    connector = tools.catalog.connector(opened.connector)
    if connector is None:
        return
    if await _is_held_by_others(db, opened, account_id):
        outcome = "not revoked: another connection holds the same account"
    else:
        outcome = await tools.tokens.revoke(caller.workspace_id, connector, opened)
    async with db.transaction() as session:
        about = {"name": opened.name, "connector": opened.connector, "outcome": outcome}
        await trail.record(session, caller, "connection.revoked", "connection", opened.id, about)


async def _is_held_by_others(db: Database, opened: OpenedConnection, account_id: str | None) -> bool:
    if account_id is None or opened.client_id is None:
        return False
    async with db.read() as session:
        return bool(await holders(session, opened.connector, [account_id], opened.client_id))


async def used_by(session: AsyncSession, workspace_id: str, connection_id: str) -> Sequence[Use]:
    await connection(session, workspace_id, connection_id)
    return await uses_of(session, workspace_id, connection_id)


def check_same_service(row: Connection, other: Connection) -> None:
    if row.id == other.id or row.connector != other.connector:
        raise ConnectorUnknown(
            f"{other.name} can't stand in for {row.name}.", hint="Choose another connection to the same service."
        )


async def record_rebound(
    session: AsyncSession, caller: Caller, row: Connection, other: Connection, done: Sequence[Replaced]
) -> None:
    changed = [each.workflow_id for each in done if each.changed]
    await _record(session, caller, "rebound", row, to=other.id, workflows=changed)


async def known(session: AsyncSession, workspace_id: str) -> dict[str, KnownConnection]:
    """The workspace's connections, as the compiler asks for them."""
    rows = await repository.facts(session, workspace_id)
    return {
        id_: KnownConnection(connector, None if scopes is None else frozenset(scopes))
        for id_, connector, scopes in rows
    }


async def not_usable(
    session: AsyncSession, workspace_id: str, role: Role, connection_ids: Collection[str]
) -> Mapping[str, Connection]:
    """Those among them that the role may not put into a workflow."""
    rows = await repository.some_connections(session, workspace_id, connection_ids)
    return {row.id: row for row in rows if not is_usable(role, row)}


async def note_use(session: AsyncSession, workspace_id: str, connection_id: str, *, refused: str | None) -> None:
    """What a run learned of a connection: it worked, or the service no longer takes it (`refused` says why).

    Success is noted every few minutes only: it happens in the run's hot path.
    """
    row = await repository.connection(session, workspace_id, connection_id)
    if row is None:
        return
    now = clock.now()
    fresh = row.last_used_at is not None and now - row.last_used_at < _NOTED_EVERY
    if refused is None and row.health == "healthy" and fresh:
        return
    if refused is not None:
        await mark_broken(session, workspace_id, connection_id, refused)
    health = "healthy" if refused is None else "broken"
    await repository.set_health(session, workspace_id, connection_id, health=health, detail=refused or "", used_at=now)


async def _asked(
    tools: Tools, workspace_id: str, connector_name: str, given: Mapping[str, Any]
) -> tuple[str, BaseModel, Verdict]:
    """Of what a person typed: the kind of it, its model, and what the service says."""
    connector, typed = secrets.connectable(tools.catalog, connector_name)
    secret = secrets.checked(typed.fields, given)
    verdict = await checks.ask(connector, await tools.tokens.access(workspace_id, connector, secret))
    if verdict.refused:
        raise SecretRefused(
            f"{connector.title} does not take this secret: {verdict.detail}",
            [("secret", "refused", verdict.detail)],
            hint="Check that it was copied whole and has not been revoked.",
        )
    return typed.kind, secret, verdict


async def _tested(tools: Tools, connector: Connector, known: Connection) -> Verdict:
    """With the token renewed once if the service doesn't take the one that is there."""
    rejected: OpenedConnection | None = None
    while True:
        try:
            opened = await tools.tokens.opened(known.workspace_id, known.id, rejected=rejected)
        except Reconnect as broken:
            return Verdict("broken", broken.message, refused=True)
        except RetryLater as later:
            return Verdict("unknown", later.message)
        secret = secret_of(tools.catalog, opened)
        verdict = await checks.ask(
            connector, await tools.tokens.access(known.workspace_id, connector, secret, opened.client_id)
        )
        if rejected is not None or not verdict.reconnect or opened.auth != "oauth2":
            return verdict
        rejected = opened


def _note_account(row: Connection, verdict: Verdict) -> None:
    if verdict.account is not None:
        row.account_id, row.account_name = verdict.account.id, verdict.account.name


async def _record(session: AsyncSession, caller: Caller, done: str, row: Connection, **detail: object) -> None:
    about = {"name": row.name, "connector": row.connector, **detail}
    await trail.record(session, caller, f"connection.{done}", "connection", row.id, about)
