"""A secret model's values: revealed for storing, listed for masking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pydantic import SecretStr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel, JsonValue

MASK = "••••••"


def revealed(secret: BaseModel) -> dict[str, JsonValue]:
    """The model as plain JSON with its secrets readable: for the vault, never for a log."""
    plain = secret.model_dump(mode="json", by_alias=True)
    for name, value in secret.model_dump(by_alias=True).items():
        plain[name] = _shown(value, plain[name])
    return plain


def _shown(value: Any, plain: JsonValue) -> JsonValue:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict) and isinstance(plain, dict):
        return {name: _shown(inner, plain[name]) for name, inner in cast("dict[str, Any]", value).items()}
    return plain


def secret_values(secret: BaseModel) -> tuple[str, ...]:
    """What must never be seen: the values of the model's `SecretStr` fields, inner ones too."""
    return tuple(_values(secret.model_dump()))


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, dict):
        for inner in cast("dict[str, Any]", value).values():
            yield from _values(inner)


def masked(text: str, secrets: Iterable[str], *, shortest: int = 4) -> str:
    """The text with each secret replaced; secrets shorter than `shortest` would turn ordinary text into noise."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= shortest:
            text = text.replace(secret, MASK)
    return text
