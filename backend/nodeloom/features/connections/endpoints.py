"""Connections over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.features.accounts.caller import Editor, Viewer
from nodeloom.features.accounts.requests import ReadSession, WriteSession
from nodeloom.features.connections import repository, service
from nodeloom.features.connections.models import Connection
from nodeloom.features.connections.schemas import (
    ConnectionChange,
    ConnectionCreate,
    ConnectionRead,
    DeleteOptions,
    UsedBy,
    UseRead,
)
from nodeloom.features.connections.service import Tools

router = APIRouter(prefix="/connections", tags=["connections"])


def _tools(request: Request) -> Tools:
    state = request.app.state
    return Tools(state.catalog, state.vault, state.tokens)


OwnTools = Annotated[Tools, Depends(_tools)]


@router.post("", status_code=201, response_model=ConnectionRead)
async def create_connection(
    caller: Editor, session: WriteSession, tools: OwnTools, body: ConnectionCreate
) -> Connection:
    """Connect an account. The secret goes in, and never comes out again."""
    return await service.create(session, caller, tools, body)


@router.get("")
async def list_connections(
    caller: Viewer,
    session: ReadSession,
    page: PageQuery,
    connector: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[ConnectionRead]:
    """The workspace's connections, newest first; `connector` keeps those to one service."""
    rows = await repository.connections(
        session, caller.workspace_id, limit=page.fetch, after=page.after, connector=connector
    )
    shown, next_cursor = page.page(rows, lambda row: row.id)
    return Page(items=[ConnectionRead.model_validate(row) for row in shown], next_cursor=next_cursor)


@router.get("/{connection_id}", response_model=ConnectionRead)
async def get_connection(connection_id: str, caller: Viewer, session: ReadSession) -> Connection:
    """One connection, without its secret."""
    return await service.connection(session, caller.workspace_id, connection_id)


@router.put("/{connection_id}", response_model=ConnectionRead)
async def change_connection(
    request: Request,
    connection_id: str,
    caller: Editor,
    session: WriteSession,
    tools: OwnTools,
    body: ConnectionChange,
) -> Connection:
    """Rename it, replace its secret, or both; what is left out stays."""
    return await service.change(request.app.state.db, session, caller, tools, connection_id, body)


@router.delete("/{connection_id}", status_code=204)
async def delete_connection(
    connection_id: str, caller: Editor, session: WriteSession, options: Annotated[DeleteOptions, Query()]
) -> None:
    """Delete it with its secret; refused while workflows use it, unless `force` is true."""
    await service.delete(session, caller, connection_id, force=options.force)


@router.post("/{connection_id}/test", response_model=ConnectionRead)
async def test_connection(
    request: Request, connection_id: str, caller: Editor, session: WriteSession, tools: OwnTools
) -> Connection:
    """Ask the service whether it still takes the secret; the answer is the connection's new health."""
    return await service.test(request.app.state.db, session, caller, tools, connection_id)


@router.get("/{connection_id}/used-by")
async def connection_used_by(connection_id: str, caller: Viewer, session: ReadSession) -> UsedBy:
    """The workflows whose draft or live version names this connection."""
    uses = await service.used_by(session, caller.workspace_id, connection_id)
    return UsedBy(items=[UseRead.model_validate(use) for use in uses])
