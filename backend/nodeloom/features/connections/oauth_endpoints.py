"""Connecting by OAuth: away to the consent page, and back."""

import re
import secrets
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response

from nodeloom.adapters.database import Database
from nodeloom.adapters.settings import Settings
from nodeloom.features.accounts.caller import Caller, Editor
from nodeloom.features.accounts.identity import is_https
from nodeloom.features.accounts.requests import Db, WriteSession
from nodeloom.features.accounts.visits import member_at
from nodeloom.features.catalog.own.catalogs import Catalogs, WorkspaceCatalog
from nodeloom.features.connections import callback_page, consent, repository, service
from nodeloom.features.connections.access import may_change
from nodeloom.features.connections.coming_back import CameBack, Outcome, Reception, receive
from nodeloom.features.connections.consent import Begun, Office
from nodeloom.features.connections.errors import ConnectorUnknown, OtherAddress
from nodeloom.features.connections.models import Connection
from nodeloom.features.connections.schemas import OauthBegin, OauthBegun
from nodeloom.features.connections.secrets import installed

router = APIRouter(prefix="/connections", tags=["connections"])
outside = APIRouter(include_in_schema=False)

_NONCE: Final = re.compile(r"[\w-]{43}")
_COOKIE_DAYS: Final = 90
_LONGEST: Final = 4_096


def _office(request: Request) -> Office:
    state = request.app.state
    settings: Settings = state.settings
    return Office(state.vault, state.http, settings.connector_settings, settings.public_url)


OwnOffice = Annotated[Office, Depends(_office)]


@router.post("/oauth")
async def begin_oauth(
    request: Request,
    response: Response,
    caller: Editor,
    db: Db,
    session: WriteSession,
    office: OwnOffice,
    catalog: WorkspaceCatalog,
    body: OauthBegin,
) -> OauthBegun:
    """Where to send the person; they come back to /oauth/callback in the same browser, within ten minutes."""
    _check_address(request, office)
    state = request.app.state
    connector = installed(catalog, body.connector)
    known = None if body.connection_id is None else await _known(db, caller, body.connection_id, body.connector)
    auth = consent.oauth_of(
        connector, body.auth or (known.auth if known is not None and known.auth in _KINDS else None)
    )
    app = await state.tokens.app(caller.workspace_id, connector)
    if app is None:
        raise consent.app_missing(connector, office.redirect_uri)
    nonce = _nonce(request, office)
    begun = Begun(
        caller=caller,
        connector=connector,
        auth=auth,
        app=app,
        name=body.name or (connector.title if known is None else known.name),
        nonce=nonce,
        known=known,
        scopes=consent.scopes_to_ask(auth, known, body.scopes),
    )
    url = await consent.begin(session, office, begun)
    response.set_cookie(
        consent.nonce_cookie_name(office.public_url),
        nonce,
        max_age=_COOKIE_DAYS * 86_400,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_https(state.settings),
    )
    return OauthBegun(authorize_url=url)


@outside.get("/oauth/callback")
async def oauth_callback(request: Request, office: OwnOffice) -> Response:
    """Where every service sends people back to, whatever came of it."""
    state = request.app.state
    given = {name: value[:_LONGEST] for name, value in request.query_params.items()}
    came = CameBack(
        state=given.get("state") or given.get("oauth_token") or given.get("denied", ""),
        code=given.get("code", ""),
        error=given.get("error", ""),
        error_description=given.get("error_description", ""),
        oauth_verifier=given.get("oauth_verifier", ""),
        nonce=request.cookies.get(consent.nonce_cookie_name(office.public_url)),
    )
    db: Database = state.db
    async with db.read() as session:
        flow = await repository.flow_by_state(session, consent.digest(came.state))
    visitor = None if flow is None else await member_at(request, flow.workspace_id)
    outcome = Outcome("unknown")
    if flow is not None:
        catalogs: Catalogs = state.catalogs
        reception = Reception(db, await catalogs.of(flow.workspace_id), state.tokens, office)
        outcome = await receive(reception, came, flow, None if visitor is None else visitor.person_id)
    return callback_page.page(outcome, office.public_url)


_KINDS: Final = ("oauth1", "oauth2")


async def _known(db: Database, caller: Caller, connection_id: str, connector: str) -> Connection:
    async with db.read() as session:
        row = await service.connection(session, caller.workspace_id, connection_id)
    if row.connector != connector:
        raise ConnectorUnknown(f"This is a connection to {row.connector}.", hint="Make a new connection instead.")
    may_change(caller, row)
    return row


def _nonce(request: Request, office: Office) -> str:
    """One for all tabs of a browser."""
    known = request.cookies.get(consent.nonce_cookie_name(office.public_url), "")
    return known if _NONCE.fullmatch(known) else secrets.token_urlsafe(32)


def _check_address(request: Request, office: Office) -> None:
    """A browser keeps cookies by address: whoever leaves from one and comes back to another is a stranger there."""
    origin = request.headers.get("origin")
    if origin is None or _site(origin) == _site(office.public_url):
        return
    raise OtherAddress(
        f"This page is open at {origin[:200]}, but services send people back to {office.public_url}.",
        hint=f"Open Nodeloom at {office.public_url}, or let an admin set NODELOOM_PUBLIC_URL to the address you use.",
    )


def _site(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return url, None, None
