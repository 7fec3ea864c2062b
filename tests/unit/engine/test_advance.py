"""What may start next. The drawings show the graph of the case below them."""

from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.graphs import draw, plan, plan_of

from nodeloom.compiler.plan import Plan
from nodeloom.engine.advance import Advance, Frontier, advance
from nodeloom.engine.outcome import Failed, Finished, Open, Outcome, Skipped, Waiting
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.scope import ROOT, NodeKey

OUT = Finished({"out": 1})
NOTHING = Finished({"out": 0})


def key(node_id: str) -> NodeKey:
    return (node_id, ROOT)


def keys(*node_ids: str) -> tuple[NodeKey, ...]:
    return tuple(key(node_id) for node_id in node_ids)


def after(compiled: Plan, **outcomes: Outcome) -> Advance:
    return advance(compiled, "hook", {key(node_id): outcome for node_id, outcome in outcomes.items()})


#              ┌─true──► post ────┐
# hook ─► check                   ├─► report
#              └─false─► archive ─┘
DIAMOND = plan("hook > check:true > post > report", "check:false > archive > report")
CHECKED = Finished({"true": 2, "false": 0})


def test_a_run_begins_with_its_trigger() -> None:
    assert after(DIAMOND) == Advance(ready=keys("hook"), skipped=(), finished=False)


def test_a_port_without_items_is_not_taken() -> None:
    assert after(DIAMOND, hook=OUT, check=CHECKED) == Advance(keys("post"), keys("archive"), finished=False)


def test_items_on_both_ports_take_both_branches() -> None:
    step = after(DIAMOND, hook=OUT, check=Finished({"true": 1, "false": 1}))
    assert step.ready == keys("post", "archive")


def test_a_join_waits_for_the_branch_that_still_runs() -> None:
    both = Finished({"true": 1, "false": 1})
    assert after(DIAMOND, hook=OUT, check=both, post=OUT, archive=Waiting()).ready == ()


def test_a_join_runs_once_the_other_branch_was_skipped() -> None:
    assert after(DIAMOND, hook=OUT, check=CHECKED, post=OUT, archive=Skipped()).ready == keys("report")


def test_a_run_is_finished_when_every_node_is_decided() -> None:
    assert after(DIAMOND, hook=OUT, check=CHECKED, post=OUT, report=OUT) == Advance((), keys("archive"), finished=True)


def test_a_failure_that_stops_leaves_nothing_to_take() -> None:
    assert after(DIAMOND, hook=OUT, check=Failed()) == Advance((), keys("post", "archive", "report"), finished=True)


# hook ─► a ─► b ─► c
def test_no_items_stop_the_branch_all_the_way_down() -> None:
    assert after(plan("hook > a > b > c"), hook=OUT, a=NOTHING) == Advance((), keys("b", "c"), finished=True)


# hook ─► a ─out───► b
#          └─error─► c
def test_a_handled_failure_leaves_by_the_error_port() -> None:
    handled = plan("hook > a > b", "a:error > c", a={"settings": {"on_error": "port"}})
    assert after(handled, hook=OUT, a=Finished({"error": 1})) == Advance(keys("c"), keys("b"), finished=False)


# hook  ─► a ─► join
# hook2 ─► b ──►
def test_other_triggers_and_what_only_they_lead_to_are_skipped() -> None:
    step = after(plan("hook > a > join", "hook2 > b > join"), hook=OUT, a=OUT)
    assert step == Advance(keys("join"), keys("hook2", "b"), finished=False)


# hook     island ─► isle
def test_what_no_trigger_leads_to_is_skipped() -> None:
    assert after(plan("hook", "island > isle")).skipped == keys("island", "isle")


# check ─true──► a
#       └─false─►
def test_a_node_with_two_edges_from_one_source_runs_once() -> None:
    both = plan("hook > check:true > a", "check:false > a")
    assert after(both, hook=OUT, check=CHECKED).ready == keys("a")


