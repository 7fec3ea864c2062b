"""Describing an API: its document is read once to the end before anything is stored."""

import asyncio
import re
from dataclasses import dataclass

import httpx2
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.egress import EgressRefused
from nodeloom.adapters.ids import new_id
from nodeloom.features.accounts.caller import Caller
from nodeloom.features.audit import trail
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.catalog.models import OwnApi
from nodeloom.features.catalog.own import repository
from nodeloom.features.catalog.own.catalogs import packed
from nodeloom.features.catalog.own.errors import ApiInUse, ApiMissing, ApiNameTaken, DocumentRefused
from nodeloom.features.catalog.own.schemas import ApiDescription
from nodeloom.features.catalog.own.uses import users_of
from nodeloom_connectors.http.openapi import ApiDocument, connector_of, read_document
from nodeloom_connectors.sdk import Refused

_LARGEST = 10 * 1024 * 1024
_PATIENCE_S = 20.0


@dataclass(frozen=True)
class Read:
    """A document that was read to the end: `text` as it was given, `parsed` what is in it."""

    text: str
    address: str | None
    parsed: ApiDocument


async def read(http: httpx2.AsyncClient, given: ApiDescription) -> Read:
    """Raises DocumentRefused with what is wrong; to be called before a transaction begins."""
    text = given.document or await _fetched(http, given.address or "")
    try:
        parsed = await asyncio.to_thread(read_document, text, given.address)
        await asyncio.to_thread(connector_of, "api_trial", parsed.title, parsed)
    except Refused as refused:
        raise DocumentRefused(refused.message, hint=refused.hint or None) from None
    return Read(text, given.address, parsed)


async def create(
    session: AsyncSession, caller: Caller, installed: InstalledCatalog, title: str | None, document: Read
) -> OwnApi:
    title = (title or document.parsed.title).strip()[:100] or "API"
    name = f"api_{_slug(title)}"
    if installed.connector(name) is not None or await repository.api(session, caller.workspace_id, name) is not None:
        raise ApiNameTaken(f"An API called {name} is there already.")
    now = clock.now()
    row = OwnApi(
        id=new_id("api"),
        workspace_id=caller.workspace_id,
        name=name,
        title=title,
        address=document.address,
        document=packed(document.text),
        operations=len(document.parsed.operations),
        revision=1,
        created_by=caller.name,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    await _record(session, caller, "created", row)
    return row


async def replace(session: AsyncSession, caller: Caller, name: str, title: str | None, document: Read) -> OwnApi:
    row = await find(session, caller.workspace_id, name)
    row.title = (title or row.title).strip()[:100] or row.title
    row.address, row.document = document.address, packed(document.text)
    row.operations, row.revision, row.updated_at = len(document.parsed.operations), row.revision + 1, clock.now()
    await _record(session, caller, "updated", row)
    return row


async def delete(session: AsyncSession, caller: Caller, name: str) -> None:
    row = await find(session, caller.workspace_id, name)
    users = await users_of(session, caller.workspace_id, name)
    if users:
        raise ApiInUse(f"These workflows use {row.title}: {', '.join(users[:10])}.")
    await _record(session, caller, "deleted", row)
    await repository.remove(session, caller.workspace_id, name)


async def find(session: AsyncSession, workspace_id: str, name: str) -> OwnApi:
    row = await repository.api(session, workspace_id, name)
    if row is None:
        raise ApiMissing
    return row


async def _fetched(http: httpx2.AsyncClient, address: str) -> str:
    try:
        async with asyncio.timeout(_PATIENCE_S), http.stream("GET", address, follow_redirects=True) as answer:
            if answer.is_error:
                raise DocumentRefused(f"{answer.request.url.host} answered {answer.status_code}.")
            content = b""
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > _LARGEST:
                    raise DocumentRefused("The document is larger than 10 MB.")
    except (httpx2.HTTPError, httpx2.InvalidURL, EgressRefused, TimeoutError) as failure:
        said = str(failure) or type(failure).__name__
        raise DocumentRefused(f"The document can't be fetched: {said}", hint=getattr(failure, "hint", None)) from None
    return content.decode("utf-8", "replace")


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:40].strip("_") or "own"


async def _record(session: AsyncSession, caller: Caller, done: str, row: OwnApi) -> None:
    about = {"name": row.name, "title": row.title, "operations": row.operations}
    await trail.record(session, caller, f"api.{done}", "api", row.id, about)
