"""Cursors."""

import pytest

from nodeloom.adapters.paging import BadCursor, PageRequest, decode_cursor, encode_cursor


def test_a_cursor_is_the_last_id_in_disguise() -> None:
    assert decode_cursor(encode_cursor("run_01abc")) == "run_01abc"


@pytest.mark.parametrize("cursor", ["", "x", "???", "cnVuXzE", "YzE6/w", "é", "a" * 400])
def test_what_we_did_not_give_out_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor)


def test_one_row_more_than_shown_means_another_page() -> None:
    rows, cursor = PageRequest(limit=2, after=None).page(["c", "b", "a"], str)
    assert (rows, cursor) == (["c", "b"], encode_cursor("b"))
    assert PageRequest(limit=3, after=None).page(["c", "b", "a"], str)[1] is None
