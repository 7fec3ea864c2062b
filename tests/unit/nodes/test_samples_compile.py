"""A small graph of each node that works on data goes through the compiler without a problem."""

from collections.abc import Iterable, Mapping

import pytest

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.compiler.compile import compile_graph
from nodeloom.graph.parse import parse_graph
from nodeloom.nodes.registry import BUILT_IN

SAMPLES: Mapping[str, Mapping[str, object]] = {
    "core.rename": {"fields": [{"from": "mail", "to": "{{ $json.name }}"}]},
    "core.summarize": {"group_by": ["shop"], "summaries": [{"operation": "sum", "field": "total"}]},
    "core.compare": {"keys": ["id", {"left": "a", "right": "b"}]},
    "core.datetime": {"operation": "add", "value": "{{ $json.at }}", "amount": "{{ $json.days }}", "timezone": "UTC"},
    "core.crypto": {"operation": "hash", "value": "{{ $json.email }}", "algorithm": "sha1"},
    "core.html": {"value": "{{ $json.body }}", "fields": [{"name": "title", "selector": "h1", "list": True}]},
    "core.xml": {"operation": "to_json", "value": "{{ $json.body }}"},
    "core.markdown": {"operation": "to_html", "value": "# {{ $json.title }}"},
}


class BuiltIn:
    def node_spec(self, type_name: str) -> NodeSpec | None:
        node_type = BUILT_IN.get(type_name)
        return node_type.spec if node_type else None

    def types(self) -> Iterable[str]:
        return BUILT_IN


@pytest.mark.parametrize("type_", SAMPLES)
def test_a_sample_compiles(type_: str) -> None:
    spec = BUILT_IN[type_].spec
    assert isinstance(spec.inputs, tuple)
    assert isinstance(spec.outputs, tuple)
    nodes = [
        {"id": "start", "type": "core.manual"},
        {"id": "node", "type": type_, "params": SAMPLES[type_]},
        *({"id": f"after_{port}", "type": "core.noop"} for port in spec.outputs),
    ]
    edges = [
        *({"source": "start", "target": "node", "input": name} for name in spec.inputs),
        *({"source": "node", "port": port, "target": f"after_{port}"} for port in spec.outputs),
    ]
    compiled = compile_graph(parse_graph({"nodes": nodes, "edges": edges}), BuiltIn())
    assert compiled.problems == ()
    assert compiled.plan is not None


def test_params_that_are_missing_are_named() -> None:
    nodes = [{"id": "start", "type": "core.manual"}, {"id": "node", "type": "core.datetime"}]
    graph = parse_graph({"nodes": nodes, "edges": [{"source": "start", "target": "node"}]})
    (problem,) = compile_graph(graph, BuiltIn()).problems
    assert (problem.code, problem.field) == ("missing_param", "operation")
