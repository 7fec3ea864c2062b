"""From a call at an address to the registrations that it is for, and what each of them hears."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.database import Database
from nodeloom.adapters.vault import Vault
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections.accounts import secret_of
from nodeloom.features.connections.apps import opened_app, settings_app
from nodeloom.features.connections.holders import holders
from nodeloom.features.connections.repository import own_app
from nodeloom.features.connections.secrets import open_secret
from nodeloom.features.connections.tokens import Tokens
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.triggers.models import REGISTRATIONS
from nodeloom.features.triggers.remote.drafts import Listener, listening_drafts
from nodeloom.features.triggers.remote.occurrences import packed
from nodeloom.features.triggers.remote.services import digest, opened
from nodeloom.features.triggers.remote.taking import Heard
from nodeloom_connectors.sdk import AppEvent, AppTrigger, Connector, HookTrigger, OAuthApp, Occurrence, Registered

log = structlog.stdlib.get_logger(__name__)

_R = REGISTRATIONS.c


@dataclass(frozen=True, slots=True)
class Hearing:
    db: Database
    vault: Vault
    catalog: InstalledCatalog
    tokens: Tokens
    payloads: Payloads
    connector_settings: Any

    async def app(self, connector: Connector, workspace_id: str | None) -> OAuthApp | None:
        """The installation's app, or a workspace's own."""
        if workspace_id is None:
            return settings_app(connector, self.connector_settings)
        async with self.db.read() as session:
            row = await own_app(session, workspace_id, connector.name)
        return None if row is None else opened_app(self.vault, row)

    async def at(self, connector: str, token: str) -> Any | None:
        """The registration whose address this is, wanted or not any more."""
        async with self.db.read() as session:
            row = select(REGISTRATIONS).where(_R.token_digest == digest(token), _R.connector == connector)
            return (await session.execute(row)).one_or_none()

    async def registered(self, connector: Connector, trigger: HookTrigger, row: Any) -> Registered:
        there = opened(self.vault, row.id, row.sealed)
        assert there is not None  # it was found by its token
        secret, client_id = None, None
        if row.connection_id is not None:
            async with self.db.read() as session:
                account = await open_secret(session, self.vault, row.workspace_id, row.connection_id)
            client_id = account.client_id
            access = await self.tokens.access(row.workspace_id, connector, secret_of(self.catalog, account), client_id)
            secret = access.secret
        app = await self.tokens.app(row.workspace_id, connector, client_id)
        return Registered(trigger.params.model_validate(row.params), there.state, there.address, app, secret)

    async def of_one(self, trigger: HookTrigger, row: Any, occurrences: Sequence[Occurrence]) -> list[Heard]:
        return [Heard(row.id, row.workspace_id, await packed(self.payloads, occurrences, trigger.title))]

    async def of_app(
        self, connector: Connector, app: OAuthApp, workspace_id: str | None, events: Sequence[AppEvent]
    ) -> list[Heard]:
        """What each trigger chooses from what came to the address of the app."""
        async with self.db.read() as session:
            accounts = sorted({event.account for event in events})
            found = await holders(session, connector.name, accounts, app.client_id, workspace_id)
            rows = await _listening(session, connector.name, {id_ for known in found.values() for _, id_ in known})
            drafts = await listening_drafts(session, self.catalog, "app")
        heard: list[Heard] = []
        for one in (*map(_published, rows), *drafts):
            mine = [event for event in events if one.account in found.get(event.account, ())]
            if seen := self._chosen(one, mine):
                draft = None if one.draft is None else (one.draft, one.type)
                heard.append(Heard(one.id, one.account[0], await packed(self.payloads, seen, one.type), draft))
        return heard

    def _chosen(self, one: Listener, events: Sequence[AppEvent]) -> list[Occurrence]:
        """A trigger that breaks over an event keeps the others from nothing."""
        known = self.catalog.trigger(one.type)
        if known is None or not isinstance(known[1], AppTrigger):
            return []
        trigger = known[1]
        try:
            params = trigger.params.model_validate(one.params)
            chosen = [trigger.select(params, event) for event in events]
        except Exception:
            log.exception("a trigger broke", registration_id=one.id, type=one.type)
            return []
        return [occurrence for occurrence in chosen if occurrence is not None]


async def _listening(session: AsyncSession, connector: str, connections: Collection[str]) -> Sequence[Any]:
    wanted = (_R.connector == connector, _R.kind == "app", _R.status != "unwanted")
    query = select(REGISTRATIONS).where(*wanted, _R.connection_id.in_(sorted(connections))).order_by(_R.id)
    return (await session.execute(query)).all()


def _published(row: Any) -> Listener:
    return Listener(row.id, row.type, row.params, (row.workspace_id, row.connection_id))
