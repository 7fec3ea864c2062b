"""core.emit, core.event and core.on_failure: what happens inside the workspace starts runs there."""

from typing import Annotated

from pydantic import AfterValidator, Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.conditions import Condition
from nodeloom.nodes.node_type import Emitted, EventSent, NodeContext, NodeType
from nodeloom.nodes.params import Params, hints

LONGEST_NAME = 200


def _one_line(name: str) -> str:
    name = name.strip()
    if not name:
        raise ValueError("give the event a name")
    if not name.isprintable():
        raise ValueError("a name is one line of ordinary characters")
    return name


def _holds_an_expression(value: str | list[Condition] | None) -> str | list[Condition] | None:
    if isinstance(value, str) and value.strip() and "{{" not in value:
        raise ValueError("write the expression between {{ and }}")
    return value


EventName = Annotated[str, AfterValidator(_one_line)]


class EventParams(Params):
    name: EventName = Field(
        title="Name",
        description="Runs start when a workflow of this workspace sends an event of this name.",
        min_length=1,
        max_length=LONGEST_NAME,
        examples=["order.paid"],
    )
    filter: Annotated[str | list[Condition] | None, AfterValidator(_holds_an_expression)] = Field(
        default=None,
        title="Only if",
        description="Conditions over what was sent, all of which must hold; or one expression that gives true.",
        examples=[[{"left": "{{ $json.total }}", "operator": "gte", "right": 100}], "{{ $json.total >= 100 }}"],
        json_schema_extra=hints("conditions", advanced=True),
    )


class EmitParams(Params):
    name: EventName = Field(
        title="Name",
        description="Every published workflow of this workspace that listens to this name starts.",
        min_length=1,
        max_length=LONGEST_NAME,
        examples=["order.paid"],
    )
    payload: JsonValue = Field(
        default=None,
        title="What is sent",
        description="The listeners' item. Without it, the item that came in.",
        examples=["{{ $json }}", {"order_id": "{{ $json.id }}"}],
    )


class OnFailureParams(Params):
    pass


def event_json(payload: JsonValue) -> dict[str, JsonValue]:
    """The item that listeners get: what is no object is put under `value`."""
    return payload if isinstance(payload, dict) else {"value": payload}


def _emit(params: EmitParams, item: Item, _ctx: NodeContext) -> Emitted:
    payload = item.json if params.payload is None else params.payload
    return Emitted({"out": (item,)}, asks=(EventSent(params.name, payload),))


EVENT = NodeType(
    NodeSpec("core.event", "Event of this workspace", EventParams, trigger=True, inputs=(), can_fail=False),
    description="Starts a run when another workflow of the workspace sends an event of this name.",
    group="trigger",
    icon="radio",
    run=None,
    aliases=("event", "listen", "subscribe", "emit", "signal", "bus"),
    summary="{name}",
)
EMIT = NodeType(
    NodeSpec("core.emit", "Send an event", EmitParams),
    description="Sends one event for each item; every workflow of the workspace that listens to its name starts.",
    group="flow",
    icon="megaphone",
    run=_emit,
    aliases=("emit", "publish", "event", "signal", "broadcast", "trigger workflow"),
    summary="{name}",
)
ON_FAILURE = NodeType(
    NodeSpec("core.on_failure", "On failure", OnFailureParams, trigger=True, inputs=(), can_fail=False),
    description="Starts a run when this workflow, or one that names it for its failures, has failed.",
    group="trigger",
    icon="siren",
    run=None,
    aliases=("error", "failure", "error trigger", "catch", "alert", "alarm"),
    summary="",
)
