"""Identifiers that sort by the time they were made."""

import os
import threading
import time
from datetime import datetime

# Crockford's base 32 in lower case: no i, l, o, u.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 80

_lock = threading.Lock()
_last = 0


def new_id(prefix: str) -> str:
    """`prefix_` and a ULID of 26 characters; within one process each is greater than the one before.

    Lists are paged by id, so two ids of the same millisecond must not change places.
    """
    global _last
    fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | int.from_bytes(os.urandom(10), "big")
    with _lock:
        # Same millisecond (or a clock set back): count on from the last one.
        _last = fresh if fresh >> _RANDOM_BITS > _last >> _RANDOM_BITS else _last + 1
        value = _last
    return f"{prefix}_{_base32(value)}"


def first_id(prefix: str, moment: datetime) -> str:
    """Not greater than any id made at that moment or later, and greater than those made before."""
    return f"{prefix}_{_base32(int(moment.timestamp() * 1000) << _RANDOM_BITS)}"


def _base32(value: int) -> str:
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -5, -5))
