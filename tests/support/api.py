"""The whole application on a fresh database, and clients for everybody who may knock at it.

A conftest that wants them says `from tests.support.api import api, settings`.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI

from nodeloom.adapters.database import Database
from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.api.app import create_app
from nodeloom.features.accounts import keys, members, passwords, repository, sign_in
from nodeloom.features.accounts.identity import cookie_name
from nodeloom.features.accounts.roles import Role
from nodeloom.features.audit import trail

BASE: Final = "http://localhost:8600"
PASSWORD: Final = "correct horse battery"
ROLES: Final[tuple[Role, ...]] = ("viewer", "runner", "editor", "admin", "owner")


@dataclass
class ApiUnderTest:
    """The application and those who call it; clients are closed with the fixture."""

    app: FastAPI
    stack: AsyncExitStack
    workspace_id: str = ""
    members: dict[Role, str] = field(default_factory=dict[Role, str])

    @property
    def db(self) -> Database:
        return self.app.state.db

    async def visitor(self, address: str = "127.0.0.1", base: str = BASE) -> httpx2.AsyncClient:
        """A browser that isn't signed in."""
        transport = httpx2.ASGITransport(self.app, client=(address, 50_000))
        return await self.stack.enter_async_context(httpx2.AsyncClient(transport=transport, base_url=base))

    async def signed_in(self, role: Role) -> httpx2.AsyncClient:
        """The browser of the workspace's member with that role; it sends the CSRF token by itself."""
        return await self.signed_in_as(email_of(role))

    async def signed_in_as(self, email: str) -> httpx2.AsyncClient:
        client = await self.visitor()
        async with self.db.transaction() as session:
            person = await repository.person_by_email(session, email)
            assert person is not None
            # What signing in does once the password was checked, which takes long on purpose.
            opened = await sign_in.open_session(session, person, sign_in.Visitor("127.0.0.1", "test"))
        client.cookies.set(cookie_name(self.app.state.settings), opened.token)
        client.headers["X-CSRF-Token"] = opened.csrf_token
        return client

    async def with_key(self, role: Role, workspace_id: str | None = None) -> httpx2.AsyncClient:
        """A program with a key of that role."""
        async with self.db.transaction() as session:
            _, key = await keys.add_key(
                session, trail.Installation(), workspace_id=workspace_id or self.workspace_id, name=role, role=role
            )
        client = await self.visitor()
        client.headers["Authorization"] = f"Bearer {key}"
        return client

    async def stranger(self) -> httpx2.AsyncClient:
        """The browser of the owner of another workspace."""
        async with self.db.transaction() as session:
            workspace = await members.add_workspace(session, "Elsewhere")
            person = await members.add_person(
                session, email="stranger@example.net", name="Stranger", password_hash=_password_hash()
            )
            await members.add_member(session, workspace.id, person.id, "owner")
        return await self.signed_in_as("stranger@example.net")

    async def add_workspace(self, name: str = "Elsewhere") -> str:
        """A second workspace, with nobody in it; `with_key` gives it a caller."""
        async with self.db.transaction() as session:
            return (await members.add_workspace(session, name)).id


def email_of(role: Role) -> str:
    return f"{role}@example.org"


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, redis_url=redis_url)


@pytest_asyncio.fixture
async def empty_api(settings: Settings) -> AsyncGenerator[ApiUnderTest]:
    """The application before its set-up: nobody has an account."""
    async with AsyncExitStack() as stack:
        app = create_app(settings)
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield ApiUnderTest(app, stack)


@cache
def _password_hash() -> str:
    return asyncio.run(passwords.hash_password(PASSWORD))


@pytest_asyncio.fixture
async def api(empty_api: ApiUnderTest) -> ApiUnderTest:
    """With one workspace and one member of each role in it."""
    async with empty_api.db.transaction() as session:
        workspace = await members.add_workspace(session, "Ours")
        password_hash = await asyncio.to_thread(_password_hash)
        for role in ROLES:
            person = await members.add_person(
                session, email=email_of(role), name=role.title(), password_hash=password_hash
            )
            member = await members.add_member(session, workspace.id, person.id, role)
            empty_api.members[role] = member.id
    empty_api.workspace_id = workspace.id
    return empty_api


def problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    """The problem document of an answer that has to be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["type"].startswith("https://nodeloom.dev/problems/")
    assert document["title"]
    assert document["detail"]
    assert isinstance(document["hint"], str)
    return document
