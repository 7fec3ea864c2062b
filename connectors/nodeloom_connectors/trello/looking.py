"""Looking up, after an unknown outcome, whether it happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nodeloom_connectors.sdk import OutcomeUnknown, Refused

if TYPE_CHECKING:
    from nodeloom_connectors.trello.client import TrelloClient


async def gone(client: TrelloClient, path: str) -> bool:
    """Whether there is nothing at a path any more: the answer to "was it deleted?"."""
    try:
        await client.get(dict[str, Any], path, fields="id")
    except Refused as refused:
        if refused.code == "not_found":
            return True
        raise
    return False


def none_called(name: str, names: Iterable[str], what: str) -> None:
    """None if nothing is called so: then it was not made.

    If something is, it may have been there before: that can't be told apart, and a person has to look.
    """
    if name in names:
        raise OutcomeUnknown(
            f"There is {what} called so, which may be older.", hint="Look at Trello whether it is new."
        )
