"""The signed addresses that a waiting run is resumed by: for calls, and for people who approve."""

import base64
import binascii

from nodeloom.adapters.vault import Vault

CALL = "resume"
APPROVAL = "approval"
APPROVED = "approved"
REJECTED = "rejected"
_SEPARATOR = "\n"


class ResumeTokens:
    def __init__(self, vault: Vault, public_url: str) -> None:
        self._vault = vault
        self._public_url = public_url

    def url(self, run_id: str, node_id: str = "", path: str = "") -> str:
        """The address of one waiting node; without a node, of whichever node of the run waits for a call."""
        return f"{self._public_url}/hooks/-/resume/{self.token(run_id, node_id, path)}"

    def approval_url(self, run_id: str, node_id: str = "", path: str = "") -> str:
        """The page of one approval; without a node, of whichever approval of the run waits."""
        return f"{self._public_url}/approvals/{self.token(run_id, node_id, path, purpose=APPROVAL)}"

    def token(self, run_id: str, node_id: str = "", path: str = "", *, purpose: str = CALL) -> str:
        message = _SEPARATOR.join((run_id, node_id, path)).encode()
        signature = self._vault.sign(message, purpose=purpose)
        return f"{_text(message)}.{_text(signature)}"

    def open(self, token: str, *, purpose: str = CALL) -> tuple[str, str, str] | None:
        """(run id, node id, path) of a token that we made; None for anything else."""
        message, _, signature = token.partition(".")
        try:
            raw, proof = _bytes(message), _bytes(signature)
            if not self._vault.verify(raw, proof, purpose=purpose):
                return None
            run_id, node_id, path = raw.decode().split(_SEPARATOR)
        except (ValueError, binascii.Error):
            return None
        return run_id, node_id, path


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
