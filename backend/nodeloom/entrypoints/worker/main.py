"""`nodeloom worker`: drives runs."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
import uvloop
from arq.connections import ArqRedis

from nodeloom.adapters.blobs import Blobs
from nodeloom.adapters.database import Database
from nodeloom.adapters.http import guarded_client
from nodeloom.adapters.live import Live
from nodeloom.adapters.queue import SIGNAL, Bell, bell_worker, connect, end, listen
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.traffic import Traffic
from nodeloom.adapters.vault import Vault
from nodeloom.entrypoints.code import code_of
from nodeloom.expressions.sandbox import Sandbox
from nodeloom.features.catalog.catalog import InstalledCatalog, load_catalog
from nodeloom.features.catalog.own.catalogs import Catalogs
from nodeloom.features.connections.tokens import Tokens
from nodeloom.features.runs.artifacts import Artifacts
from nodeloom.features.runs.asks import on_ask
from nodeloom.features.runs.children import Callees, follow_calls
from nodeloom.features.runs.drive import Surroundings
from nodeloom.features.runs.lanes import Lanes
from nodeloom.features.runs.outside import Outside, OwnAction
from nodeloom.features.runs.parts import follow_shares
from nodeloom.features.runs.passage import Passages
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.plans import Plans
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.runs.views import Announcer
from nodeloom.features.runs.worker import HeartbeatThread, RunWorker
from nodeloom.features.tables.node import TABLES, WorkspaceTables, table
from nodeloom.features.triggers.worker_wiring import follow_runs
from nodeloom.features.variables.values import VariableValues
from nodeloom.features.waiting.approvals import ask_for_approval
from nodeloom.nodes.node_type import ApprovalAsked

log = structlog.get_logger(__name__)

_PATIENCE_S = 10.0


def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; then what runs is brought to its end or given back."""
    uvloop.run(_work(settings))


async def _work(settings: Settings) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, ending.set)
    async with working(settings) as (worker, tasks):
        log.info("worker ready", worker=worker.id)
        await asyncio.wait([asyncio.create_task(ending.wait()), *tasks], return_when=asyncio.FIRST_COMPLETED)
        log.info("worker drains", runs=worker.active)


@asynccontextmanager
async def working(settings: Settings) -> AsyncGenerator[tuple[RunWorker, list[asyncio.Task[None]]]]:
    """A worker that answers the bell, and its tasks; drained when the block ends."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        database = Database.open(settings.database_url)
        stack.push_async_callback(database.dispose)
        redis = connect(settings.redis_url)
        stack.push_async_callback(redis.aclose, close_connection_pool=True)
        listener = connect(settings.redis_url, timeout_s=None)
        stack.push_async_callback(listener.aclose, close_connection_pool=True)
        bell = Bell(redis)
        stack.push_async_callback(bell.close)
        live = Live(redis, listener)
        live.start(reading=False)
        stack.push_async_callback(live.close)
        http = await stack.enter_async_context(guarded_client(settings))
        lanes = Lanes()
        stack.callback(lanes.close)
        catalog = load_catalog(code_of(settings))
        accounts = Tokens(database, Vault(settings.secret_keys), catalog, http, settings)
        stack.push_async_callback(accounts.close)
        worker = _worker(settings, database, bell, live, redis, catalog, accounts, lanes)
        beats = HeartbeatThread(database, worker.id, worker.hear, loop)
        beats.start()
        stack.callback(beats.close)
        tasks = [
            asyncio.create_task(bell_worker(redis, listener, worker.answer_bell).main()),
            asyncio.create_task(listen(listener, (SIGNAL,), lambda _channel, _message: beats.beat_now())),
            asyncio.create_task(worker.checkpoints()),
        ]
        bell.ring_soon()
        yield worker, tasks
        tasks[0].cancel()
        await worker.drain(_PATIENCE_S)
        await end(tasks)
        for task in tasks:
            if not task.cancelled() and (failure := task.exception()) is not None:
                raise failure


def _worker(
    settings: Settings,
    database: Database,
    bell: Bell,
    live: Live,
    redis: ArqRedis,
    catalog: InstalledCatalog,
    accounts: Tokens,
    lanes: Lanes,
) -> RunWorker:
    vault = Vault(settings.secret_keys)
    payloads = Payloads(Blobs(settings.blob_path), vault)
    tokens = ResumeTokens(vault, settings.public_url)
    variables = VariableValues(database, vault)
    artifacts = Artifacts(database, Blobs(settings.blob_path), settings.max_payload_mb * 1024 * 1024)
    own = {"core.table": OwnAction(TABLES, table, lambda workspace_id: WorkspaceTables(database, workspace_id))}
    outside = Outside(database, accounts, artifacts, own, Passages(Traffic(redis)))
    callees = Callees(database, payloads)
    follow_calls()
    follow_shares()
    follow_runs(payloads, Sandbox(), settings.public_url)
    on_ask(ApprovalAsked, ask_for_approval)
    announcer = Announcer(live, redis, tokens)
    around = Surroundings(catalog, payloads, Sandbox(), outside, announcer, variables, lanes, callees)
    return RunWorker(database, bell, Plans(database, Catalogs(database, catalog)), around, tokens)
