from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nodeloom.engine.containers import MOST_SHARES, SCOPES_A_SHARE, shares


@given(st.integers(0, 100_000), st.integers(1, 1_000))
def test_shares_hold_every_scope_once_and_no_more_side_by_side_than_wanted(scopes: int, at_once: int) -> None:
    parted = shares(scopes, at_once)
    assert (parted[0].first, parted[-1].end) == (0, scopes)
    assert all(left.end == right.first for left, right in pairwise(parted))
    assert sum(share.at_once for share in parted) == at_once
    assert all(share.at_once >= 1 for share in parted)
    assert len(parted) <= MOST_SHARES


def test_few_scopes_and_those_in_a_row_stay_together() -> None:
    assert len(shares(SCOPES_A_SHARE, 100)) == 1
    assert len(shares(1_000, 1)) == 1
    assert [share.end - share.first for share in shares(1_000, 10)] == [100] * 10
