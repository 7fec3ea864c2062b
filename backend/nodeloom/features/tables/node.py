"""What `core.table` does: an action like a connector's, whose service is the product itself.

It is `idempotent` for certain: that a write was carried out is stored with the write.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from pydantic import RootModel
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.adapters.masking import masked
from nodeloom.features.tables import reading
from nodeloom.features.tables.models import DATA_TABLES
from nodeloom.features.tables.reading import Known, Query
from nodeloom.features.tables.structure import Refusal
from nodeloom.features.tables.writes import MOST_AT_ONCE, RowWrite, known, no_table, write_rows
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.table import EFFECTS, TABLE, TableParams
from nodeloom_connectors.sdk import ActionContext, Connector, EffectBy, NoAuth, Refused, action

log = structlog.get_logger(__name__)

_RETRY_S: Final = 0.5


class WorkspaceTables:
    """The tables of one workspace, for its workflows. Raises the SDK's `Refused`."""

    def __init__(self, database: Database, workspace_id: str) -> None:
        self._database = database
        self._workspace_id = workspace_id

    async def get(self, wanted: TableParams) -> Sequence[Mapping[str, JsonValue]]:
        query = Query(
            conditions=wanted.conditions,
            combine=wanted.combine,
            sort_by=wanted.sort_by,
            descending=wanted.order == "descending",
            limit=wanted.limit,
            offset=wanted.offset,
        )
        try:
            async with self._database.read() as session:
                return await reading.rows(session, await self._table(session, wanted.table), query)
        except Refusal as refusal:
            raise _refused(refusal) from None

    async def write(self, wanted: TableParams, key: str) -> Sequence[Mapping[str, JsonValue]]:
        """The rows as they are now (those deleted: as they were); done once for a key, however often it is asked."""
        if masked(wanted.row) is not wanted.row:
            raise Refused(
                "This row would show a secret variable to everyone who sees the table.",
                "secret_in_row",
                hint="Leave it out: workflows read it from $vars wherever they need it.",
            )
        try:
            return await self._write(wanted, key)
        except Refusal as refusal:
            raise _refused(refusal) from None

    async def _write(self, wanted: TableParams, key: str) -> Sequence[Mapping[str, JsonValue]]:
        while True:
            write = RowWrite(self._workspace_id, wanted, key, await self._chosen(wanted), clock.now())
            try:
                return await self._database.writer.call(write_rows, write)
            except DatabaseUnavailable as failure:
                # Whether or not it was stored: the key tells.
                log.warning("a table waits for the database", reason=str(failure))
                await asyncio.sleep(_RETRY_S)
            except IntegrityError:
                # Somebody made the same table, or did this very write, at the same moment.
                log.info("a write of a table is tried again", table=wanted.table)

    async def _chosen(self, wanted: TableParams) -> Sequence[str]:
        if wanted.operation not in ("update", "delete"):
            return ()
        query = Query(conditions=wanted.conditions, combine=wanted.combine, limit=MOST_AT_ONCE + 1)
        async with self._database.read() as session:
            return await reading.chosen(session, await self._table(session, wanted.table), query)

    async def _table(self, session: AsyncSession, name: str) -> Known:
        statement = select(DATA_TABLES).where(DATA_TABLES.c.workspace_id == self._workspace_id)
        rows = (await session.execute(statement)).all()
        found = next((row for row in rows if row.id == name), None) or next(
            (row for row in rows if row.name == name), None
        )
        if found is None:
            raise no_table(name, [row.name for row in rows])
        return known(found)


class Row(RootModel[dict[str, JsonValue]]):
    """The columns, and `id`, `created_at`, `updated_at`."""


@action(title=TABLE.spec.title, effect=EffectBy("operation", EFFECTS))
async def table(ctx: ActionContext[WorkspaceTables], params: TableParams) -> list[Row]:
    """Keeps rows in a table of this workspace, and finds them again."""
    tables = ctx.client
    rows = await (tables.get(params) if params.operation == "get" else tables.write(params, ctx.idempotency_key))
    return [Row(dict(row)) for row in rows]


TABLES: Final = Connector(
    name="core",
    title="Tables",
    icon=TABLE.icon,
    color="#6b7280",
    description="What the workspace itself keeps.",
    auth=NoAuth(),
    actions=(table,),
)


def _refused(refusal: Refusal) -> Refused:
    return Refused(refusal.message, refusal.code, hint=refusal.hint)
