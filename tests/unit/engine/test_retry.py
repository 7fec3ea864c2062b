from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from nodeloom.engine.retry import next_delay
from nodeloom.graph.document import Retry


def seconds(retry: Retry, attempt: int, retry_after_s: float | None = None, random: float = 1.0) -> float:
    return next_delay(retry, attempt, retry_after_s, random).total_seconds()


def test_the_wait_grows_by_the_factor_up_to_the_longest() -> None:
    retry = Retry(base_s=2, factor=3, max_s=20)
    assert [seconds(retry, attempt) for attempt in (1, 2, 3, 4)] == [2, 6, 18, 20]


def test_full_jitter_takes_any_part_of_the_wait() -> None:
    retry = Retry(base_s=2, factor=2, max_s=600)
    assert [seconds(retry, 2, random=part) for part in (0.0, 0.25, 1.0)] == [0, 1, 4]


def test_without_jitter_the_wait_is_whole() -> None:
    assert seconds(Retry(base_s=2, jitter=False), 1, random=0.1) == 2


def test_what_the_service_asks_for_is_the_least() -> None:
    retry = Retry(base_s=2)
    assert seconds(retry, 1, retry_after_s=30) == 30
    assert seconds(retry, 1, retry_after_s=1) == 2


@given(
    st.floats(0, 1e308),
    st.floats(1, 1e308),
    st.floats(0, 1e308),
    st.integers(1, 1000),
    st.none() | st.floats(0, 1e308),
    st.floats(0, 1),
)
def test_no_numbers_lead_to_more_than_a_week(
    base_s: float, factor: float, max_s: float, attempt: int, retry_after_s: float | None, random: float
) -> None:
    delay = next_delay(Retry(base_s=base_s, factor=factor, max_s=max_s), attempt, retry_after_s, random)
    assert timedelta() <= delay <= timedelta(days=7)
