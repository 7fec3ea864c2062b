"""Containers: the nodes inside them run once for each scope."""

from typing import Literal

from pydantic import Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.nodes.lists import Inputs
from nodeloom.nodes.node_type import NodeContext, NodeFailed, NodeType, Opened
from nodeloom.nodes.params import Params, hints

_MOST_SCOPES = 100_000


class LoopParams(Params):
    batch_size: int = Field(
        default=1, title="Items at a time", description="How many items each round gets.", ge=1, le=_MOST_SCOPES
    )
    max_iterations: int = Field(
        default=10_000,
        title="Most rounds",
        description="More rounds than this fail the node before the first one begins.",
        ge=1,
        le=_MOST_SCOPES,
        json_schema_extra=hints(advanced=True),
    )


class MapParams(Params):
    concurrency: int = Field(
        default=10, title="Side by side", description="How many items are worked on at the same time.", ge=1, le=1_000
    )
    on_item_error: Literal["fail", "collect"] = Field(
        default="fail",
        title="When an item fails",
        json_schema_extra=hints(
            labels={"fail": "The run fails", "collect": "It leaves by the port “errors”, the others go on"}
        ),
    )


def _loop(params: LoopParams, inputs: Inputs, _ctx: NodeContext) -> Opened:
    items = inputs["in"]
    rounds = [items[start : start + params.batch_size] for start in range(0, len(items), params.batch_size)]
    if len(rounds) > params.max_iterations:
        raise NodeFailed(
            "too_many_iterations",
            f"{len(items)} items make {len(rounds)} rounds; at most {params.max_iterations} are allowed.",
            "Take more items at a time, or allow more rounds.",
        )
    return Opened(rounds, at_once=1, collects_errors=False)


def _map(params: MapParams, inputs: Inputs, _ctx: NodeContext) -> Opened:
    items = inputs["in"]
    if len(items) > _MOST_SCOPES:
        raise NodeFailed(
            "too_many_items", f"A map takes at most {_MOST_SCOPES} items; these are {len(items)}.", "Split the list."
        )
    return Opened([[item] for item in items], params.concurrency, collects_errors=params.on_item_error == "collect")


LOOP = NodeType(
    NodeSpec("core.loop", "Loop", LoopParams, mode="all", outputs=("done",), container=True),
    description="Runs the nodes inside it for one batch of items after the other.",
    group="flow",
    icon="repeat",
    run=_loop,
    aliases=("for each", "batch", "iterate", "split in batches"),
    summary="{batch_size} at a time",
)
MAP = NodeType(
    NodeSpec("core.map", "Map", MapParams, mode="all", outputs=("done", "errors"), container=True),
    description="Runs the nodes inside it for each item, several side by side.",
    group="flow",
    icon="layers",
    run=_map,
    aliases=("for each", "parallel", "each"),
    summary="{concurrency} side by side",
)
