"""Workspaces and the people in them."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.ids import new_id
from nodeloom.features.accounts import repository
from nodeloom.features.accounts.errors import Forbidden, LastOwner, NotFound
from nodeloom.features.accounts.identity import Caller, SignedIn
from nodeloom.features.accounts.models import Member, Person, Workspace
from nodeloom.features.accounts.roles import Role, at_least, covers
from nodeloom.features.accounts.schemas import MemberRead, WorkspaceRead
from nodeloom.features.audit import trail
from nodeloom.features.notifications import repository as told


async def add_workspace(session: AsyncSession, name: str) -> Workspace:
    workspace = Workspace(id=new_id("ws"), name=name, created_at=clock.now())
    session.add(workspace)
    await session.flush()
    return workspace


async def add_person(session: AsyncSession, *, email: str, name: str, password_hash: str) -> Person:
    person = Person(id=new_id("per"), email=email, name=name, password_hash=password_hash, created_at=clock.now())
    session.add(person)
    await session.flush()
    return person


async def add_member(session: AsyncSession, workspace_id: str, person_id: str, role: Role) -> Member:
    member = Member(id=new_id("mem"), workspace_id=workspace_id, person_id=person_id, role=role, created_at=clock.now())
    session.add(member)
    await session.flush()
    return member


async def create_workspace(session: AsyncSession, caller: SignedIn, name: str) -> tuple[Workspace, Member]:
    """A further workspace, owned by whoever makes it."""
    workspace = await add_workspace(session, name)
    member = await add_member(session, workspace.id, caller.person_id, "owner")
    actor = trail.Installation(workspace_id=workspace.id, member_id=member.id, name=caller.name)
    await trail.record(session, actor, "workspace.created", "workspace", workspace.id, {"name": name})
    return workspace, member


async def rename_workspace(session: AsyncSession, caller: Caller, workspace_id: str, name: str) -> Workspace:
    workspace = await repository.workspace(session, workspace_id) if workspace_id == caller.workspace_id else None
    if workspace is None:
        raise NotFound("There is no such workspace.")
    await trail.record(
        session, caller, "workspace.renamed", "workspace", workspace.id, {"from": workspace.name, "to": name}
    )
    workspace.name = name
    return workspace


async def change_role(session: AsyncSession, caller: Caller, member_id: str, role: Role) -> tuple[Member, Person]:
    member, person = await _member(session, caller, member_id)
    before = cast("Role", member.role)
    if not (covers(caller.role, before) and covers(caller.role, role)):
        raise Forbidden("Only an owner makes or unmakes an owner.")
    if before == "owner" and role != "owner":
        await _keep_an_owner(session, caller.workspace_id)
    member.role = role
    larger = [other for other in at_least(role) if other != role]
    await repository.forget_invites(session, caller.workspace_id, member.id, roles=larger)
    await trail.record(
        session, caller, "member.role_changed", "member", member.id, {"from": before, "to": role, "name": person.name}
    )
    return member, person


async def remove_member(session: AsyncSession, caller: Caller, member_id: str) -> None:
    member, person = await _member(session, caller, member_id)
    if not covers(caller.role, cast("Role", member.role)):
        raise Forbidden("Only an owner removes an owner.")
    if member.role == "owner":
        await _keep_an_owner(session, caller.workspace_id)
    await repository.forget_invites(session, caller.workspace_id, member.id)
    await told.forget_member(session, caller.workspace_id, member.id)
    await session.delete(member)
    about = {"email": person.email, "name": person.name}
    await trail.record(session, caller, "member.removed", "member", member.id, about)


async def sign_out_member(session: AsyncSession, caller: Caller, member_id: str) -> Sequence[str]:
    """End the sessions in which the member used this workspace last; which they were."""
    member, person = await _member(session, caller, member_id)
    if not covers(caller.role, cast("Role", member.role)):
        raise Forbidden("Only an owner signs an owner out.")
    ended = await repository.end_sessions_in(session, caller.workspace_id, person.id)
    about = {"name": person.name, "sessions": len(ended)}
    await trail.record(session, caller, "member.signed_out", "member", member.id, about)
    return ended


async def _member(session: AsyncSession, caller: Caller, member_id: str) -> tuple[Member, Person]:
    found = await repository.member(session, caller.workspace_id, member_id)
    if found is None:
        raise NotFound("There is no such member in this workspace.")
    return found


async def _keep_an_owner(session: AsyncSession, workspace_id: str) -> None:
    if await repository.owner_count(session, workspace_id) <= 1:
        raise LastOwner


def member_read(member: Member, person: Person) -> MemberRead:
    return MemberRead(
        id=member.id,
        workspace_id=member.workspace_id,
        email=person.email,
        name=person.name,
        role=cast("Role", member.role),
        created_at=member.created_at,
    )


def workspace_read(workspace: Workspace, role: str) -> WorkspaceRead:
    return WorkspaceRead(id=workspace.id, name=workspace.name, role=cast("Role", role), created_at=workspace.created_at)
