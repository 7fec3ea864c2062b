"""/variables: what all workflows of a workspace read as `$vars`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.adapters.vault import Vault
from nodeloom.features.accounts.caller import Editor, Viewer
from nodeloom.features.accounts.requests import ReadSession, WriteSession
from nodeloom.features.variables import repository, service
from nodeloom.features.variables.schemas import Name, VariablePut, VariableRead

router = APIRouter(prefix="/variables", tags=["variables"])


def _vault(request: Request) -> Vault:
    return request.app.state.vault


TheVault = Annotated[Vault, Depends(_vault)]


@router.get("")
async def list_variables(caller: Viewer, session: ReadSession, page: PageQuery) -> Page[VariableRead]:
    """The workspace's variables, newest first; secret values are left out."""
    rows = await repository.variables(session, caller.workspace_id, limit=page.fetch, after=page.after)
    shown, next_cursor = page.page(rows, lambda row: row.id)
    return Page(items=[service.shown(row) for row in shown], next_cursor=next_cursor)


@router.get("/{name}")
async def get_variable(name: Name, caller: Viewer, session: ReadSession) -> VariableRead:
    """One variable; a secret one without its value."""
    return service.shown(await service.find(session, caller.workspace_id, name))


@router.put("/{name}")
async def put_variable(
    name: Name, body: VariablePut, caller: Editor, session: WriteSession, vault: TheVault
) -> VariableRead:
    """Make the variable, or change it. A secret value goes in, and never comes out again."""
    return service.shown(await service.put(session, caller, vault, name, body))


@router.delete("/{name}", status_code=204)
async def delete_variable(name: Name, caller: Editor, session: WriteSession) -> None:
    """Take it away; workflows that read it fail from now on, and say so."""
    await service.delete(session, caller, name)
