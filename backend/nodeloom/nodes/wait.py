"""core.wait: go on later, or when somebody calls."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field, model_validator

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.nodes.comparison import moment
from nodeloom.nodes.lists import Inputs, numbered
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeResult, NodeType, Parked
from nodeloom.nodes.params import Params, hints

_TEN_YEARS_S = 10 * 366 * 24 * 3600


class WaitParams(Params):
    seconds: float | None = Field(
        default=None,
        title="Seconds",
        description="Wait this long. Give this, a time, or wait for a call.",
        ge=0,
        le=_TEN_YEARS_S,
        examples=[3600],
        json_schema_extra=hints("duration"),
    )
    until: str | None = Field(
        default=None,
        title="Until",
        description="Wait until this date or time, in the workflow's time zone if it names none.",
        min_length=1,
        examples=["2026-12-24T18:00:00+01:00", "{{ $json.starts_at }}"],
    )
    for_: Literal["call"] | None = Field(
        default=None,
        alias="for",
        title="For",
        description="Wait until somebody calls the address in $run.resume_url.",
        json_schema_extra=hints(labels={"call": "A call"}),
    )
    timeout_s: float | None = Field(
        default=None,
        title="At most (seconds)",
        description="Without a call by then, the items leave by the port “timeout”. Empty: wait for ever.",
        gt=0,
        le=_TEN_YEARS_S,
        json_schema_extra=hints("duration", show_if={"for": ["call"]}),
    )

    @model_validator(mode="after")
    def _one_of_three(self) -> "WaitParams":
        if [self.seconds, self.until, self.for_].count(None) != 2:
            raise ValueError("wait for a number of seconds, until a time, or for a call: one of the three")
        return self


def _wait(params: WaitParams, inputs: Inputs, ctx: NodeContext) -> NodeResult:
    items = numbered(inputs)
    if ctx.resumed is not None:
        return _resumed(params, items, ctx)
    if params.for_ is not None:
        until = None if params.timeout_s is None else ctx.now + timedelta(seconds=params.timeout_s)
        return Parked("call", until)
    until = _until(params, ctx)
    return Parked("time", until) if until > ctx.now else Emitted({"out": items})


def _until(params: WaitParams, ctx: NodeContext) -> datetime:
    if params.until is None:
        return ctx.now + timedelta(seconds=params.seconds or 0)
    found = moment(params.until, ctx.timezone)
    if found is None:
        raise NodeFailed(
            "not_a_date", f"“{params.until[:60]}” is no date or time.", "Write it as 2026-12-24T18:00:00+01:00."
        )
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise NodeFailed(
            "not_a_date", f"“{params.until[:60]}” lies beyond the calendar.", "Choose a year between 2 and 9998."
        ) from None


def _resumed(params: WaitParams, items: Sequence[Item], ctx: NodeContext) -> Emitted:
    """A call's body, headers, query and method stand beside each item's own fields."""
    resumed = ctx.resumed
    if resumed is None or resumed.kind == "time":
        return Emitted({"timeout" if params.for_ is not None else "out": items})
    return Emitted({"out": [Item({**item.json, **(resumed.payload or {})}, item.files, item.origin) for item in items]})


WAIT = NodeType(
    NodeSpec("core.wait", "Wait", WaitParams, mode="all", outputs=("out", "timeout")),
    description="Pauses the run for a time, until a date, or until somebody calls. A waiting run costs nothing.",
    group="flow",
    icon="hourglass",
    run=_wait,
    aliases=("delay", "pause", "sleep", "timer", "resume", "callback"),
    summary="",
)
