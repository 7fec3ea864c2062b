"""Links that let a person in: one workspace and one role each, for one use, kept as digests."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.mail import can_be_written_to
from nodeloom.adapters.vault import Vault
from nodeloom.features.accounts import passwords, repository, sign_in, throttle, tokens
from nodeloom.features.accounts.errors import AlreadyMember, Forbidden, NotFound, WrongCredentials, invalid
from nodeloom.features.accounts.identity import SESSION_DAYS, Caller, SignedIn
from nodeloom.features.accounts.members import add_member, add_person
from nodeloom.features.accounts.models import Invite, Member, Person, Workspace
from nodeloom.features.accounts.roles import Role, covers
from nodeloom.features.audit import trail
from nodeloom.features.notifications import outbox

_MOST_IN_A_WHILE = 100
_SHOWN_AFTER_ITS_END = timedelta(days=30)


@dataclass(frozen=True)
class Opened:
    """An invite that its link was shown for."""

    invite: Invite
    workspace: Workspace


@dataclass(frozen=True)
class Newcomer:
    """Who accepts without being signed in: `password` is that of their account, or of the one to be made."""

    email: str | None
    name: str | None
    password: str


async def count_invite(db: Database, caller: Caller) -> None:
    """Each may send a letter to a stranger: not too many at a time."""
    async with db.transaction() as session:
        refusal = await throttle.count_one(
            session, f"invites:{caller.workspace_id}", most=_MOST_IN_A_WHILE, now=clock.now()
        )
    if refusal is not None:
        raise refusal


async def create_invite(
    session: AsyncSession, caller: Caller, *, email: str | None, role: Role, expires_in: timedelta
) -> tuple[Invite, str]:
    """The invite and its token, which nobody sees again."""
    if not covers(caller.role, role):
        raise Forbidden(f"Nobody is invited to a larger role than yours, which is {caller.role}.")
    if email is not None:
        await _check_email(session, caller.workspace_id, email)
    token, now = tokens.new_token(), clock.now()
    row = Invite(
        id=new_id("inv"),
        workspace_id=caller.workspace_id,
        token_digest=tokens.digest(token),
        email=email,
        role=role,
        invited_by=caller.name,
        member_id=caller.member_id,
        created_at=now,
        expires_at=now + expires_in,
    )
    session.add(row)
    await repository.forget_expired_invites(session, caller.workspace_id, now - _SHOWN_AFTER_ITS_END)
    await trail.record(session, caller, "invite.created", "invite", row.id, {"email": email or "", "role": role})
    return row, token


async def _check_email(session: AsyncSession, workspace_id: str, email: str) -> None:
    if not can_be_written_to(email):
        raise invalid("email", "bad_address", "This is not one e-mail address.", "It looks like name@example.org.")
    person = await repository.person_by_email(session, email)
    if person is not None and await repository.member_of_person(session, workspace_id, person.id) is not None:
        raise AlreadyMember(f"{email} is a member of this workspace.")


async def mail_invite(session: AsyncSession, vault: Vault, invite: Invite, link: str) -> None:
    workspace = await repository.workspace(session, invite.workspace_id)
    place = workspace.name if workspace is not None else "a workspace"
    until = f"{invite.expires_at:%d %B %Y %H:%M} UTC"
    await outbox.write_sealed(
        session,
        vault,
        workspace_id=invite.workspace_id,
        recipient=invite.email or "",
        heading=f"{invite.invited_by} invites you to {place}",
        text=f"You would join as {invite.role}. The link lets one person in, until {until}.",
        link=link,
    )


async def revoke(session: AsyncSession, caller: Caller, invite_id: str) -> None:
    row = await repository.invite(session, caller.workspace_id, invite_id)
    if row is None:
        raise NotFound("There is no such invite in this workspace.")
    if not covers(caller.role, cast("Role", row.role)):
        raise Forbidden("Only an owner withdraws an invite to be an owner.")
    await session.delete(row)
    await trail.record(
        session, caller, "invite.revoked", "invite", row.id, {"email": row.email or "", "role": row.role}
    )


async def opened(db: Database, token: str, visitor: sign_in.Visitor) -> Opened:
    """What a link leads to; a try with a link that leads nowhere is counted."""
    digest = tokens.digest(token)
    async with db.read() as session:
        found = await repository.invite_by_digest(session, digest)
    if found is None or found[0].expires_at <= clock.now():
        await sign_in.count_try(db, f"invite {digest}", visitor)
        raise NotFound("This invite was used, withdrawn or has expired.", hint="Ask whoever sent it for another one.")
    return Opened(*found)


async def has_account(db: Database, email: str | None) -> bool:
    if email is None:
        return False
    async with db.read() as session:
        return await repository.person_by_email(session, email) is not None


async def join(session: AsyncSession, caller: SignedIn, found: Opened) -> tuple[Member, Person]:
    """A person who is signed in becomes a member, and goes on in that workspace."""
    person = await repository.person_by_id(session, caller.person_id)
    if person is None:
        raise NotFound
    _check_meant(found.invite, person.email)
    member = await _let_in(session, found, person)
    now = clock.now()
    await repository.touch_session(
        session,
        caller.session_id,
        workspace_id=member.workspace_id,
        now=now,
        expires_at=now + timedelta(days=SESSION_DAYS),
    )
    return member, person


async def accept(db: Database, found: Opened, newcomer: Newcomer, visitor: sign_in.Visitor) -> sign_in.NewSession:
    """A person who isn't signed in proves who they are, or gets an account; then they are in."""
    email = found.invite.email or newcomer.email
    if email is None:
        raise invalid("email", "missing", "Whom is the account for?", "Name an e-mail.")
    _check_meant(found.invite, email)
    await sign_in.count_try(db, email, visitor)
    async with db.read() as session:
        known = await repository.person_by_email(session, email)
    if known is None:
        password_hash, name = await _new_account(newcomer)
    elif await passwords.verify(known.password_hash, newcomer.password):
        password_hash, name = "", ""
    else:
        raise WrongCredentials(f"There is an account of {email}, and its password is another one.")
    async with db.transaction() as session:
        person = known or await _add_person(session, email, name, password_hash)
        member = await _let_in(session, found, person)
        await throttle.take_back(session, email=email, address=visitor.address)
        return await sign_in.open_session(session, person, visitor, workspace_id=member.workspace_id)


