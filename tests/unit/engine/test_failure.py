from datetime import timedelta

import pytest

from nodeloom.engine.failure import (
    CRASHES_ALLOWED,
    REPEATS_ALLOWED,
    Again,
    Ask,
    Confirm,
    Decision,
    Fail,
    Failure,
    decide,
)
from nodeloom.engine.failure import FailureKind as Kind
from nodeloom.graph.document import NodeSettings, Retry
from nodeloom.graph.effect import Effect

SAFE: tuple[Effect, ...] = ("none", "read", "idempotent")
DANGEROUS: tuple[Effect, ...] = ("once", "destructive")
THRICE = NodeSettings(retry=Retry(max_attempts=3, base_s=2, jitter=False))
REPEAT = NodeSettings(in_doubt="repeat", retry=Retry(base_s=2, jitter=False))
AT_ONCE = Again(timedelta())
IN_TWO_SECONDS = Again(timedelta(seconds=2))

each_effect = pytest.mark.parametrize("effect", [*SAFE, *DANGEROUS])
each_safe = pytest.mark.parametrize("effect", SAFE)
each_dangerous = pytest.mark.parametrize("effect", DANGEROUS)
each_proof = pytest.mark.parametrize("kind", ["refused", "retry_later"])
each_doubt = pytest.mark.parametrize("kind", ["unknown", "timeout", "crash"])


def decided(
    kind: Kind,
    effect: Effect,
    settings: NodeSettings = THRICE,
    *,
    attempt: int = 1,
    can_confirm: bool = False,
    after: float | None = None,
) -> Decision:
    return decide(Failure(kind, attempt, after), effect, settings, can_confirm=can_confirm, random=1.0)


@each_effect
@each_proof
def test_what_proves_that_nothing_happened_is_tried_again_whatever_the_effect(kind: Kind, effect: Effect) -> None:
    assert decided(kind, effect) == IN_TWO_SECONDS


@each_effect
@each_proof
def test_after_the_last_attempt_the_node_failed(kind: Kind, effect: Effect) -> None:
    assert decided(kind, effect, attempt=3) == Fail()
    assert decided(kind, effect, NodeSettings()) == Fail()


@each_effect
def test_a_broken_connection_waits_for_a_person(effect: Effect) -> None:
    assert decided("reconnect", effect) == Ask("connection")


@each_dangerous
@each_doubt
def test_an_effect_in_doubt_is_never_repeated_silently(kind: Kind, effect: Effect) -> None:
    assert decided(kind, effect) == Ask("outcome")


@each_dangerous
@each_doubt
def test_an_effect_in_doubt_is_looked_up_first_where_the_service_allows_it(kind: Kind, effect: Effect) -> None:
    assert decided(kind, effect, NodeSettings(in_doubt="fail"), can_confirm=True) == Confirm()


@each_dangerous
@each_doubt
def test_a_policy_may_decide_instead_of_a_person(kind: Kind, effect: Effect) -> None:
    assert decided(kind, effect, NodeSettings(in_doubt="fail")) == Fail()
    assert decided(kind, effect, REPEAT) == IN_TWO_SECONDS


@each_dangerous
def test_repeating_ends_at_a_person(effect: Effect) -> None:
    assert decided("unknown", effect, REPEAT, attempt=REPEATS_ALLOWED) == Ask("outcome")


@each_safe
def test_a_crash_repeats_what_may_be_repeated_without_being_asked_to(effect: Effect) -> None:
    assert decided("crash", effect, NodeSettings()) == AT_ONCE


@each_safe
def test_a_node_that_takes_its_worker_down_again_and_again_fails(effect: Effect) -> None:
    assert decided("crash", effect, NodeSettings(), attempt=CRASHES_ALLOWED) == Fail()


@each_safe
@pytest.mark.parametrize("kind", ["unknown", "timeout"])
def test_what_may_be_repeated_is_tried_again_as_its_settings_say(kind: Kind, effect: Effect) -> None:
    assert decided(kind, effect) == IN_TWO_SECONDS
    assert decided(kind, effect, NodeSettings()) == Fail()


def test_a_wait_of_more_than_five_seconds_frees_the_worker() -> None:
    assert decided("retry_later", "read", after=5) == Again(timedelta(seconds=5))
    assert not Again(timedelta(seconds=5)).parks
    assert Again(timedelta(seconds=5.001)).parks
