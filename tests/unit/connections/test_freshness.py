"""When a token is renewed, and whether it may be used meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from nodeloom.features.connections.freshness import Freshness, freshness
from nodeloom_connectors.sdk import OAuth2Token

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FRESH = Freshness(due=False, usable=True, short=False)
DUE = Freshness(due=True, usable=True, short=False)
SHORT = Freshness(due=True, usable=True, short=True)
OVER = Freshness(due=True, usable=False, short=True)


@pytest.mark.parametrize(
    ("life_s", "age_s", "found"),
    [
        (3600, 0, FRESH),
        (3600, 3299, FRESH),
        (3600, 3300, DUE),
        (3600, 3460, SHORT),
        (3600, 3600, OVER),
        (10, 7, FRESH),
        (10, 8, DUE),
        (10, 9.5, SHORT),
        (0, 0, OVER),
        (-5, 0, OVER),
    ],
)
def test_a_token_is_renewed_in_the_last_fifth_of_its_life_or_the_last_five_minutes(
    life_s: float, age_s: float, found: Freshness
) -> None:
    token = OAuth2Token(access_token=SecretStr("at"), expires_at=NOW + timedelta(seconds=life_s))
    assert freshness(token, NOW, NOW + timedelta(seconds=age_s), rejected=False) == found


def test_what_never_ends_is_never_due_until_it_is_refused() -> None:
    token = OAuth2Token(access_token=SecretStr("at"))
    assert freshness(token, NOW, NOW + timedelta(days=900), rejected=False) == FRESH
    assert freshness(token, NOW, NOW, rejected=True) == OVER
