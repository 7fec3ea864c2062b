"""Pydantic's findings in the words of the person who fills in the form."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nodeloom.compiler.catalog import ParamsModel
from nodeloom.compiler.fields import Steps

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# By pydantic's error type; a name in braces is taken from the error's own context.
_SAID: Mapping[str, str] = {
    "string_type": "must be text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "is not written as it must be (pattern {pattern})",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a set of names and values",
    "model_type": "must be a set of names and values",
    "model_attributes_type": "must be a set of names and values",
    "too_short": "needs at least {min_length}",
    "too_long": "can have at most {max_length}",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
    "union_tag_invalid": "must be one of {expected_tags}",
    "union_tag_not_found": "needs {discriminator}",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "value_error": "is not accepted: {error}",
    "assertion_error": "is not accepted: {error}",
}


def said(detail: "ErrorDetails") -> str:
    """What is wrong, as the end of a sentence that began with the field's name."""
    wording = _SAID.get(detail["type"])
    if wording is None:
        return f"is not accepted: {detail['msg']}".rstrip(".")
    context = {name: _plain(value) for name, value in detail.get("ctx", {}).items()}
    return wording.format_map(context).rstrip(".")


def label(model: ParamsModel, steps: Steps) -> str:
    """What the form calls the field that the steps lead to.

    `("conditions", 0, "operator")` is “Operator” of “Conditions” 1.
    """
    top, *inner = steps
    field = model.model_fields.get(str(top))
    title = f"“{(field.title if field else None) or _spoken(str(top))}”"
    number = next((f" {step + 1}" for step in inner if isinstance(step, int)), "")
    last = next((step for step in reversed(inner) if isinstance(step, str)), None)
    return f"{title}{number}" if last is None else f"“{_spoken(last)}” of {title}{number}"


def _plain(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value


def _spoken(name: str) -> str:
    return name.replace("_", " ").strip().capitalize() or name
