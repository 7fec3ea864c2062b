"""`nodeloom scheduler`: sweeps, fires what is due, and sends what there is to tell. Any number may run."""

import asyncio
import signal
from contextlib import AsyncExitStack

import structlog
import uvloop

from nodeloom.adapters.blobs import Blobs
from nodeloom.adapters.database import Database
from nodeloom.adapters.http import guarded_client
from nodeloom.adapters.live import Live
from nodeloom.adapters.queue import Bell, connect
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.traffic import Traffic
from nodeloom.adapters.vault import Vault
from nodeloom.entrypoints.code import code_of
from nodeloom.features.catalog.catalog import load_catalog
from nodeloom.features.chats.retention import forget_chats_for_ever
from nodeloom.features.connections.tokens import Tokens
from nodeloom.features.notifications.announcing import announce_for_ever
from nodeloom.features.notifications.outbox import Office, send_for_ever
from nodeloom.features.runs.artifacts import Artifacts
from nodeloom.features.runs.collecting import Store
from nodeloom.features.runs.outside import Outside
from nodeloom.features.runs.passage import Passages
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.sweeper import sweep_for_ever
from nodeloom.features.triggers.failures import Failures
from nodeloom.features.triggers.live import LiveTriggers
from nodeloom.features.triggers.remote.trials import Trials
from nodeloom.features.triggers.retention import forget_for_ever
from nodeloom.features.triggers.schedules import fire_for_ever
from nodeloom.features.triggers.wiring import watch
from nodeloom.features.waiting.retention import forget_approvals_for_ever
from nodeloom.migrations.tables import all_tables

log = structlog.get_logger(__name__)


def run(settings: Settings) -> None:
    uvloop.run(_schedule(settings))


async def _schedule(settings: Settings) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, ending.set)
    async with AsyncExitStack() as stack:
        database = Database.open(settings.database_url)
        stack.push_async_callback(database.dispose)
        redis = connect(settings.redis_url)
        stack.push_async_callback(redis.aclose)
        bell = Bell(redis)
        stack.push_async_callback(bell.close)
        listener = connect(settings.redis_url, timeout_s=None)
        stack.push_async_callback(listener.aclose, close_connection_pool=True)
        live = Live(redis, listener)
        live.start(reading=False)
        stack.push_async_callback(live.close)
        store = Store(database, Blobs(settings.blob_path), all_tables())
        vault = Vault(settings.secret_keys)
        payloads = Payloads(Blobs(settings.blob_path), vault)
        failures = Failures(payloads, LiveTriggers(), settings.public_url)
        catalog = load_catalog(code_of(settings))
        http = await stack.enter_async_context(guarded_client(settings))
        accounts = Tokens(database, vault, catalog, http, settings)
        stack.push_async_callback(accounts.close)
        artifacts = Artifacts(database, Blobs(settings.blob_path), settings.max_payload_mb * 1024 * 1024)
        watching = watch(
            settings=settings,
            db=database,
            vault=vault,
            catalog=catalog,
            payloads=payloads,
            accounts=accounts,
            outside=Outside(database, accounts, artifacts, {}, Passages(Traffic(redis))),
            bell=bell,
            failures=failures,
        )
        stack.push_async_callback(watching.close)
        tasks = [
            asyncio.create_task(sweep_for_ever(database, bell)),
            asyncio.create_task(fire_for_ever(database, bell, failures)),
            asyncio.create_task(watching.work_for_ever()),
            asyncio.create_task(Trials(database, bell, watching.services, watching.taking).work_for_ever()),
            asyncio.create_task(forget_for_ever(store, settings.retention_days)),
            asyncio.create_task(forget_chats_for_ever(database, settings.retention_days)),
            asyncio.create_task(forget_approvals_for_ever(database)),
            asyncio.create_task(announce_for_ever(database, live)),
            asyncio.create_task(send_for_ever(database, _office(settings))),
        ]
        log.info("scheduler ready")
        done, _ = await asyncio.wait([asyncio.create_task(ending.wait()), *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for task in done:
            task.result()


def _office(settings: Settings) -> Office | None:
    mailer = settings.mailer()
    return Office(mailer, Vault(settings.secret_keys), settings.public_url) if mailer is not None else None
