"""Triggers put together for an entry point."""

from collections.abc import AsyncGenerator, AsyncIterable

import httpx2

from nodeloom.adapters.database import Database
from nodeloom.adapters.queue import Bell
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.expressions.sandbox import Sandbox
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.catalog.own.uses import on_api_used_by
from nodeloom.features.connections.tokens import Tokens
from nodeloom.features.connections.uses import on_nodes_using, on_rebind, on_used_by
from nodeloom.features.runs.answers import Answers
from nodeloom.features.runs.artifacts import Artifacts
from nodeloom.features.runs.outside import Outside
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.reading import Reader
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.triggers.calls import ResumeCalls
from nodeloom.features.triggers.door import HooksDoor
from nodeloom.features.triggers.drafts import Drafts
from nodeloom.features.triggers.failures import Failures
from nodeloom.features.triggers.hook_table import HookTable
from nodeloom.features.triggers.intake import Intake
from nodeloom.features.triggers.lifecycle import Lifecycle
from nodeloom.features.triggers.live import LiveTriggers
from nodeloom.features.triggers.remote.doors import ServiceDoors
from nodeloom.features.triggers.remote.hearing import Hearing
from nodeloom.features.triggers.remote.leases import Settling
from nodeloom.features.triggers.remote.registrations import follow_connections
from nodeloom.features.triggers.remote.services import Services
from nodeloom.features.triggers.remote.taking import Taking
from nodeloom.features.triggers.remote.watch import Watch
from nodeloom.features.triggers.replies import StoredFile
from nodeloom.features.triggers.results import Results
from nodeloom.features.workflows.rebinding import rebind, types_using
from nodeloom.features.workflows.uses import users_of_api, uses_of_connection
from nodeloom.graph.item import ArtifactRef


def follow_workflows(catalog: InstalledCatalog, public_url: str) -> None:
    """To be called by every process that changes workflows, before it serves."""
    Lifecycle(catalog, public_url).listen()
    on_used_by(uses_of_connection)
    on_nodes_using(types_using)
    on_rebind(rebind)
    on_api_used_by(users_of_api)


def hooks_door(
    *,
    settings: Settings,
    db: Database,
    vault: Vault,
    catalog: InstalledCatalog,
    payloads: Payloads,
    artifacts: Artifacts,
    reader: Reader,
    answers: Answers,
    bell: Bell,
    tokens: ResumeTokens,
    accounts: Tokens,
    http: httpx2.AsyncClient,
) -> HooksDoor:
    """The application that serves everything under /hooks/."""

    async def store_file(workspace_id: str, content: AsyncIterable[bytes], name: str, media_type: str) -> ArtifactRef:
        stored = await artifacts.store(workspace_id, content, name, media_type)
        return ArtifactRef(stored.id, stored.name, stored.media_type, stored.size)

    async def open_file(workspace_id: str, file: StoredFile) -> AsyncGenerator[bytes]:
        async for chunk in artifacts.read(workspace_id, file.id):
            yield chunk

    most_bytes = settings.max_payload_mb * 1024 * 1024
    hearing = Hearing(db, vault, catalog, accounts, payloads, settings.connector_settings)
    table = HookTable(db, catalog, vault)
    intake = Intake(payloads, store_file, Sandbox(), answers.address)
    return HooksDoor(
        db=db,
        bell=bell,
        answers=answers,
        table=table,
        intake=intake,
        drafts=Drafts(db, table, intake),
        results=Results(vault, reader.lost_answers(db)),
        resume_calls=ResumeCalls(db, bell, tokens),
        open_file=open_file,
        failures=Failures(payloads, LiveTriggers(), settings.public_url),
        services=ServiceDoors(db, bell, hearing, Taking(LiveTriggers()), http, most_bytes),
        most_bytes=most_bytes,
    )


def watch(
    *,
    settings: Settings,
    db: Database,
    vault: Vault,
    catalog: InstalledCatalog,
    payloads: Payloads,
    accounts: Tokens,
    outside: Outside,
    bell: Bell,
    failures: Failures,
) -> Watch:
    """What keeps connectors' triggers registered and asks those that must be asked."""
    follow_connections()
    services = Services(db, vault, catalog, accounts, outside, payloads, settings.public_url)
    return Watch(db, bell, services, Settling(failures), Taking(LiveTriggers()))
