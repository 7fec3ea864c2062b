"""Nodes that choose a port for each item: if, switch, filter."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from nodeloom.compiler.catalog import NodeSpec, PortsFrom
from nodeloom.graph.item import Item
from nodeloom.nodes.conditions import Combine, ConditionList, Conditions, hold
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeType
from nodeloom.nodes.params import Params

FALLBACK = "fallback"
_TAKEN_NAMES = (FALLBACK, "error")


def _if(params: Conditions, item: Item, ctx: NodeContext) -> Emitted:
    port = "true" if hold(params.conditions, params.combine, ctx.timezone) else "false"
    return Emitted({port: (item,)})


def _filter(params: Conditions, item: Item, ctx: NodeContext) -> Emitted:
    port = "kept" if hold(params.conditions, params.combine, ctx.timezone) else "dropped"
    return Emitted({port: (item,)})


class Case(Params):
    name: str = Field(
        title="Name", description="The name of the port.", min_length=1, max_length=60, examples=["Urgent"]
    )
    conditions: ConditionList
    combine: Combine = "and"


def _wanted(value: Any) -> Any:
    """Documents also say where the rest goes by a word: a port's name, or "none"."""
    if isinstance(value, str) and value not in ("true", "false"):
        return value not in ("", "none", "drop")
    return False if value is None else value


class SwitchParams(Params):
    cases: list[Case] = Field(
        title="Cases", description="Tried in order; an item leaves by the first one that fits.", min_length=1
    )
    fallback: Annotated[bool, BeforeValidator(_wanted)] = Field(
        default=True,
        title="Use “fallback”",
        description="Items that fit no case leave by the port “fallback”. Switched off, they are dropped.",
    )

    @field_validator("cases")
    @classmethod
    def _names_are_ports(cls, cases: list[Case]) -> list[Case]:
        names = [case.name for case in cases]
        for position, name in enumerate(names):
            if name in _TAKEN_NAMES:
                raise ValueError(f"no case may be called “{name}”: that port is there already")
            if name in names[:position]:
                raise ValueError(f"two cases are called “{name}”")
        return cases


def _switch(params: SwitchParams, item: Item, ctx: NodeContext) -> Emitted:
    for case in params.cases:
        if hold(case.conditions, case.combine, ctx.timezone):
            return Emitted({case.name: (item,)})
    return Emitted({FALLBACK: (item,)} if params.fallback else {})


IF = NodeType(
    NodeSpec("core.if", "If", Conditions, outputs=("true", "false")),
    description="Sends each item one of two ways, by conditions on its data.",
    group="flow",
    icon="split",
    run=_if,
    aliases=("condition", "branch", "when", "else", "compare", "decision"),
    summary="If {conditions}",
)
SWITCH = NodeType(
    NodeSpec("core.switch", "Switch", SwitchParams, outputs=PortsFrom("cases[].name", plus=(FALLBACK,))),
    description="Sends each item to the first case whose conditions hold.",
    group="flow",
    icon="route",
    run=_switch,
    aliases=("router", "case", "branch", "multiple", "if else"),
    summary="Route to {cases}",
)
FILTER = NodeType(
    NodeSpec("core.filter", "Filter", Conditions, outputs=("kept", "dropped")),
    description="Keeps the items that meet conditions and puts the others aside.",
    group="data",
    icon="funnel",
    run=_filter,
    aliases=("where", "keep", "remove", "condition", "search"),
    summary="Keep if {conditions}",
)
