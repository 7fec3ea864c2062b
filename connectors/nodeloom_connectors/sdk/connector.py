"""A connector: the value that one folder exports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    import httpx2

    from nodeloom_connectors.sdk.action import Action
    from nodeloom_connectors.sdk.auth import Auth
    from nodeloom_connectors.sdk.request_auth import Authorize, RequestAuth

SecretT = TypeVar("SecretT")


@dataclass(frozen=True)
class Access(Generic[SecretT]):
    """What a connector's client is built from.

    `http` is the guarded client: a connector never makes its own. `secret` is the connector's own secret model (None
    without an account); `authorize` is set where the account is of a secret kind and only accompanies requests.
    `settings` are the installation's settings for this connector in lower case ("api_url", …).
    """

    http: httpx2.AsyncClient
    secret: SecretT
    authorize: Authorize | None = None
    settings: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Connector:
    """An outside service as data.

    `connect` builds the client that the actions get. `verify` makes one cheap call before an account is saved and
    raises a `ConnectorError` if the service refuses it. A connector of the kind `secret` has no actions: its accounts
    accompany plain HTTP requests as `request_auth` says. `icon` is a Lucide name, `color` is `#rrggbb`.
    """

    name: str
    title: str
    icon: str
    color: str
    description: str
    auth: Auth
    actions: tuple[Action[Any, Any, Any], ...] = ()
    connect: Callable[[Access[Any]], Any] | None = None
    verify: Callable[[Access[Any]], Awaitable[None]] | None = None
    kind: Literal["service", "secret"] = "service"
    request_auth: RequestAuth | None = None

    @property
    def secret_model(self) -> type[BaseModel] | None:
        """The form of what a person types to connect, if that is how an account is made."""
        fields: type[BaseModel] | None = getattr(self.auth, "fields", None)
        return fields
