"""Every way a call to Trello can go wrong, as the right one of the four errors; and nothing is sent twice."""

from collections.abc import Awaitable, Generator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from nodeloom_connectors.sdk import (
    ConnectorError,
    OutcomeUnknown,
    Reconnect,
    Refused,
    RetryLater,
    TriggerContext,
)
from nodeloom_connectors.trello.due import CARD_DUE
from nodeloom_connectors.trello.triggers import HOOKS
from tests.connectors.trello_calls import ACTIONS, Calls, effect_of, params_of, scene
from tests.support.actions import Lines
from tests.support.far_side import FarSide, Reply
from tests.support.standins.fault_proxy import Fault, FaultProxy, fault_proxy
from tests.support.standins.trello import TrelloStandIn, trello_stand_in

# One of each class; the others differ from these only in how the service is unwell.
ONE_OF_EACH = (Fault.LIMITED_TRELLO, Fault.UNAVAILABLE, Fault.RESET_AFTER, Fault.HTML, Fault.REVOKED)
LIMITED = {
    Fault.LIMITED_SECONDS,
    Fault.LIMITED_DATE,
    Fault.LIMITED_BARE,
    Fault.LIMITED_HOUR,
    Fault.LIMITED_TRELLO,
}
# Google's own; and 10 MB of JSON, which are within what is read.
NOT_TRELLO_S = {Fault.LIMITED_GOOGLE, Fault.HUGE}
UNREPEATABLE = ("once", "destructive")


@pytest.fixture
def trello() -> Generator[TrelloStandIn]:
    with trello_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def proxy(trello: TrelloStandIn) -> Generator[FaultProxy]:
    with fault_proxy(trello.url, vendor="trello") as made:
        # Some answers are two bytes long.
        made.drip_s = 1
        yield made


@pytest.fixture
def calls(http: httpx2.AsyncClient, trello: TrelloStandIn, proxy: FaultProxy) -> Calls:
    made = Calls(http, trello, address=proxy.url, timeout_s="0.6")
    made.files.add("data", b"%PDF-1.7 content", file_name="offer.pdf", media_type="application/pdf")
    return made


def right(error: ConnectorError, fault: Fault, effect: object) -> bool:
    """Whether this is what the caller has to hear."""
    if fault in LIMITED:
        return isinstance(error, RetryLater) and error.nothing_happened and error.after is not None
    if fault in (Fault.EXPIRED, Fault.REVOKED):
        return isinstance(error, Reconnect)
    if fault is Fault.REDIRECT:
        return isinstance(error, Refused)
    if effect in UNREPEATABLE:
        return isinstance(error, OutcomeUnknown)
    if effect == "read" and fault is Fault.GZIP_BOMB:
        return isinstance(error, Refused)
    return isinstance(error, RetryLater | OutcomeUnknown)


async def check(calls: Calls, trello: TrelloStandIn, proxy: FaultProxy, fault: Fault, name: str) -> None:
    """The fault strikes at the call that reads what was asked for, or changes something."""
    params = params_of(trello, scene(trello))[name]
    effect = effect_of(name, params)
    proxy.heal()
    proxy.fail(fault, lambda seen: effect == "read" or seen.method != "GET")
    before = len(trello.acted)
    error = await calls.failure(name, **params)
    assert right(error, fault, effect), (name, fault, error)
    assert error.hint
    assert trello.token not in f"{error.message} {error.hint} {vars(error)}"
    assert trello.token not in str(error.__cause__)
    assert proxy.strayed == []
    assert len(trello.acted) - before <= 1, (name, fault)


@pytest.mark.parametrize("fault", ONE_OF_EACH, ids=lambda fault: fault.name)
async def test_each_action_under_one_fault_of_each_class(
    calls: Calls, trello: TrelloStandIn, proxy: FaultProxy, fault: Fault
) -> None:
    for name in ACTIONS:
        await check(calls, trello, proxy, fault, name)


@pytest.mark.long
@pytest.mark.parametrize("name", ACTIONS)
async def test_each_action_under_every_fault(calls: Calls, trello: TrelloStandIn, proxy: FaultProxy, name: str) -> None:
    for fault in Fault:
        if fault not in NOT_TRELLO_S:
            await check(calls, trello, proxy, fault, name)


HOOK = HOOKS[0]


async def check_triggers(
    calls: Calls, trello: TrelloStandIn, proxy: FaultProxy, door: FarSide, fault: Fault, registered: Calls
) -> None:
    """All triggers by webhook are registered, looked at and taken down alike; one asks."""
    board = {"board_id": scene(trello).board}
    ctx = TriggerContext[Any](calls.client, calls.files, Lines())
    well = TriggerContext[Any](registered.client, calls.files, Lines())
    address = door.url(f"/hooks/{fault.name}")
    params = HOOK.params.model_validate(board)
    due = CARD_DUE.params.model_validate(board)

    async def failing(call: Awaitable[object], effect: str) -> None:
        proxy.fail(fault, lambda seen: effect == "read" or seen.method != "GET")
        with pytest.raises(ConnectorError) as raised:
            await call
        assert right(raised.value, fault, effect), (fault, effect, raised.value)
        assert trello.token not in str(vars(raised.value))
        proxy.heal()

    await failing(HOOK.subscribe(ctx, params, address), "once")
    state = await HOOK.subscribe(well, params, address)
    [hook] = trello.hooks.kept.values()
    assert hook["callbackURL"] == address
    await failing(HOOK.still_live(ctx, state), "read")
    await failing(HOOK.unsubscribe(ctx, state), "destructive")
    await HOOK.unsubscribe(well, state)
    assert trello.hooks.kept == {}
    await failing(CARD_DUE.poll(ctx, due, "2026-01-01T00:00:00+00:00"), "read")


