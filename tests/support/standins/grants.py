"""Which token stands for what: what an API checks before it answers.

A stand-in has a book of its own (`Grants`) or is given another's, such as the OAuth provider's: anything with `check`.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from tests.support.standins.oauth_grants import Grant


class Provider(Protocol):
    def check(self, token: str, /) -> Grant | None:
        """None for a token that was never issued."""
        ...


@dataclass
class Grants:
    known: dict[str, Grant] = field(default_factory=dict[str, Grant])

    def check(self, token: str, /) -> Grant | None:
        return self.known.get(token)

    def issue(
        self, scopes: Iterable[str], subject: str, *, kind: Literal["app", "user"] = "app", prefix: str = ""
    ) -> str:
        token = prefix + secrets.token_urlsafe(24)
        self.known[token] = Grant(tuple(scopes), subject, "valid", "", kind)
        return token

    def mark(self, token: str, state: Literal["valid", "expired", "revoked"]) -> None:
        self.known[token] = replace(self.known[token], state=state)
