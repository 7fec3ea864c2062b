"""What becomes of a person who comes back from a consent page: an account, or a page that says why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import BaseModel, SecretStr

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections import checks, repository
from nodeloom.features.connections.addresses import access_token_url, token_url
from nodeloom.features.connections.checks import Verdict
from nodeloom.features.connections.consent import Office, is_from, opened_flow
from nodeloom.features.connections.models import OauthFlow
from nodeloom.features.connections.oauth1 import access_token
from nodeloom.features.connections.renewing import token_of
from nodeloom.features.connections.saving import AnotherAccount, Gained, save
from nodeloom.features.connections.token_endpoint import AskFailed, EndpointDown, EndpointRefused, ask
from nodeloom.features.connections.tokens import Tokens
from nodeloom_connectors.sdk import Connector, OAuth1, OAuth1Token, OAuth2, OAuthApp, TokenAnswer

Kind: TypeAlias = Literal[
    "connected",
    "half_ticked",
    "connected_but",
    "denied",
    "expired",
    "used",
    "foreign",
    "unknown",
    "refused",
    "unavailable",
    "another_account",
    "not_set_up",
]
_NOT_ASKED_FOR_ITSELF = frozenset({"offline_access"})
_LONGEST_TEXT = 300


@dataclass(frozen=True)
class CameBack:
    """What stands in the address, and the nonce of the browser. OAuth 1's `state` is its request token."""

    state: str
    code: str = ""
    error: str = ""
    error_description: str = ""
    oauth_verifier: str = ""
    nonce: str | None = None


@dataclass(frozen=True)
class Outcome:
    """`service` is what people call it; `missing` are the rights that were not given; `said` is the service's word."""

    kind: Kind
    service: str = ""
    connector: str = ""
    name: str = ""
    connection_id: str | None = None
    missing: Sequence[str] = ()
    said: str = ""

    @property
    def ok(self) -> bool:
        return self.connection_id is not None


@dataclass(frozen=True)
class Reception:
    """What the process has for it."""

    db: Database
    catalog: InstalledCatalog
    tokens: Tokens
    office: Office


async def receive(reception: Reception, came: CameBack, flow: OauthFlow, person_id: str | None) -> Outcome:
    """`person_id` is whose session the browser has. A flow is used up by whoever began it, and by nobody else."""
    connector = reception.catalog.connector(flow.connector)
    title = flow.connector if connector is None else connector.title
    if not is_from(flow, came.nonce) or flow.person_id not in (None, person_id):
        return Outcome("foreign", title, flow.connector)
    now = clock.now()
    if flow.used_at is None and flow.expires_at <= now:
        return Outcome("expired", title, flow.connector)
    async with reception.db.transaction() as session:
        first = await repository.use_flow(session, flow.state_hash, now)
    if not first:
        return Outcome("used", title, flow.connector)
    if came.error:
        kind: Kind = "denied" if came.error == "access_denied" else "refused"
        said = came.error_description or came.error
        return Outcome(kind, title, flow.connector, said=said[:_LONGEST_TEXT])
    auth = None if connector is None else connector.auth_of(flow.auth)
    if connector is None or not isinstance(auth, OAuth1 | OAuth2):
        return Outcome("not_set_up", title, flow.connector)
    return await _Arrival(reception, came, flow, connector).by(auth)


class _Arrival:
    """A consent that is ours: the code becomes a token, and the token an account."""

    def __init__(self, reception: Reception, came: CameBack, flow: OauthFlow, connector: Connector) -> None:
        self.reception = reception
        self.office = reception.office
        self.came = came
        self.flow = flow
        self.connector = connector

    async def by(self, auth: OAuth1 | OAuth2) -> Outcome:
        app = await self.reception.tokens.app(self.flow.workspace_id, self.connector, self.flow.client_id)
        if app is None or app.client_id != self.flow.client_id:
            return self._outcome("not_set_up")
        try:
            if isinstance(auth, OAuth1):
                return await self._by_oauth1(auth, app)
            return await self._by_oauth2(auth, app)
        except EndpointDown as down:
            return self._outcome("unavailable", said=str(down))
        except EndpointRefused as refused:
            return self._outcome("refused", said=str(refused))
        except AskFailed as failed:
            return self._outcome("refused", said=str(failed))

    async def _by_oauth2(self, auth: OAuth2, app: OAuthApp) -> Outcome:
        if not self.came.code:
            return self._outcome("refused", said="It sent no code.")
        form = {
            "grant_type": "authorization_code",
            "code": self.came.code,
            "redirect_uri": self.flow.redirect_uri,
            "code_verifier": opened_flow(self.office.vault, self.flow)["verifier"],
        }
        url = token_url(self.connector, auth, self.office.settings)
        answer = await ask(self.office.http, auth, url, app, form)
        token = token_of(answer, clock.now())
        granted = tuple(self.flow.scopes) if answer.scopes is None else answer.scopes
        return await self._keep(token, app, granted, answer)

    async def _by_oauth1(self, auth: OAuth1, app: OAuthApp) -> Outcome:
        kept = opened_flow(self.office.vault, self.flow)
        if not self.came.oauth_verifier:
            return self._outcome("denied")
        request = OAuth1Token(token=SecretStr(self.came.state), token_secret=SecretStr(kept["secret"]))
        url = access_token_url(self.connector, auth, self.office.settings)
        token = await access_token(self.office.http, url, app, request, self.came.oauth_verifier)
        return await self._keep(token, app, None, None)

    async def _keep(
        self, secret: BaseModel, app: OAuthApp, granted: Sequence[str] | None, answer: TokenAnswer | None
    ) -> Outcome:
        tokens, flow = self.reception.tokens, self.flow
        access = await tokens.access(flow.workspace_id, self.connector, secret, app.client_id)
        verdict = await checks.ask(self.connector, access)
        account = verdict.account or (None if answer is None else answer.account)
        missing = () if granted is None else not_granted(flow.scopes, granted)
        gained = Gained(secret, app.client_id, None if granted is None else list(granted), account, verdict, missing)
        try:
            async with self.reception.db.transaction() as session:
                connection_id = await save(session, self.office.vault, flow, gained)
        except AnotherAccount as another:
            return self._outcome("another_account", said=str(another))
        kind: Kind = "half_ticked" if missing else _kind(verdict)
        said = "" if verdict.health == "healthy" else verdict.detail
        return self._outcome(kind, connection_id=connection_id, missing=missing, said=said)

    def _outcome(
        self, kind: Kind, *, connection_id: str | None = None, missing: Sequence[str] = (), said: str = ""
    ) -> Outcome:
        return Outcome(
            kind,
            self.connector.title,
            self.connector.name,
            self.flow.name,
            connection_id,
            missing,
            said[:_LONGEST_TEXT],
        )


def not_granted(asked: Sequence[str], granted: Sequence[str]) -> tuple[str, ...]:
    """Of what was asked for. What only says how tokens are given is no right, and no service lists it."""
    given = {*granted, *_NOT_ASKED_FOR_ITSELF}
    return tuple(scope for scope in asked if scope not in given)


def _kind(verdict: Verdict) -> Kind:
    return "connected_but" if verdict.health == "broken" else "connected"
