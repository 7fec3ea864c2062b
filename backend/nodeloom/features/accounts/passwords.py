"""Password hashes by argon2id, computed in two threads of their own so that the event loop goes on.

Two threads also bound the memory: each hash takes 64 MiB while it is computed.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from nodeloom.features.accounts.errors import invalid

MIN_LENGTH = 10
MAX_LENGTH = 1024

_hasher = PasswordHasher()


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of nobody")


def check_length(password: str, field: str = "password") -> None:
    """Length is the only rule: others make passwords worse (NIST SP 800-63B, 3.1.1.2)."""
    if len(password) < MIN_LENGTH:
        raise invalid(field, "too_short", f"A password has at least {MIN_LENGTH} characters.", "A sentence does well.")


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads(), _hasher.hash, password)


async def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for nobody (`None`) as for somebody."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), _verify, password_hash, password)


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        fits = _hasher.verify(password_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None
