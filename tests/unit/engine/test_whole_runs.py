"""Whole runs of random graphs: branches, joins, containers in containers, failures and further tries.

Each item carries with it, as data, the ids of all items that it was made from. That is the slow reference: what is
found by looking back along origins must be what the item itself knows.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.graphs import draw, plan_of

from nodeloom.compiler.plan import Plan
from nodeloom.engine.advance import Frontier
from nodeloom.engine.inputs import Source
from nodeloom.engine.lineage import Ambiguous, NotLinked, Traced, given_back, trace
from nodeloom.engine.outcome import Failed, Finished, Waiting
from nodeloom.features.runs.scopes import Scopes
from nodeloom.features.runs.state import Broken, Done, NodeEnd, Opening, RunState
from nodeloom.graph.item import Item
from nodeloom.graph.scope import ROOT, NodeKey, ScopePath, format_path
from nodeloom.nodes.node_type import Opened

ROOTS = ("check0", "check1", "loop1", "check2", "merge1", "check3")
INNER = ("check4", "check5", "loop2", "check6")
INMOST = ("check7", "check8")
LEAVES = ("hook", *(name for name in (*ROOTS, *INNER, *INMOST) if not name.startswith("loop")))

Known = Mapping[str, frozenset[str]]


def known(item: Item) -> Known:
    """The ids of the items that it was made from, itself among them, by the node that gave them."""
    found: Any = item.json["from"]
    return found


def made(id_: str, node_id: str | None, sources: Iterable[Known], origin: Sequence[tuple[str, int]]) -> Item:
    all_of: dict[str, frozenset[str]] = {} if node_id is None else {node_id: frozenset({id_})}
    for source in sources:
        for name, ids in source.items():
            all_of[name] = all_of.get(name, frozenset()) | ids
    whole: Any = {"id": id_, "from": all_of}
    return Item(whole, {}, tuple(origin))


@dataclass
class Simulated:
    """A run in which chance says what nodes do, the same in every order, and `pick` in which order they end."""

    plan: Plan
    seed: int
    pick: random.Random
    tries: Counter[NodeKey] = field(default_factory=Counter[NodeKey])

    def __post_init__(self) -> None:
        self.frontier = Frontier(self.plan, "hook")
        self.state = RunState(self.plan, self.frontier)
        self.scopes = Scopes(self.state)

    def go(self) -> "Simulated":
        ready = list(self.frontier.begin().ready)
        while ready:
            key = ready.pop(self.pick.randrange(len(ready)))
            if key[1] and self.scopes.cut(key[1]):
                ready.extend(self.frontier.settle(key, Failed()).ready)
                ready.extend(self._after(key[1]))
            elif self.tries[key] < self._chance(key, "tries").choice((0, 0, 0, 1, 2)):
                # It failed and waits for its next try, as other nodes end.
                self.tries[key] += 1
                self.frontier.settle(key, Waiting())
                ready.append(key)
            else:
                ready.extend(self._settle(key, self._end(key)))
        return self

    def _settle(self, key: NodeKey, end: NodeEnd) -> list[NodeKey]:
        match end:
            case Opening(opened):
                ready, ended = self.scopes.open(key, opened)
                return [*ready, *(self._settle(key, self._retold(key, ended)) if ended is not None else ())]
            case Done(ports):
                self.state.ports[key] = ports
                counts = {port: len(items) for port, items in ports.items()}
                ready = list(self.frontier.settle(key, Finished(counts)).ready)
            case _:
                assert isinstance(end, Broken)
                self.scopes.catch(key[1], end.error)
                ready = list(self.frontier.settle(key, Failed()).ready)
        return [*ready, *(self._after(key[1]) if key[1] else ())]

    def _after(self, path: ScopePath) -> list[NodeKey]:
        follows = self.scopes.after(path)
        if follows is None:
            return []
        container, ready, ended = follows
        return [*ready, *(self._settle(container, self._retold(container, ended)) if ended is not None else ())]

    def _chance(self, key: NodeKey, of: str) -> random.Random:
        return random.Random(f"{self.seed} {key[0]} {format_path(key[1])} {of}")  # noqa: S311  a test's dice

    def _end(self, key: NodeKey) -> NodeEnd:
        node_id, path = key
        chance = self._chance(key, "gives")
        if node_id == "hook":
            return Done({"out": [made(f"hook {n}", "hook", (), ()) for n in range(chance.randrange(1, 5))]})
        if node_id.startswith("loop"):
            return Opening(self._opened(key, chance))
        if path and chance.random() < 0.12:
            return Broken({"code": "bad", "message": "", "node_id": node_id})
        return Done(self._given(key, chance))

    def _given(self, key: NodeKey, chance: random.Random) -> dict[str, list[Item]]:
        node_id, path = key
        ports: dict[str, list[Item]] = {port: [] for port in self.plan.nodes[node_id].ports}
        taken = [
            (name, position, item)
            for name, joined in self.state.inputs(key).items()
            for position, item in enumerate(joined.items)
        ]
        for _ in range(chance.randrange(min(2 * len(taken), 6) + 1)):
            of = chance.sample(taken, chance.choice((1, 1, 1, min(2, len(taken)), len(taken))))
            for port in chance.sample(sorted(ports), chance.randrange(1, len(ports) + 1)):
                id_ = f"{node_id} {format_path(path)} {port} {len(ports[port])}"
                origin = [(name, position) for name, position, _ in of]
                ports[port].append(made(id_, node_id, (known(item) for _, _, item in of), origin))
        return ports

    def _opened(self, key: NodeKey, chance: random.Random) -> Opened:
        """Batches, in which each item also knows its place in its batch."""
        (joined,) = self.state.inputs(key).values()
        size = chance.randrange(1, 3)
        batches = [joined.items[start : start + size] for start in range(0, len(joined.items), size)]
        scopes = [
            [
                made("", None, (known(item), {_scope(key, index): frozenset({str(place)})}), item.origin)
                for place, item in enumerate(batch)
            ]
            for index, batch in enumerate(batches)
        ]
        return Opened(scopes, at_once=chance.randrange(1, 4), collects_errors=chance.random() < 0.7)

    def _retold(self, key: NodeKey, end: NodeEnd) -> NodeEnd:
        """A container's items know what went in, and nothing of what they were inside."""
        assert isinstance(end, Done)
        container = self.state.containers[key]
        if container.error is not None:
            return Done({"error": self._handed_on(key, end.ports["error"])})
        given: list[Item] = []
        places = (
            (index, place, item)
            for index, items in sorted(container.results.items())
            for place, item in enumerate(items)
        )
        for count, (index, _, item) in enumerate(places):
            within = known(item).get(_scope(key, index), frozenset())
            batch = container.scopes[index]
            of = [batch[int(place)] for place in within] if len(within) == 1 else batch
            outer = [_without(known(source), _scope(key, index)) for source in of]
            given.append(
                made(f"{key[0]} {format_path(key[1])} {count}", key[0], outer, end.ports["done"][count].origin)
            )
        return Done({"done": given})

    def _handed_on(self, key: NodeKey, failed: Sequence[Item]) -> list[Item]:
        """What leaves a failed container by its port for errors: which failure came first, nobody promises."""
        ids = (f"{key[0]} {format_path(key[1])} error {count}" for count in range(len(failed)))
        return [made(id_, key[0], [known(item)], item.origin) for id_, item in zip(ids, failed, strict=True)]

    def emitted(self) -> Iterator[tuple[NodeKey, Item]]:
        for key, ports in self.state.ports.items():
            if not key[1] or key[1][-1][0] != key[0]:
                yield from ((key, item) for items in ports.values() for item in items)


