"""Buttons that stand in a message of another service: what a press comes to, in words for whoever pressed."""

from typing import Final

from nodeloom.adapters.database import Database
from nodeloom.adapters.queue import Bell
from nodeloom.features.runs.resume_tokens import APPROVED, REJECTED, ResumeTokens
from nodeloom.features.waiting.approvals import Decider, Decision, decide, find_approval, may_decide

_NOT_OURS: Final = "This button does not belong to an approval."
_OVER: Final = "Nobody has to decide this any more."
_PURPOSES: Final[dict[str, Decision]] = {APPROVED: "approved", REJECTED: "rejected"}


class Buttons:
    def __init__(self, db: Database, bell: Bell, tokens: ResumeTokens) -> None:
        self._db = db
        self._bell = bell
        self._tokens = tokens

    async def pressed(self, value: str, by: str) -> str:
        """Decide, once; `by` is whom the service names. Where only members may decide, it points to the page."""
        meant = self._meant(value)
        if meant is None:
            return _NOT_OURS
        decision, key = meant
        async with self._db.transaction() as session:
            approval = await find_approval(session, *key)
            if approval is None:
                return _OVER
            decider = Decider(by, approval["workspace_id"])
            if not may_decide(approval["approvers"], decider):
                return f"Members decide this, on its page: {self._tokens.approval_url(*key)}"
            settled = await decide(session, approval, decision, decider, "")
            approval = await find_approval(session, *key) or approval
        self._bell.ring_soon()
        await self._bell.signal()
        if settled == "over":
            return _OVER
        said = f"{approval['decision']} by {approval['decided_by']}."
        return said[0].upper() + said[1:] if settled == "decided" else f"Already {said}"

    def _meant(self, value: str) -> tuple[Decision, tuple[str, str, str]] | None:
        for purpose, decision in _PURPOSES.items():
            key = self._tokens.open(value, purpose=purpose)
            if key is not None:
                return decision, key
        return None
