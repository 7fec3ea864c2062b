"""One renewal of a token, under a lease that holds across processes.

Two that renew at once with the same refresh token destroy the grant. So there is a lease on the credential's row, taken
by one statement that also proves that nobody has renewed since it was read (docs/decisions). No transaction is open
while the service is asked, and the new refresh token is on disk before the access token is used.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx2
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.vault import Vault
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections import repository
from nodeloom.features.connections.addresses import token_url
from nodeloom.features.connections.apps import app_of
from nodeloom.features.connections.breaking import mark_broken
from nodeloom.features.connections.secrets import Held, hold, sealed
from nodeloom.features.connections.token_endpoint import AskFailed, EndpointDown, GrantRefused, ask
from nodeloom_connectors.sdk import (
    Connector,
    OAuth2,
    OAuth2Token,
    OAuthApp,
    Reconnect,
    RetryLater,
    TokenAnswer,
)

# Longer than a request to the service may take by far: who lost the lease must not be there any more.
LEASE: Final = timedelta(seconds=60)
KEEP_AWAY: Final = timedelta(seconds=5)
RECONNECT_HINT: Final = "Connect the account again on the page Connections."
_PAUSES_S = (0.1, 0.5, 2.0, 5.0)
_LONGEST_LIFE_S = 100 * 365 * 86_400


@dataclass(frozen=True)
class Renewable:
    """An account made by OAuth 2, as it was read."""

    held: Held
    token: OAuth2Token

    @property
    def key(self) -> tuple[str, str]:
        return self.held.workspace_id, self.held.opened.id

    def leased(self, now: datetime) -> bool:
        until = self.held.credential.lease_until
        return until is not None and until > now

    def kept_away(self, now: datetime) -> timedelta | None:
        """For how long nobody asks the token endpoint after it failed."""
        at = self.held.credential.retry_at
        return at - now if at is not None and at > now else None


class Renewal:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        catalog: InstalledCatalog,
        http: httpx2.AsyncClient,
        settings: Mapping[str, str],
    ) -> None:
        self._database = database
        self._vault = vault
        self._catalog = catalog
        self._http = http
        self._settings = settings

    async def renew(self, account: Renewable) -> bool:
        """False if somebody else has the lease, or has renewed already. Raises `Reconnect` or `RetryLater`."""
        lease, now = new_id("lease"), clock.now()
        async with self._database.transaction() as session:
            taken = await repository.take_lease(
                session, *account.key, lease, seen=account.held.credential.generation, now=now, until=now + LEASE
            )
        if not taken:
            return False
        try:
            answer = await self._next(account)
        except GrantRefused as refused:
            if await self._was_renewed(account):
                await self._give_back(account, lease)
                return False
            raise await self.end(account, f"The service no longer takes the account: {refused}.") from None
        except BaseException as failure:
            after = failure.after if isinstance(failure, EndpointDown) and failure.after is not None else KEEP_AWAY
            await self._give_back(account, lease, retry_at=clock.now() + after)
            if isinstance(failure, AskFailed):
                raise _later(failure, after) from None
            raise
        await self._keep(account, lease, answer)
        return True

    async def end(self, account: Renewable, reason: str) -> Reconnect:
        """The service will never take this secret again: the owner is told, and nobody asks any more."""
        async with self._database.transaction() as session:
            ended = await repository.end_credential(
                session, *account.key, seen=account.held.credential.generation, now=clock.now()
            )
            if ended:
                await mark_broken(session, *account.key, reason)
        return Reconnect(reason, hint=RECONNECT_HINT)

    async def _next(self, account: Renewable) -> TokenAnswer:
        connector, auth = self._service(account.held.workspace_id, account.held.opened.connector)
        assert account.token.refresh_token is not None  # nobody asks without
        form = {"grant_type": "refresh_token", "refresh_token": account.token.refresh_token.get_secret_value()}
        return await ask(self._http, auth, token_url(connector, auth, self._settings), await self._app(account), form)

    async def _app(self, account: Renewable) -> OAuthApp:
        opened = account.held.opened
        connector, _ = self._service(account.held.workspace_id, opened.connector)
        async with self._database.read() as session:
            app = await app_of(
                session, self._vault, connector, self._settings, account.held.workspace_id, opened.client_id
            )
        if app is None:
            raise EndpointDown(f"No app of {connector.title} is set up here, so the token can't be renewed.")
        return app

    def _service(self, workspace_id: str, name: str) -> tuple[Connector, OAuth2]:
        connector = self._catalog.of(workspace_id).connector(name)
        auth = None if connector is None else connector.auth_of("oauth2")
        if connector is None or not isinstance(auth, OAuth2):
            raise EndpointDown(f"The connector {name} is not installed here (any more), or has no OAuth 2.")
        return connector, auth

    async def _was_renewed(self, account: Renewable) -> bool:
        """Whether somebody else won meanwhile: then the refusal was of a token that is no longer ours."""
        async with self._database.read() as session:
            held = await hold(session, self._vault, *account.key)
        return held.opened.secret.get("refresh_token") != account.held.opened.secret.get("refresh_token")

    async def _give_back(self, account: Renewable, lease: str, *, retry_at: datetime | None = None) -> None:
        async with self._database.transaction() as session:
            await repository.give_lease_back(session, *account.key, lease, retry_at=retry_at)

    async def _keep(self, account: Renewable, lease: str, answer: TokenAnswer) -> None:
        """Tries hard: what isn't written down now is lost, and the account with it."""
        token = renewed_token(account.token, answer, clock.now())
        for pause in (*_PAUSES_S, None):
            try:
                async with self._database.transaction() as session:
                    await self._write(session, account, lease, token, answer)
            except (SQLAlchemyError, DatabaseUnavailable, OSError):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            else:
                return

    async def _write(
        self, session: AsyncSession, account: Renewable, lease: str, token: OAuth2Token, answer: TokenAnswer
    ) -> None:
        workspace_id, connection_id = account.key
        seen = account.held.credential.generation
        fresh = sealed(self._vault, workspace_id, connection_id, token)
        # Whoever connected the account anew meanwhile has written what is newer than this.
        if await repository.keep_renewed(
            session, workspace_id, connection_id, fresh, lease=lease, seen=seen, now=clock.now()
        ):
            await repository.note_renewed(
                session, workspace_id, connection_id, expires_at=end_of(token), scopes=answer.scopes
            )


