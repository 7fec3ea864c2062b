"""The client of Gmail's actions, and whose mailbox it is."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from nodeloom_connectors.google import Api, GoogleClient
from nodeloom_connectors.sdk import Account, Reconnect, Refused

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import Access, OAuth2Token

API = Api("gmail", "v1", "Gmail")
# Reading, writing and moving mail: everything but deleting for good.
MODIFY = "https://www.googleapis.com/auth/gmail.modify"
SEND = "https://www.googleapis.com/auth/gmail.send"


class GmailClient:
    """Methods by the names of Google's description, below `users` and for the account's own mailbox."""

    def __init__(self, access: Access[OAuth2Token]) -> None:
        self._google = GoogleClient(access, API)

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        return await self._google.call(f"users.{method}", userId="me", **arguments)

    async def attachment(self, message_id: str, attachment_id: str) -> bytes:
        answer = await self.call("messages.attachments.get", messageId=message_id, id=attachment_id)
        try:
            return decoded(str(answer.get("data") or ""))
        except ValueError as error:
            text = "Gmail sent an attachment that can't be read."
            raise Refused(text, "invalid_answer", hint="Open the mail in Gmail and look at it there.") from error


async def verify(access: Access[OAuth2Token]) -> Account:
    """The mailbox behind the token."""
    profile = await GmailClient(access).call("getProfile")
    address = profile.get("emailAddress")
    if not isinstance(address, str) or not address:
        raise Reconnect("Gmail did not say whose mailbox this is.", hint="Connect an account that has Gmail.")
    return Account(address, address)


def decoded(text: str) -> bytes:
    """base64url as Gmail writes it, with padding or without."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()
