"""Params whose choices come from the service: a picker in the form, a plain value in the document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler, JsonValue
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


@dataclass(frozen=True)
class OptionsFrom:
    """Annotates a param with the loader that lists its choices, and with the params that must be filled before."""

    loader: str
    depends_on: tuple[str, ...] = ()

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = handler(schema)
        described["x-options"] = {"loader": self.loader, "dependsOn": list(self.depends_on)}
        return described


@dataclass(frozen=True)
class Option:
    """One choice: `value` goes into the document, `label` is read by a person, `hint` tells two of a name apart."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class OptionsQuery:
    """What was filled before (those params that the field depends on), what was typed, and the page."""

    params: Mapping[str, JsonValue] = field(default_factory=dict[str, "JsonValue"])
    search: str = ""
    cursor: str | None = None


@dataclass(frozen=True)
class Options:
    """A page of choices, best first; with a `next_cursor` there are more."""

    items: Sequence[Option]
    next_cursor: str | None = None


OptionLoader: TypeAlias = Callable[[Any, OptionsQuery], Awaitable[Options]]
"""(the connector's client, the query) to the choices; raises the four errors like an action."""
