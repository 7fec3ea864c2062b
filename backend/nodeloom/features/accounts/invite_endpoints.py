"""Inviting, and accepting an invite."""

from datetime import timedelta
from typing import Annotated, cast

from fastapi import APIRouter, Path, Response

from nodeloom.adapters import clock
from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.features.accounts import invites, repository
from nodeloom.features.accounts.auth_endpoints import FromHere, InstallationSettings, Visitor, signed_in
from nodeloom.features.accounts.caller import Admin, Browser
from nodeloom.features.accounts.members import member_read
from nodeloom.features.accounts.models import Invite
from nodeloom.features.accounts.requests import Db, ReadSession, Sealing, WriteSession
from nodeloom.features.accounts.roles import Role
from nodeloom.features.accounts.schemas import (
    InviteAccept,
    InviteCreate,
    InviteCreated,
    InviteOpened,
    InviteRead,
    MemberRead,
    SignedInRead,
)

router = APIRouter(tags=["accounts"])

# One name in all paths: the id where an admin speaks of it, the token of the link where the one invited does.
InviteId = Annotated[str, Path(max_length=80)]
Token = Annotated[str, Path(max_length=200)]


@router.post("/invites", status_code=201)
async def create_invite(
    caller: Admin, body: InviteCreate, db: Db, session: WriteSession, settings: InstallationSettings, vault: Sealing
) -> InviteCreated:
    """The answer is the only place where the link is shown; with an e-mail it is also sent there, if mail is set up."""
    await invites.count_invite(db, caller)
    row, token = await invites.create_invite(
        session, caller, email=body.email, role=body.role, expires_in=timedelta(seconds=body.expires_in)
    )
    url = f"{settings.public_url}/invite/{token}"
    mailed = row.email is not None and settings.mailer() is not None
    if mailed:
        await invites.mail_invite(session, vault, row, url)
    return InviteCreated(id=row.id, url=url, mailed=mailed, expires_at=row.expires_at)


@router.get("/invites")
async def list_invites(caller: Admin, session: ReadSession, page: PageQuery) -> Page[InviteRead]:
    """Those that nobody accepted yet."""
    rows = await repository.invites(session, caller.workspace_id, limit=page.fetch, after=page.after)
    shown, next_cursor = page.page(rows, lambda row: row.id)
    return Page(items=[_invite_read(row) for row in shown], next_cursor=next_cursor)


@router.delete("/invites/{invite}", status_code=204)
async def revoke_invite(caller: Admin, invite: InviteId, session: WriteSession) -> None:
    """Its link leads nowhere from now on."""
    await invites.revoke(session, caller, invite)


@router.get("/invites/{invite}")
async def open_invite(invite: Token, db: Db, visitor: Visitor) -> InviteOpened:
    """What the link leads to; looking at it doesn't use it up."""
    found = await invites.opened(db, invite, visitor)
    return InviteOpened(
        workspace=found.workspace.name,
        invited_by=found.invite.invited_by,
        role=cast("Role", found.invite.role),
        email=found.invite.email,
        has_account=await invites.has_account(db, found.invite.email),
        expires_at=found.invite.expires_at,
    )


@router.post("/invites/{invite}", status_code=201, dependencies=[FromHere])
async def accept_invite(
    invite: Token, body: InviteAccept, response: Response, db: Db, settings: InstallationSettings, visitor: Visitor
) -> SignedInRead:
    """For who isn't signed in: makes their account, or takes the password of the one they have, and signs them in."""
    found = await invites.opened(db, invite, visitor)
    newcomer = invites.Newcomer(email=body.email, name=body.name, password=body.password)
    return signed_in(response, settings, await invites.accept(db, found, newcomer, visitor))


@router.post("/invites/{invite}/join")
async def join_by_invite(caller: Browser, invite: Token, db: Db, session: WriteSession, visitor: Visitor) -> MemberRead:
    """For who is signed in: joins as who they are, and goes on in that workspace."""
    found = await invites.opened(db, invite, visitor)
    member, person = await invites.join(session, caller, found)
    return member_read(member, person)


def _invite_read(row: Invite) -> InviteRead:
    return InviteRead(
        id=row.id,
        email=row.email,
        role=cast("Role", row.role),
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        expired=row.expires_at <= clock.now(),
    )
