"""Is what a node waits for a trigger that can listen? Its params belong to that trigger's own type."""

from collections.abc import Iterator
from dataclasses import replace

from nodeloom.compiler.accounts import unfit_connection
from nodeloom.compiler.catalog import NodeSpec
from nodeloom.compiler.draft import Draft
from nodeloom.compiler.params import checked_params
from nodeloom.graph.awaited import awaited_trigger
from nodeloom.graph.document import Node
from nodeloom.graph.problem import Problem

_OURS = "core."


def check_awaited(draft: Draft) -> Iterator[Problem]:
    """Of connectors' triggers; of the built-in ones the node's own model says it."""
    for drawn in draft.nodes.values():
        trigger = awaited_trigger(drawn.node)
        if drawn.node.disabled or trigger is None or trigger.type.startswith(_OURS):
            continue
        spec = draft.catalog.node_spec(trigger.type)
        if spec is None or not spec.trigger:
            yield _no_trigger(trigger)
            continue
        for problem in checked_params(trigger, spec)[1]:
            yield replace(problem, field="trigger" if problem.field is None else f"trigger.{problem.field}")
        yield from _connection(draft, trigger, spec)


def _no_trigger(trigger: Node) -> Problem:
    return Problem(
        "error",
        "unknown_type",
        f"“{trigger.title}” waits for {trigger.type}, which is no trigger that is installed here.",
        "Open the node and choose what it waits for.",
        node_id=trigger.id,
        field="trigger.type",
    )


def _connection(draft: Draft, trigger: Node, spec: NodeSpec) -> Iterator[Problem]:
    if spec.connection is None:
        return
    if trigger.connection_id is None:
        yield Problem(
            "error",
            "missing_connection",
            f"What “{trigger.title}” waits for needs a connection ({spec.connection}) and has none.",
            "Open the node and choose a connection, or make a new one.",
            node_id=trigger.id,
            field="trigger.connection_id",
        )
    yield from unfit_connection(draft, trigger, trigger.connection_id, spec.connection, spec, "trigger.connection_id")
