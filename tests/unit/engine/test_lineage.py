"""Looking back. The drawings show the graph of the case below them; `a[1]` is the second item that a gave."""

from collections.abc import Sequence

from tests.support.graphs import plan

from nodeloom.compiler.plan import Plan
from nodeloom.engine.inputs import Source
from nodeloom.engine.lineage import Ambiguous, NotLinked, Traced, trace
from nodeloom.graph.item import Item, Origin
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.scope import ROOT, NodeKey, ScopePath

Outputs = dict[tuple[str, ScopePath, str], list[Origin]]


def traced(compiled: Plan, at: NodeKey, origin: Origin, node_id: str, outputs: Outputs) -> Traced:
    def emitted(key: NodeKey, port: str) -> Sequence[Item]:
        return [Item({}, origin=one) for one in outputs.get((*key, port), [])]

    return trace(compiled, at, origin, node_id, emitted)


def straight(count: int) -> list[Origin]:
    """What a node that turns each item into one gives."""
    return [(("in", position),) for position in range(count)]


# hook ─► a ─► b ─► c
CHAIN = plan("hook > a > b > c")
CHAIN_OUTPUTS: Outputs = {
    ("hook", ROOT, "out"): [(), (), ()],
    ("a", ROOT, "out"): straight(3),
    ("b", ROOT, "out"): [(("in", 2),), (("in", 0),)],  # sorted the other way round, one dropped
}


def test_an_item_is_followed_through_nodes_that_sort_and_drop() -> None:
    assert traced(CHAIN, ("c", ROOT), (("in", 0),), "hook", CHAIN_OUTPUTS) == Source(("hook", ROOT), "out", 2)
    assert traced(CHAIN, ("c", ROOT), (("in", 1),), "a", CHAIN_OUTPUTS) == Source(("a", ROOT), "out", 0)


def test_the_node_just_before_is_found_too() -> None:
    assert traced(CHAIN, ("c", ROOT), (("in", 1),), "b", CHAIN_OUTPUTS) == Source(("b", ROOT), "out", 1)


def test_an_item_whose_origin_was_lost_is_not_linked() -> None:
    outputs = CHAIN_OUTPUTS | {("b", ROOT, "out"): [()]}
    assert traced(CHAIN, ("c", ROOT), (("in", 0),), "hook", outputs) == NotLinked()


def test_an_origin_that_points_nowhere_is_not_linked() -> None:
    assert traced(CHAIN, ("c", ROOT), (("in", 9),), "hook", CHAIN_OUTPUTS) == NotLinked()
    assert traced(CHAIN, ("c", ROOT), (("in7", 0),), "hook", CHAIN_OUTPUTS) == NotLinked()


def test_an_item_made_from_several_is_ambiguous_and_says_of_how_many() -> None:
    outputs = CHAIN_OUTPUTS | {("b", ROOT, "out"): [(("in", 0), ("in", 2))]}
    assert traced(CHAIN, ("c", ROOT), (("in", 0),), "hook", outputs) == Ambiguous(2)


# hook ─► a ─in1─► merge ─► c
#     └─► b ─in2──►
def test_two_ways_to_the_same_item_are_one() -> None:
    compiled = plan("hook > a > merge@in1 > c", "hook > b > merge@in2")
    outputs: Outputs = {
        ("hook", ROOT, "out"): [()],
        ("a", ROOT, "out"): straight(1),
        ("b", ROOT, "out"): straight(1),
        ("merge", ROOT, "out"): [(("in1", 0), ("in2", 0))],
    }
    assert traced(compiled, ("c", ROOT), (("in", 0),), "hook", outputs) == Source(("hook", ROOT), "out", 0)
    assert traced(compiled, ("c", ROOT), (("in", 0),), "b", outputs) == Source(("b", ROOT), "out", 0)


# hook ─► check ─true──► a ─► join
#               └─false─► b ──►
def test_an_item_is_linked_only_to_the_branch_that_it_took() -> None:
    compiled = plan("hook > check:true > a > join", "check:false > b > join")
    outputs: Outputs = {
        ("hook", ROOT, "out"): [(), ()],
        ("check", ROOT, "true"): [(("in", 1),)],
        ("check", ROOT, "false"): [(("in", 0),)],
        ("a", ROOT, "out"): straight(1),
        ("b", ROOT, "out"): straight(1),
    }
    assert traced(compiled, ("join", ROOT), (("in", 0),), "hook", outputs) == Source(("hook", ROOT), "out", 1)
    assert traced(compiled, ("join", ROOT), (("in", 1),), "check", outputs) == Source(("check", ROOT), "false", 0)
    assert traced(compiled, ("join", ROOT), (("in", 1),), "a", outputs) == NotLinked()


#              ┌loop────┐
# hook ─► a ─► │ b ─► c │
#              └────────┘
def test_an_inner_item_is_followed_out_of_its_container() -> None:
    inside: dict[str, JsonValue] = {"parent": "loop"}
    compiled = plan("hook > a > loop", "b > c", b=inside, c=inside)
    second = (("loop", 1),)
    outputs: Outputs = {
        ("hook", ROOT, "out"): [(), ()],
        ("a", ROOT, "out"): straight(2),
        ("loop", second, "in"): [(("in", 1),)],  # the second scope got the second item
        ("b", second, "out"): straight(1),
    }
    assert traced(compiled, ("c", second), (("in", 0),), "hook", outputs) == Source(("hook", ROOT), "out", 1)
    assert traced(compiled, ("c", second), (("in", 0),), "b", outputs) == Source(("b", second), "out", 0)
