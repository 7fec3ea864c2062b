"""Random tokens that are handed out once and kept as digests only."""

import hashlib
import secrets

KEY_PREFIX = "nl_"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_key() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """SHA-256 in hex; enough for 256 random bits, where a password needs a slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
