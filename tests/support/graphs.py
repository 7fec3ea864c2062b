"""Graphs drawn in text, and a catalog of a few node types, for tests of what is pure.

    draw("hook > check:true > post > join", "check:false > archive > join")

A name is a node's id and title, and the type follows from how it begins (see `TYPES`). `check:true` leaves by the
port `true`, `join@in2` comes in by the input `in2`. What is not default about a node is given by its name:
`draw("hook > post", post={"disabled": True})`.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nodeloom.compiler.catalog import EffectBy, NodeSpec, PortsFrom
from nodeloom.compiler.compile import compile_graph
from nodeloom.compiler.plan import Plan
from nodeloom.graph.document import Graph
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.parse import parse_graph
from nodeloom.graph.problem import Problem

TYPES: Mapping[str, str] = {
    "hook": "core.manual",
    "webhook": "core.webhook",
    "check": "core.if",
    "switch": "core.switch",
    "merge": "core.merge",
    "stop": "core.stop",
    "loop": "core.loop",
    "call": "http.request",
    "slack": "slack.send",
    "pure": "core.pure",
    "wait": "core.wait",
}


class AnyParams(BaseModel):
    model_config = ConfigDict(extra="allow")


class WebhookParams(BaseModel):
    model_config = ConfigDict(extra="forbid")
    path: str = Field(min_length=1)
    method: Literal["GET", "POST", "ANY"] = "POST"


class Condition(BaseModel):
    model_config = ConfigDict(extra="forbid")
    left: JsonValue
    operator: Literal["equals", "contains"]
    right: JsonValue = None


class SwitchCase(BaseModel):
    name: str = Field(min_length=1)


class SwitchParams(BaseModel):
    cases: list[SwitchCase] = Field(default_factory=list[SwitchCase])


class Auth(BaseModel):
    kind: Literal["none", "bearer", "basic"] = "none"
    connection_id: str | None = None

    @model_validator(mode="after")
    def _names_its_connection(self) -> Self:
        if self.kind != "none" and self.connection_id is None:
            raise ValueError("Choose the connection that holds the secret.")
        return self


class RequestParams(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: str = Field(min_length=1, title="Address")
    method: Literal["GET", "POST"] = "GET"
    timeout_s: float = Field(default=30, gt=0)
    retries: int = 0
    conditions: list[Condition] = Field(default_factory=list[Condition])
    auth: Auth | None = None


class WaitParams(BaseModel):
    model_config = ConfigDict(extra="forbid")
    seconds: float | None = None
    until: str | None = None

    @model_validator(mode="after")
    def _says_how_long(self) -> Self:
        if self.seconds is None and self.until is None:
            raise ValueError("Say how long to wait, or until when.")
        return self


class MessageParams(BaseModel):
    """Unknown parameters are pydantic's default here: not refused, and not kept."""

    text: str = ""


SPECS: Mapping[str, NodeSpec] = {
    spec.type: spec
    for spec in (
        NodeSpec("core.manual", "Manual", AnyParams, trigger=True, inputs=(), can_fail=False),
        NodeSpec("core.webhook", "Webhook", WebhookParams, trigger=True, inputs=(), can_fail=False),
        NodeSpec("core.noop", "Nothing", AnyParams),
        NodeSpec("core.pure", "Pure", AnyParams, can_fail=False),
        NodeSpec("core.wait", "Wait", WaitParams, mode="all"),
        NodeSpec("core.if", "If", AnyParams, outputs=("true", "false")),
        NodeSpec("core.switch", "Switch", SwitchParams, outputs=PortsFrom("cases[].name", plus=("fallback",))),
        NodeSpec("core.merge", "Merge", AnyParams, mode="all", inputs="numbered"),
        NodeSpec("core.stop", "Stop", AnyParams, outputs=()),
        NodeSpec("core.loop", "Loop", AnyParams, mode="all", outputs=("done",), container=True),
        NodeSpec(
            "http.request",
            "HTTP request",
            RequestParams,
            effect=EffectBy("method", {"GET": "read", "POST": "once"}),
        ),
        NodeSpec(
            "slack.send", "Send a message", MessageParams, effect="once", connection="slack", scopes=("chat:write",)
        ),
    )
}


class SmallCatalog:
    """The node types of `SPECS`."""

    def node_spec(self, type_name: str, /) -> NodeSpec | None:
        return SPECS.get(type_name)

    def types(self) -> Iterable[str]:
        return SPECS.keys()


CATALOG = SmallCatalog()


def document(*paths: str, **nodes: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The graph as JSON; nodes stand in the order in which they are first named."""
    ids: dict[str, None] = {}
    edges: list[JsonValue] = []
    for path in paths:
        steps = [step.strip() for step in path.split(">")]
        ids.update(dict.fromkeys(_name(step) for step in steps))
        edges += [_edge(source, target) for source, target in pairwise(steps)]
    ids.update(dict.fromkeys(nodes))
    return {"nodes": [_node(id_) | dict(nodes.get(id_, {})) for id_ in ids], "edges": edges}


def draw(*paths: str, **nodes: Mapping[str, JsonValue]) -> Graph:
    return parse_graph(document(*paths, **nodes))


def plan_of(graph: Graph) -> Plan:
    """The graph's plan; fails the test that drew a graph with an error in it."""
    compiled = compile_graph(graph, CATALOG)
    assert compiled.plan is not None, compiled.problems
    return compiled.plan


def plan(*paths: str, **nodes: Mapping[str, JsonValue]) -> Plan:
    return plan_of(draw(*paths, **nodes))


def problems(graph: Graph) -> tuple[Problem, ...]:
    return compile_graph(graph, CATALOG).problems


def codes(graph: Graph) -> list[tuple[str, str | None, str | None]]:
    """(code, node, field) of each problem."""
    return [(problem.code, problem.node_id, problem.field) for problem in problems(graph)]


def _name(step: str) -> str:
    return step.partition(":")[0].partition("@")[0]


def _edge(source: str, target: str) -> dict[str, JsonValue]:
    _, _, port = source.partition(":")
    _, _, into = target.partition(":")[0].partition("@")
    return {"source": _name(source), "port": port or "out", "target": _name(target), "input": into or "in"}


def _node(node_id: str) -> dict[str, JsonValue]:
    kind = next((type_name for prefix, type_name in TYPES.items() if node_id.startswith(prefix)), "core.noop")
    return {"id": node_id, "type": kind}
