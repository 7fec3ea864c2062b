"""How a connector's accounts are made, declared as data: forms, storage and the OAuth dance belong to the product."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel


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


@dataclass(frozen=True)
class OAuth2:
    """The service's own consent page. `scopes` are asked for at first; `parameters` go with the authorize request."""

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    revoke_url: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    kind: ClassVar[Literal["oauth2"]] = "oauth2"


Auth: TypeAlias = NoAuth | ApiKey | Basic | OAuth2
