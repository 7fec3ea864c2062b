"""The signed addresses that a waiting run is resumed by."""

import base64
import binascii

from nodeloom.adapters.vault import Vault

_PURPOSE = "resume"
_SEPARATOR = "\n"


class ResumeTokens:
    def __init__(self, vault: Vault, public_url: str) -> None:
        self._vault = vault
        self._public_url = public_url

    def url(self, run_id: str, node_id: str = "", path: str = "") -> str:
        """The address of one waiting node; without a node, of whichever node of the run waits for a call."""
        return f"{self._public_url}/hooks/-/resume/{self.token(run_id, node_id, path)}"

    def token(self, run_id: str, node_id: str = "", path: str = "") -> str:
        message = _SEPARATOR.join((run_id, node_id, path)).encode()
        signature = self._vault.sign(message, purpose=_PURPOSE)
        return f"{_text(message)}.{_text(signature)}"

    def open(self, token: str) -> tuple[str, str, str] | None:
        """(run id, node id, path) of a token that we made; None for anything else."""
        message, _, signature = token.partition(".")
        try:
            raw, proof = _bytes(message), _bytes(signature)
            if not self._vault.verify(raw, proof, purpose=_PURPOSE):
                return None
            run_id, node_id, path = raw.decode().split(_SEPARATOR)
        except (ValueError, binascii.Error):
            return None
        return run_id, node_id, path


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
