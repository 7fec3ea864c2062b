"""A connector: the value that one folder exports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from nodeloom_connectors.sdk.auth import ApiKey, Basic

if TYPE_CHECKING:
    import httpx2

    from nodeloom_connectors.sdk.action import Action
    from nodeloom_connectors.sdk.auth import Auth
    from nodeloom_connectors.sdk.network import Network
    from nodeloom_connectors.sdk.options import OptionLoader
    from nodeloom_connectors.sdk.request_auth import Authorize, RequestAuth
    from nodeloom_connectors.sdk.tokens import Account, OAuthApp
    from nodeloom_connectors.sdk.trigger import AnyTrigger, AppDoor

SecretT = TypeVar("SecretT")


@dataclass(frozen=True)
class Access(Generic[SecretT]):
    """What a connector's client is built from.

    `http` is the guarded client: a connector never makes its own. `secret` is the secret model of the auth that the
    account was made by (None without an account); `authorize` is set where the account is of a secret kind and only
    accompanies requests. `settings` are the installation's settings for this connector in lower case ("api_url", …).
    `app` is the registered app, where the connector has OAuth and an app is set up. `network` judges the addresses of
    connections that are not HTTP.
    """

    http: httpx2.AsyncClient
    secret: SecretT
    authorize: Authorize | None = None
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    app: OAuthApp | None = None
    network: Network | None = None


@dataclass(frozen=True)
class RateLimit:
    """At most `calls` in `per_s` seconds; shared by all runs and workers that use the same connection."""

    calls: int
    per_s: float


@dataclass(frozen=True)
class Connector:
    """An outside service as data.

    `auth` is the way to connect that is offered first, `other_auths` are the others, no two of a kind. `connect`
    builds the client that actions, triggers and option loaders get. `verify` makes one cheap call before an account is
    saved, raises a `ConnectorError` if the service refuses it, and says whose account it is if it can. `options` are
    the loaders behind `OptionsFrom`, by name. `app_door` reads what comes to the address of the app, where the
    service has one. A connector of the kind `secret` has no actions: its accounts accompany plain HTTP requests as
    `request_auth` says. `icon` is a Lucide name, `color` is `#rrggbb`.
    """

    name: str
    title: str
    icon: str
    color: str
    description: str
    auth: Auth
    actions: tuple[Action[Any, Any, Any], ...] = ()
    connect: Callable[[Access[Any]], Any] | None = None
    verify: Callable[[Access[Any]], Awaitable[Account | None]] | None = None
    kind: Literal["service", "secret"] = "service"
    request_auth: RequestAuth | None = None
    other_auths: tuple[Auth, ...] = ()
    triggers: tuple[AnyTrigger, ...] = ()
    options: Mapping[str, OptionLoader] = field(default_factory=dict[str, "OptionLoader"])
    app_door: AppDoor | None = None
    limits: tuple[RateLimit, ...] = ()

    @property
    def auths(self) -> tuple[Auth, ...]:
        """Every way to connect, the one that is offered first at the front."""
        return (self.auth, *self.other_auths)

    def auth_of(self, kind: str) -> Auth | None:
        """The way to connect of this kind ("oauth2", "api_key", …)."""
        return next((auth for auth in self.auths if auth.kind == kind), None)

    @property
    def typed_auth(self) -> ApiKey | Basic | None:
        """The way to connect by typing a secret, if there is one."""
        return next((auth for auth in self.auths if isinstance(auth, ApiKey | Basic)), None)

    @property
    def secret_model(self) -> type[BaseModel] | None:
        """The form of what a person types to connect, if that is a way to make an account."""
        return self.typed_auth.fields if self.typed_auth is not None else None
