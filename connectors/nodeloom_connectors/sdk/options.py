"""Params whose choices come from the service: a picker in the form, a plain value in the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
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
