import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeloom.graph.scope import ROOT, ScopePath, format_path, parse_path

node_ids = st.text(min_size=1, max_size=20).filter(lambda text: "/" not in text and ":" not in text)


def test_a_path_is_written_from_the_outside_in() -> None:
    assert format_path((("loop", 3), ("map", 0))) == "loop:3/map:0"


def test_the_root_is_empty() -> None:
    assert parse_path("") == ROOT


@given(st.lists(st.tuples(node_ids, st.integers(min_value=0))).map(tuple))
def test_every_path_survives_the_round_trip(path: ScopePath) -> None:
    assert parse_path(format_path(path)) == path


@pytest.mark.parametrize("text", ["loop", "loop:", ":3", "loop:x", "loop:-1", "loop:3/", "loop:²"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="scope path"):
        parse_path(text)
