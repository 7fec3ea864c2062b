"""The outside world for calls: clients behind connections, files behind artifacts."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.features.catalog.catalog import AnyAction
from nodeloom.features.connections.accounts import WrongConnection
from nodeloom.features.connections.errors import ConnectionMissing
from nodeloom.features.connections.secrets import OpenedConnection
from nodeloom.features.connections.service import note_use
from nodeloom.features.connections.tokens import Tokens
from nodeloom.features.runs.artifacts import Artifacts, ItemFiles, NodeFiles
from nodeloom.features.runs.passage import Passages
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


@dataclass(frozen=True)
class Account:
    """What a call is made with; `key` names what it shares with others, `opened` the connection, if it has one."""

    client: Any
    key: str
    opened: OpenedConnection | None = None


class Outside:
    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        artifacts: Artifacts,
        own: Mapping[str, OwnAction],
        passages: Passages,
    ) -> None:
        """`own`: by node type, the actions that stay inside of the product."""
        self._database = database
        self._tokens = tokens
        self._artifacts = artifacts
        self._own = own
        self._noted: dict[str, datetime] = {}
        self.passages = passages

    def own_action(self, node_type: str) -> tuple[Connector, AnyAction] | None:
        own = self._own.get(node_type)
        return None if own is None else (own.connector, own.action)

    async def account(self, workspace_id: str, connector: Connector, connection_id: str | None) -> Account:
        """Raises Refused if the connection is gone or of the wrong kind; what renewing its token may raise."""
        own = self._own_client(connector)
        if own is not None:
            return Account(own(workspace_id), connector.name)
        key = self.passages.key(workspace_id, connector, connection_id)
        try:
            opened = None if connection_id is None else await self._tokens.opened(workspace_id, connection_id)
            return Account(await self._tokens.client(workspace_id, connector, opened), key, opened)
        except ConnectionMissing:
            raise Refused(
                "The connection of this node no longer exists.", "connection_missing", hint="Choose another one."
            ) from None
        except WrongConnection as wrong:
            raise Refused(str(wrong), "wrong_connection", hint="Choose a connection of the kind it needs.") from None

    async def renewed(self, workspace_id: str, connector: Connector, account: Account) -> Account | None:
        """The account with another token than the one that was refused; None if only a person can help."""
        if account.opened is None:
            return None
        opened = await self._tokens.opened(workspace_id, account.opened.id, rejected=account.opened)
        return Account(await self._tokens.client(workspace_id, connector, opened), account.key, opened)

    async def wait_s(self, workspace_id: str, connector: Connector, connection_id: str | None, who: str) -> float:
        """Seconds until this call may begin; `who` is the call."""
        if self._own_client(connector) is not None:
            return 0
        return await self.passages.wait_s(self.passages.key(workspace_id, connector, connection_id), connector, who)

    async def pause(self, connection_id: str | None, seconds: float) -> None:
        """What a service asks of one account holds for all that use it."""
        if connection_id is not None:
            await self.passages.traffic.pause(connection_id, seconds)

    def _own_client(self, connector: Connector) -> Callable[[str], Any] | None:
        return next((own.client for own in self._own.values() if own.connector is connector), None)

    async def note(self, workspace_id: str, connection_id: str | None, refused: str | None) -> None:
        """Keep the connection's health true: a call worked, or the service no longer takes the account."""
        now = clock.now()
        if connection_id is None or (refused is None and now - self._noted.get(connection_id, _NEVER) < _NOTED_EVERY):
            return
        if refused is None:
            self._noted[connection_id] = now
        else:
            self._noted.pop(connection_id, None)
        async with self._database.transaction() as session:
            await note_use(session, workspace_id, connection_id, refused=refused)

    def files(self, workspace_id: str, item: Item) -> Files:
        return ItemFiles(self._artifacts, workspace_id, item)

    def node_files(self, workspace_id: str) -> FileStore:
        """For the built-in nodes that work in threads; called on the event loop."""
        return NodeFiles(self._artifacts, workspace_id, asyncio.get_running_loop())
