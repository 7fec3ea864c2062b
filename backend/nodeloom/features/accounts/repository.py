"""Every query on people, workspaces, members, sessions and keys."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from nodeloom.features.accounts.models import ApiKey, Invite, LoginSession, Member, Person, Workspace


async def anybody(session: AsyncSession) -> bool:
    return bool(await session.scalar(select(exists().select_from(Person))))


async def person_by_email(session: AsyncSession, email: str) -> Person | None:
    return (await session.scalars(select(Person).where(col(Person.email) == email))).one_or_none()


async def person_by_id(session: AsyncSession, person_id: str) -> Person | None:
    return await session.get(Person, person_id)


async def owners(session: AsyncSession) -> Sequence[Person]:
    """Everybody who owns a workspace, those of the oldest first."""
    query = (
        select(Person)
        .join(Member, col(Member.person_id) == col(Person.id))
        .where(col(Member.role) == "owner")
        .order_by(col(Member.id))
    )
    return (await session.scalars(query)).unique().all()


async def members_of_person(session: AsyncSession, person_id: str) -> Sequence[Member]:
    """Oldest first."""
    query = select(Member).where(col(Member.person_id) == person_id).order_by(col(Member.id))
    return (await session.scalars(query)).all()


async def workspaces_of_person(
    session: AsyncSession, person_id: str, *, limit: int, after: str | None
) -> Sequence[tuple[Workspace, Member]]:
    query = (
        select(Workspace, Member)
        .join(Member, col(Member.workspace_id) == col(Workspace.id))
        .where(col(Member.person_id) == person_id)
    )
    if after is not None:
        query = query.where(col(Workspace.id) < after)
    rows = await session.execute(query.order_by(col(Workspace.id).desc()).limit(limit))
    return [(workspace, member) for workspace, member in rows]


async def workspace(session: AsyncSession, workspace_id: str) -> Workspace | None:
    return await session.get(Workspace, workspace_id)


async def first_workspace(session: AsyncSession) -> Workspace | None:
    return (await session.scalars(select(Workspace).order_by(col(Workspace.id)).limit(1))).one_or_none()


async def members(
    session: AsyncSession, workspace_id: str, *, limit: int, after: str | None
) -> Sequence[tuple[Member, Person]]:
    query = (
        select(Member, Person)
        .join(Person, col(Person.id) == col(Member.person_id))
        .where(col(Member.workspace_id) == workspace_id)
    )
    if after is not None:
        query = query.where(col(Member.id) < after)
    rows = await session.execute(query.order_by(col(Member.id).desc()).limit(limit))
    return [(member, person) for member, person in rows]


async def member(session: AsyncSession, workspace_id: str, member_id: str) -> tuple[Member, Person] | None:
    query = (
        select(Member, Person)
        .join(Person, col(Person.id) == col(Member.person_id))
        .where(col(Member.workspace_id) == workspace_id, col(Member.id) == member_id)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def owner_count(session: AsyncSession, workspace_id: str) -> int:
    """Locks the owners where the database can, so that two of them can't leave at the same time."""
    query = select(Member.id).where(col(Member.workspace_id) == workspace_id, col(Member.role) == "owner")
    return len((await session.scalars(query.with_for_update())).all())


