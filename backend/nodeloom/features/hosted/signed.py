"""What a page carries and the server has to believe when it comes back: signed, for one purpose, for a time."""

import base64
import binascii
import time
from typing import Any, Final

import orjson

from nodeloom.adapters.vault import Vault

DAY_S: Final = 24 * 60 * 60
_LONGEST: Final = 8_000


class Signed:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def seal(self, purpose: str, *fields: str | int | None, good_for_s: int = DAY_S) -> str:
        message = orjson.dumps((*fields, int(time.time()) + good_for_s))
        return f"{_text(message)}.{_text(self._vault.sign(message, purpose=purpose))}"

    def open(self, purpose: str, token: str) -> list[Any] | None:
        """The fields; None for what is not ours, changed, of another purpose, or too old."""
        if len(token) > _LONGEST:
            return None
        message, _, signature = token.partition(".")
        try:
            raw, proof = _bytes(message), _bytes(signature)
        except (ValueError, binascii.Error):
            return None
        if not self._vault.verify(raw, proof, purpose=purpose):
            return None
        *fields, until = orjson.loads(raw)
        return fields if until >= time.time() else None

    def stamp(self, purpose: str, text: str) -> str:
        """The same for the same text: what a forged request can't know."""
        return _text(self._vault.sign(text.encode(), purpose=purpose))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