# hook ─► a ─in1─► merge
#     └─► b ─in2──►
def test_a_merge_waits_for_all_inputs_and_takes_a_dead_one_as_empty() -> None:
    merged = plan("hook > a > merge@in1", "hook > b > merge@in2")
    assert after(merged, hook=OUT, a=OUT).ready == keys("b")
    assert after(merged, hook=OUT, a=OUT, b=NOTHING).ready == keys("merge")
    assert after(merged, hook=OUT, a=NOTHING, b=NOTHING).skipped == keys("merge")


def test_a_waiting_node_is_not_ready_again() -> None:
    assert after(DIAMOND, hook=Waiting()) == Advance((), (), finished=False)


#         ┌loop────┐
# hook ─► │ a ─► b │ ─done─► c
#         └────────┘
INSIDE: dict[str, JsonValue] = {"parent": "loop"}
LOOP = plan("hook > loop:done > c", "a > b", a=INSIDE, b=INSIDE)
FIRST, SECOND = (("loop", 0),), (("loop", 1),)


def test_nodes_in_a_container_wait_until_its_scope_is_opened() -> None:
    assert after(LOOP, hook=OUT) == Advance(keys("loop"), (), finished=False)
    assert after(LOOP, hook=OUT, loop=Open(0)) == Advance((), (), finished=False)


def test_each_open_scope_goes_its_own_way() -> None:
    outcomes: dict[NodeKey, Outcome] = {key("hook"): OUT, key("loop"): Open(2), ("a", FIRST): OUT}
    assert advance(LOOP, "hook", outcomes).ready == (("b", FIRST), ("a", SECOND))


def test_a_loop_opens_its_scopes_one_after_the_other() -> None:
    frontier = Frontier(LOOP, "hook")
    frontier.begin()
    frontier.settle(key("hook"), OUT)
    assert frontier.settle(key("loop"), Open(1)).ready == (("a", FIRST),)
    assert frontier.settle(("a", FIRST), NOTHING).skipped == (("b", FIRST),)
    assert frontier.scope_finished(FIRST)
    assert not frontier.scope_finished(SECOND)
    assert frontier.settle(key("loop"), Open(2)).ready == (("a", SECOND),)
    assert frontier.scope_finished(FIRST)
    assert frontier.settle(key("loop"), Finished({"done": 1})).ready == keys("c")
    assert frontier.settle(key("c"), OUT).finished


def test_opening_more_scopes_does_not_start_the_first_again() -> None:
    frontier = Frontier(LOOP, "hook")
    frontier.begin()
    frontier.settle(key("loop"), Open(1))
    assert frontier.settle(key("loop"), Open(2)).ready == (("a", SECOND),)


@pytest.mark.parametrize("outcome", [Waiting(), OUT])
def test_what_was_settled_before_its_sources_is_not_ready_after_them(outcome: Outcome) -> None:
    frontier = Frontier(DIAMOND, "hook")
    frontier.begin()
    frontier.settle(key("check"), outcome)
    assert frontier.settle(key("hook"), OUT).ready == ()


def test_a_container_that_was_opened_before_its_sources_is_not_ready_after_them() -> None:
    frontier = Frontier(LOOP, "hook")
    frontier.begin()
    frontier.settle(key("loop"), Open(1))
    assert frontier.settle(key("hook"), OUT).ready == ()


def test_deciding_a_node_twice_changes_nothing() -> None:
    frontier = Frontier(DIAMOND, "hook")
    frontier.begin()
    frontier.settle(key("hook"), OUT)
    assert frontier.settle(key("hook"), OUT) == Advance((), (), finished=False)


# Any graph: edges only lead forward, from random ports. Any run: each node ends somehow.

NAMES = [f"check{number}" for number in range(8)]
ENDS = (
    Finished({"true": 1, "false": 0}),
    Finished({"true": 0, "false": 1}),
    Finished({"true": 1, "false": 1}),
    Finished({}),
    Failed(),
)


@st.composite
def plans(draw_from: st.DrawFn) -> Plan:
    pairs = [(a, b) for a in range(8) for b in range(a + 1, 8)]
    ports = st.sampled_from(["true", "false"])
    edges = draw_from(st.lists(st.tuples(st.sampled_from(pairs), ports), unique=True, max_size=16))
    starts = draw_from(st.lists(st.tuples(st.sampled_from(["hook", "hook2"]), st.integers(0, 7)), unique=True))
    paths = [f"{NAMES[a]}:{port} > {NAMES[b]}" for (a, b), port in edges]
    return plan_of(draw("hook", "hook2", *NAMES, *(f"{hook} > {NAMES[n]}" for hook, n in starts), *paths))


