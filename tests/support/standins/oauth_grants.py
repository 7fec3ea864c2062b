"""What the OAuth provider remembers: who granted what to whom, and which tokens stand for it."""

import time
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Grant:
    """What an access token allows, as an API of the provider sees it."""

    scopes: tuple[str, ...]
    subject: str
    state: Literal["valid", "expired", "revoked"]
    client_id: str
    kind: Literal["app", "user"] = "app"


@dataclass
class Kept:
    """One consent and all that came of it; `refresh_tokens` in the order of issue, the last is the one that counts."""

    client_id: str
    subject: str
    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...] = ()
    revoked: bool = False
    refresh_tokens: list[str] = field(default_factory=list[str])


@dataclass
class Access:
    """An access token: `expires_at` by `time.monotonic()`, None if never."""

    grant: Kept
    scopes: tuple[str, ...]
    expires_at: float | None
    kind: Literal["app", "user"] = "app"

    @property
    def state(self) -> Literal["valid", "expired", "revoked"]:
        if self.grant.revoked:
            return "revoked"
        return "expired" if self.expires_at is not None and time.monotonic() >= self.expires_at else "valid"


@dataclass
class Code:
    """An authorization code, bound to all that it was asked with."""

    grant: Kept
    redirect_uri: str
    challenge: str | None
    offline: bool
    expires_at: float
    used: bool = False


@dataclass(frozen=True)
class Asked:
    """An authorize request that passed the checks and waits for the person."""

    parameters: dict[str, str]
    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...]
