"""What the compiler must know of a node type, and where it asks for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from pydantic import BaseModel

from nodeloom.graph.effect import Effect

ParamsModel: TypeAlias = type[BaseModel]


@dataclass(frozen=True)
class PortsFrom:
    """Ports that the parameters make: the values at `path` (such as `cases[].name`), then those of `plus`."""

    path: str
    plus: tuple[str, ...] = ()


@dataclass(frozen=True)
class EffectBy:
    """The effect depends on one parameter, as http.request's on its method."""

    param: str
    values: Mapping[str, Effect]


@dataclass(frozen=True)
class NodeSpec:
    """A node type as the compiler and the engine see it; `connection` names the connector it needs an account of.

    `mode` tells whether parameters are evaluated once per item or once for the whole list. `numbered` inputs are
    in1, in2 and so on. A type without outputs ends its branch. Where `mode_param` names a parameter, that one says the
    mode. In the parameters of `literal` braces are not expressions. What is `slow` never runs on the event loop,
    but in a lane beside others of its kind: where `lane_param` names a parameter, that one says which. `longest_s` is
    how long it may work in one go. `scopes` are what its connection must have been granted.
    """

    type: str
    title: str
    params: ParamsModel
    trigger: bool = False
    mode: Literal["each", "all"] = "each"
    inputs: tuple[str, ...] | Literal["numbered"] = ("in",)
    outputs: tuple[str, ...] | PortsFrom = ("out",)
    effect: Effect | EffectBy = "none"
    connection: str | None = None
    container: bool = False
    can_fail: bool = True
    mode_param: str | None = None
    literal: tuple[str, ...] = ()
    slow: bool = False
    lane_param: str | None = None
    longest_s: float = 30.0
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownConnection:
    """A connection of the workspace; `scopes` None: its service doesn't say what it granted."""

    connector: str
    scopes: frozenset[str] | None = None


class Catalog(Protocol):
    """The node types that are installed."""

    def node_spec(self, type_name: str, /) -> NodeSpec | None: ...

    def types(self) -> Iterable[str]: ...
