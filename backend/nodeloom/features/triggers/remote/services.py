"""What is asked of the service behind one registration. No transaction is open meanwhile."""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson
import structlog

from nodeloom.adapters import clock
from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.database import Database
from nodeloom.adapters.vault import SecretDamaged, Vault, WrongKey
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections.accounts import secret_of
from nodeloom.features.connections.apps import app_secrets
from nodeloom.features.connections.tokens import Tokens
from nodeloom.features.runs.outside import Account, Outside
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.triggers.remote.leases import Held, Settled, keep
from nodeloom.features.triggers.remote.occurrences import Packed, packed
from nodeloom.features.triggers.remote.taking import Answered
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom_connectors.sdk import (
    AppTrigger,
    Connector,
    HookTrigger,
    Polled,
    PollTrigger,
    Reconnect,
    Refused,
    RetryLater,
    TriggerContext,
)

T = TypeVar("T")

log = structlog.stdlib.get_logger(__name__)

ASKED_AT_MOST_S = 60.0

# Where the service calls us, nothing else asks it: an account that has ended is to be known within a minute.
_LOOKED_AT_EVERY = timedelta(seconds=50)
_WELL = {"status": "live", "detail": "", "hint": "", "attempts": 0}


class NotHeld(Exception):
    """Somebody else holds the registration by now: what was about to be done is theirs to do."""


