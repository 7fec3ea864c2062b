"""Getting in and out: the first owner, sessions and passwords."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.ids import new_id
from nodeloom.features.accounts import passwords, repository, throttle, tokens
from nodeloom.features.accounts.errors import Forbidden, NotFound, TooManyTries, WrongCredentials
from nodeloom.features.accounts.identity import SESSION_DAYS, SignedIn
from nodeloom.features.accounts.models import LoginSession, Member, Person
from nodeloom.features.audit import trail


@dataclass(frozen=True)
class Visitor:
    """What the request tells of a browser that isn't signed in."""

    address: str
    user_agent: str


@dataclass(frozen=True)
class NewSession:
    """`token` goes into the cookie and is kept nowhere else."""

    token: str
    csrf_token: str
    member: Member
    person: Person


async def open_session(
    session: AsyncSession, person: Person, visitor: Visitor, *, workspace_id: str | None = None
) -> NewSession:
    """Sign a person in whose password was checked: into that workspace, or the one they have been in for longest."""
    places = await repository.members_of_person(session, person.id)
    if not places:
        raise Forbidden("You are not a member of any workspace.", hint="Ask an owner to add you again.")
    place = next((place for place in places if place.workspace_id == workspace_id), places[0])
    now = clock.now()
    await repository.forget_ended_sessions(session, now)
    token, csrf_token = tokens.new_token(), tokens.new_token()
    session.add(
        LoginSession(
            id=new_id("ses"),
            token_digest=tokens.digest(token),
            person_id=person.id,
            csrf_token=csrf_token,
            workspace_id=place.workspace_id,
            user_agent=visitor.user_agent[:300],
            address=visitor.address[:100],
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=SESSION_DAYS),
        )
    )
    return NewSession(token, csrf_token, place, person)


async def log_in(db: Database, email: str, password: str, visitor: Visitor) -> NewSession:
    """Three short transactions around the slow check of the password, so that it holds no lock."""
    await count_try(db, email, visitor)
    email = email.strip().lower()
    async with db.read() as session:
        person = await repository.person_by_email(session, email)
    if not await passwords.verify(person.password_hash if person else None, password) or person is None:
        async with db.transaction() as session:
            await _record_refusal(session, person, visitor)
        raise WrongCredentials
    async with db.transaction() as session:
        opened = await open_session(session, person, visitor)
        await throttle.take_back(session, email=email, address=visitor.address)
        await _record(session, opened, "session.opened", visitor)
        return opened


async def count_try(db: Database, email: str, visitor: Visitor) -> None:
    async with db.transaction() as session:
        now = clock.now()
        refusal: TooManyTries | None = await throttle.count_try(session, email=email, address=visitor.address, now=now)
        await throttle.forget_old(session, now)
    if refusal is not None:
        raise refusal


async def check_password_change(db: Database, caller: SignedIn, current: str, new: str, visitor: Visitor) -> str:
    """The hash of the new password, once the current one was checked."""
    passwords.check_length(new, "new_password")
    async with db.read() as session:
        person = await repository.person_by_id(session, caller.person_id)
    if person is None:
        raise NotFound
    await count_try(db, person.email, visitor)
    if not await passwords.verify(person.password_hash, current):
        async with db.transaction() as session:
            await _record_refusal(session, person, visitor)
        raise WrongCredentials("The current password is wrong.")
    return await passwords.hash_password(new)


async def change_password(
    session: AsyncSession, caller: SignedIn, password_hash: str, visitor: Visitor
) -> Sequence[str]:
    """Ends all other sessions of the person (which they were): whoever had the old password is out."""
    person, ended = await set_password(session, caller.person_id, password_hash, but_session=caller.session_id)
    await throttle.take_back(session, email=person.email, address=visitor.address)
    await trail.record(session, caller, "password.changed", "person", person.id)
    return ended


async def set_password(
    session: AsyncSession, person_id: str, password_hash: str, *, but_session: str | None = None
) -> tuple[Person, Sequence[str]]:
    """Also the ids of the sessions that ended."""
    person = await repository.person_by_id(session, person_id)
    if person is None:
        raise NotFound
    person.password_hash = password_hash
    return person, await repository.end_sessions(session, person_id, but=but_session)


async def end_session(session: AsyncSession, caller: SignedIn, session_id: str) -> None:
    found = await repository.session_of_person(session, caller.person_id, session_id)
    if found is None:
        raise NotFound("There is no such session of yours.")
    await repository.end_session(session, session_id)
    await trail.record(session, caller, "session.ended", "session", session_id)


async def end_other_sessions(session: AsyncSession, caller: SignedIn) -> Sequence[str]:
    ended = await repository.end_sessions(session, caller.person_id, but=caller.session_id)
    await trail.record(session, caller, "session.others_ended", "person", caller.person_id)
    return ended


@dataclass(frozen=True)
class _Guest:
    """The name of an audit line that nobody signed in for."""

    workspace_id: str | None
    member_id: str | None
    key_id: str | None
    name: str


async def _record(session: AsyncSession, opened: NewSession, action: str, visitor: Visitor) -> None:
    actor = _Guest(opened.member.workspace_id, opened.member.id, None, opened.person.name)
    await trail.record(session, actor, action, "person", opened.person.id, {"address": visitor.address})


async def _record_refusal(session: AsyncSession, person: Person | None, visitor: Visitor) -> None:
    """A line is written for an unknown e-mail too, so that both take the same time."""
    places = await repository.members_of_person(session, person.id if person else "")
    actor = _Guest(places[0].workspace_id if places else None, None, None, "Unknown visitor")
    await trail.record(
        session, actor, "session.refused", "person", person.id if person else "", {"address": visitor.address}
    )