async def session_by_digest(session: AsyncSession, digest: str) -> tuple[LoginSession, Person] | None:
    query = (
        select(LoginSession, Person)
        .join(Person, col(Person.id) == col(LoginSession.person_id))
        .where(col(LoginSession.token_digest) == digest)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def touch_session(
    session: AsyncSession, session_id: str, *, workspace_id: str, now: datetime, expires_at: datetime
) -> None:
    await session.execute(
        update(LoginSession)
        .where(col(LoginSession.id) == session_id)
        .values(workspace_id=workspace_id, last_seen_at=now, expires_at=expires_at)
    )


async def sessions_of_person(
    session: AsyncSession, person_id: str, *, now: datetime, limit: int, after: str | None
) -> Sequence[LoginSession]:
    query = select(LoginSession).where(col(LoginSession.person_id) == person_id, col(LoginSession.expires_at) > now)
    if after is not None:
        query = query.where(col(LoginSession.id) < after)
    return (await session.scalars(query.order_by(col(LoginSession.id).desc()).limit(limit))).all()


async def session_of_person(session: AsyncSession, person_id: str, session_id: str) -> LoginSession | None:
    query = select(LoginSession).where(col(LoginSession.person_id) == person_id, col(LoginSession.id) == session_id)
    return (await session.scalars(query)).one_or_none()


async def signed_in_from(session: AsyncSession, email: str, address: str) -> bool:
    """Whether the person of that e-mail has a session that was opened there."""
    query = (
        select(LoginSession.id)
        .join(Person, col(Person.id) == col(LoginSession.person_id))
        .where(col(Person.email) == email, col(LoginSession.address) == address[:100])
    )
    return (await session.scalars(query.limit(1))).one_or_none() is not None


async def end_sessions(session: AsyncSession, person_id: str, *, but: str | None = None) -> Sequence[str]:
    """End all sessions of a person, `but` the one named; which they were."""
    query = delete(LoginSession).where(col(LoginSession.person_id) == person_id).returning(col(LoginSession.id))
    return (await session.scalars(query if but is None else query.where(col(LoginSession.id) != but))).all()


async def end_sessions_in(session: AsyncSession, workspace_id: str, person_id: str) -> Sequence[str]:
    """End the sessions of a person that used this workspace last; which they were."""
    query = (
        delete(LoginSession)
        .where(col(LoginSession.person_id) == person_id, col(LoginSession.workspace_id) == workspace_id)
        .returning(col(LoginSession.id))
    )
    return (await session.scalars(query)).all()


async def end_session(session: AsyncSession, session_id: str) -> None:
    await session.execute(delete(LoginSession).where(col(LoginSession.id) == session_id))


async def forget_ended_sessions(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(LoginSession).where(col(LoginSession.expires_at) <= now))


async def key_by_digest(session: AsyncSession, digest: str) -> ApiKey | None:
    return (await session.scalars(select(ApiKey).where(col(ApiKey.digest) == digest))).one_or_none()


async def key(session: AsyncSession, workspace_id: str, key_id: str) -> ApiKey | None:
    query = select(ApiKey).where(col(ApiKey.workspace_id) == workspace_id, col(ApiKey.id) == key_id)
    return (await session.scalars(query)).one_or_none()


async def keys(session: AsyncSession, workspace_id: str, *, limit: int, after: str | None) -> Sequence[ApiKey]:
    query = select(ApiKey).where(col(ApiKey.workspace_id) == workspace_id)
    if after is not None:
        query = query.where(col(ApiKey.id) < after)
    return (await session.scalars(query.order_by(col(ApiKey.id).desc()).limit(limit))).all()


async def touch_key(session: AsyncSession, key_id: str, now: datetime) -> None:
    await session.execute(update(ApiKey).where(col(ApiKey.id) == key_id).values(last_used_at=now))


async def invite_by_digest(session: AsyncSession, digest: str) -> tuple[Invite, Workspace] | None:
    query = (
        select(Invite, Workspace)
        .join(Workspace, col(Workspace.id) == col(Invite.workspace_id))
        .where(col(Invite.token_digest) == digest)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def use_up_invite(session: AsyncSession, workspace_id: str, invite_id: str) -> bool:
    """Whether it was still there: of two who come at once, one finds it."""
    query = delete(Invite).where(col(Invite.workspace_id) == workspace_id, col(Invite.id) == invite_id)
    return (await session.scalars(query.returning(col(Invite.id)))).one_or_none() is not None


async def invite(session: AsyncSession, workspace_id: str, invite_id: str) -> Invite | None:
    query = select(Invite).where(col(Invite.workspace_id) == workspace_id, col(Invite.id) == invite_id)
    return (await session.scalars(query)).one_or_none()


async def invites(session: AsyncSession, workspace_id: str, *, limit: int, after: str | None) -> Sequence[Invite]:
    query = select(Invite).where(col(Invite.workspace_id) == workspace_id)
    if after is not None:
        query = query.where(col(Invite.id) < after)
    return (await session.scalars(query.order_by(col(Invite.id).desc()).limit(limit))).all()


async def forget_invites(
    session: AsyncSession, workspace_id: str, member_id: str, *, roles: Sequence[str] | None = None
) -> None:
    """What a member invited to and nobody accepted yet; with `roles` only to these."""
    query = delete(Invite).where(col(Invite.workspace_id) == workspace_id, col(Invite.member_id) == member_id)
    await session.execute(query if roles is None else query.where(col(Invite.role).in_(roles)))


async def forget_expired_invites(session: AsyncSession, workspace_id: str, before: datetime) -> None:
    await session.execute(
        delete(Invite).where(col(Invite.workspace_id) == workspace_id, col(Invite.expires_at) < before)
    )


async def member_of_person(session: AsyncSession, workspace_id: str, person_id: str) -> Member | None:
    query = select(Member).where(col(Member.workspace_id) == workspace_id, col(Member.person_id) == person_id)
    return (await session.scalars(query)).one_or_none()
