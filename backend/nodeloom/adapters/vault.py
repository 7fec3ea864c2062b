"""Secrets at rest: envelope encryption with AES-256-GCM.

Each secret has a data key of its own; that is wrapped by a key made from one of the installation's secret keys.
The sealed form names its key, so several keys may be in use at once (the newest seals, all open), and it is
bound to the row that it belongs to: moved to another row it does not open.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_KEY_ID = 8
_NONCE = 12
_WRAPPED_KEY = _NONCE + 32 + 16
_MASK = "•••"
_SHORTEST_MASKED = 4


class WrongKey(Exception):
    """What is stored was sealed with a secret key that this process was not given."""


class SecretDamaged(Exception):
    """The sealed form was changed, cut off, or belongs to another row."""


class Vault:
    """`keys`: the installation's secret keys, newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("a vault needs at least one key")
        self._wrapping = {_key_id(key): AESGCM(_derive(key, b"wrap")) for key in keys}
        self._signing = [_derive(key, b"sign") for key in keys]
        self._newest = _key_id(keys[0])

    def encrypt(self, plaintext: bytes, *, bound_to: str) -> bytes:
        """The sealed form; `bound_to` (the row's id) has to be the same at decryption."""
        row = bound_to.encode()
        data_key = AESGCM.generate_key(256)
        wrapped = _seal(self._wrapping[self._newest], data_key, row)
        return _VERSION + self._newest + wrapped + _seal(AESGCM(data_key), plaintext, row)

    def decrypt(self, sealed: bytes, *, bound_to: str) -> bytes:
        """Raises `WrongKey` or `SecretDamaged`."""
        if sealed[:1] != _VERSION:
            raise SecretDamaged("not the sealed form of a secret")
        key_id, body = sealed[1 : 1 + _KEY_ID], sealed[1 + _KEY_ID :]
        wrapping = self._wrapping.get(key_id)
        if wrapping is None:
            raise WrongKey(f"sealed with the secret key {key_id.hex()}, which is not among NODELOOM_SECRET_KEY")
        row = bound_to.encode()
        try:
            data_key = _open(wrapping, body[:_WRAPPED_KEY], row)
            return _open(AESGCM(data_key), body[_WRAPPED_KEY:], row)
        except (InvalidTag, ValueError):
            raise SecretDamaged("the sealed secret was changed or belongs to another row") from None

    def knows(self, sealed: bytes) -> bool:
        """Whether it was sealed with one of these keys: a wrong key is noticed before anything is opened or written."""
        return sealed[:1] == _VERSION and sealed[1 : 1 + _KEY_ID] in self._wrapping

    def sealed_anew(self, sealed: bytes, *, bound_to: str) -> bytes | None:
        """The same under the newest key; None if it is that already. Raises `WrongKey` or `SecretDamaged`."""
        if sealed[:1] == _VERSION and sealed[1 : 1 + _KEY_ID] == self._newest:
            return None
        return self.encrypt(self.decrypt(sealed, bound_to=bound_to), bound_to=bound_to)

    def sign(self, message: bytes, *, purpose: str) -> bytes:
        """A signature of 32 bytes; one made for another purpose is not accepted."""
        return _signature(self._signing[0], message, purpose)

    def verify(self, message: bytes, signature: bytes, *, purpose: str) -> bool:
        return any(hmac.compare_digest(_signature(key, message, purpose), signature) for key in self._signing)


def mask(text: str, secrets: Iterable[str]) -> str:
    """`text` without the secrets; those shorter than four characters would blot out ordinary words and stay."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_MASKED:
            text = text.replace(secret, _MASK)
    return text


def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"nodeloom:" + purpose).derive(key.encode())


def _key_id(key: str) -> bytes:
    return hashlib.sha256(_derive(key, b"id")).digest()[:_KEY_ID]


def _seal(key: AESGCM, plaintext: bytes, row: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, plaintext, row)


def _open(key: AESGCM, sealed: bytes, row: bytes) -> bytes:
    return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], row)


def _signature(key: bytes, message: bytes, purpose: str) -> bytes:
    return hmac.digest(key, len(purpose).to_bytes(4, "big") + purpose.encode() + message, "sha256")
