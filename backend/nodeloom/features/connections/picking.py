"""The choices of a param, from the service: what a picker shows."""

import asyncio
from typing import Any

import structlog

from nodeloom.adapters.egress import EgressRefused
from nodeloom.adapters.problem import ApiProblem
from nodeloom.features.connections.accounts import WrongConnection, secret_of
from nodeloom.features.connections.errors import ConnectorUnknown, OptionsRefused, OptionsUnavailable, ReconnectFirst
from nodeloom.features.connections.models import Connection
from nodeloom.features.connections.schemas import OptionsAsk
from nodeloom.features.connections.secrets import OpenedConnection, installed
from nodeloom.features.connections.service import Tools
from nodeloom_connectors.sdk import (
    Connector,
    ConnectorError,
    OptionLoader,
    Options,
    OptionsQuery,
    Reconnect,
    Refused,
    masked,
    secret_values,
)

_TIMEOUT_S = 15

_log = structlog.stdlib.get_logger(__name__)


async def pick(tools: Tools, row: Connection, asked: OptionsAsk) -> Options:
    """Raises an `ApiProblem` that says what to do; a token that isn't taken is renewed once."""
    connector = installed(tools.catalog, row.connector)
    loader = connector.options.get(asked.loader)
    if loader is None:
        raise ConnectorUnknown(
            f"{connector.title} has no choices called {asked.loader!r}.",
            hint=f"It has {', '.join(sorted(connector.options)) or 'none'}.",
        )
    query = OptionsQuery(asked.params, asked.search, asked.cursor)
    known: set[str] = set()
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            return await _asked(tools, row, connector, loader, query, known)
    except (ConnectorError, EgressRefused, WrongConnection, TimeoutError) as failure:
        raise _problem(connector, failure, known) from None


async def _asked(
    tools: Tools, row: Connection, connector: Connector, loader: OptionLoader, query: OptionsQuery, known: set[str]
) -> Options:
    """`known` gets the secrets that no text may show."""
    rejected: OpenedConnection | None = None
    while True:
        opened = await tools.tokens.opened(row.workspace_id, row.id, rejected=rejected)
        known.update(secret_values(secret_of(tools.catalog, opened)))
        try:
            return await _load(tools, row, connector, opened, loader, query)
        except Reconnect as refused:
            if refused.token_is_good or rejected is not None or opened.auth != "oauth2":
                raise
            rejected = opened


def _problem(connector: Connector, failure: Exception, known: set[str]) -> ApiProblem:
    text = masked(str(failure), known)
    match failure:
        case Reconnect():
            return ReconnectFirst(text)
        case Refused():
            return OptionsRefused(text, hint=failure.hint or "Type the value instead.")
        case EgressRefused():
            return OptionsUnavailable(f"{text}.", hint=failure.hint)
        case WrongConnection():
            return ConnectorUnknown(text)
        case TimeoutError():
            return OptionsUnavailable(f"{connector.title} did not answer within {_TIMEOUT_S} s.")
        case _:
            return OptionsUnavailable(text)


async def _load(
    tools: Tools,
    row: Connection,
    connector: Connector,
    opened: OpenedConnection,
    loader: OptionLoader,
    query: OptionsQuery,
) -> Options:
    client: Any = await tools.tokens.client(row.workspace_id, connector, opened)
    try:
        return await loader(client, query)
    except (ConnectorError, EgressRefused, TimeoutError):
        raise
    except Exception as error:
        _log.warning("option_loader_failed", connector=connector.name, error=type(error).__name__)
        raise Refused(f"{connector.title} could not list the choices ({type(error).__name__}).") from error
