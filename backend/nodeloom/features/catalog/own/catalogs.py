"""The catalog as a workspace has it: what is installed, and the APIs that it described itself."""

import asyncio
import zlib
from collections.abc import Sequence
from typing import Annotated

import structlog
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.database import Database
from nodeloom.features.accounts.identity import identify
from nodeloom.features.catalog.catalog import InstalledCatalog, Unavailable
from nodeloom.features.catalog.models import OwnApi
from nodeloom.features.catalog.own import repository
from nodeloom_connectors.http.openapi import connector_of, read_document
from nodeloom_connectors.sdk import Connector, Refused

log = structlog.stdlib.get_logger(__name__)


class Catalogs:
    """One a process. What it made for a workspace is kept, and made anew when an API of it has changed."""

    def __init__(self, database: Database, installed: InstalledCatalog) -> None:
        self._database = database
        self._installed = installed
        self._made: dict[str, frozenset[tuple[str, int]]] = {}

    async def of(self, workspace_id: str, session: AsyncSession | None = None) -> InstalledCatalog:
        """Asks the database what there is; from then on `InstalledCatalog.of` knows it, too."""
        if session is None:
            async with self._database.read() as own:
                return await self.of(workspace_id, own)
        wanted = await repository.revisions(session, workspace_id)
        if wanted == self._made.get(workspace_id, frozenset()):
            return self._installed.of(workspace_id)
        rows = await repository.apis(session, workspace_id)
        connectors, broken = await asyncio.to_thread(_connectors, rows)
        self._installed.extend(workspace_id, connectors, broken)
        self._made[workspace_id] = wanted
        return self._installed.of(workspace_id)


async def _of_caller(request: Request) -> InstalledCatalog:
    caller = await identify(request)
    catalogs: Catalogs = request.app.state.catalogs
    return await catalogs.of(caller.workspace_id)


WorkspaceCatalog = Annotated[InstalledCatalog, Depends(_of_caller)]


def packed(document: str) -> bytes:
    return zlib.compress(document.encode())


def _connectors(rows: Sequence[OwnApi]) -> tuple[list[Connector], list[Unavailable]]:
    made: list[Connector] = []
    broken: list[Unavailable] = []
    for row in rows:
        try:
            document = read_document(zlib.decompress(row.document).decode(), row.address)
            made.append(connector_of(row.name, row.title, document))
        except Refused as refused:
            # It was readable once: this version reads documents differently.
            log.warning("a described API can't be read", api=row.id, reason=refused.message)
            broken.append(Unavailable(row.name, refused.message))
    return made, broken
