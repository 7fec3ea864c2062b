"""How a lower feature tells an upper one, inside the same transaction.

Handlers are registered by type while an entry point is wired. A handler that raises takes the
whole transaction back: what is announced and what follows from it happen together or not at all.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

E = TypeVar("E")

_handlers: dict[type, list[Callable[[AsyncSession, Any], Awaitable[None]]]] = {}


def on(event_type: type[E], handler: Callable[[AsyncSession, E], Awaitable[None]]) -> None:
    """Wiring may run twice: the same handler again changes nothing, the same method of another object replaces it."""
    handlers = _handlers.setdefault(event_type, [])
    known = next((place for place, other in enumerate(handlers) if _code(other) is _code(handler)), len(handlers))
    handlers[known : known + 1] = [handler]


async def emit(session: AsyncSession, event: object) -> None:
    for handler in _handlers.get(type(event), ()):
        await handler(session, event)


def _code(handler: Callable[[AsyncSession, Any], Awaitable[None]]) -> object:
    return getattr(handler, "__func__", handler)
