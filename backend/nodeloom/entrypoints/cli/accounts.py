"""`nodeloom owner` and `key`: for whoever can read the data folder, and so may do everything anyway."""

import argparse
import getpass
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.database import Database
from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.cli.refused import Refused
from nodeloom.features.accounts import keys, owners, passwords, repository
from nodeloom.features.accounts.errors import NotFound
from nodeloom.features.accounts.models import Workspace
from nodeloom.features.accounts.schemas import Email, Name
from nodeloom.features.audit import trail


async def owner(settings: Settings, options: argparse.Namespace) -> int:
    email = None if options.email is None else _checked(Email, options.email, "--email")
    password = _password(from_stdin=options.password_stdin)
    passwords.check_length(password)
    password_hash = await passwords.hash_password(password)
    async with opened(settings) as database, database.transaction() as session:
        if options.action == "create":
            assert email is not None  # the command line asks for it
            name = _checked(Name, options.name or email.partition("@")[0], "--name")
            person = await owners.create_owner(session, email=email, password_hash=password_hash, name=name)
            print(f"{person.email} is the owner; sign in at {settings.public_url}")
        else:
            found = await owners.reset_password(session, email=email, password_hash=password_hash)
            print(f"{found} has a new password; all of their sessions have ended")
    return 0


async def create_key(settings: Settings, options: argparse.Namespace) -> int:
    name = _checked(Name, options.name, "--name")
    async with opened(settings) as database, database.transaction() as session:
        workspace = await find_workspace(session, options.workspace)
        actor = trail.Installation(workspace_id=workspace.id, name="Command line")
        _, key = await keys.add_key(session, actor, workspace_id=workspace.id, name=name, role=options.role)
    print(key)
    return 0


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[Database]:
    database = Database.open(settings.database_url)
    try:
        yield database
    finally:
        await database.dispose()


async def find_workspace(session: AsyncSession, workspace_id: str | None) -> Workspace:
    if workspace_id is None:
        found = await repository.first_workspace(session)
        missing = "There is no workspace yet: make the owner first (nodeloom owner create)."
    else:
        found = await repository.workspace(session, workspace_id)
        missing = f"There is no workspace {workspace_id}."
    if found is None:
        raise NotFound(missing, hint="")
    return found


def _checked(kind: Any, text: str, option: str) -> str:
    """As the API takes it."""
    try:
        return TypeAdapter[str](kind).validate_python(text)
    except ValidationError as invalid:
        said = invalid.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise Refused(f"{option}: {said}") from None


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass("Password: ")
