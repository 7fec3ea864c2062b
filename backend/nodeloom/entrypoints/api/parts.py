"""What the routes stand on, opened when the process starts and closed when it ends."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.datastructures import State

from nodeloom.adapters.blobs import Blobs
from nodeloom.adapters.confined import ConfinedReaders
from nodeloom.adapters.database import Database
from nodeloom.adapters.http import guarded_client
from nodeloom.adapters.live import Live
from nodeloom.adapters.queue import Bell, connect
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.entrypoints.code import code_of
from nodeloom.features.accounts import owners
from nodeloom.features.catalog.catalog import load_catalog
from nodeloom.features.catalog.own.catalogs import Catalogs
from nodeloom.features.connections.tokens import Tokens
from nodeloom.features.hosted.wiring import hosting
from nodeloom.features.runs.answers import Answers
from nodeloom.features.runs.artifacts import Artifacts
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.plans import Plans
from nodeloom.features.runs.previews import Previews
from nodeloom.features.runs.reading import Reader
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.runs.signals import follow_connections
from nodeloom.features.triggers.door import HooksDoor
from nodeloom.features.triggers.wiring import follow_workflows, hooks_door
from nodeloom.features.waiting.buttons import Buttons


@asynccontextmanager
async def open_parts(state: State) -> AsyncGenerator[None]:
    """Sets `db`, `vault`, `http`, `catalog`, `tokens`, `redis`, `bell` and more on the state that holds `settings`."""
    settings: Settings = state.settings
    async with AsyncExitStack() as stack:
        state.vault = Vault(settings.secret_keys)
        state.blobs = Blobs(settings.blob_path)
        state.catalog = load_catalog(code_of(settings))
        state.db = Database.open(settings.database_url)
        stack.push_async_callback(state.db.dispose)
        state.http = await stack.enter_async_context(guarded_client(settings))
        state.tokens = Tokens(state.db, state.vault, state.catalog, state.http, settings)
        stack.push_async_callback(state.tokens.close)
        state.redis = connect(settings.redis_url)
        stack.push_async_callback(state.redis.aclose, close_connection_pool=True)
        listener = connect(settings.redis_url, timeout_s=None)
        stack.push_async_callback(listener.aclose, close_connection_pool=True)
        state.bell = Bell(state.redis)
        stack.push_async_callback(state.bell.close)
        state.live = Live(state.redis, listener)
        state.live.start(reading=True)
        stack.push_async_callback(state.live.close)
        tokens = ResumeTokens(state.vault, settings.public_url)
        state.resume_tokens = tokens
        state.payloads = Payloads(state.blobs, state.vault)
        state.catalogs = Catalogs(state.db, state.catalog)
        state.plans = Plans(state.db, state.catalogs)
        state.reader = Reader(state.payloads, state.plans, tokens)
        state.artifacts = Artifacts(state.db, state.blobs, settings.max_payload_mb * 1024 * 1024)
        state.previews = Previews(state.artifacts, ConfinedReaders(time_limit_s=10.0))
        state.answers = Answers(state.redis, listener, state.reader.lost_answers(state.db))
        state.answers.start()
        stack.push_async_callback(state.answers.close)
        follow_workflows(state.catalog, settings.public_url)
        follow_connections()
        state.hooks = _hooks(state, settings)
        stack.push_async_callback(state.hooks.services.close)
        state.hosting = hosting(
            db=state.db,
            vault=state.vault,
            payloads=state.payloads,
            artifacts=state.artifacts,
            reader=state.reader,
            answers=state.answers,
            bell=state.bell,
            live=state.live,
            redis=state.redis,
        )
        await owners.prepare(state.db, settings)
        yield


def _hooks(state: State, settings: Settings) -> HooksDoor:
    door = hooks_door(
        settings=settings,
        db=state.db,
        vault=state.vault,
        catalog=state.catalog,
        payloads=state.payloads,
        artifacts=state.artifacts,
        reader=state.reader,
        answers=state.answers,
        bell=state.bell,
        tokens=state.resume_tokens,
        accounts=state.tokens,
        http=state.http,
    )
    door.services.on_decision(Buttons(state.db, state.bell, state.resume_tokens).pressed)
    return door
