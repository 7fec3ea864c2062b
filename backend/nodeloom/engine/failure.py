"""What to do about an attempt that failed, or whose end nobody saw.

    refused, reconnect, retry_later   prove that nothing happened
    unknown, timeout, crash           may have happened: for `once` and `destructive` that is never repeated silently

What fails before there is an attempt (an expression, a parameter) is not asked about here: it simply failed.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from nodeloom.engine.retry import next_delay
from nodeloom.graph.document import NodeSettings, Retry
from nodeloom.graph.effect import Effect

FailureKind: TypeAlias = Literal["refused", "reconnect", "retry_later", "unknown", "timeout", "crash"]

PARK_OVER = timedelta(seconds=5)
# A node that takes its worker down with it, or never learns its outcome, must not do so for ever.
CRASHES_ALLOWED = 10
REPEATS_ALLOWED = 10


@dataclass(frozen=True, slots=True)
class Failure:
    """How an attempt ended: `attempt` counts from 1; `retry_after_s` is what the service asked for.

    `timeout` is the node's own limit, `crash` an attempt that was begun and of which nothing more is known. `unknown`
    is a reset, a time-out or a 5xx after the request left.
    """

    kind: FailureKind
    attempt: int
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after the delay, with the same idempotency key."""

    delay: timedelta

    @property
    def parks(self) -> bool:
        """Whether the delay is too long to keep a worker for."""
        return self.delay > PARK_OVER


@dataclass(frozen=True, slots=True)
class Fail:
    """The node failed; its `on_error` says what follows."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Park the node until a person has settled the outcome, or repaired the connection."""

    reason: Literal["outcome", "connection"]


@dataclass(frozen=True, slots=True)
class Confirm:
    """Ask the service whether it happened.

    If it did, the node finished; if not, decide again as `retry_later`; if the service can't tell, decide again
    without `can_confirm`.
    """


Decision: TypeAlias = Again | Fail | Ask | Confirm


def decide(failure: Failure, effect: Effect, settings: NodeSettings, *, can_confirm: bool, random: float) -> Decision:
    """`random` (0 to 1) spreads the retries of many nodes; it is an argument so that deciding stays pure."""
    if failure.kind == "reconnect":
        return Ask("connection")
    if failure.kind in ("unknown", "timeout", "crash") and effect in ("once", "destructive"):
        return _settle_unknown(failure, settings, can_confirm=can_confirm, random=random)
    if failure.kind == "crash":
        return Again(timedelta()) if failure.attempt < CRASHES_ALLOWED else Fail()
    retry = settings.retry
    if retry is not None and failure.attempt < retry.max_attempts:
        return Again(next_delay(retry, failure.attempt, failure.retry_after_s, random))
    return Fail()


def _settle_unknown(failure: Failure, settings: NodeSettings, *, can_confirm: bool, random: float) -> Decision:
    if can_confirm:
        return Confirm()
    match settings.in_doubt:
        case "ask":
            return Ask("outcome")
        case "fail":
            return Fail()
        case "repeat" if failure.attempt < REPEATS_ALLOWED:
            return Again(next_delay(settings.retry or Retry(), failure.attempt, failure.retry_after_s, random))
        case "repeat":
            return Ask("outcome")