class NotYet(Exception):
    """What the service allows is used up: the call may begin after `wait_s`."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"in {wait_s:g} s")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class AtService:
    """The address that the service calls; `state` is what `subscribe` gave, once it is known to be `registered`."""

    address: str
    state: JsonValue = None
    registered: bool = False


def bond(registration_id: str) -> str:
    return f"registration/{registration_id}"


def opened(vault: Vault, registration_id: str, sealed: bytes | None) -> AtService | None:
    """Raises WrongKey or SecretDamaged."""
    if sealed is None:
        return None
    return AtService(**orjson.loads(vault.decrypt(sealed, bound_to=bond(registration_id))))


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Services:
    db: Database
    vault: Vault
    catalog: InstalledCatalog
    accounts: Tokens
    outside: Outside
    payloads: Payloads
    public_url: str
    accounts_looked_at: dict[str, datetime] = field(default_factory=dict[str, datetime])

    async def ask(self, held: Held) -> Settled | Answered:
        """What came of it; raises what the connector raises, or NotHeld."""
        row = held.row
        found = self.catalog.trigger(row.type)
        if found is None:
            raise Refused(f"{row.type} is not installed here.", "not_installed", hint="Install its connector again.")
        connector, trigger = found
        async with asyncio.timeout(ASKED_AT_MOST_S):
            match trigger:
                case PollTrigger():
                    return await self._poll(held, connector, trigger)
                case HookTrigger() if row.status == "unwanted":
                    return await self._unregister(held, connector, trigger)
                case HookTrigger():
                    return await self._register(held, connector, trigger)
                case AppTrigger():
                    return await self._look_at_app(held, connector)

    async def _look_at_app(self, held: Held, connector: Connector) -> Settled:
        """What the address of an app hears needs no registration, but an app that can prove who calls."""
        app = await self.accounts.app(held.row.workspace_id, connector)
        missing = (
            "client_id"
            if app is None
            else next((name for name in app_secrets(connector) if name not in app.secrets), None)
        )
        if missing is not None:
            raise Refused(
                f"The app of {connector.title} has no {missing.replace('_', ' ')} here: nothing it sends is believed.",
                "no_app",
                hint="Set up the app under Settings, Apps; its page at the service shows what to enter.",
            )
        if held.row.connection_id is None or connector.verify is None:
            return Settled(held.id, held.fence, {**_WELL, "due_at": None})
        # Nothing is called by this trigger: without asking nobody would learn that the account has ended.
        await self._account_lives(held.row, connector)
        now = clock.now()
        return Settled(held.id, held.fence, {**_WELL, "due_at": now + _LOOKED_AT_EVERY, "asked_at": now})

    async def _account_lives(self, row: Any, connector: Connector) -> None:
        """Raises Reconnect, and has the connection marked, if the service no longer takes it."""
        verify = connector.verify
        looked_at = self.accounts_looked_at.get(row.connection_id)
        if verify is None or (looked_at is not None and clock.now() - looked_at < _LOOKED_AT_EVERY * 0.8):
            return

        async def ask(context: TriggerContext[Any]) -> None:
            del context  # the client is not needed: what is asked for is whether the account is good
            opened = await self.accounts.opened(row.workspace_id, row.connection_id)
            secret = secret_of(self.catalog, opened)
            await verify(await self.accounts.access(row.workspace_id, connector, secret, opened.client_id))

        await self._with(row, connector, ask)
        self.accounts_looked_at[row.connection_id] = clock.now()

    async def _poll(self, held: Held, connector: Connector, trigger: PollTrigger) -> Answered:
        row = held.row
        polled, seen = await self.poll(row, connector, trigger)
        now = clock.now()
        due_at = now if polled.more else now + timedelta(seconds=trigger.every_s)
        values = {**_WELL, "cursor": polled.cursor, "due_at": due_at, "asked_at": now}
        return Answered(row.id, row.workspace_id, held.fence, values, seen)

    async def poll(self, row: Any, connector: Connector, trigger: PollTrigger) -> tuple[Polled, list[Packed]]:
        """What is new since the row's cursor, ready to be written."""
        params = trigger.params.model_validate(row.params)
        polled = await self._with(row, connector, lambda context: trigger.poll(context, params, row.cursor))
        # Refused now rather than found to be unreadable later.
        dump_json(polled.cursor)
        return polled, await packed(self.payloads, polled.occurrences, trigger.title)

    async def _register(self, held: Held, connector: Connector, trigger: HookTrigger) -> Settled:
        """Makes sure that the service knows our address, the one that we have now."""
        row = held.row
        params = trigger.params.model_validate(row.params)
        there = self._opened(row)

        async def settle(context: TriggerContext[Any]) -> AtService:
            known = there
            if known is not None and not known.address.startswith(self._base(connector)):
                await self._forget(context, trigger, known)
                known = None
            if known is not None and known.registered and await trigger.still_live(context, known.state):
                return known
            known = known or await self._claim_address(held, connector)
            state = await trigger.subscribe(context, params, known.address)
            log.info("trigger registered", registration_id=row.id, type=row.type)
            return AtService(known.address, state, registered=True)

        sealed = self._sealed(row.id, await self._with(row, connector, settle))
        now = clock.now()
        values = {**_WELL, "sealed": sealed, "due_at": now + _LOOKED_AT_EVERY, "asked_at": now}
        return Settled(row.id, held.fence, values)

    async def _unregister(self, held: Held, connector: Connector, trigger: HookTrigger) -> Settled:
        row = held.row
        there = self._opened(row)

        async def take_down(context: TriggerContext[Any]) -> None:
            assert there is not None  # asked only then
            state = there.state
            if not there.registered:
                # A process may have died between the service's answer and our writing it down.
                params = trigger.params.model_validate(row.params)
                state = await trigger.subscribe(context, params, there.address)
            await trigger.unsubscribe(context, state)
            log.info("trigger unregistered", registration_id=row.id, type=row.type)

        if there is not None:
            await self._with(row, connector, take_down)
        return Settled(row.id, held.fence, gone=True)

    async def _forget(self, context: TriggerContext[Any], trigger: HookTrigger, there: AtService) -> None:
        """The installation has another address by now; what can't be taken back is left to the service."""
        if not there.registered:
            return
        try:
            await trigger.unsubscribe(context, there.state)
        except Refused as refused:
            log.warning("an old registration stays", type=trigger.name, reason=refused.message)

    async def _claim_address(self, held: Held, connector: Connector) -> AtService:
        """Kept before the service hears of it: after a crash it is told the same again."""
        token = secrets.token_urlsafe(24)
        there = AtService(f"{self._base(connector)}{token}")
        async with self.db.transaction() as session:
            if not await keep(session, held, token_digest=digest(token), sealed=self._sealed(held.id, there)):
                raise NotHeld
        return there

    async def _with(self, row: Any, connector: Connector, call: Callable[[TriggerContext[Any]], Awaitable[T]]) -> T:
        """What the service says of the account is kept as the connection's health, its pauses hold for all."""
        wait_s = await self.outside.wait_s(row.workspace_id, connector, row.connection_id, row.id)
        if wait_s > 0:
            raise NotYet(wait_s)
        try:
            result = await self._called(row, connector, call)
        except Reconnect as refused:
            if not refused.token_is_good:
                await self.outside.note(row.workspace_id, row.connection_id, refused.message)
            raise
        except RetryLater as busy:
            if busy.after is not None and busy.nothing_happened:
                await self.outside.pause(row.connection_id, busy.after.total_seconds())
            raise
        await self.outside.note(row.workspace_id, row.connection_id, None)
        return result

    async def _called(self, row: Any, connector: Connector, call: Callable[[TriggerContext[Any]], Awaitable[T]]) -> T:
        """Once more with a new token where the service doesn't take the one it was given."""
        account = await self.outside.account(row.workspace_id, connector, row.connection_id)
        async with self.outside.passages.begin(row.workspace_id, account.key):
            try:
                return await call(self._context(row, account))
            except Reconnect as refused:
                renewed = None
                if not refused.token_is_good:
                    renewed = await self.outside.renewed(row.workspace_id, connector, account)
                if renewed is None:
                    raise
            return await call(self._context(row, renewed))

    def _context(self, row: Any, account: Account) -> TriggerContext[Any]:
        bound = log.bind(workflow_id=row.workflow_id, node_id=row.node_id, registration_id=row.id)
        return TriggerContext(account.client, self.outside.files(row.workspace_id, Item({})), bound)

    def _opened(self, row: Any) -> AtService | None:
        try:
            return opened(self.vault, row.id, row.sealed)
        except (WrongKey, SecretDamaged):
            log.exception("a registration can't be opened", registration_id=row.id)
            return None

    def _sealed(self, registration_id: str, there: AtService) -> bytes:
        document = {"address": there.address, "state": there.state, "registered": there.registered}
        return self.vault.encrypt(dump_json(document).encode(), bound_to=bond(registration_id))

    def _base(self, connector: Connector) -> str:
        return f"{self.public_url}/hooks/-/apps/{connector.name}/in/"
