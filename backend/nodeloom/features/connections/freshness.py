"""Whether a token is to be renewed, and whether it may still be used meanwhile. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from nodeloom_connectors.sdk import OAuth2Token

_LONGEST_LEEWAY: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Freshness:
    """`due`: it is time for the next one. `usable`: it isn't over yet. `short`: rather wait for the next one."""

    due: bool
    usable: bool
    short: bool


def freshness(token: OAuth2Token, obtained_at: datetime, now: datetime, *, rejected: bool) -> Freshness:
    """Renewed ahead of its end: five minutes, or the last fifth of a short life. A rejected one is at its end."""
    if rejected:
        return Freshness(due=True, usable=False, short=True)
    if token.expires_at is None:
        return Freshness(due=False, usable=True, short=False)
    left, life = token.expires_at - now, max(token.expires_at - obtained_at, timedelta(0))
    leeway = min(_LONGEST_LEEWAY, life / 5)
    return Freshness(due=left <= leeway, usable=left > timedelta(0), short=left <= leeway / 2)
