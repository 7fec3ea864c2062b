"""Asking the service whether it takes a secret."""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import BaseModel

from nodeloom.adapters.egress import EgressRefused
from nodeloom.features.connections.schemas import Health
from nodeloom_connectors.sdk import (
    Access,
    Account,
    Connector,
    OutcomeUnknown,
    Reconnect,
    Refused,
    RetryLater,
    masked,
    secret_values,
)

_TIMEOUT_S = 15
_UNTESTABLE = "It is tried when a workflow uses it: there is no service to ask beforehand."

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Verdict:
    """`refused`: the service was asked and does not take the secret; `reconnect`: a newer token might do."""

    health: Health
    detail: str
    refused: bool = False
    reconnect: bool = False
    account: Account | None = None


async def ask(connector: Connector, access: Access[Any]) -> Verdict:
    """Never raises for what a service or its connector does; texts are without secrets."""
    if connector.verify is None:
        return Verdict("unknown", _UNTESTABLE)
    known = secret_values(access.secret) if isinstance(access.secret, BaseModel) else ()
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            account = await connector.verify(access)
    except Reconnect as error:
        return Verdict("broken", masked(error.message, known), refused=True, reconnect=True)
    except Refused as error:
        return Verdict("broken", masked(error.message, known), refused=True)
    except (RetryLater, OutcomeUnknown) as error:
        return Verdict("unknown", masked(error.message, known))
    except EgressRefused as error:
        return Verdict("unknown", f"{error}. {error.hint}")
    except TimeoutError:
        return Verdict("unknown", f"{connector.title} did not answer within {_TIMEOUT_S} s.")
    except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything; that says nothing of the secret
        _log.warning("connector_verify_failed", connector=connector.name, error=type(error).__name__)
        return Verdict("unknown", f"The connector could not check it ({type(error).__name__}).")
    return Verdict("healthy", "", account=account)
