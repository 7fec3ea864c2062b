"""A call to a service failed: what to do about its registration. Pure."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from nodeloom.adapters.egress import EgressRefused
from nodeloom.features.triggers.remote.leases import Settled
from nodeloom_connectors.sdk import ConnectorError, OutcomeUnknown, Reconnect, Refused, RetryLater

_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 600.0
# Nine tries take about half an hour; who waits for events has to know by then.
_PATIENCE = 9
_BROKEN_AGAIN = timedelta(hours=1)
# Whether an app is set up is asked of nobody but ourselves.
_APP_AGAIN = timedelta(minutes=1)
_LET_GO_AFTER = 60


@dataclass(frozen=True, slots=True)
class Trouble:
    kind: Literal["later", "reconnect", "refused"]
    detail: str
    hint: str = ""
    after: timedelta | None = None


def trouble(failure: Exception, title: str, limit_s: float) -> Trouble:
    """Sorted by what can be done about it; `title` is the service's."""
    match failure:
        case RetryLater() | OutcomeUnknown():
            after = failure.after if isinstance(failure, RetryLater) else None
            return Trouble("later", failure.message, failure.hint, after)
        case Reconnect():
            hint = failure.hint or "Connect the account again: the trigger goes on from where it was."
            return Trouble("reconnect", failure.message, hint)
        case Refused():
            return Trouble("refused", failure.message, failure.hint)
        case ConnectorError():
            return Trouble("later", failure.message, failure.hint)
        case EgressRefused():
            return Trouble("refused", f"{failure}.", failure.hint)
        case TimeoutError():
            return Trouble("later", f"{title} gave no answer within {limit_s:g} s.")
        case _:
            hint = "This is a fault of the connector. It is tried again every hour."
            return Trouble("refused", f"The trigger of {title} broke: {type(failure).__name__}.", hint)


def settled(row: Any, fence: int, met: Trouble, now: datetime) -> Settled:
    """What becomes of the registration now."""
    attempts = row.attempts + 1
    if row.status == "unwanted":
        if met.kind == "refused" or attempts >= _LET_GO_AFTER:
            return Settled(row.id, fence, gone=True)
        return Settled(row.id, fence, {"attempts": attempts, "due_at": now + _pause(attempts, met.after)})
    said: Mapping[str, Any] = {"detail": met.detail, "hint": met.hint, "attempts": attempts}
    if met.kind == "reconnect":
        return Settled(row.id, fence, {**said, "status": "paused", "due_at": None})
    if met.kind == "refused" or attempts >= _PATIENCE:
        refused = _APP_AGAIN if row.kind == "app" else _BROKEN_AGAIN
        again = refused if met.kind == "refused" else _pause(attempts, met.after)
        broken = {**said, "status": "broken", "due_at": now + again}
        return Settled(row.id, fence, broken, broke=row.status != "broken")
    return Settled(row.id, fence, {**said, "due_at": now + _pause(attempts, met.after)})


def _pause(attempts: int, after: timedelta | None) -> timedelta:
    """What the service asks for, or longer each time, with jitter."""
    grown = min(_FIRST_PAUSE_S * 2 ** (attempts - 1), _LONGEST_PAUSE_S)
    own = timedelta(seconds=grown * random.uniform(0.5, 1.0))  # noqa: S311  jitter
    return max(own, after) if after is not None else own