async def _new_account(newcomer: Newcomer) -> tuple[str, str]:
    if newcomer.name is None:
        raise invalid("name", "missing", "What are you called?", "Name yourself: others see it.")
    passwords.check_length(newcomer.password)
    return await passwords.hash_password(newcomer.password), newcomer.name


async def _add_person(session: AsyncSession, email: str, name: str, password_hash: str) -> Person:
    try:
        return await add_person(session, email=email, name=name, password_hash=password_hash)
    except IntegrityError as taken:
        raise AlreadyMember(f"There is an account of {email} by now.") from taken


async def _let_in(session: AsyncSession, found: Opened, person: Person) -> Member:
    invite = found.invite
    if await repository.member_of_person(session, invite.workspace_id, person.id) is not None:
        raise AlreadyMember(f"{person.email} is a member of {found.workspace.name} already.")
    if not await repository.use_up_invite(session, invite.workspace_id, invite.id):
        raise NotFound("This invite was used a moment ago.", hint="Ask whoever sent it for another one.")
    member = await add_member(session, invite.workspace_id, person.id, cast("Role", invite.role))
    actor = trail.Installation(workspace_id=invite.workspace_id, member_id=member.id, name=person.name)
    detail = {"email": person.email, "role": invite.role, "invited_by": invite.invited_by}
    await trail.record(session, actor, "invite.accepted", "member", member.id, detail)
    return member


def _check_meant(invite: Invite, email: str) -> None:
    if invite.email is not None and invite.email != email:
        raise Forbidden(f"This invite is for {invite.email}.", hint="Sign out and open the link again.")
