"""The client of Google Sheets' actions: the sheets themselves, and the Drive where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodeloom_connectors.google import Api, GoogleClient
from nodeloom_connectors.sdk import Account

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import Access, OAuth2Token

SHEETS_API = Api("sheets", "v4", "Google Sheets")
DRIVE_API = Api("drive", "v3", "Google Drive")
SHEETS = "https://www.googleapis.com/auth/spreadsheets"
# Names of files, for the picker; no contents.
NAMES = "https://www.googleapis.com/auth/drive.metadata.readonly"


class SheetsClient:
    """Methods by the names of Google's description, below `spreadsheets`."""

    def __init__(self, access: Access[OAuth2Token]) -> None:
        self._sheets = GoogleClient(access, SHEETS_API)
        self._drive = GoogleClient(access, DRIVE_API, "drive_url")

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        return await self._sheets.call(f"spreadsheets.{method}", **arguments)

    async def drive(self, method: str, **arguments: Any) -> dict[str, Any]:
        return await self._drive.call(method, **arguments)


async def verify(access: Access[OAuth2Token]) -> Account:
    """The person behind the token."""
    answer = await SheetsClient(access).drive("about.get", fields="user(emailAddress,displayName)")
    user: dict[str, Any] = answer.get("user") or {}
    address = str(user.get("emailAddress") or "")
    return Account(address, address or str(user.get("displayName") or ""))
