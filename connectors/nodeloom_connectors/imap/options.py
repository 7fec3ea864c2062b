"""The picker of folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeloom_connectors.sdk import Option, Options, OptionsQuery

if TYPE_CHECKING:
    from nodeloom_connectors.imap.client import Imap
    from nodeloom_connectors.imap.folder import Session


async def folders(client: Imap, asked: OptionsQuery) -> Options:
    def listed(session: Session) -> list[str]:
        return session.folders()

    names = await client.reading(listed)
    found = sorted(name for name in names if asked.search.lower() in name.lower())
    found.sort(key=lambda name: name.upper() != "INBOX")
    return Options([Option(name, name) for name in found])
