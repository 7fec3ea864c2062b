"""Who decides, told from a request."""

from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.features.accounts import repository as accounts
from nodeloom.features.accounts.caller import Caller
from nodeloom.features.accounts.roles import Role
from nodeloom.features.accounts.visits import Visitor
from nodeloom.features.waiting.approvals import Decider


async def decider_of(session: AsyncSession, caller: Caller) -> Decider:
    """Whoever calls the API: a member, or a key by its role."""
    email = None
    if caller.member_id is not None:
        found = await accounts.member(session, caller.workspace_id, caller.member_id)
        email = found[1].email if found is not None else None
    return Decider(caller.name, caller.workspace_id, caller.role, caller.member_id, email, caller.key_id)


async def decider_at(session: AsyncSession, workspace_id: str, visitor: Visitor) -> Decider:
    """The member whose browser it is."""
    members = await accounts.members_of_person(session, visitor.person_id)
    member = next(member for member in members if member.workspace_id == workspace_id)
    return Decider(visitor.name, workspace_id, cast("Role", member.role), member.id, visitor.email)