def renewed_token(old: OAuth2Token, answer: TokenAnswer, now: datetime) -> OAuth2Token:
    """A service that gives no new refresh token means the old one to stay."""
    new = token_of(answer, now)
    return new.model_copy(
        update={"refresh_token": new.refresh_token or old.refresh_token, "more": {**old.more, **new.more}}
    )


def token_of(answer: TokenAnswer, now: datetime) -> OAuth2Token:
    lifetime = answer.expires_in_s
    return OAuth2Token(
        access_token=SecretStr(answer.access_token),
        refresh_token=None if answer.refresh_token is None else SecretStr(answer.refresh_token),
        expires_at=None if lifetime is None else now + timedelta(seconds=min(lifetime, _LONGEST_LIFE_S)),
        more={name: SecretStr(text) for name, text in answer.more.items()},
    )


def end_of(token: OAuth2Token) -> datetime | None:
    """When the account ends unless it is connected anew."""
    return token.expires_at if token.refresh_token is None else None


def reconnect(held: Held) -> Reconnect:
    return Reconnect(held.health_detail or f"The service no longer takes “{held.opened.name}”.", hint=RECONNECT_HINT)


def _later(failure: AskFailed, after: timedelta) -> RetryLater:
    text = f"The token could not be renewed: {failure}"
    return RetryLater(text, after, nothing_happened=True)
