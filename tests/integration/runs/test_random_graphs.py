"""Random workflows in real workers, against a service that is slow, fails and must be asked again, as chance has it.

Each item carries as data by which way it came, and which way it had come when it left each node: that is the slow
reference for what `$('Node').item` finds. The order in which the calls are answered is another in each run.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from tests.integration.runs.conftest import Running
from tests.integration.runs.test_recovery import taken_back
from tests.support.far_side import FarSide, Seen
from tests.support.flows import MANUAL, made, node
from tests.support.scopes import inside

KINDS = ("stamp", "call", "call", "sort", "filter", "if", "split", "merge", "map", "loop")
TELLING = (0, 16, 29)
"""Drawings that failed when the origins of sorted or failed items, or the order of scopes, were made wrong."""
ITEM = "($json.body ?? $json)"


@dataclass
class Chance:
    """Says how the service answers: the same in every run, but for how long it takes."""

    seed: int
    asked: Counter[str] = field(default_factory=Counter[str])

    async def answer(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        self.asked[seen.target] += 1
        _, run_id, node_id = seen.path.split("/")
        ((_, item),) = seen.query
        dice = random.Random(f"{self.seed} {node_id} {item}")  # noqa: S311  a test's dice
        fails, is_busy = dice.random() < 0.15, dice.random() < 0.25
        await asyncio.sleep(random.Random(f"{run_id} {seen.target}").uniform(0, 0.03))  # noqa: S311
        status = 503 if is_busy and self.asked[seen.target] == 1 else 404 if fails else 200
        body = item.encode() if status == 200 else b"{}"
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()


@dataclass
class Drawing:
    """A workflow that grows by one step after the other, each fed by ports that stand already."""

    dice: random.Random
    url: str
    nodes: list[dict[str, Any]] = field(default_factory=lambda: [MANUAL])
    edges: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    behind: dict[str, set[str]] = field(default_factory=lambda: {"start": set[str]()})
    """The stamps on the ways to each node."""
    open: list[tuple[str, str]] = field(default_factory=lambda: [("start", "out")])

    def step(self, kind: str) -> None:
        sources = self.dice.sample(self.open, min(len(self.open), self.dice.choice((1, 1, 2))))
        match kind:
            case "call":
                self._chain(sources, self._call("continue"), self._stamp(sources))
            case "map" | "loop":
                self._container(kind, sources)
            case "split":
                copies = "{{ [0, 1].map(k => ({...$json, way: $json.way + '.' + k})) }}"
                fields = [{"name": "copies", "value": copies}]
                copied = node(self._name("copies"), "core.set", fields=fields, keep="none")
                self._chain(sources, copied, node(self._name("split"), "core.split_out", field="copies"))
            case "merge":
                merge = node(self._name("merge"), "core.merge", mode="append")
                self._add(sources, merge, inputs=["in1", "in2"])
            case _:
                self._chain(sources, self._stamp(sources) if kind == "stamp" else self._plain(kind))

    def _plain(self, kind: str) -> dict[str, Any]:
        if kind == "sort":
            return node(self._name(kind), "core.sort", fields=[{"name": "way", "order": "desc"}])
        left = f"{{{{ ($json.n + {self.dice.randrange(3)}) % 3 }}}}"
        return node(self._name(kind), f"core.{kind}", conditions=[{"left": left, "operator": "gt", "right": 0}])

    def _call(self, on_error: str) -> dict[str, Any]:
        id_ = self._name("call")
        url = f"{self.url}{{{{ $run.id }}}}/{id_}?item={{{{ encodeURIComponent(JSON.stringify($json)) }}}}"
        retry = {"max_attempts": 3, "base_s": 0.01, "jitter": False}
        return {**node(id_, "http.request", url=url), "settings": {"on_error": on_error, "retry": retry}}

    def _stamp(self, sources: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Says where the item has been, and finds out whether looking back says the same."""
        id_ = self._name("stamp")
        before = sorted(set[str]().union(*(self.behind[source] for source, _ in sources)))
        looks = "".join(
            f"if (i.ids.{one} && $('{one.title()}').item.json.way !== i.ids.{one}) wrong.push('{id_} {one}');"
            for one in before
        )
        way = f"{ITEM}.way + '>{id_}' + ($json.error ? '!' : '')"
        fields = [
            {"name": "n", "value": f"{{{{ {ITEM}.n }}}}"},
            {"name": "way", "value": f"{{{{ {way} }}}}"},
            {"name": "ids", "value": f"{{{{ ({{...{ITEM}.ids, {id_}: {way}}}) }}}}"},
            {
                "name": "wrong",
                "value": f"{{{{ (() => {{ const i = {ITEM}, wrong = [...i.wrong]; {looks} return wrong; }})() }}}}",
            },
        ]
        return node(id_, "core.set", fields=fields, keep="none")

    def _container(self, kind: str, sources: Sequence[tuple[str, str]]) -> None:
        id_ = self._name(kind)
        params = {"concurrency": 3, "on_item_error": "collect"} if kind == "map" else {"batch_size": 2}
        container = node(id_, f"core.{kind}", **params)
        if kind == "loop":
            container["settings"] = {"on_error": "port"}
        self._add(sources, container)
        inner = [self._call("stop"), self._stamp(sources)]
        self.nodes += inside(id_, *inner)
        self._lead(inner[0]["id"], "out", inner[1]["id"])

    def _chain(self, sources: Sequence[tuple[str, str]], *chain: dict[str, Any]) -> None:
        """Only the last of them goes on: what is within a step has another shape."""
        for number, entry in enumerate(chain, 1):
            self._add(sources, entry)
            sources = [(entry["id"], "out")]
            if number < len(chain):
                self.open.remove(sources[0])

    def _add(self, sources: Sequence[tuple[str, str]], entry: dict[str, Any], inputs: Sequence[str] = ("in",)) -> None:
        id_ = entry["id"]
        self.nodes.append(entry)
        for number, (source, port) in enumerate(sources):
            self._lead(source, port, id_, inputs[number % len(inputs)])
        before = set[str]().union(*(self.behind[source] for source, _ in sources))
        self.behind[id_] = before | ({id_} if id_.startswith("stamp") else set())
        kind = id_.rstrip("0123456789")
        ports = {
            "if": ("true", "false"), "filter": ("kept", "dropped"), "map": ("done", "errors"), "loop": ("done", "error")
        }  # fmt: skip
        self.open += [(id_, port) for port in ports.get(kind, ("out",))]

    def _lead(self, source: str, port: str, target: str, into: str = "in") -> None:
        edge = {"id": f"e{len(self.edges)}", "source": source, "port": port, "target": target, "input": into}
        self.edges.append(edge)

    def _name(self, kind: str) -> str:
        return f"{kind}{len(self.nodes)}"

    def document(self) -> dict[str, Any]:
        return {"format": 1, "nodes": self.nodes, "edges": self.edges}


