"""What the parameter models of the nodes share: how a field tells the form what it is."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Params(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def hints(
    widget: str | None = None,
    *,
    advanced: bool = False,
    show_if: dict[str, list[Any]] | None = None,
    labels: dict[str, str] | None = None,
) -> dict[str, Any]:
    """JSON Schema keys for the form: a special widget, "Add option", when to show it, words for its choices."""
    found = {"x-widget": widget, "x-advanced": advanced or None, "x-show-if": show_if, "x-labels": labels}
    return {key: value for key, value in found.items() if value is not None}
