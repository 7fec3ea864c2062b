"""What an action does to the world; it decides how a call is journalled, repeated and settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Effect: TypeAlias = Literal["none", "read", "idempotent", "once", "destructive"]


@dataclass(frozen=True)
class EffectBy:
    """An effect that depends on one parameter, as `values` says for each of its values.

    `resolve` has the last word for the few cases that one parameter doesn't tell; it gets the checked params.
    """

    param: str
    values: Mapping[str, Effect]
    resolve: Callable[[Any], Effect] | None = None