def _scope(key: NodeKey, index: int) -> str:
    return f"scope {key[0]} {format_path(key[1])} {index}"


def _without(of: Known, name: str) -> Known:
    return {other: ids for other, ids in of.items() if other != name}


@st.composite
def plans(draw_from: st.DrawFn) -> Plan:
    paths = ["hook > check0", *draw_from(st.lists(st.sampled_from([f"hook > {name}" for name in ROOTS[1:4]])))]
    for names in (ROOTS, INNER, INMOST):
        pairs = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
        for a, b in draw_from(st.lists(st.sampled_from(pairs), unique=True, min_size=1, max_size=8)):
            port = draw_from(st.sampled_from(_ports(a)))
            into = f"{b}@{draw_from(st.sampled_from(['in1', 'in2']))}" if b.startswith("merge") else b
            paths.append(f"{a}:{port} > {into}")
    roots: dict[str, Mapping[str, Any]] = {}
    inner: dict[str, Mapping[str, Any]] = {name: {"parent": "loop1"} for name in INNER}
    inmost: dict[str, Mapping[str, Any]] = {name: {"parent": "loop2"} for name in INMOST}
    for of, name in ((inner, "loop2"), (roots, "loop1")):
        of[name] = {**of.get(name, {}), "settings": {"on_error": "port"}}
    return plan_of(draw(*dict.fromkeys(paths), *ROOTS, *INNER, *INMOST, **roots, **inner, **inmost))


