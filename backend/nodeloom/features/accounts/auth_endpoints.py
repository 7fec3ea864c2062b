"""Set-up, sign-in and sessions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from nodeloom.adapters import clock
from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.adapters.settings import Settings
from nodeloom.features.accounts import owners, passwords, repository, sign_in
from nodeloom.features.accounts.caller import Browser, Viewer
from nodeloom.features.accounts.errors import AlreadySetUp, NotSignedIn, SetupTokenNeeded
from nodeloom.features.accounts.identity import SignedIn, cookie_name, is_https
from nodeloom.features.accounts.members import member_read, workspace_read
from nodeloom.features.accounts.models import LoginSession
from nodeloom.features.accounts.origin import address, check_origin, is_local
from nodeloom.features.accounts.requests import Db, ReadSession, Streams, WriteSession, end_streams
from nodeloom.features.accounts.schemas import (
    Login,
    LoginSessionRead,
    Me,
    PasswordChange,
    Setup,
    SetupState,
    SignedInRead,
)

router = APIRouter(tags=["accounts"])

# The longest that browsers keep one; when a session ends is the server's to say.
_COOKIE_AGE_S = 400 * 24 * 3600


def _settings(request: Request) -> Settings:
    return request.app.state.settings


def _visitor(request: Request) -> sign_in.Visitor:
    return sign_in.Visitor(address=address(request), user_agent=request.headers.get("user-agent", ""))


InstallationSettings = Annotated[Settings, Depends(_settings)]
Visitor = Annotated[sign_in.Visitor, Depends(_visitor)]
Local = Annotated[bool, Depends(is_local)]
FromHere = Depends(check_origin)


@router.get("/auth/state")
async def auth_state(db: Db, *, local: Local) -> SetupState:
    """Whether the first owner is still to be made, and whether this caller needs the token for it."""
    needed = await owners.needs_setup(db)
    return SetupState(needs_setup=needed, setup_token_required=needed and not local)


@router.post("/auth/setup", status_code=201, dependencies=[FromHere])
async def set_up(
    body: Setup,
    response: Response,
    db: Db,
    session: WriteSession,
    settings: InstallationSettings,
    visitor: Visitor,
    *,
    local: Local,
) -> SignedInRead:
    """Make the first owner and sign them in."""
    if not await owners.needs_setup(db):
        raise AlreadySetUp
    if not local:
        await sign_in.count_try(db, body.email, visitor)
        if not owners.is_setup_token(settings, body.setup_token):
            raise SetupTokenNeeded
    passwords.check_length(body.password)
    password_hash = await passwords.hash_password(body.password)
    person = await owners.create_owner(session, email=body.email, password_hash=password_hash, name=body.name)
    return signed_in(response, settings, await sign_in.open_session(session, person, visitor))


@router.post("/auth/login", dependencies=[FromHere])
async def log_in(
    body: Login, response: Response, db: Db, settings: InstallationSettings, visitor: Visitor
) -> SignedInRead:
    return signed_in(response, settings, await sign_in.log_in(db, body.email, body.password, visitor))


@router.post("/auth/logout", status_code=204)
async def log_out(
    caller: Browser, response: Response, session: WriteSession, settings: InstallationSettings, live: Streams
) -> None:
    await sign_in.end_session(session, caller, caller.session_id)
    end_streams(session, live, [caller.session_id])
    response.delete_cookie(cookie_name(settings), path="/", secure=is_https(settings), httponly=True, samesite="lax")


@router.post("/auth/password", status_code=204)
async def change_password(
    caller: Browser, body: PasswordChange, db: Db, session: WriteSession, visitor: Visitor, live: Streams
) -> None:
    """Ends all other sessions of yours."""
    password_hash = await sign_in.check_password_change(db, caller, body.current_password, body.new_password, visitor)
    end_streams(session, live, await sign_in.change_password(session, caller, password_hash, visitor))


@router.get("/me")
async def me(caller: Viewer, session: ReadSession) -> Me:
    """Who you are, in the workspace that the request chose."""
    if not isinstance(caller, SignedIn):
        workspace = await repository.workspace(session, caller.workspace_id)
        workspaces = [workspace_read(workspace, caller.role)] if workspace else []
        return Me(member=None, workspaces=workspaces, csrf_token=None)
    found = await repository.member(session, caller.workspace_id, caller.member_id or "")
    if found is None:
        raise NotSignedIn
    places = await repository.workspaces_of_person(session, caller.person_id, limit=200, after=None)
    return Me(
        member=member_read(*found),
        workspaces=[workspace_read(workspace, member.role) for workspace, member in places],
        csrf_token=caller.csrf_token,
    )


@router.get("/sessions")
async def list_sessions(caller: Browser, session: ReadSession, page: PageQuery) -> Page[LoginSessionRead]:
    rows = await repository.sessions_of_person(
        session, caller.person_id, now=clock.now(), limit=page.fetch, after=page.after
    )
    shown, next_cursor = page.page(rows, lambda row: row.id)
    return Page(items=[_session_read(row, caller) for row in shown], next_cursor=next_cursor)


@router.delete("/sessions", status_code=204)
async def end_other_sessions(caller: Browser, session: WriteSession, live: Streams) -> None:
    """Sign out everywhere but here."""
    end_streams(session, live, await sign_in.end_other_sessions(session, caller))


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(caller: Browser, session_id: str, session: WriteSession, live: Streams) -> None:
    await sign_in.end_session(session, caller, session_id)
    end_streams(session, live, [session_id])


def signed_in(response: Response, settings: Settings, opened: sign_in.NewSession) -> SignedInRead:
    response.set_cookie(
        cookie_name(settings),
        opened.token,
        max_age=_COOKIE_AGE_S,
        path="/",
        secure=is_https(settings),
        httponly=True,
        samesite="lax",
    )
    return SignedInRead(member=member_read(opened.member, opened.person), csrf_token=opened.csrf_token)


def _session_read(row: LoginSession, caller: SignedIn) -> LoginSessionRead:
    return LoginSessionRead(
        id=row.id,
        current=row.id == caller.session_id,
        user_agent=row.user_agent,
        address=row.address,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
    )
