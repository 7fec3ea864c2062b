"""Sockets that are not HTTP: judged by the product before they are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Network(Protocol):
    """The installation's rules for outgoing connections."""

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses behind the name that may be reached; connect to one of these, never to the name.

        What may not be reached raises an error of the product that must pass through.
        """
        ...
