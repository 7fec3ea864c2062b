"""Connections over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.features.accounts.caller import Editor, Viewer
from nodeloom.features.accounts.requests import Db, ReadSession, WriteSession
from nodeloom.features.catalog.own.catalogs import WorkspaceCatalog
from nodeloom.features.connections import repository, service
from nodeloom.features.connections.access import may_use
from nodeloom.features.connections.picking import pick
from nodeloom.features.connections.reading import shown
from nodeloom.features.connections.schemas import (
    ConnectionChange,
    ConnectionCreate,
    ConnectionRead,
    DeleteOptions,
    OptionRead,
    OptionsAsk,
    OptionsRead,
    Rebind,
    Rebound,
    ReboundRead,
    UsedBy,
    UseRead,
)
from nodeloom.features.connections.service import Tools
from nodeloom.features.connections.uses import rebind, scopes_needed

router = APIRouter(prefix="/connections", tags=["connections"])


def _tools(request: Request, catalog: WorkspaceCatalog) -> Tools:
    state = request.app.state
    return Tools(catalog, state.vault, state.tokens)


OwnTools = Annotated[Tools, Depends(_tools)]


@router.post("", status_code=201)
async def create_connection(
    caller: Editor, session: WriteSession, tools: OwnTools, body: ConnectionCreate
) -> ConnectionRead:
    """Connect an account. The secret goes in, and never comes out again."""
    return shown(tools.catalog, await service.create(session, caller, tools, body))


@router.get("")
async def list_connections(
    caller: Viewer,
    session: ReadSession,
    tools: OwnTools,
    page: PageQuery,
    connector: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[ConnectionRead]:
    """The workspace's connections, newest first; `connector` keeps those to one service."""
    rows = await repository.connections(
        session, caller.workspace_id, limit=page.fetch, after=page.after, connector=connector
    )
    rows, next_cursor = page.page(rows, lambda row: row.id)
    return Page(items=[shown(tools.catalog, row) for row in rows], next_cursor=next_cursor)


@router.get("/{connection_id}")
async def get_connection(connection_id: str, caller: Viewer, session: ReadSession, tools: OwnTools) -> ConnectionRead:
    """One connection, without its secret; its `missing_scopes` include what the nodes that use it need."""
    row = await service.connection(session, caller.workspace_id, connection_id)
    return shown(tools.catalog, row, await scopes_needed(session, caller.workspace_id, connection_id, tools.catalog))


@router.put("/{connection_id}")
async def change_connection(
    request: Request,
    connection_id: str,
    caller: Editor,
    session: WriteSession,
    tools: OwnTools,
    body: ConnectionChange,
) -> ConnectionRead:
    """Rename it, replace its secret, say who may use it; what is left out stays."""
    return shown(tools.catalog, await service.change(request.app.state.db, session, caller, tools, connection_id, body))


@router.delete("/{connection_id}", status_code=204)
async def delete_connection(
    connection_id: str,
    caller: Editor,
    db: Db,
    session: WriteSession,
    tools: OwnTools,
    options: Annotated[DeleteOptions, Query()],
) -> None:
    """Delete it with its secret, and revoke it at the service; refused while workflows use it, unless forced."""
    await service.delete(db, session, caller, tools, connection_id, force=options.force)


@router.post("/{connection_id}/test")
async def test_connection(
    request: Request, connection_id: str, caller: Editor, session: WriteSession, tools: OwnTools
) -> ConnectionRead:
    """Ask the service whether it still takes the secret; the answer is the connection's new health."""
    return shown(tools.catalog, await service.test(request.app.state.db, session, caller, tools, connection_id))


@router.get("/{connection_id}/used-by")
async def connection_used_by(connection_id: str, caller: Viewer, session: ReadSession) -> UsedBy:
    """The workflows whose draft or live version names this connection."""
    uses = await service.used_by(session, caller.workspace_id, connection_id)
    return UsedBy(items=[UseRead.model_validate(use) for use in uses])


@router.post("/{connection_id}/options")
async def connection_options(
    connection_id: str, caller: Editor, db: Db, tools: OwnTools, body: OptionsAsk
) -> OptionsRead:
    """The choices for a param, asked of the service with this account."""
    async with db.read() as session:
        row = await service.connection(session, caller.workspace_id, connection_id)
    may_use(caller, row)
    found = await pick(tools, row, body)
    return OptionsRead(items=[OptionRead.model_validate(item) for item in found.items], next_cursor=found.next_cursor)


@router.post("/{connection_id}/rebind")
async def rebind_connection(connection_id: str, caller: Editor, session: WriteSession, body: Rebind) -> Rebound:
    """Put another connection in its place in drafts; live versions go on with this one until they are published."""
    row = await service.connection(session, caller.workspace_id, connection_id)
    other = await service.connection(session, caller.workspace_id, body.to)
    may_use(caller, other)
    service.check_same_service(row, other)
    done = await rebind(session, caller.workspace_id, connection_id, body.to, body.workflow_ids)
    await service.record_rebound(session, caller, row, other, done)
    return Rebound(workflows=[ReboundRead.model_validate(each) for each in done])
