"""Attachments as files of the item."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nodeloom_connectors.mail import Attached
    from nodeloom_connectors.sdk import FileRef, Files

_AT_ONCE = 64 * 1024


async def taken_along(files: Files, attached: Sequence[Attached]) -> dict[str, FileRef]:
    """By the names "attachment_0" and so on, which the mail then has as well."""
    kept: dict[str, FileRef] = {}
    for one in attached:
        name = f"attachment_{len(kept)}"
        kept[name] = await files.store(_chunks(one.content), one.info.file_name, one.info.media_type)
        one.info.file = name
    return kept


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _AT_ONCE):
        yield content[start : start + _AT_ONCE]
