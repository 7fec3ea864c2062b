"""What went wrong with a call: as the engine decides by it, and as a person reads it."""

from dataclasses import dataclass
from typing import Final

import structlog

from nodeloom.adapters.egress import EgressRefused
from nodeloom.engine.failure import FailureKind
from nodeloom.features.runs.state import ErrorDocument
from nodeloom.graph.effect import Effect
from nodeloom_connectors.sdk import ConnectorError, OutcomeUnknown, Reconnect, Refused, RetryLater

log = structlog.get_logger(__name__)

DEFAULT_TIMEOUT_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Told:
    """`after_s` is the pause that the service asked for; `nothing_happened` only where that is proven.

    `account_broken`: nobody gets anywhere with this account until it is connected anew.
    """

    kind: FailureKind
    error: ErrorDocument
    after_s: float | None = None
    nothing_happened: bool = False
    account_broken: bool = False


def told(failure: Exception, effect: Effect, node_id: str, timeout_s: float) -> Told:
    """Every way in which a call can end badly."""
    match failure:
        case RetryLater():
            proven = failure.nothing_happened or effect not in ("once", "destructive")
            after_s = failure.after.total_seconds() if failure.after is not None else None
            error = connector_error(node_id, "unavailable", failure)
            return Told("retry_later" if proven else "unknown", error, after_s, failure.nothing_happened)
        case Reconnect():
            error = connector_error(node_id, "reconnect", failure)
            return Told("reconnect", error, nothing_happened=True, account_broken=not failure.token_is_good)
        case Refused():
            error = connector_error(node_id, failure.code, failure)
            return Told("refused", {**error, "detail": failure.detail} if failure.detail else error)
        case OutcomeUnknown():
            return Told("unknown", connector_error(node_id, "outcome_unknown", failure))
        case EgressRefused():
            return Told("refused", error_at(node_id, "egress_refused", f"{failure}.", failure.hint))
        case TimeoutError():
            hint = "Raise the node's time limit, or find out why the service is slow."
            return Told("timeout", error_at(node_id, "timeout", f"No answer within {timeout_s:g} s.", hint))
        case _:
            log.error("an action broke", node_id=node_id, exc_info=failure)
            message = f"The action broke: {type(failure).__name__}."
            return Told("unknown", error_at(node_id, "internal", message, "This is a fault of the connector."))


def error_at(node_id: str, code: str, message: str, hint: str) -> ErrorDocument:
    return {"code": code, "message": message, "hint": hint, "node_id": node_id}


def connector_error(node_id: str, code: str, failure: ConnectorError) -> ErrorDocument:
    return error_at(node_id, code, failure.message, failure.hint)
