"""The catalog over HTTP: constant while the process lives, so a browser asks once and then only for news."""

import hashlib
from functools import lru_cache

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from nodeloom.features.accounts.caller import Viewer
from nodeloom.features.catalog import palette
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.catalog.own.catalogs import WorkspaceCatalog
from nodeloom.features.catalog.schemas import Connectors, NodeTypes

router = APIRouter(tags=["catalog"])

_NOT_MODIFIED = {304: {"description": "Unchanged since the answer that carried this ETag"}}


@router.get("/node-types", response_model=NodeTypes, responses={**_NOT_MODIFIED})
async def list_node_types(request: Request, _caller: Viewer, catalog: WorkspaceCatalog) -> Response:
    """Every node type that can stand in a graph: its ports, its effect and the schema of its parameters."""
    return _answer(request, *_node_types(catalog))


@router.get("/connectors", response_model=Connectors, responses={**_NOT_MODIFIED})
async def list_connectors(request: Request, _caller: Viewer, catalog: WorkspaceCatalog) -> Response:
    """Every installed connector, and the form of the secret that a connection to it takes."""
    return _answer(request, *_connectors(catalog))


# One catalog a process, and one for each workspace that has connectors of its own.
@lru_cache(maxsize=64)
def _node_types(catalog: InstalledCatalog) -> tuple[bytes, str]:
    return _with_etag(palette.node_types(catalog))


@lru_cache(maxsize=64)
def _connectors(catalog: InstalledCatalog) -> tuple[bytes, str]:
    return _with_etag(palette.connectors(catalog))


def _with_etag(answer: BaseModel) -> tuple[bytes, str]:
    content = answer.model_dump_json(by_alias=True).encode()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _answer(request: Request, content: bytes, etag: str) -> Response:
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag in known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
