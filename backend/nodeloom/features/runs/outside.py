"""The outside world for calls: clients behind connections, files behind artifacts."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from pydantic import BaseModel

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.vault import Vault
from nodeloom.features.catalog.catalog import AnyAction, InstalledCatalog
from nodeloom.features.connections.accounts import WrongConnection, client_for, connection_of
from nodeloom.features.connections.errors import ConnectionMissing
from nodeloom.features.connections.service import note_use, open_secret
from nodeloom.features.runs.artifacts import Artifacts, ItemFiles, NodeFiles
from nodeloom.graph.item import Item
from nodeloom.nodes.file_store import FileStore
from nodeloom_connectors.sdk import Connector, Files, Refused

_NOTED_EVERY = timedelta(minutes=5)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class OwnAction:
    """What a built-in node does in the database of the product; `client` is that of a workspace."""

    connector: Connector
    action: AnyAction
    client: Callable[[str], Any]


class Outside:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        catalog: InstalledCatalog,
        http: httpx2.AsyncClient,
        settings: Mapping[str, str],
        artifacts: Artifacts,
        own: Mapping[str, OwnAction],
    ) -> None:
        """`own`: by node type, the actions that stay inside of the product."""
        self._database = database
        self._vault = vault
        self._catalog = catalog
        self._http = http
        self._settings = settings
        self._artifacts = artifacts
        self._own = own
        self._noted: dict[str, datetime] = {}

    def own_action(self, node_type: str) -> tuple[Connector, AnyAction] | None:
        own = self._own.get(node_type)
        return None if own is None else (own.connector, own.action)

    async def client(
        self, workspace_id: str, connector: Connector, connection_id: str | None, params: BaseModel
    ) -> Any:
        """Raises Refused if the connection is gone or of the wrong kind."""
        for own in self._own.values():
            if own.connector is connector:
                return own.client(workspace_id)
        named = connection_of(connection_id, params.model_dump())
        if named is None:
            return client_for(self._catalog, connector, self._http, None, self._settings)
        try:
            async with self._database.read() as session:
                opened = await open_secret(session, self._vault, workspace_id, named)
            return client_for(self._catalog, connector, self._http, opened, self._settings)
        except ConnectionMissing:
            raise Refused(
                "The connection of this node no longer exists.", "connection_missing", hint="Choose another one."
            ) from None
        except WrongConnection as wrong:
            raise Refused(str(wrong), "wrong_connection", hint="Choose a connection of the kind it needs.") from None

    async def note(self, workspace_id: str, connection_id: str | None, params: BaseModel, refused: str | None) -> None:
        """Keep the connection's health true: a call worked, or the service no longer takes the account."""
        named = connection_of(connection_id, params.model_dump())
        now = clock.now()
        if named is None or (refused is None and now - self._noted.get(named, _NEVER) < _NOTED_EVERY):
            return
        if refused is None:
            self._noted[named] = now
        else:
            self._noted.pop(named, None)
        async with self._database.transaction() as session:
            await note_use(session, workspace_id, named, refused=refused)

    def files(self, workspace_id: str, item: Item) -> Files:
        return ItemFiles(self._artifacts, workspace_id, item)

    def node_files(self, workspace_id: str) -> FileStore:
        """For the built-in nodes that work in threads; called on the event loop."""
        return NodeFiles(self._artifacts, workspace_id, asyncio.get_running_loop())
