"""Telling from a request who sends it: an API key, or a person's session in a browser."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.settings import Settings
from nodeloom.features.accounts import repository, tokens
from nodeloom.features.accounts.errors import Forbidden, NotFound, NotFromHere, NotSignedIn
from nodeloom.features.accounts.models import ApiKey, LoginSession, Member
from nodeloom.features.accounts.origin import check_origin
from nodeloom.features.accounts.roles import Role

SESSION_DAYS: Final = 30
_SEEN_EVERY: Final = timedelta(minutes=5)
_SCOPE_KEY: Final = "nodeloom.caller"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Caller:
    """Who calls, in which workspace, with which role; exactly one of `member_id` and `key_id` is set."""

    workspace_id: str
    role: Role
    member_id: str | None
    key_id: str | None
    name: str


@dataclass(frozen=True)
class SignedIn(Caller):
    """A person in a browser."""

    person_id: str
    session_id: str
    csrf_token: str


async def identify(request: Request) -> Caller:
    """The caller, looked up once a request; raises if nobody is known or a browser's write may be forged."""
    known = cast("Caller | None", request.scope.get(_SCOPE_KEY))
    if known is None:
        known = await _identify(request)
        request.scope[_SCOPE_KEY] = known
    return known


async def still_let_in(db: Database, caller: Caller) -> bool:
    """Whether whoever began a request that goes on, such as a stream, would still be let in."""
    now = clock.now()
    async with db.read() as session:
        if not isinstance(caller, SignedIn):
            key = await repository.key(session, caller.workspace_id, caller.key_id or "")
            return key is not None and (key.expires_at is None or key.expires_at > now)
        login = await repository.session_of_person(session, caller.person_id, caller.session_id)
        member = await repository.member(session, caller.workspace_id, caller.member_id or "")
        return login is not None and login.expires_at > now and member is not None


async def _identify(request: Request) -> Caller:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    # Other schemes are left alone: a proxy in front may ask for a password of its own.
    if scheme.lower() == "bearer":
        return await _by_key(request, key.strip())
    settings: Settings = request.app.state.settings
    token = request.cookies.get(cookie_name(settings))
    if token is None:
        raise NotSignedIn
    return await _by_cookie(request, token)


async def _by_key(request: Request, key: str) -> Caller:
    db: Database = request.app.state.db
    now = clock.now()
    async with db.read() as session:
        row = await repository.key_by_digest(session, tokens.digest(key))
    if row is None:
        raise NotSignedIn("This API key isn't known.", hint="Check it, or ask an admin for a new one.")
    if row.expires_at is not None and row.expires_at <= now:
        raise NotSignedIn("This API key has expired.", hint="Ask an admin for a new one.")
    if request.headers.get("x-workspace", row.workspace_id) != row.workspace_id:
        raise NotFound("This API key belongs to another workspace.", hint="Leave X-Workspace out: a key has just one.")
    if row.last_used_at is None or now - row.last_used_at > _SEEN_EVERY:
        async with db.transaction() as session:
            await repository.touch_key(session, row.id, now)
    return _caller_of_key(row)


def _caller_of_key(key: ApiKey) -> Caller:
    return Caller(
        workspace_id=key.workspace_id, role=cast("Role", key.role), member_id=None, key_id=key.id, name=key.name
    )


async def _by_cookie(request: Request, token: str) -> SignedIn:
    db: Database = request.app.state.db
    now = clock.now()
    async with db.read() as session:
        found = await repository.session_by_digest(session, tokens.digest(token))
        if found is None or found[0].expires_at <= now:
            raise NotSignedIn("Your session has ended.", hint="Sign in again.")
        login, person = found
        member = _choose(
            await repository.members_of_person(session, person.id),
            asked=request.headers.get("x-workspace"),
            last=login.workspace_id,
        )
    if request.method not in _SAFE_METHODS:
        _check_not_forged(request, login)
    if now - login.last_seen_at > _SEEN_EVERY or login.workspace_id != member.workspace_id:
        async with db.transaction() as session:
            await _touch(session, login, member, now)
    return SignedIn(
        workspace_id=member.workspace_id,
        role=cast("Role", member.role),
        member_id=member.id,
        key_id=None,
        name=person.name,
        person_id=person.id,
        session_id=login.id,
        csrf_token=login.csrf_token,
    )


def _choose(members: Sequence[Member], *, asked: str | None, last: str | None) -> Member:
    if asked is not None:
        for member in members:
            if member.workspace_id == asked:
                return member
        raise NotFound("There is no such workspace.", hint="GET /api/v1/workspaces lists yours.")
    if not members:
        raise Forbidden("You are not a member of any workspace any more.", hint="Ask an owner to add you again.")
    return next((member for member in members if member.workspace_id == last), members[0])


async def _touch(session: AsyncSession, login: LoginSession, member: Member, now: datetime) -> None:
    await repository.touch_session(
        session, login.id, workspace_id=member.workspace_id, now=now, expires_at=now + timedelta(days=SESSION_DAYS)
    )


def _check_not_forged(request: Request, login: LoginSession) -> None:
    check_origin(request)
    sent = request.headers.get("x-csrf-token")
    if sent is None:
        raise NotFromHere("The header X-CSRF-Token is missing.")
    if not hmac.compare_digest(sent.encode(), login.csrf_token.encode()):
        raise NotFromHere("The header X-CSRF-Token doesn't fit this session.")


def cookie_name(settings: Settings) -> str:
    """`__Host-` makes the browser insist on https, this very host and the path `/`."""
    return "__Host-nodeloom_session" if is_https(settings) else "nodeloom_session"


def is_https(settings: Settings) -> bool:
    return settings.public_url.lower().startswith("https://")
