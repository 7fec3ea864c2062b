"""How a connector's accounts are made, declared as data: forms, storage and the OAuth dance belong to the product."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from nodeloom_connectors.sdk.tokens import TokenAnswer, standard_error, standard_token

if TYPE_CHECKING:
    from pydantic import BaseModel, JsonValue


@dataclass(frozen=True)
class NoAuth:
    """The connector needs no account."""

    kind: ClassVar[Literal["none"]] = "none"


@dataclass(frozen=True)
class ApiKey:
    """A person types the secret: `fields` is its form. What must not be shown is a `SecretStr`."""

    fields: type[BaseModel]
    kind: ClassVar[Literal["api_key"]] = "api_key"


@dataclass(frozen=True)
class Basic:
    """A person types a name and a password: `fields` is the form."""

    fields: type[BaseModel]
    kind: ClassVar[Literal["basic"]] = "basic"


def scope_parameter(scopes: Sequence[str]) -> Mapping[str, str]:
    """What goes into the authorize request for these scopes, as RFC 6749 (3.3) says it."""
    return {"scope": " ".join(scopes)}


@dataclass(frozen=True)
class OAuth2:
    """The service's own consent page (authorization code with PKCE); an account's secret is an `OAuth2Token`.

    `scopes` are asked for at first; an action that needs more names its own. `parameters` go with the authorize
    request. `client_auth` tells how the token endpoint learns who asks. `app_secrets` names what an app of this
    service has beside client id and secret ("signing_secret"). `error` and `token` read what the token endpoint
    answers where that isn't RFC 6749: the error's code as the RFC names it ("invalid_grant"), or None; then the token.
    """

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    revoke_url: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    scope_parameters: Callable[[Sequence[str]], Mapping[str, str]] = scope_parameter
    client_auth: Literal["post", "basic"] = "post"
    app_secrets: tuple[str, ...] = ()
    error: Callable[[Mapping[str, JsonValue]], str | None] = standard_error
    token: Callable[[Mapping[str, JsonValue]], TokenAnswer] = standard_token
    kind: ClassVar[Literal["oauth2"]] = "oauth2"


@dataclass(frozen=True)
class OAuth1:
    """The three legs of OAuth 1.0a (HMAC-SHA1); an account's secret is an `OAuth1Token`.

    `parameters` go with the authorize request.
    """

    request_token_url: str
    authorize_url: str
    access_token_url: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    kind: ClassVar[Literal["oauth1"]] = "oauth1"


Auth: TypeAlias = NoAuth | ApiKey | Basic | OAuth2 | OAuth1