def drawn(seed: int, url: str) -> dict[str, Any]:
    dice = random.Random(seed)  # noqa: S311  a test's dice
    drawing = Drawing(dice, url)
    drawing.step("stamp")
    for _ in range(dice.randrange(4, 9)):
        drawing.step(dice.choice(KINDS))
    drawing.step("stamp")
    return drawing.document()


def told(run: dict[str, Any]) -> tuple[Any, ...]:
    """What of a run must not depend on the order in which its nodes ended."""
    names = ("node_id", "path", "status", "items_in", "items_out", "ports", "error")
    node_runs = sorted(([entry[name] for name in names] for entry in run["node_runs"]), key=str)
    return run["status"], run["error"], run["output"], node_runs


MANY = [pytest.param(seed, marks=pytest.mark.long) for seed in range(40) if seed not in TELLING]


@pytest.mark.parametrize("seed", [*TELLING, *MANY])
async def test_no_order_and_no_takeover_changes_a_result_and_items_are_linked_as_they_say(
    running: Running, service: FarSide, seed: int
) -> None:
    chance = Chance(seed)
    service.raw = chance.answer
    workflow_id = await made(running.client, drawn(seed, service.url()))
    items: list[Any] = [{"n": n, "way": str(n), "ids": {}, "wrong": []} for n in range(5)]

    first = await running.start_again(workflow_id, items)
    other = await running.start_again(workflow_id, items)
    begun = len(service.seen)
    taken = await running.start_again(workflow_id, items, wait_s=0)
    while len(service.seen) < begun + 3 and taken["status"] not in ("succeeded", "failed"):
        await asyncio.sleep(0.005)
        taken = await running.run(taken["id"])
    if taken["status"] not in ("succeeded", "failed"):
        await taken_back(running, taken["id"])
        taken = await running.until(taken["id"], "succeeded", "failed")

    assert first["status"] == "succeeded", first["error"]
    assert told(other) == told(first)
    assert told(taken) == told(first)
    assert {tuple(item["wrong"]) for item in first["output"]} <= {()}
    assert orjson.dumps(first["output"]).count(b"ids") == len(first["output"]) > 0
