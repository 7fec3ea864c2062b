"""Any JSON value, as the type checker and pydantic both understand it."""

from pydantic import JsonValue

__all__ = ["JsonValue"]
