"""What nodes ask of the installation: carried out in the transaction that writes what the node did, once.

A crash before that transaction leaves neither the node's row nor what it asked for; after it, both.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection

from nodeloom.nodes.node_type import Ask


@dataclass(frozen=True, slots=True)
class ScopesShared:
    """What a container asks for that has many scopes: that another run drives these."""

    first: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRow:
    """One ask with where it comes from.

    `index` is the item that it is about in a node that works item by item, else its place among the asks of its node.
    When the answer of a commit was lost, the same row (by run, node, path and index) is carried out once more:
    handlers do nothing the second time.
    """

    run_id: str
    workspace_id: str
    workflow_id: str
    workflow_name: str
    version: int | None
    root_run_id: str
    depth: int
    run_created_at: datetime
    node_id: str
    path: str
    index: int
    ask: Ask | ScopesShared
    made: Any
    at: datetime


Handler: TypeAlias = Callable[[Connection, Sequence[AskRow]], None]

_handlers: dict[type[Ask | ScopesShared], Handler] = {}


def on_ask(kind: type[Ask | ScopesShared], handler: Handler) -> None:
    """To be called while a worker is wired. A handler that raises takes the node's row back with it."""
    _handlers[kind] = handler


def carry_out(connection: Connection, rows: Sequence[AskRow]) -> None:
    """Each kind's asks together, in the order in which they were asked."""
    by_kind: dict[type[Ask | ScopesShared], list[AskRow]] = {}
    for row in rows:
        kind: type[Ask | ScopesShared] = type(row.ask)
        by_kind.setdefault(kind, []).append(row)
    for kind, of_kind in by_kind.items():
        _handlers[kind](connection, of_kind)