@pytest.mark.parametrize("fault", ONE_OF_EACH, ids=lambda fault: fault.name)
async def test_triggers_under_one_fault_of_each_class(
    calls: Calls, http: httpx2.AsyncClient, trello: TrelloStandIn, proxy: FaultProxy, far_side: FarSide, fault: Fault
) -> None:
    await check_triggers(calls, trello, proxy, far_side, fault, Calls(http, trello))


@pytest.mark.long
async def test_triggers_under_every_fault(
    calls: Calls, http: httpx2.AsyncClient, trello: TrelloStandIn, proxy: FaultProxy, far_side: FarSide
) -> None:
    for fault in Fault:
        if fault not in NOT_TRELLO_S:
            await check_triggers(calls, trello, proxy, far_side, fault, Calls(http, trello))


UNKNOWN_OUTCOME = (Fault.UNAVAILABLE, Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.CUT_BODY)
HAPPENED = (Fault.RESET_AFTER, Fault.CUT_BODY)
# Those whose trace or absence tells that they happened; of the others only that they did not.
TELLS = ("create_card", "copy_card", "add_comment", "create_board", "move_all_cards")


@pytest.mark.parametrize("fault", UNKNOWN_OUTCOME, ids=lambda fault: fault.name)
async def test_what_may_have_happened_is_looked_up_and_never_sent_twice(
    calls: Calls, trello: TrelloStandIn, proxy: FaultProxy, fault: Fault
) -> None:
    """As the product does it: after an unknown outcome it confirms; only what did not happen is done once more."""
    unrepeatable = [name for name, action in ACTIONS.items() if action.effect in UNREPEATABLE]
    assert all(ACTIONS[name].confirm for name in unrepeatable)
    for name in unrepeatable:
        params = params_of(trello, scene(trello))[name]
        proxy.heal()
        trello.acted.clear()
        proxy.fail(fault, lambda seen: seen.method != "GET")
        assert isinstance(await calls.failure(name, **params), OutcomeUnknown), name
        assert len(trello.acted) == (fault in HAPPENED), name
        if fault in HAPPENED and name not in TELLS and ACTIONS[name].effect == "once":
            with pytest.raises(OutcomeUnknown):
                await calls.confirm(name, **params)
            continue
        confirmed = await calls.confirm(name, **params)
        assert (confirmed is not None) is (fault in HAPPENED), name
        if confirmed is None:
            await calls.call(name, **params)
        assert len(trello.acted) == 1, name


async def test_the_trace_finds_the_card_of_this_very_call(
    calls: Calls, trello: TrelloStandIn, proxy: FaultProxy
) -> None:
    on = scene(trello)
    params = {"list_id": on.first, "name": "Same", "description": "Same"}
    for key in ("run_1/node/0", "run_1/node/1", "run_2/node/0"):
        proxy.fail(Fault.RESET_AFTER, lambda seen: seen.method == "POST")
        with pytest.raises(OutcomeUnknown):
            await calls.call("create_card", key=key, **params)
        proxy.heal()
    found = {(await calls.confirm("create_card", key=key, **params)).id for key in ("run_1/node/0", "run_1/node/1")}
    assert len(found) == 2
    assert await calls.confirm("create_card", key="run_3/node/0", **params) is None


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (Fault.LIMITED_SECONDS, timedelta(seconds=1)),
        (Fault.LIMITED_DATE, timedelta(seconds=2)),
        (Fault.LIMITED_HOUR, timedelta(hours=1)),
        (Fault.LIMITED_BARE, timedelta(seconds=10)),
        (Fault.LIMITED_TRELLO, timedelta(seconds=10)),
    ],
)
async def test_without_a_named_delay_it_is_trello_s_window(
    calls: Calls, trello: TrelloStandIn, proxy: FaultProxy, fault: Fault, after: timedelta
) -> None:
    proxy.fail(fault)
    error = await calls.failure("create_board", name="x")
    assert isinstance(error, RetryLater)
    assert (error.nothing_happened, error.after) == (True, after)


async def test_what_cannot_be_reached_did_not_happen(http: httpx2.AsyncClient, trello: TrelloStandIn) -> None:
    error = await Calls(http, trello, address="http://127.0.0.1:9").failure("create_board", name="x")
    assert isinstance(error, RetryLater)
    assert error.nothing_happened


async def test_a_board_of_others_is_no_reason_to_reconnect(
    http: httpx2.AsyncClient, trello: TrelloStandIn, far_side: FarSide
) -> None:
    far_side.answer = lambda _: Reply(401, {"Content-Type": "text/plain"}, b"unauthorized permission requested")
    error = await Calls(http, trello, address=far_side.url("")).failure("get_card", card_id="a" * 24)
    assert isinstance(error, Refused)
    assert error.code == "not_allowed"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
async def test_a_service_that_echoes_the_token_does_not_spread_it(
    http: httpx2.AsyncClient, trello: TrelloStandIn, far_side: FarSide, status: int
) -> None:
    far_side.answer = lambda seen: Reply(status, {"Content-Type": "text/plain"}, str(seen.headers).encode())
    error = await Calls(http, trello, address=far_side.url("")).failure("get_card", card_id="a" * 24)
    shown = f"{error.message} {error.hint} {vars(error)}"
    assert trello.token not in shown
    assert trello.key not in shown


async def test_no_secret_stands_in_an_address(calls: Calls, trello: TrelloStandIn, proxy: FaultProxy) -> None:
    for name, params in params_of(trello, scene(trello)).items():
        if effect_of(name, params) == "read":
            await calls.call(name, **params)
    assert proxy.seen
    assert not [seen.target for seen in proxy.seen if trello.token in seen.target or trello.key in seen.target]
