"""Database sessions of a request: one to read, or one transaction that is committed before the answer is sent."""

from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.database import Database, after_commit
from nodeloom.adapters.live import Live
from nodeloom.adapters.vault import Vault
from nodeloom.features.accounts import idempotency


def _database(request: Request) -> Database:
    return request.app.state.db


async def _read(request: Request) -> AsyncIterator[AsyncSession]:
    db: Database = request.app.state.db
    async with db.read() as session:
        yield session


async def _write(request: Request) -> AsyncIterator[AsyncSession]:
    db: Database = request.app.state.db
    async with db.transaction() as session:
        yield session
        await idempotency.mark_carried_out(session, request)


def _vault(request: Request) -> Vault:
    return request.app.state.vault


def _live(request: Request) -> Live:
    return request.app.state.live


def end_streams(session: AsyncSession, live: Live, ids: Iterable[str]) -> None:
    """Once it is on disk that these (sessions, members, keys) are out, nothing more is sent to them."""
    after_commit(session, partial(live.cut_off, tuple(ids)))


# For what needs several transactions, or none while it waits.
Db = Annotated[Database, Depends(_database)]
Sealing = Annotated[Vault, Depends(_vault)]
Streams = Annotated[Live, Depends(_live)]
# scope="function" ends them before the answer leaves: who reads "created" finds it created.
ReadSession = Annotated[AsyncSession, Depends(_read, scope="function")]
WriteSession = Annotated[AsyncSession, Depends(_write, scope="function")]
