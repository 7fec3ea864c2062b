"""How long to wait before the next attempt."""

from datetime import timedelta

from nodeloom.graph.document import Retry

# A service that asks for more than this is as good as gone; it also keeps hostile numbers out of timedelta.
LONGEST_WAIT_S = timedelta(days=7).total_seconds()


def next_delay(retry: Retry, attempt: int, retry_after_s: float | None, random: float) -> timedelta:
    """Full jitter: `random` (0 to 1) of min(max_s, base_s · factor^(attempt - 1)), but at least what the service asked.

    `attempt` is the one that failed, counted from 1. Source: AWS Architecture Blog, "Exponential Backoff and Jitter"
    (2015).
    """
    ceiling = min(retry.max_s, _grown(retry, attempt))
    wait = ceiling * random if retry.jitter else ceiling
    return timedelta(seconds=min(max(wait, retry_after_s or 0), LONGEST_WAIT_S))


def _grown(retry: Retry, attempt: int) -> float:
    try:
        return retry.base_s * retry.factor ** (attempt - 1)
    except OverflowError:
        return retry.max_s
