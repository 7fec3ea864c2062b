"""Waiting for what another process does: as short as possible, never without an end."""

import time
from collections.abc import Callable


def wait_until(fact: Callable[[], object], what: str, *, within_s: float = 15.0) -> None:
    """Returns as soon as `fact()` is true; fails with `what` was waited for."""
    end = time.monotonic() + within_s
    while not fact():
        if time.monotonic() > end:
            raise AssertionError(f"waited {within_s:g} s for {what}")
        time.sleep(0.02)
