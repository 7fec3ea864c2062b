"""Run a built-in node: evaluate its parameters, call its function, sort what comes back to its ports. No I/O."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import structlog
from pydantic import BaseModel, ValidationError

from nodeloom.compiler.plan import ERROR_PORT, PlanNode
from nodeloom.engine.inputs import Joined
from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.sandbox import Sandbox
from nodeloom.expressions.template import evaluate
from nodeloom.features.runs.scope import NodeScope
from nodeloom.features.runs.state import Asked, Asleep, Broken, Done, ErrorDocument, NodeEnd, Opening
from nodeloom.graph.item import Item, item_from_document
from nodeloom.nodes.node_type import (
    Answer,
    Ask,
    Emitted,
    NodeContext,
    NodeFailed,
    NodeResult,
    Opened,
    Parked,
    Resumption,
)

log = structlog.get_logger(__name__)

EMPTY = Item({})


Run: TypeAlias = Callable[[Any, Any, NodeContext], NodeResult]


# Not frozen: one is made for every node that runs, and freezing triples the cost of that.
@dataclass(slots=True)
class Work:
    """One node about to run: its function (an action has none), what it takes in, and where its expressions look."""

    node: PlanNode
    run: Run | None
    inputs: Mapping[str, Joined]
    scope: NodeScope
    context: NodeContext
    sandbox: Sandbox
    constant: BaseModel | None
    """The checked parameters, where none of them is an expression."""
    stopped: Callable[[], bool]
    """Says that the run was cancelled or is over its time."""


def error_document(node_id: str, failure: Exception) -> ErrorDocument:
    """A failure as people and error ports get it."""
    match failure:
        case ExpressionFailed():
            document: ErrorDocument = {"code": failure.code, "message": failure.message, "hint": failure.hint}
            if failure.field:
                document["field"] = failure.field
        case NodeFailed():
            document = {"code": failure.code, "message": failure.message, "hint": failure.hint}
            if failure.line is not None:
                document["line"] = failure.line
            if failure.run_id is not None:
                document["run_id"] = failure.run_id
        case _:
            document = {"code": "internal", "message": f"The node broke: {type(failure).__name__}.", "hint": ""}
    return {**document, "node_id": node_id}


def bind(work: Work) -> Any:
    """The node's parameters for the current item."""
    if work.constant is not None:
        return work.constant
    values = evaluate(work.node.params, work.scope, work.sandbox)
    try:
        return work.node.spec.params.model_validate(values)
    except ValidationError as invalid:
        raise bad_parameter(invalid) from None


def bad_parameter(invalid: ValidationError) -> NodeFailed:
    problem = invalid.errors(include_url=False, include_input=False)[0]
    field = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in problem["loc"]).lstrip(".")
    return NodeFailed(
        "invalid_param", f"{field or 'The parameters'}: {problem['msg']}.", "Check what the expression gives here."
    )


def compute(work: Work) -> NodeEnd:
    """Never raises: a failure is an end too."""
    if work.node.disabled:
        return _passed_through(work)
    if work.node.spec.container and work.context.resumed is not None:
        return _put_together(work, work.context.resumed)
    try:
        end = _each(work) if work.node.spec.mode == "each" else _all(work)
    except (ExpressionFailed, NodeFailed) as failure:
        return handled(work.node, work.inputs, error_document(work.node.id, failure))
    except Exception as fault:
        # A fault of the node type fails this node, where a person can see it, and not the driving of the run.
        log.exception("a node broke", node_id=work.node.id, type=work.node.type)
        return handled(work.node, work.inputs, error_document(work.node.id, fault))
    return _with_always_output(work.node, end) if isinstance(end, Done) else end


def _all(work: Work) -> NodeEnd:
    items = {name: _taken(work.node, joined.items) for name, joined in work.inputs.items()}
    first = next(iter(items.values()), ())
    work.scope.items = first
    if first:
        work.scope.at(0)
    run = work.run
    assert run is not None  # neither triggers nor actions get here
    context = work.context if work.context.resumed is None else _resumed_at(work.context, 0)
    result = run(bind(work), items, context)
    match result:
        case Emitted(ports, answer, asks):
            return Done({port: list(given) for port, given in ports.items()}, answer, asks=_asked(asks))
        case Parked(reason, until, asks):
            return Asleep(reason, until, asks=_asked(asks))
        case Opened():
            return Opening(result)


def _put_together(work: Work, resumed: Resumption) -> NodeEnd:
    """A container whose scopes were driven in parts: what they gave, in order, or what one of them failed with."""
    parts: list[Any] = [result for _, result in sorted((resumed.payload or {}).items(), key=lambda pair: int(pair[0]))]
    errors: list[ErrorDocument] = [part["error"] for part in parts if "error" in part]
    if errors:
        # A part that was cancelled because of another one says nothing of why.
        error = next((error for error in errors if error["code"] != "child_cancelled"), errors[0])
        return handled(work.node, work.inputs, error)
    ports: dict[str, list[Item]] = {}
    for part in parts:
        for port, documents in part["ports"].items():
            ports.setdefault(port, []).extend(item_from_document(document) for document in documents)
    return _with_always_output(work.node, Done(ports))


