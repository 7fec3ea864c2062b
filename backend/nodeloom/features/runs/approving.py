"""Actions that ask a person: the links and buttons that they hand out, and the wait that follows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from pydantic import BaseModel

from nodeloom.features.runs.resume_tokens import APPROVED, REJECTED
from nodeloom.features.runs.scope import NodeScope
from nodeloom.features.runs.state import Asked, Asleep
from nodeloom.graph.scope import format_path
from nodeloom.nodes.approval import ANYONE
from nodeloom.nodes.node_type import ApprovalAsked
from nodeloom_connectors.sdk import ApprovalDoor


def approval_door(scope: NodeScope) -> ApprovalDoor:
    """The page of the node's approval, and what stands behind its two buttons."""
    node_id, path = scope.key
    tokens, run_id, place = scope.facts.tokens, scope.facts.run_id, format_path(path)
    return ApprovalDoor(
        url=tokens.approval_url(run_id, node_id, place),
        approve=tokens.token(run_id, node_id, place, purpose=APPROVED),
        reject=tokens.token(run_id, node_id, place, purpose=REJECTED),
    )


def waits_for_approval(params: BaseModel, now: datetime, attempt: int) -> Asleep:
    """After the call that asked. Whoever got the message may decide, unless the params name `approvers`."""
    timeout_s = cast("float | None", getattr(params, "timeout_s", None))
    approvers = cast("Sequence[str]", getattr(params, "approvers", None) or [ANYONE])
    until = None if timeout_s is None else now + timedelta(seconds=timeout_s)
    message = str(getattr(params, "message", ""))
    return Asleep("approval", until, attempt, asks=(Asked(0, ApprovalAsked(message, approvers, until)),))
