"""The ports and inputs that a node really has: some come from its parameters, its settings or its edges."""

import re
from collections.abc import Iterable, Iterator

from nodeloom.compiler.catalog import NodeSpec, PortsFrom
from nodeloom.compiler.plan import ERROR_PORT
from nodeloom.graph.document import Node
from nodeloom.graph.json_value import JsonValue

NUMBERED_INPUT = re.compile(r"in([1-9]|[1-9]\d|100)")


def ports_of(spec: NodeSpec, node: Node) -> tuple[str, ...]:
    """In the order in which they are drawn, each once; `error` is there when the node's settings ask for it."""
    outputs = spec.outputs
    if isinstance(outputs, PortsFrom):
        outputs = (*_texts_at(node.params, outputs.path.split(".")), *outputs.plus)
    handles_errors = spec.can_fail and node.settings.on_error == "port"
    return tuple(dict.fromkeys((*outputs, ERROR_PORT) if handles_errors else outputs))


def inputs_of(spec: NodeSpec, used: Iterable[str]) -> tuple[str, ...]:
    """`used` are the inputs that edges lead into: numbered ones go on as far as these, and are two at least."""
    if spec.trigger:
        return ()
    if spec.inputs != "numbered":
        return spec.inputs
    numbers = [int(match[1]) for name in used if (match := NUMBERED_INPUT.fullmatch(name))]
    return tuple(f"in{number}" for number in range(1, max(2, *numbers, 2) + 1))


def _texts_at(value: JsonValue, steps: list[str]) -> Iterator[str]:
    """The texts at a path such as `cases[].name`; what is missing or of another type is passed over."""
    if not steps:
        if isinstance(value, str):
            yield value
        return
    name, *rest = steps
    inner = value.get(name.removesuffix("[]")) if isinstance(value, dict) else None
    if not name.endswith("[]"):
        yield from _texts_at(inner, rest)
    elif isinstance(inner, list):
        for element in inner:
            yield from _texts_at(element, rest)