def _asked(asks: Sequence[Ask]) -> Sequence[Asked]:
    return [Asked(index, ask) for index, ask in enumerate(asks)] if asks else ()


def _each(work: Work) -> NodeEnd:
    name, joined = next(iter(work.inputs.items()))
    items = _taken(work.node, joined.items)
    work.scope.items, work.scope.input = items, name
    ports: dict[str, list[Item]] = {port: [] for port in work.node.ports}
    answer: Answer | None = None
    asks: list[Asked] = []
    parked: Parked | None = None
    error: ErrorDocument | None = None
    began = time.monotonic()
    for index, item in enumerate(items):
        _check_time(work, began)
        try:
            given = _one(work, index, item, ((name, index),), ports)
        except (ExpressionFailed, NodeFailed) as failure:
            error = error or error_document(work.node.id, failure)
            if work.node.settings.on_error == "stop":
                return Broken(error)
            port, failed = failed_item(work.node, item, index, name, error_document(work.node.id, failure))
            ports[port].append(failed)
            continue
        asks.extend(Asked(index, ask) for ask in given.asks)
        if isinstance(given, Parked):
            parked = given
        else:
            answer = given.answer or answer
    if parked is not None:
        return Asleep(parked.reason, parked.until, asks=asks)
    return Done(ports, answer, error, asks=asks)


def _one(
    work: Work, index: int, item: Item, origin: tuple[tuple[str, int], ...], ports: dict[str, list[Item]]
) -> Emitted | Parked:
    run = work.run
    assert run is not None  # neither triggers nor actions get here
    context = work.context if work.context.resumed is None else _resumed_at(work.context, index)
    result = run(bind_at(work, index), item, context)
    if isinstance(result, Opened):
        raise NodeFailed("internal", "A node that works item by item is no container.")
    if isinstance(result, Parked):
        return result
    for port, given in result.ports.items():
        ports[port].extend(Item(made.json, made.files, origin) for made in given)
    return result


def _resumed_at(context: NodeContext, index: int) -> NodeContext:
    """Child runs come back by item; an item without one is asked about anew."""
    resumed = context.resumed
    if resumed is None or resumed.kind != "child":
        return context
    result: Any = (resumed.payload or {}).get(str(index))
    return replace(context, resumed=Resumption("child", result) if result is not None else None)


def bind_at(work: Work, index: int) -> Any:
    work.scope.at(index)
    return bind(work)


def _check_time(work: Work, began: float) -> None:
    longest = work.node.spec.longest_s
    limit = min(work.node.settings.timeout_s or longest, longest)
    if time.monotonic() - began > limit:
        raise NodeFailed(
            "timeout", f"The node took longer than {limit:g} s.", "Give it fewer items or simpler expressions."
        )
    if work.stopped():
        raise NodeFailed("cancelled", "The run was stopped.")


def _taken(node: PlanNode, items: Sequence[Item]) -> Sequence[Item]:
    return items[:1] if node.settings.execute_once else items


def failed_item(node: PlanNode, item: Item, index: int, input_name: str, error: ErrorDocument) -> tuple[str, Item]:
    """Where a failed item goes and what it carries: its own data with the error beside it."""
    port = ERROR_PORT if node.settings.on_error == "port" else (node.main_port or ERROR_PORT)
    return port, Item({**item.json, "error": error}, item.files, ((input_name, index),))


def handled(node: PlanNode, inputs: Mapping[str, Joined], error: ErrorDocument, attempt: int = 1) -> NodeEnd:
    """What a failure of the whole node comes to under its `on_error`."""
    if node.settings.on_error == "stop":
        return Broken(error, attempt)
    items = [
        failed_item(node, item, index, name, error)
        for name, joined in inputs.items()
        for index, item in enumerate(joined.items)
    ] or [failed_item(node, EMPTY, 0, "in", error)]
    ports: dict[str, list[Item]] = {}
    for port, item in items:
        ports.setdefault(port, []).append(item)
    return Done(ports, None, error, attempt)


def _with_always_output(node: PlanNode, end: Done) -> Done:
    if not node.settings.always_output or any(end.ports.values()) or node.main_port is None:
        return end
    return replace(end, ports={**end.ports, node.main_port: [EMPTY]})


def _passed_through(work: Work) -> Done:
    port = work.node.main_port
    items = [
        Item(item.json, item.files, ((name, index),))
        for name, joined in work.inputs.items()
        for index, item in enumerate(joined.items)
    ]
    return Done({port: items} if port is not None else {})