def _ports(name: str) -> list[str]:
    return ["true", "false"] if name.startswith("check") else ["done", "error"] if name.startswith("loop") else ["out"]


seeds = st.integers(0, 2**32)


def run_of(compiled: Plan, seed: int, order: int) -> Simulated:
    return Simulated(compiled, seed, random.Random(order)).go()  # noqa: S311  a test's dice


def failures(run: Simulated) -> Mapping[NodeKey, list[int]]:
    return {key: sorted(found.failures) for key, found in run.state.containers.items() if not key[1]}


@given(plans(), seeds, seeds)
def test_the_order_in_which_nodes_end_changes_nothing_of_the_result(compiled: Plan, seed: int, order: int) -> None:
    one, other = run_of(compiled, seed, order), run_of(compiled, seed, order + 1)
    assert one.frontier.finished
    assert other.frontier.finished
    outside = {key: ports for key, ports in one.state.ports.items() if not key[1]}
    assert outside == {key: ports for key, ports in other.state.ports.items() if not key[1]}
    assert failures(one) == failures(other)


@given(plans(), seeds, seeds)
def test_every_item_is_linked_to_the_very_items_that_it_was_made_from(compiled: Plan, seed: int, order: int) -> None:
    run = run_of(compiled, seed, order)
    for key, item in run.emitted():
        for node_id in LEAVES:
            if node_id != key[0]:
                found = trace(compiled, key, item.origin, node_id, run.state.emitted)
                assert _ids(run, found) == _expected(known(item).get(node_id, frozenset()))


@given(plans(), seeds, seeds)
def test_what_a_called_run_gives_back_points_at_what_it_was_called_with(compiled: Plan, seed: int, order: int) -> None:
    run = run_of(compiled, seed, order)
    begun = run.state.emitted(("hook", ROOT), "out")
    for item in given_back(compiled, "hook", run.state.emitted):
        of = sorted(known(item).get("hook", frozenset()))
        pointed = [str(begun[position].json["id"]) for _, position in item.origin]
        assert pointed == (of if len(of) == 1 else [str(one.json["id"]) for one in begun])


def _ids(run: Simulated, found: Traced) -> str | int:
    match found:
        case Source(key, port, position):
            return str(run.state.emitted(key, port)[position].json["id"])
        case Ambiguous(count):
            return count
        case NotLinked():
            return 0


def _expected(ids: frozenset[str]) -> str | int:
    return next(iter(ids)) if len(ids) == 1 else len(ids)


@pytest.mark.parametrize("order", range(20))
def test_a_run_that_is_known_ends_the_same_in_twenty_orders(order: int) -> None:
    """Found by chance once and kept: containers in containers, of which scopes fail."""
    inner: dict[str, Any] = {name: {"parent": "loop1"} for name in ("check4", "loop2", "check6")}
    compiled = plan_of(
        draw(
            "hook > loop1:done > check0:true > check1",
            "hook > check1",
            "check4:true > loop2:done > check6",
            "check7:true > check8",
            **inner,
            check7={"parent": "loop2"},
            check8={"parent": "loop2"},
        )
    )
    failing = next(seed for seed in range(500) if _fails_somewhere(run_of(compiled, seed, 0)))
    first, now = run_of(compiled, failing, 0), run_of(compiled, failing, order)
    assert [item.json for item in given_back(compiled, "hook", now.state.emitted)] == [
        item.json for item in given_back(compiled, "hook", first.state.emitted)
    ]


def _fails_somewhere(run: Simulated) -> bool:
    return any(container.failures and container.results for container in run.state.containers.values())
