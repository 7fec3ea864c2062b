"""/apis: services that a workspace describes by their OpenAPI documents; each becomes a connector at once."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Request

from nodeloom.features.accounts.caller import Editor, Viewer
from nodeloom.features.accounts.requests import Db, ReadSession
from nodeloom.features.catalog.models import OwnApi
from nodeloom.features.catalog.own import repository, service
from nodeloom.features.catalog.own.schemas import ApiDescription, ApiMade, ApiRead, Apis, SkippedOperation
from nodeloom.features.catalog.own.service import Read

router = APIRouter(prefix="/apis", tags=["catalog"])

Name = Annotated[str, Path(max_length=100)]


@router.post("", status_code=201)
async def create_api(request: Request, caller: Editor, db: Db, body: ApiDescription) -> ApiMade:
    """Make a connector of an OpenAPI document: an action for each of its operations."""
    document = await service.read(request.app.state.http, body)
    async with db.transaction() as session:
        row = await service.create(session, caller, request.app.state.catalog, body.title, document)
        return _made(row, document)


@router.get("")
async def list_apis(caller: Viewer, session: ReadSession) -> Apis:
    """The workspace's described APIs, by name."""
    rows = await repository.apis(session, caller.workspace_id)
    return Apis(items=[ApiRead.model_validate(row) for row in rows])


@router.put("/{name}")
async def replace_api(request: Request, name: Name, caller: Editor, db: Db, body: ApiDescription) -> ApiMade:
    """Give it a new document; nodes whose operation is gone get a problem, the others stay as they are."""
    async with db.read() as reading:
        await service.find(reading, caller.workspace_id, name)
    document = await service.read(request.app.state.http, body)
    async with db.transaction() as session:
        row = await service.replace(session, caller, name, body.title, document)
        return _made(row, document)


@router.delete("/{name}", status_code=204)
async def delete_api(name: Name, caller: Editor, db: Db) -> None:
    """Delete it; refused while workflows use it."""
    async with db.transaction() as session:
        await service.delete(session, caller, name)


def _made(row: OwnApi, document: Read) -> ApiMade:
    skipped = [SkippedOperation(**asdict(each)) for each in document.parsed.skipped[:100]]
    return ApiMade(**ApiRead.model_validate(row).model_dump(), skipped=skipped)
