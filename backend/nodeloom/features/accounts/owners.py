"""The first owner of an installation, and the way back in for one who is locked out."""

import hashlib
import hmac

import structlog
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.settings import Settings
from nodeloom.features.accounts import passwords, repository, throttle
from nodeloom.features.accounts.errors import AlreadySetUp, NotFound
from nodeloom.features.accounts.members import add_member, add_person, add_workspace
from nodeloom.features.accounts.models import Claim, Person
from nodeloom.features.accounts.schemas import normal_email
from nodeloom.features.accounts.sign_in import set_password
from nodeloom.features.audit import trail

_log = structlog.stdlib.get_logger(__name__)


def setup_token(settings: Settings) -> str:
    """What proves on a first visit from elsewhere that one may read this server's output.

    Derived from the secret key: all processes that share the key know it, and it needs no keeping.
    """
    derived = hmac.new(settings.secret_keys[0].encode(), b"nodeloom set-up token", hashlib.sha256)
    return derived.hexdigest()[:32]


def is_setup_token(settings: Settings, token: str | None) -> bool:
    return token is not None and hmac.compare_digest(token.strip().encode(), setup_token(settings).encode())


async def needs_setup(db: Database) -> bool:
    async with db.read() as session:
        return not await repository.anybody(session)


async def create_owner(session: AsyncSession, *, email: str, password_hash: str, name: str) -> Person:
    """The first person, owner of the first workspace; raises `AlreadySetUp` for everybody after them."""
    if await repository.anybody(session):
        raise AlreadySetUp
    try:
        # The key of this row decides between two who set up at the same moment.
        await session.execute(insert(Claim).values(id=1, claimed_at=clock.now()))
    except IntegrityError as taken:
        raise AlreadySetUp from taken
    workspace = await add_workspace(session, "My workspace")
    person = await add_person(session, email=normal_email(email), name=name, password_hash=password_hash)
    member = await add_member(session, workspace.id, person.id, "owner")
    actor = trail.Installation(workspace_id=workspace.id)
    await trail.record(session, actor, "installation.set_up", "member", member.id, {"email": person.email})
    return person


async def reset_password(session: AsyncSession, *, email: str | None, password_hash: str) -> str:
    """Give an owner (the oldest, if no e-mail is given) a new password and end their sessions; returns the e-mail."""
    wanted = normal_email(email) if email else None
    for person in await repository.owners(session):
        if wanted in (None, person.email):
            await set_password(session, person.id, password_hash)
            await throttle.forgive(session, person.email)
            place = (await repository.members_of_person(session, person.id))[0]
            await trail.record(
                session, trail.Installation(workspace_id=place.workspace_id), "password.reset", "person", person.id
            )
            return person.email
    missing = f"There is no owner with the e-mail {wanted}." if wanted else "There is no owner yet."
    raise NotFound(missing, hint="")


async def prepare(db: Database, settings: Settings) -> None:
    """At the start of the API: make the owner that the settings name, or say how to set up."""
    if not await needs_setup(db):
        return
    password = settings.owner_password.get_secret_value()
    if settings.owner_email and password:
        passwords.check_length(password, "NODELOOM_OWNER_PASSWORD")
        password_hash = await passwords.hash_password(password)
        try:
            async with db.transaction() as session:
                await create_owner(
                    session,
                    email=settings.owner_email,
                    password_hash=password_hash,
                    name=settings.owner_email.partition("@")[0],
                )
        except AlreadySetUp:
            # Another process of the same installation started at the same moment.
            return
        _log.info("owner_created", email=settings.owner_email)
        return
    # In the text and not as a field: fields of that name are hidden from the log.
    _log.warning(f"No owner yet: open {settings.public_url}; set-up token, where asked for: {setup_token(settings)}")
