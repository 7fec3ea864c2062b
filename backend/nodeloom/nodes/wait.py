"""core.wait: go on later, when somebody calls, or when an event comes in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Final, Literal, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import moment
from nodeloom.nodes.conditions import OPERATOR_WORDS, Operator
from nodeloom.nodes.events import EventParams
from nodeloom.nodes.lists import Inputs, numbered
from nodeloom.nodes.node_type import (
    Emitted,
    EventAwaited,
    NodeContext,
    NodeFailed,
    NodeResult,
    NodeType,
    Parked,
)
from nodeloom.nodes.params import Params, hints
from nodeloom.nodes.schedule import ScheduleParams
from nodeloom.nodes.triggers import WebhookParams

_TEN_YEARS_S = 10 * 366 * 24 * 3600


_TRIGGERS: Final[dict[str, type[BaseModel]]] = {
    "core.event": EventParams,
    "core.webhook": WebhookParams,
    "core.schedule": ScheduleParams,
}


class AwaitedTrigger(Params):
    """A trigger of the node's own: live while the workflow is published, like those that start runs."""

    type: Literal["core.event", "core.webhook", "core.schedule"] = Field(
        title="Kind",
        json_schema_extra=hints(
            labels={
                "core.event": "An event of this workspace",
                "core.webhook": "A request at an address of its own",
                "core.schedule": "The next time of a schedule",
            }
        ),
    )
    name: str | None = Field(
        default=None,
        title="Name",
        description="Of the event, as core.emit sends it.",
        max_length=200,
        examples=["order.paid"],
        json_schema_extra=hints(show_if={"type": ["core.event"]}),
    )
    path: str | None = Field(
        default=None,
        title="Path",
        description="The address is /hooks/ and this path. It belongs to this workflow alone.",
        max_length=200,
        examples=["orders/paid"],
        json_schema_extra=hints(show_if={"type": ["core.webhook"]}),
    )
    method: str | None = Field(
        default=None,
        title="Method",
        description="POST, if nothing is said.",
        max_length=10,
        examples=["POST"],
        json_schema_extra=hints(advanced=True, show_if={"type": ["core.webhook"]}),
    )
    cron: str | None = Field(
        default=None,
        title="Cron expression",
        max_length=200,
        examples=["0 9 * * 1-5"],
        json_schema_extra=hints("cron", show_if={"type": ["core.schedule"]}),
    )
    every_s: int | None = Field(
        default=None,
        title="Every (seconds)",
        ge=1,
        examples=[300],
        json_schema_extra=hints("duration", show_if={"type": ["core.schedule"]}),
    )
    timezone: str | None = Field(
        default=None, title="Time zone", max_length=100, json_schema_extra=hints(show_if={"type": ["core.schedule"]})
    )

    @model_validator(mode="after")
    def _is_one(self) -> "AwaitedTrigger":
        """What it says has to make a trigger of its kind."""
        said = {name: value for name, value in self.model_dump(exclude={"type"}).items() if value is not None}
        try:
            _TRIGGERS[self.type].model_validate(said)
        except ValidationError as invalid:
            first = invalid.errors()[0]
            field = ".".join(str(step) for step in first["loc"])
            raise ValueError(f"{field}: {first['msg']}" if field else first["msg"]) from None
        return self


