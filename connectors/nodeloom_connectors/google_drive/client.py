"""The client of Google Drive's actions, and whose Drive it is."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from nodeloom_connectors.google import Api, Content, GoogleClient
from nodeloom_connectors.sdk import Account

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from nodeloom_connectors.sdk import Access, OAuth2Token

API = Api("drive", "v3", "Google Drive")
READ = "https://www.googleapis.com/auth/drive.readonly"
WRITE = "https://www.googleapis.com/auth/drive"
FOLDER = "application/vnd.google-apps.folder"
# What a file tells; without naming it Drive says little more than its id.
FIELDS = (
    "id,name,mimeType,size,parents,createdTime,modifiedTime,trashed,webViewLink,description,"
    "owners(emailAddress),md5Checksum"
)
_CALL = "nodeloomCall"


class DriveClient:
    """Methods by the names of Google's description; shared drives are always meant as well."""

    def __init__(self, access: Access[OAuth2Token]) -> None:
        self._google = GoogleClient(access, API)

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        return await self._google.call(method, **arguments)

    async def file(self, file_id: str) -> dict[str, Any]:
        return await self.call("files.get", fileId=file_id, fields=FIELDS, supportsAllDrives=True)

    async def folder_id(self, folder: str) -> str:
        """Drive calls one's own Drive "root" in requests, and by its id in answers."""
        if folder != "root":
            return folder
        answer = await self.call("files.get", fileId="root", fields="id", supportsAllDrives=True)
        return str(answer.get("id") or folder)

    async def upload(self, method: str, content: Content, **arguments: Any) -> dict[str, Any]:
        return await self._google.upload(method, content, fields=FIELDS, supportsAllDrives=True, **arguments)

    def download(self, method: str, **arguments: Any) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        return self._google.download(method, **arguments)

    async def made_by(self, key: str) -> dict[str, Any] | None:
        """What an earlier attempt of the call with this key made."""
        query = f"appProperties has {{ key='{_CALL}' and value='{_fingerprint(key)}' }} and trashed = false"
        answer = await self.call(
            "files.list",
            q=query,
            fields=f"files({FIELDS})",
            supportsAllDrives=True,
            includeItemsFromAllDrives=True,
        )
        found: list[dict[str, Any]] = answer.get("files") or []
        return found[0] if found else None


def mark_of(key: str) -> dict[str, Any]:
    """What a new file carries, unseen by people, so that it is found again by the call that made it."""
    return {"appProperties": {_CALL: _fingerprint(key)}}


def _fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


async def verify(access: Access[OAuth2Token]) -> Account:
    """The person behind the token."""
    answer = await DriveClient(access).call("about.get", fields="user(emailAddress,displayName)")
    user: dict[str, Any] = answer.get("user") or {}
    address = str(user.get("emailAddress") or "")
    return Account(address, address or str(user.get("displayName") or ""))
