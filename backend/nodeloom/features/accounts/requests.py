"""Database sessions of a request: one to read, or one transaction that is committed before the answer is sent."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.database import Database
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


# For what needs several transactions, or none while it waits.
Db = Annotated[Database, Depends(_database)]
# scope="function" ends them before the answer leaves: who reads "created" finds it created.
ReadSession = Annotated[AsyncSession, Depends(_read, scope="function")]
WriteSession = Annotated[AsyncSession, Depends(_write, scope="function")]