ends = st.fixed_dictionaries({name: st.sampled_from(ENDS) for name in NAMES})


def end_of(found: NodeKey, fate: Mapping[str, Outcome]) -> Outcome:
    return OUT if found[0] == "hook" else fate[found[0]]


def driven(compiled: Plan, fate: Mapping[str, Outcome], picks: Iterable[int]) -> dict[NodeKey, Outcome]:
    """Drive a whole run with `advance`, settling one of the ready nodes at a time as `picks` say."""
    outcomes: dict[NodeKey, Outcome] = {}
    for pick in picks:
        step = advance(compiled, "hook", outcomes)
        outcomes |= dict.fromkeys(step.skipped, Skipped())
        if not step.ready:
            assert step.finished
            return outcomes
        chosen = step.ready[pick % len(step.ready)]
        outcomes[chosen] = end_of(chosen, fate)
    raise AssertionError("A run of ten nodes took more than forty steps.")


@given(plans(), ends, st.lists(st.integers(0, 9), min_size=40, max_size=40))
def test_any_order_of_completion_gives_the_same_run(
    compiled: Plan, fate: Mapping[str, Outcome], picks: Sequence[int]
) -> None:
    outcomes = driven(compiled, fate, picks)
    assert outcomes.keys() == {key(node_id) for node_id in compiled.nodes}
    assert outcomes == driven(compiled, fate, [0] * 40)


@given(plans(), ends, st.lists(st.integers(0, 9), min_size=10, max_size=10))
def test_step_by_step_and_all_at_once_say_the_same(
    compiled: Plan, fate: Mapping[str, Outcome], picks: Sequence[int]
) -> None:
    frontier = Frontier(compiled, "hook")
    first = frontier.begin()
    ready, skipped = set(first.ready), set(first.skipped)
    outcomes: dict[NodeKey, Outcome] = {}
    for pick in picks:
        whole = advance(compiled, "hook", outcomes)
        assert (set(whole.ready), set(whole.skipped)) == (ready, skipped)
        assert whole.finished == frontier.finished
        if not ready:
            break
        chosen = sorted(ready)[pick % len(ready)]
        ready.remove(chosen)
        outcomes[chosen] = end_of(chosen, fate)
        step = frontier.settle(chosen, outcomes[chosen])
        ready |= set(step.ready)
        skipped |= set(step.skipped)
    assert frontier.finished


@given(plans(), ends)
def test_the_order_of_the_journal_does_not_matter(compiled: Plan, fate: Mapping[str, Outcome]) -> None:
    outcomes = [*driven(compiled, fate, [0] * 40).items()]
    half = outcomes[: len(outcomes) // 2]
    assert advance(compiled, "hook", dict(half)) == advance(compiled, "hook", dict(reversed(half)))


@given(plans(), ends)
def test_a_node_runs_only_if_an_edge_into_it_was_taken(compiled: Plan, fate: Mapping[str, Outcome]) -> None:
    outcomes = driven(compiled, fate, [0] * 40)
    for node_id in compiled.nodes:
        into = compiled.edges_into(node_id)
        taken = [edge for edge in into if _count(outcomes[key(edge.source)], edge.port) > 0]
        ran = not isinstance(outcomes[key(node_id)], Skipped)
        assert ran == (bool(taken) or node_id == "hook")


def _count(outcome: Outcome, port: str) -> int:
    return outcome.counts.get(port, 0) if isinstance(outcome, Finished) else 0


@pytest.mark.parametrize("length", [1, 40])
def test_a_chain_runs_in_its_order(length: int) -> None:
    names = [f"n{number}" for number in range(length)]
    frontier = Frontier(plan(" > ".join(["hook", *names])), "hook")
    ready, ran = frontier.begin().ready, list[str]()
    while ready:
        ran.append(ready[0][0])
        ready = frontier.settle(ready[0], OUT).ready
    assert ran == ["hook", *names]
