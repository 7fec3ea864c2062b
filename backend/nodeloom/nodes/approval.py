"""core.approval: the run waits until somebody says yes or no."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, cast

from pydantic import AfterValidator, BeforeValidator, Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.lists import Inputs, numbered
from nodeloom.nodes.node_type import ApprovalAsked, Emitted, NodeContext, NodeResult, NodeType, Parked, Resumption
from nodeloom.nodes.params import Params, hints

ANYONE: Final = "anyone"
ROLES: Final = ("viewer", "runner", "editor", "admin", "owner")

_TEN_YEARS_S: Final = 10 * 366 * 24 * 3600
_SAID_OTHERWISE: Final = {
    "anyone with the link": ANYONE,
    "anyone_with_link": ANYONE,
    "anyone_with_the_link": ANYONE,
    "link": ANYONE,
    "members": "viewer",
}


def _listed(value: Any) -> Any:
    """One text names several approvers with commas between them."""
    if isinstance(value, str):
        return [part.strip() for part in value.replace("\n", ",").split(",") if part.strip()]
    return value


def _known(approvers: list[str]) -> list[str]:
    found: list[str] = []
    for approver in approvers:
        name = approver.strip().lower()
        name = _SAID_OTHERWISE.get(name, name)
        if name not in (ANYONE, *ROLES) and "@" not in name and not name.startswith("mem_") and "{{" not in name:
            raise ValueError(f"“{approver[:60]}” is neither a role nor a member's e-mail, nor “anyone”")
        found.append(name)
    return found


Approver = Annotated[str, Field(title="Approver", min_length=1, max_length=300)]


class ApprovalParams(Params):
    message: str = Field(
        title="Message",
        description="What is to be approved. Whoever decides reads this.",
        min_length=1,
        max_length=10_000,
        examples=["Refund {{ $json.amount }} € to {{ $json.customer }}?"],
        json_schema_extra=hints("multiline"),
    )
    approvers: Annotated[list[Approver], BeforeValidator(_listed), AfterValidator(_known)] = Field(
        default=["runner"],
        title="Who may decide",
        description="Members by role (runner, editor, admin, owner: that role or one above it) or by e-mail; or anyone:"
        " whoever has the link, without signing in.",
        min_length=1,
        max_length=50,
        examples=[["editor"], ["ada@example.org"], ["anyone"]],
    )
    timeout_s: float | None = Field(
        default=None,
        title="At most (seconds)",
        description="Without a decision by then, the items leave by the port “timeout”. Empty: wait for ever.",
        gt=0,
        le=_TEN_YEARS_S,
        examples=[86400],
        json_schema_extra=hints("duration"),
    )


def _approval(params: ApprovalParams, inputs: Inputs, ctx: NodeContext) -> NodeResult:
    items = numbered(inputs)
    if ctx.resumed is None:
        until = None if params.timeout_s is None else ctx.now + timedelta(seconds=params.timeout_s)
        return Parked("approval", until, asks=(ApprovalAsked(params.message, params.approvers, until),))
    return decided(items, ctx.resumed, ctx.now)


def decided(items: Sequence[Item], resumed: Resumption, now: datetime) -> Emitted:
    """The items by the port of what was said, or of the time that ran out; each with an `approval` that tells."""
    if resumed.kind != "approval":
        at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return _leaving(items, "timeout", {"decision": "timeout", "by": None, "comment": "", "at": at})
    said = dict(resumed.payload or {})
    return _leaving(items, "approved" if said.get("decision") == "approved" else "rejected", said)


def _leaving(items: Sequence[Item], port: str, approval: dict[str, JsonValue]) -> Emitted:
    said: JsonValue = cast("JsonValue", approval)
    return Emitted({port: [Item({**item.json, "approval": said}, item.files, item.origin) for item in items]})


APPROVAL = NodeType(
    NodeSpec("core.approval", "Approval", ApprovalParams, mode="all", outputs=("approved", "rejected", "timeout")),
    description="Waits until somebody approves or rejects, by a link or on the page of what waits.",
    group="human",
    icon="stamp",
    run=_approval,
    aliases=("approve", "reject", "human", "confirm", "review", "sign off", "manual step"),
    summary="{message}",
)
