"""An account that came of a consent, kept: as a new connection, or in place of what an old one had."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock, domain_events
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.vault import Vault
from nodeloom.features.audit import trail
from nodeloom.features.connections import repository, secrets
from nodeloom.features.connections.checks import Verdict
from nodeloom.features.connections.events import ConnectionRenewed
from nodeloom.features.connections.models import Connection, Credential, OauthFlow
from nodeloom.features.connections.renewing import end_of
from nodeloom_connectors.sdk import Account, OAuth2Token


@dataclass(frozen=True)
class Gained:
    """What the service gave: `scopes` None where it doesn't say."""

    secret: BaseModel
    client_id: str
    scopes: list[str] | None
    account: Account | None
    verdict: Verdict
    missing: Sequence[str]


@dataclass(frozen=True)
class _Began:
    """Who began the flow, as the audit trail asks."""

    workspace_id: str | None
    member_id: str | None
    key_id: str | None
    name: str


class AnotherAccount(Exception):
    """It says which account it is, and which it should have been."""


async def save(session: AsyncSession, vault: Vault, flow: OauthFlow, gained: Gained) -> str:
    """The connection's id. Raises `AnotherAccount` if it belongs to somebody else than before."""
    now = clock.now()
    row = None
    if flow.connection_id is not None:
        row = await repository.connection(session, flow.workspace_id, flow.connection_id)
    known = row is not None
    if row is None:
        row = Connection(
            id=new_id("con"),
            workspace_id=flow.workspace_id,
            connector=flow.connector,
            name=flow.name,
            health="unknown",
            health_detail="",
            auth=flow.auth,
            owner_member_id=flow.member_id,
            created_by=flow.caller_name,
            created_at=now,
            updated_at=now,
        )
        session.add(row)
        await session.flush()
    _same_account(row, gained.account)
    _put(row, flow, gained)
    row.updated_at = now
    ciphertext = secrets.sealed(vault, row.workspace_id, row.id, gained.secret)
    if known:
        await repository.replace_secret(
            session, row.workspace_id, row.id, ciphertext, now=now, client_id=gained.client_id
        )
        await domain_events.emit(session, ConnectionRenewed(row.workspace_id, row.id))
    else:
        session.add(
            Credential(
                connection_id=row.id,
                workspace_id=row.workspace_id,
                ciphertext=ciphertext,
                obtained_at=now,
                client_id=gained.client_id,
            )
        )
    began = _Began(flow.workspace_id, flow.member_id, flow.key_id, flow.caller_name)
    about = {
        "name": row.name,
        "connector": row.connector,
        "auth": flow.auth,
        "account": row.account_name,
        "scopes": gained.scopes,
        "missing_scopes": list(gained.missing),
    }
    action = "connection.reconnected" if known else "connection.created"
    await trail.record(session, began, action, "connection", row.id, about)
    return row.id


def _same_account(row: Connection, account: Account | None) -> None:
    if account is not None and row.account_id is not None and row.account_id != account.id:
        raise AnotherAccount(f"“{row.name}” belongs to {row.account_name or row.account_id}; this is {account.name}.")


def _put(row: Connection, flow: OauthFlow, gained: Gained) -> None:
    row.auth = flow.auth
    row.scopes = gained.scopes
    row.expires_at = end_of(gained.secret) if isinstance(gained.secret, OAuth2Token) else None
    row.health, row.health_detail = gained.verdict.health, gained.verdict.detail
    if gained.account is not None:
        row.account_id, row.account_name = gained.account.id, gained.account.name
