"""A secret model's values: revealed for storing, listed for masking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pydantic import SecretStr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel, JsonValue

MASK = "••••••"


def revealed(secret: BaseModel) -> dict[str, JsonValue]:
    """The model as plain JSON with its secrets readable: for the vault, never for a log."""
    plain = secret.model_dump(mode="json", by_alias=True)
    for name, value in secret.model_dump(by_alias=True).items():
        if isinstance(value, SecretStr):
            plain[name] = value.get_secret_value()
    return plain


def secret_values(secret: BaseModel) -> tuple[str, ...]:
    """What must never be seen: the values of the model's `SecretStr` fields."""
    values = cast("Iterable[Any]", secret.model_dump().values())
    return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


def masked(text: str, secrets: Iterable[str], *, shortest: int = 4) -> str:
    """The text with each secret replaced; secrets shorter than `shortest` would turn ordinary text into noise."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= shortest:
            text = text.replace(secret, MASK)
    return text
