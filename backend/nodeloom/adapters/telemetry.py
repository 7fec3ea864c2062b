"""Logs: one line per happening, as text or JSON, never with a secret in it."""

import logging
import re
import sys
from typing import Any, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from nodeloom.adapters.masking import masked
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import mask

_SECRET_KEY = re.compile(r"authorization|cookie|password|passwd|secret|token|api[-_]?key|signature", re.IGNORECASE)
_SECRET_IN_TEXT = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}|\bnl_[\w-]{8,}|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
_HIDDEN = "•••"

_secrets: set[str] = set()


def hide(secret: str) -> None:
    """From now on this text appears in no log line of this process."""
    _secrets.add(secret)


def configure_logging(settings: Settings) -> None:
    """For structlog and for libraries that use the standard library's logging."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso" if settings.log_format == "json" else "%H:%M:%S", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for name in ("httpx2", "httpcore2", "alembic", "aiosqlite", "arq", "asyncio"):
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))


def _renderer(settings: Settings) -> Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
    )


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """structlog's processor: blots out values of telling names, registered secrets, and what looks like one."""
    return {key: _hide_field(key, value) for key, value in event.items()}


def _hide_field(key: str, value: Any) -> Any:
    """Numbers stay: `tokens=812` is a count, not a secret."""
    if value is None or isinstance(value, int | float):
        return value
    return _HIDDEN if _SECRET_KEY.search(key) else _hide_in(value)


def _hide_in(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRET_IN_TEXT.sub(_HIDDEN, masked(mask(value, _secrets)))
    if isinstance(value, dict):
        return {key: _hide_field(str(key), inner) for key, inner in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_hide_in(inner) for inner in cast("list[Any]", value)]
    return value
