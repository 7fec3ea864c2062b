"""What a database can do for the actions, and the way to it through the installation's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from nodeloom_connectors.sdk import RetryLater

if TYPE_CHECKING:
    from pydantic import BaseModel

    from nodeloom_connectors.sdk import Network

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Rows:
    """What was read; `more` if there were others beyond those that were asked for."""

    rows: Sequence[dict[str, Any]]
    more: bool = False


@dataclass(frozen=True)
class Changed:
    """`count` of the rows that were changed, and what the statement gave back; `inserted_id` where it is known."""

    count: int
    rows: Sequence[dict[str, Any]] = ()
    inserted_id: int | None = None


class Database(Protocol):
    """One statement at a time, each in a transaction of its own. Placeholders are written as `:name`."""

    dialect: Literal["postgres", "mysql", "sqlite"]

    async def read(self, statement: str, values: Values, *, at_most: int, timeout_s: float) -> Rows:
        """In a transaction that can't write."""
        ...

    async def change(self, statement: str, values: Values, *, at_most: int, timeout_s: float) -> Changed: ...


class Reached(Protocol):
    """The client of a database's connector."""

    def at(self, params: BaseModel) -> Database: ...


async def first_reachable(network: Network, host: str, port: int) -> str:
    """The address to connect to."""
    try:
        return (await network.addresses(host, port))[0]
    except OSError as error:
        text = f"{host} can't be found: {error}"
        hint = "Check the host in the connection."
        raise RetryLater(text, nothing_happened=True, hint=hint) from error