class ConnectorTrigger(Params):
    """The same, of a connector: its own params stand beside, and are checked where the catalog is known."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", frozen=True)

    type: str = Field(
        title="Kind",
        description="The trigger's type, such as slack.reaction_added.",
        min_length=1,
        max_length=100,
        examples=["slack.reaction_added"],
    )
    connection_id: str | None = Field(
        default=None, title="Connection", description="The account that it listens by.", max_length=100
    )


def _whose(trigger: object) -> str:
    type_name = cast("dict[str, object]", trigger).get("type") if isinstance(trigger, dict) else None
    if isinstance(trigger, ConnectorTrigger) or (isinstance(type_name, str) and not type_name.startswith("core.")):
        return "connector"
    return "core"


Awaited: TypeAlias = Annotated[
    Annotated[AwaitedTrigger, Tag("core")] | Annotated[ConnectorTrigger, Tag("connector")], Discriminator(_whose)
]


class Match(Params):
    """One thing that the event must say; `left` is a path into its item, `right` is known when the wait begins."""

    left: str = Field(
        title="In the event", description="A path, such as body.order_id.", min_length=1, max_length=500,
        examples=["body.order_id"],
    )  # fmt: skip
    operator: Operator = Field(default="equals", title="Operator", json_schema_extra=hints(labels=OPERATOR_WORDS))
    right: JsonValue = Field(default=None, title="Compared with", examples=["{{ $json.id }}"])

    @model_validator(mode="after")
    def _is_cheap(self) -> "Match":
        if self.operator == "matches":
            raise ValueError("events can't be compared with a regular expression; use contains or starts_with")
        return self


class WaitParams(Params):
    seconds: float | None = Field(
        default=None,
        title="Seconds",
        description="Wait this long. Give this, a time, or what to wait for.",
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
    for_: Literal["call", "event"] | None = Field(
        default=None,
        alias="for",
        title="For",
        description="Wait until somebody calls the address in $run.resume_url, or until an event comes in.",
        json_schema_extra=hints(labels={"call": "A call", "event": "An event"}),
    )
    trigger: Awaited | None = Field(
        default=None,
        title="Event",
        description="What is waited for. What came in since the run began counts.",
        json_schema_extra=hints("trigger", show_if={"for": ["event"]}),
    )
    match: list[Match] = Field(
        default_factory=list[Match],
        title="That says",
        description="All of it must hold. Without any, the first event will do.",
        max_length=20,
        examples=[[{"left": "body.order_id", "operator": "equals", "right": "{{ $json.id }}"}]],
        json_schema_extra=hints(show_if={"for": ["event"]}),
    )
    timeout_s: float | None = Field(
        default=None,
        title="At most (seconds)",
        description="If nothing came by then, the items leave by the port “timeout”. Empty: wait for ever.",
        gt=0,
        le=_TEN_YEARS_S,
        json_schema_extra=hints("duration", show_if={"for": ["call", "event"]}),
    )

    @model_validator(mode="after")
    def _one_of_three(self) -> "WaitParams":
        if (self.for_ == "event") is not (self.trigger is not None):
            raise ValueError("to wait for an event, say which: by what trigger it comes in")
        if [self.seconds, self.until, self.for_].count(None) != 2:
            raise ValueError("wait for a number of seconds, until a time, or for a call or an event: one of the three")
        return self


def _wait(params: WaitParams, inputs: Inputs, ctx: NodeContext) -> NodeResult:
    items = numbered(inputs)
    if ctx.resumed is not None:
        return _resumed(params, items, ctx)
    if params.for_ is not None:
        until = None if params.timeout_s is None else ctx.now + timedelta(seconds=params.timeout_s)
        if params.for_ == "call":
            return Parked("call", until)
        conditions = [match.model_dump(mode="json") for match in params.match]
        return Parked("event", until, asks=(EventAwaited(conditions, ctx.timezone, until),))
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
    """A call's body, headers, query and method stand beside each item's own fields; an event stands under `event`."""
    resumed = ctx.resumed
    if resumed is None or resumed.kind == "time":
        return Emitted({"timeout" if params.for_ is not None else "out": items})
    payload = dict(resumed.payload or {})
    given: dict[str, JsonValue] = {"event": payload} if resumed.kind == "event" else payload
    return Emitted({"out": [Item({**item.json, **given}, item.files, item.origin) for item in items]})


WAIT = NodeType(
    NodeSpec("core.wait", "Wait", WaitParams, mode="all", outputs=("out", "timeout"), literal=("trigger",)),
    description="Pauses the run for a time, until a date, until somebody calls or an event comes in."
    " A waiting run costs nothing.",
    group="flow",
    icon="hourglass",
    run=_wait,
    aliases=("delay", "pause", "sleep", "timer", "resume", "callback", "event"),
    summary="For {seconds} s|Until {until}|For {trigger.type}|For a {for}",
)
