"""Containers drawn for tests; among them the nest of 3 by 4 by 5 scopes, of which each leaf must know its place."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.support.flows import MANUAL, node

THREE: Final = [{"i": i} for i in range(3)]
"""What a nest is started with."""

PLACES: Final = tuple(itertools.product(range(3), range(4), range(5)))


def inside(container: str, *nodes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**entry, "parent": container} for entry in nodes]


def edge(source: str, target: str) -> dict[str, Any]:
    source, _, port = source.partition(":")
    return {"source": source, "port": port or "out", "target": target}


def set_(id_: str, **values: Any) -> dict[str, Any]:
    fields = [{"name": name, "value": value} for name, value in values.items()]
    return node(id_, "core.set", fields=fields, keep="none")


def path_of(place: Sequence[int]) -> str:
    return "/".join(f"{name}:{index}" for name, index in zip(("one", "two", "three"), place, strict=True))


def nest(*inmost: dict[str, Any], **leaf: str) -> dict[str, Any]:
    """Started with `THREE`: a map of loops of maps, and in them `leaf`, which gives its place as `a`, `b` and `c`.

    The nodes of `inmost` follow it in a row.
    """
    place = {"a": "{{ $('Split1').item.json.i }}", "b": "{{ $('Split2').item.json.j }}", "c": "{{ $json.k }}"}
    chain = ["leaf", *(entry["id"] for entry in inmost)]
    return {
        "format": 1,
        "nodes": [
            MANUAL,
            node("one", "core.map", concurrency=2),
            *inside("one", set_("split1", i="{{ $json.i }}", js="{{ [0,1,2,3].map(j => ({j})) }}")),
            *inside("one", node("spread1", "core.split_out", field="js"), node("two", "core.loop", batch_size=1)),
            *inside("two", set_("split2", j="{{ $json.j }}", ks="{{ [0,1,2,3,4].map(k => ({k})) }}")),
            *inside("two", node("spread2", "core.split_out", field="ks"), node("three", "core.map", concurrency=5)),
            *inside("three", set_("leaf", **place, **leaf), *inmost),
        ],
        "edges": [
            edge("start", "one"),
            edge("split1", "spread1"),
            edge("spread1", "two"),
            edge("split2", "spread2"),
            edge("spread2", "three"),
            *(edge(source, target) for source, target in itertools.pairwise(chain)),
        ],
    }


def leaves(run: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(path, status) of each NodeRun of the nest's innermost node."""
    return sorted((entry["path"], entry["status"]) for entry in run["node_runs"] if entry["node_id"] == "leaf")


SIXTY: Final = sorted((path_of(place), "succeeded") for place in PLACES)
