"""Are a node's parameters what its type asks for? What an expression will give is checked when it has been given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic import ValidationError

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.compiler.fields import Steps, at_step, field_path, has_step, holds_expression, without
from nodeloom.compiler.wording import label, said
from nodeloom.graph.document import Node
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.problem import Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_EMPTY: tuple[JsonValue, ...] = (None, "", [], {})


@dataclass(frozen=True)
class _Fault:
    """One thing that pydantic found, at the place in the parameters where it really is."""

    steps: Steps
    detail: "ErrorDetails"
    value: JsonValue
    absent: bool

    @property
    def missing(self) -> bool:
        return self.absent or (bool(self.steps) and self.value in _EMPTY)

    @property
    def unknown(self) -> bool:
        return self.detail["type"] == "extra_forbidden"


def checked_params(node: Node, spec: NodeSpec) -> tuple[Mapping[str, JsonValue], tuple[Problem, ...]]:
    """The parameters without those that the type doesn't know, and what is wrong with them."""
    faults: dict[Steps, _Fault] = {}
    for fault in _faults(node.params, spec):
        faults.setdefault(fault.steps, fault)
    params: JsonValue = node.params
    problems: list[Problem] = []
    for steps, fault in faults.items():
        if fault.unknown:
            params = without(params, steps)
            problems.append(_unknown(node, spec, steps))
        else:
            problems.append(_missing(node, spec, steps) if fault.missing else _invalid(node, spec, fault))
    return (params if isinstance(params, dict) else {}), tuple(problems)


def _faults(params: dict[str, JsonValue], spec: NodeSpec) -> Iterator[_Fault]:
    model = spec.params
    try:
        model.model_validate(params)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            fault = _placed(params, detail)
            literal = fault.steps[:1] and fault.steps[0] in spec.literal
            if fault.absent or fault.unknown or literal or not holds_expression(fault.value):
                yield fault
    if model.model_config.get("extra") not in ("allow", "forbid"):
        known = model.model_fields.keys() | {field.alias for field in model.model_fields.values()}
        for name in sorted(params.keys() - known):
            detail: ErrorDetails = {"type": "extra_forbidden", "loc": (name,), "msg": "", "input": None}
            yield _Fault((name,), detail, value=None, absent=False)


def _placed(params: dict[str, JsonValue], detail: "ErrorDetails") -> _Fault:
    """Walk to the fault. Steps that the parameters don't have are names that pydantic gives to a union's choices."""
    value: JsonValue = params
    walked: list[str | int] = []
    for step in detail["loc"]:
        if has_step(value, step):
            value = at_step(value, step)
            walked.append(step)
    steps = tuple(walked)
    absent = detail["type"] == "missing"
    return _Fault((*steps, detail["loc"][-1]) if absent else steps, detail, value, absent)


def _missing(node: Node, spec: NodeSpec, steps: Steps) -> Problem:
    name = label(spec.params, steps)
    return Problem(
        "error",
        "missing_param",
        f"{name} is missing.",
        f"Open “{node.title}” and fill in {name}.",
        node_id=node.id,
        field=field_path(steps),
    )


def _invalid(node: Node, spec: NodeSpec, fault: _Fault) -> Problem:
    name = label(spec.params, fault.steps) if fault.steps else f"What “{node.title}” is to do"
    return Problem(
        "error",
        "invalid_param",
        f"{name} {said(fault.detail)}.",
        f"Open “{node.title}” and correct {label(spec.params, fault.steps) if fault.steps else 'its parameters'}.",
        node_id=node.id,
        field=field_path(fault.steps) or None,
    )


def _unknown(node: Node, spec: NodeSpec, steps: Steps) -> Problem:
    near = get_close_matches(str(steps[-1]), spec.params.model_fields) if len(steps) == 1 else []
    return Problem(
        "warning",
        "unknown_param",
        f"“{spec.title}” has no parameter {field_path(steps)}; it is left aside.",
        f"Did you mean {near[0]}?" if near else "Remove it, or check how it is spelled.",
        node_id=node.id,
        field=field_path(steps),
    )
