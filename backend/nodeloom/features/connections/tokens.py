"""Opening a connection with a token that works: renewed ahead of its end, by one process at a time."""

import asyncio
import time
from typing import Any, Final, Literal, TypeAlias

import httpx2
from pydantic import BaseModel

from nodeloom.adapters import clock, masking
from nodeloom.adapters.database import Database
from nodeloom.adapters.egress import EgressGuard
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections.accounts import access_with, client_for, secret_of
from nodeloom.features.connections.apps import app_of, has_app
from nodeloom.features.connections.freshness import freshness
from nodeloom.features.connections.renewing import Renewable, Renewal, reconnect
from nodeloom.features.connections.revoking import revoke
from nodeloom.features.connections.secrets import Held, OpenedConnection, hold
from nodeloom_connectors.sdk import Access, Connector, OAuth2Token, OAuthApp, RetryLater, secret_values

_PATIENCE_S: Final = 45.0
# A shorter password would blot out ordinary words in everything that its runs show.
_SHORTEST_HIDDEN: Final = 8
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.02, 0.25

_Step: TypeAlias = Literal["use", "renewed", "wait"]


class Tokens:
    """One per process."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        catalog: InstalledCatalog,
        http: httpx2.AsyncClient,
        settings: Settings,
    ) -> None:
        self.network = EgressGuard(settings.egress_allow)
        self._database = database
        self._vault = vault
        self._catalog = catalog
        self._http = http
        self._settings = settings.connector_settings
        self._renewal = Renewal(database, vault, catalog, http, settings.connector_settings)
        self._under_way: dict[tuple[str, str], asyncio.Task[bool]] = {}

    async def opened(
        self, workspace_id: str, connection_id: str, *, rejected: OpenedConnection | None = None
    ) -> OpenedConnection:
        """`rejected`: what was used when the service answered that it doesn't take this token (401).

        Raises `ConnectionMissing`; `Reconnect` if only a person can help; `RetryLater` if the service can't be asked
        for a new token and the old one is at its end.
        """
        opened = await self._opened(workspace_id, connection_id, rejected)
        mask = masking.current()
        if mask is not None:
            # Services echo what they were sent: what the run stores and logs hides it from now on.
            secrets = secret_values(secret_of(self._catalog.of(workspace_id), opened))
            mask.add(secret for secret in secrets if len(secret) >= _SHORTEST_HIDDEN)
        return opened

    async def _opened(
        self, workspace_id: str, connection_id: str, rejected: OpenedConnection | None
    ) -> OpenedConnection:
        give_up, pause = time.monotonic() + _PATIENCE_S, _FIRST_PAUSE_S
        step: _Step = "wait"
        while True:
            async with self._database.read() as session:
                held = await hold(session, self._vault, workspace_id, connection_id)
            if held.opened.auth != "oauth2":
                return _unless_rejected(held, rejected)
            account = Renewable(held, OAuth2Token.model_validate(held.opened.secret))
            step = "use" if step == "renewed" else await self._step(account, rejected)
            if step == "use":
                return held.opened
            if step == "wait":
                if time.monotonic() > give_up:
                    raise RetryLater("Another process has been renewing the token for long.", nothing_happened=True)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def app(self, workspace_id: str, connector: Connector, client_id: str | None = None) -> OAuthApp | None:
        """The app in whose name the workspace's accounts of this service are asked for, if one is set up."""
        if not has_app(connector):
            return None
        async with self._database.read() as session:
            return await app_of(session, self._vault, connector, self._settings, workspace_id, client_id)

    async def client(self, workspace_id: str, connector: Connector, opened: OpenedConnection | None) -> Any:
        """What the connector makes of the account, for an action's context; raises `WrongConnection`."""
        app = await self.app(workspace_id, connector, None if opened is None else opened.client_id)
        return client_for(
            self._catalog.of(workspace_id), connector, self._http, opened, self._settings, app, self.network
        )

    async def access(
        self, workspace_id: str, connector: Connector, secret: BaseModel, client_id: str | None = None
    ) -> Access[BaseModel | None]:
        """For a secret that isn't a connection's yet, or is being tried."""
        app = await self.app(workspace_id, connector, client_id)
        return access_with(connector, self._http, secret, self._settings, app, self.network)

    async def revoke(self, workspace_id: str, connector: Connector, opened: OpenedConnection) -> str:
        """Tells the service that the account is not needed any more; what came of it, in words."""
        app = await self.app(workspace_id, connector, opened.client_id)
        token = OAuth2Token.model_validate(opened.secret)
        return await revoke(self._http, connector, app, token, self._settings)

    async def close(self) -> None:
        """Lets what is being renewed come to its end: an answer that isn't written down loses the grant."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _step(self, account: Renewable, rejected: OpenedConnection | None) -> _Step:
        """What comes next: a call with this token, another look at the row, or that after a while."""
        held = account.held
        if held.credential.refused_at is not None:
            raise reconnect(held)
        is_rejected = rejected is not None and _same_token(held.opened, rejected)
        fresh = freshness(account.token, held.credential.obtained_at, clock.now(), rejected=is_rejected)
        if not fresh.due:
            return "use"
        try:
            renewed = await self._renewed(account, usable=fresh.usable)
        except RetryLater:
            if not fresh.usable:
                raise
            return "use"
        if renewed:
            return "renewed"
        return "wait" if fresh.short else "use"

    async def _renewed(self, account: Renewable, *, usable: bool) -> bool:
        """False: somebody else is at it, or was before us."""
        if account.token.refresh_token is None:
            if usable:
                return False
            reason = "The service no longer takes the token, and gave none to renew it with."
            raise await self._renewal.end(account, reason)
        if (away := account.kept_away(clock.now())) is not None:
            raise RetryLater("The service could not renew the token a moment ago.", away, nothing_happened=True)
        if account.leased(clock.now()):
            return await self._by_this_process(account)
        task = self._under_way.get(account.key)
        if task is None:
            task = asyncio.create_task(self._renewal.renew(account))
            self._under_way[account.key] = task
            task.add_done_callback(lambda _: self._under_way.pop(account.key, None))
        # A caller that is cancelled must not take with it what is on its way to be written.
        return await asyncio.shield(task)

    async def _by_this_process(self, account: Renewable) -> bool:
        task = self._under_way.get(account.key)
        return False if task is None else await asyncio.shield(task)


def _same_token(opened: OpenedConnection, rejected: OpenedConnection) -> bool:
    return opened.secret.get("access_token") == rejected.secret.get("access_token")


def _unless_rejected(held: Held, rejected: OpenedConnection | None) -> OpenedConnection:
    """What a person typed can't be renewed; but perhaps they have typed something new meanwhile."""
    if rejected is not None and rejected.secret == held.opened.secret:
        raise reconnect(held)
    return held.opened
