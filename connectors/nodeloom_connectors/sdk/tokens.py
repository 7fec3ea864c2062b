"""What OAuth gives: the app that asks, the token of an account, and how a token endpoint's answer is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr

from nodeloom_connectors.sdk.errors import Refused

if TYPE_CHECKING:
    from pydantic import JsonValue


@dataclass(frozen=True)
class OAuthApp:
    """The app that was registered with the service; `secrets` by the names that `OAuth2.app_secrets` gives."""

    client_id: str
    client_secret: SecretStr
    secrets: Mapping[str, SecretStr] = field(default_factory=dict[str, SecretStr])


@dataclass(frozen=True)
class Account:
    """Whose account it is at the service: `id` is the service's own, `name` is for people.

    What comes in for an app is handed to the connections whose account has the id that it names.
    """

    id: str
    name: str


class OAuth2Token(BaseModel):
    """The secret of a connection made by OAuth 2; `more` are further tokens of the same consent, by name."""

    model_config = ConfigDict(extra="forbid")

    access_token: SecretStr
    refresh_token: SecretStr | None = None
    expires_at: AwareDatetime | None = None
    more: dict[str, SecretStr] = {}


class OAuth1Token(BaseModel):
    """The secret of a connection made by OAuth 1.0a."""

    model_config = ConfigDict(extra="forbid")

    token: SecretStr
    token_secret: SecretStr


@dataclass(frozen=True)
class TokenAnswer:
    """What a token endpoint gave. `scopes` None: those that were asked for; `refresh_token` None: the old one stays."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_in_s: float | None = None
    scopes: tuple[str, ...] | None = None
    account: Account | None = None
    more: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


def standard_error(answer: Mapping[str, JsonValue]) -> str | None:
    """RFC 6749, 5.2."""
    error = answer.get("error")
    return error if isinstance(error, str) else None


def standard_token(answer: Mapping[str, JsonValue]) -> TokenAnswer:
    """RFC 6749, 5.1. Raises `Refused` if there is no token in it."""
    access_token, refresh_token = answer.get("access_token"), answer.get("refresh_token")
    if not isinstance(access_token, str) or not access_token:
        raise Refused("The service answered without a token.", "no_token")
    expires_in, scope = answer.get("expires_in"), answer.get("scope")
    return TokenAnswer(
        access_token=access_token,
        refresh_token=refresh_token if isinstance(refresh_token, str) and refresh_token else None,
        expires_in_s=_seconds(expires_in),
        scopes=tuple(scope.split()) if isinstance(scope, str) else None,
    )


def _seconds(given: JsonValue) -> float | None:
    """Some services send the number as text."""
    if isinstance(given, str) and given.isdecimal():
        return float(given)
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) else None
