"""What an expression may look at, as the runs feature provides it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue


class NodeView(Protocol):
    """The items of another node; each may raise ExpressionFailed."""

    def item(self) -> Item:
        """The one item of that node that the current item came from."""
        ...

    def first(self) -> Item: ...

    def last(self) -> Item: ...

    def all(self) -> Sequence[Item]: ...


class Scope(Protocol):
    @property
    def item(self) -> Item | None: ...

    @property
    def index(self) -> int: ...

    @property
    def items(self) -> Sequence[Item]: ...

    def node(self, title: str) -> NodeView:
        """Raises ExpressionFailed("node_not_run") if the node did not run."""
        ...

    @property
    def now(self) -> datetime: ...

    @property
    def timezone(self) -> str: ...

    @property
    def workflow(self) -> Mapping[str, JsonValue]: ...

    @property
    def run(self) -> Mapping[str, JsonValue]: ...

    @property
    def vars(self) -> Mapping[str, JsonValue]: ...

    @property
    def scope(self) -> Mapping[str, JsonValue]:
        """`{index, items}` of the innermost container's scope; empty outside of containers."""
        ...
