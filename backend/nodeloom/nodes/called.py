"""core.called and core.run_workflow: one workflow as a step of another."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from pydantic import Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item, item_from_document
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.lists import Inputs, numbered
from nodeloom.nodes.node_type import (
    Emitted,
    NodeContext,
    NodeFailed,
    NodeResult,
    NodeType,
    Parked,
    Resumption,
    WorkflowCalled,
)
from nodeloom.nodes.params import Params, hints


class CalledParams(Params):
    input_schema: dict[str, JsonValue] | None = Field(
        default=None,
        title="Input",
        description="A JSON Schema for each item. A call with anything else fails in the workflow that calls.",
        examples=[{"type": "object", "properties": {"email": {"type": "string"}}, "required": ["email"]}],
        json_schema_extra=hints("code"),
    )


class RunWorkflowParams(Params):
    workflow_id: str = Field(
        title="Workflow",
        description="The id of the workflow to run. It begins at its trigger “Called by a workflow”.",
        min_length=1,
        max_length=100,
        examples=["wf_01jd3v8s6x0000000000000000", "{{ $json.workflow_id }}"],
        json_schema_extra=hints("workflow"),
    )
    version: int | None = Field(
        default=None,
        title="Version",
        description="A version to stay with. Empty: the one that is live.",
        ge=1,
        le=2**31 - 1,
        json_schema_extra=hints(advanced=True),
    )
    mode: Literal["each", "all"] = Field(
        default="each",
        title="Runs",
        json_schema_extra=hints(labels={"each": "One run for each item", "all": "One run with all items"}),
    )
    wait: bool = Field(
        default=True,
        title="Wait for the end",
        description="Give what the workflow gave. Without waiting: the id of each run, at once.",
    )


def _run_workflow(params: RunWorkflowParams, given: Item | Inputs, ctx: NodeContext) -> NodeResult:
    if ctx.resumed is not None:
        return Emitted({"out": _given_back(ctx.resumed)})
    items = [given] if isinstance(given, Item) else numbered(given)
    called = WorkflowCalled(
        params.workflow_id,
        params.version,
        [Item(item.json, item.files) for item in items],
        ctx.new_run_id(),
        waits=params.wait,
    )
    if params.wait:
        return Parked("child", None, (called,))
    origin = tuple(("in", index) for index in range(len(items)))
    return Emitted({"out": [Item({"run_id": called.run_id}, {}, origin)]}, asks=(called,))


def _given_back(resumed: Resumption) -> list[Item]:
    """The items of the run that was called; their origins point at the items that it was called with."""
    result = cast("Mapping[str, Any]", resumed.payload or {})
    error = result.get("error")
    if error is not None:
        raise NodeFailed(error["code"], error["message"], error.get("hint", ""), run_id=result.get("run_id"))
    documents = cast("Sequence[dict[str, Any]]", result.get("items", ()))
    return [item_from_document(document) for document in documents]


CALLED = NodeType(
    NodeSpec("core.called", "Called by a workflow", CalledParams, trigger=True, inputs=(), can_fail=False),
    description="Starts a run when another workflow calls this one with Run workflow.",
    group="trigger",
    icon="corner-down-right",
    run=None,
    aliases=("sub-workflow", "subflow", "child", "execute workflow trigger", "function"),
    summary="",
)
RUN_WORKFLOW = NodeType(
    NodeSpec("core.run_workflow", "Run workflow", RunWorkflowParams, mode="each", mode_param="mode"),
    description="Runs another workflow with the items and gives what its last nodes gave.",
    group="flow",
    icon="workflow",
    run=_run_workflow,
    aliases=("sub-workflow", "subflow", "call", "execute workflow", "child", "function"),
    summary="{workflow_id}",
)
