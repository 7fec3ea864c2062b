"""Identifiers that sort by the time they were made."""

import os
import threading
import time
from datetime import datetime

# Crockford's base 32 in lower case: no i, l, o, u.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_RANDOM_BITS = 80

_RANDOM_BYTES = _RANDOM_BITS // 8
_FETCHED = 256

_lock = threading.Lock()
_last = 0
# One call of the kernel for many ids: it is most of what an id costs.
_random: list[bytes] = []
os.register_at_fork(after_in_child=_random.clear)


def new_id(prefix: str) -> str:
    """`prefix_` and a ULID of 26 characters; within one process each is greater than the one before.

    Lists are paged by id, so two ids of the same millisecond must not change places.
    """
    global _last
    moment = (time.time_ns() // 1_000_000) << _RANDOM_BITS
    with _lock:
        if not _random:
            fetched = os.urandom(_RANDOM_BYTES * _FETCHED)
            _random.extend(fetched[at : at + _RANDOM_BYTES] for at in range(0, len(fetched), _RANDOM_BYTES))
        fresh = moment | int.from_bytes(_random.pop(), "big")
        # Same millisecond (or a clock set back): count on from the last one.
        _last = fresh if fresh >> _RANDOM_BITS > _last >> _RANDOM_BITS else _last + 1
        value = _last
    return f"{prefix}_{_base32(value)}"


def first_id(prefix: str, moment: datetime) -> str:
    """Not greater than any id made at that moment or later, and greater than those made before."""
    return f"{prefix}_{_base32(int(moment.timestamp() * 1000) << _RANDOM_BITS)}"


def _base32(value: int) -> str:
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(120, -10, -10)])
