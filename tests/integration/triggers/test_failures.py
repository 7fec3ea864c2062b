"""What fails, in whichever mode, starts the runs of core.on_failure: once, with its context, and without a loop."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from nodeloom.features.triggers.failures import Failures
from nodeloom.features.triggers.live import LiveTriggers
from nodeloom.features.triggers.models import SUBSCRIPTIONS
from nodeloom.features.triggers.schedules import Schedules
from tests.integration.triggers.conftest import Hooked
from tests.integration.triggers.test_emissions import ran
from tests.support.flows import MANUAL, graph, hook, made, node, published, schedule

ALARM = node("alarm", "core.on_failure")
HALT = node("halt", "core.stop", message="No stock of {{ $json.sku ?? 'anything' }}")


async def default(hooked: Hooked, workflow_id: str | None) -> None:
    path = f"/api/v1/workspaces/{hooked.api.workspace_id}/on-failure"
    answer = await hooked.owner.put(path, json={"workflow_id": workflow_id})
    assert answer.status_code == 200, answer.text


async def started(hooked: Hooked, workflow_id: str, items: Any = None) -> dict[str, Any]:
    body: dict[str, Any] = {"input": items or {}, "wait_s": 20}
    return (await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/runs", json=body)).json()


async def heard(hooked: Hooked, workflow_id: str, count: int) -> list[dict[str, Any]]:
    """What core.on_failure of the workflow was told."""
    return [run["output"][0] for run in await ran(hooked, workflow_id, count)]


async def fire(hooked: Hooked) -> None:
    async with hooked.api.db.read() as session:
        due = await session.scalar(select(SUBSCRIPTIONS.c.next_due_at).where(SUBSCRIPTIONS.c.kind == "core.schedule"))
    assert isinstance(due, datetime)
    assert (await Schedules(hooked.api.db, hooked.api.app.state.bell).fire_due(due))[0] == 1


@pytest.mark.usefixtures("worker")
async def test_a_failure_in_every_mode_is_one_event_with_its_context(hooked: Hooked) -> None:
    alarm = await published(hooked.owner, graph(ALARM), "Alarm")
    await default(hooked, alarm)
    by_hand = await published(hooked.owner, graph(MANUAL, HALT), "By hand")
    on_time = await published(hooked.owner, graph(schedule(every_s=3600), HALT), "On time")
    called_up = await published(hooked.owner, graph(hook("orders"), HALT), "Called up")
    callee = await published(hooked.owner, graph(node("called", "core.called"), HALT), "Callee")
    asks = node("ask", "core.run_workflow", workflow_id=callee, wait=False)
    caller = await published(hooked.owner, graph(MANUAL, asks), "Caller")
    picky = node("heard", "core.event", name="order.paid", filter="{{ $json.total.amount > 5 }}")
    deaf = await published(hooked.owner, graph(picky, node("do", "core.noop")), "Deaf")
    tells = await made(hooked.owner, graph(MANUAL, node("tell", "core.emit", name="order.paid")), "Teller")

    manual = await started(hooked, by_hand, {"sku": "A-1"})
    await fire(hooked)
    await hooked.call("orders", {"sku": "A-2"})
    assert (await started(hooked, caller))["status"] == "succeeded"
    assert (await started(hooked, tells, {"n": 1}))["status"] == "succeeded"

    told = {context["mode"]: context for context in await heard(hooked, alarm, 5)}
    assert {mode: context["workflow"] for mode, context in told.items()} == {
        "manual": {"id": by_hand, "name": "By hand", "version": 1},
        "schedule": {"id": on_time, "name": "On time", "version": 1},
        "webhook": {"id": called_up, "name": "Called up", "version": 1},
        "called": {"id": callee, "name": "Callee", "version": 1},
        "trigger": {"id": deaf, "name": "Deaf", "version": 1},
    }
    for context in told.values():
        if context["mode"] != "trigger":
            assert context["error"]["node"] == {"id": "halt", "title": "Halt", "type": "core.stop"}
            assert context["error"]["code"] == "stopped"
            assert context["run"]["url"].endswith(f"/runs/{context['run']['id']}")
            assert (context["run"]["trigger_kind"], context["run"]["retry_of"]) == (context["mode"], None)
            assert datetime.fromisoformat(context["run"]["started_at"])
    assert (told["manual"]["run"]["id"], told["manual"]["input"]) == (manual["id"], [{"sku": "A-1"}])
    assert told["manual"]["error"]["message"] == "No stock of A-1"
    unstarted = told["trigger"]
    assert (unstarted["run"], unstarted["error"]["node"]["id"]) == (None, "heard")
    assert (unstarted["trigger"]["kind"], unstarted["error"]["code"]) == ("event", "unresolved")
    [kept] = [event for event in await hooked.inbox(f"workflow_id={deaf}") if event["id"]]
    assert (kept["id"], kept["run_id"]) == (unstarted["trigger"]["event_id"], None)


@pytest.mark.usefixtures("worker")
async def test_triggers_that_can_not_do_their_work_are_told_of(hooked: Hooked) -> None:
    """A dedupe key that can't be worked out, and a schedule whose time zone was removed from the machine."""
    alarm = await published(hooked.owner, graph(ALARM), "Alarm")
    await default(hooked, alarm)
    odd = hook("orders", dedupe_key="{{ $json.body.order.id }}")
    await published(hooked.owner, graph(odd, node("do", "core.noop")), "Odd")
    timed = await published(hooked.owner, graph(schedule(every_s=3600), node("do", "core.noop")), "Timed")
    async with hooked.api.db.transaction() as session:
        of_it = SUBSCRIPTIONS.c.workflow_id == timed
        due = await session.scalar(select(SUBSCRIPTIONS.c.next_due_at).where(of_it))
        await session.execute(update(SUBSCRIPTIONS).where(of_it).values(config={"cron": "x", "timezone": "UTC"}))
    assert due is not None
    app = hooked.api.app.state
    failures = Failures(app.payloads, LiveTriggers(), "http://localhost:8600")

    taken = (await hooked.call("orders", {"sku": "A-1"})).json()
    for _ in range(2):
        await Schedules(hooked.api.db, app.bell, failures).fire_due(due)

    told = {context["workflow"]["name"]: context for context in await heard(hooked, alarm, 2)}
    assert told["Odd"]["run"]["id"] == taken["run_id"]
    assert (told["Odd"]["mode"], told["Odd"]["error"]["code"]) == ("trigger", "unresolved")
    assert (told["Timed"]["run"], told["Timed"]["error"]["code"]) == (None, "bad_schedule")
    assert told["Timed"]["error"]["node"]["id"] == "tick"


@pytest.mark.usefixtures("worker")
async def test_a_workflow_serves_itself_before_the_one_it_names_and_that_before_the_default(hooked: Hooked) -> None:
    last = await published(hooked.owner, graph(ALARM), "Last")
    await default(hooked, last)
    named = await published(hooked.owner, graph(ALARM), "Named")
    own = graph(MANUAL, HALT, on_failure_workflow=named)
    own["nodes"].append(ALARM)
    first = await published(hooked.owner, own, "First")
    second = await published(hooked.owner, graph(MANUAL, HALT, on_failure_workflow=named), "Second")
    third = await published(hooked.owner, graph(MANUAL, HALT), "Third")

    for workflow_id in (first, second, third):
        assert (await started(hooked, workflow_id))["status"] == "failed"

    assert [context["workflow"]["name"] for context in await heard(hooked, named, 1)] == ["Second"]
    assert [context["workflow"]["name"] for context in await heard(hooked, last, 1)] == ["Third"]
    runs = await ran(hooked, first, 2)
    assert [(run["trigger_kind"], run["status"]) for run in runs] == [("manual", "failed"), ("on_failure", "succeeded")]
    await hooked.owner.post(f"/api/v1/workflows/{named}/unpublish")
    await started(hooked, second)
    assert [context["workflow"]["name"] for context in await heard(hooked, last, 2)] == ["Third", "Second"]


@pytest.mark.usefixtures("worker")
async def test_a_failing_draft_serves_itself(hooked: Hooked) -> None:
    own = graph(MANUAL, HALT)
    own["nodes"].append(ALARM)
    workflow_id = await made(hooked.owner, own)

    await started(hooked, workflow_id)

    runs = await ran(hooked, workflow_id, 2)
    assert [(run["trigger_kind"], run["version"]) for run in runs] == [("manual", None), ("on_failure", None)]
    assert runs[1]["output"][0]["workflow"]["version"] is None


@pytest.mark.usefixtures("worker")
async def test_what_fails_because_of_a_failure_starts_none(hooked: Hooked) -> None:
    """Also where an event leads from one workflow to the next."""
    last = await published(hooked.owner, graph(ALARM, node("tell", "core.emit", name="alarm"), HALT), "Last")
    await default(hooked, last)
    hears = await published(hooked.owner, graph(node("heard", "core.event", name="alarm"), HALT), "Hears")
    fails = await published(hooked.owner, graph(MANUAL, HALT), "Fails")

    await started(hooked, fails)

    await ran(hooked, hears, 1)
    assert len(await ran(hooked, last, 1)) == 1
    assert len(await hooked.runs()) == 3


@pytest.mark.usefixtures("worker")
async def test_the_compiler_says_who_will_not_serve(hooked: Hooked) -> None:
    mute = await published(hooked.owner, graph(MANUAL, node("do", "core.noop")), "Mute")
    for named, code, severity in ((mute, "no_on_failure", "warning"), ("wf_none", "unknown_workflow", "error")):
        document = graph(MANUAL, node("do", "core.noop"), on_failure_workflow=named)
        answer = await hooked.owner.post("/api/v1/workflows", json={"name": "Names", "graph": document})
        assert [(problem["code"], problem["severity"], problem["field"]) for problem in answer.json()["problems"]] == [
            (code, severity, "settings.on_failure_workflow")
        ]


async def test_only_a_workflow_that_hears_of_failures_can_be_the_default(hooked: Hooked) -> None:
    path = f"/api/v1/workspaces/{hooked.api.workspace_id}/on-failure"
    mute = await published(hooked.owner, graph(MANUAL, node("do", "core.noop")), "Mute")
    alarm = await published(hooked.owner, graph(ALARM), "Alarm")

    assert (await hooked.owner.put(path, json={"workflow_id": mute})).status_code == 422
    assert (await hooked.owner.put(path, json={"workflow_id": "wf_none"})).status_code == 404
    assert (await hooked.owner.put(path, json={"workflow_id": alarm})).json() == {
        "workflow_id": alarm,
        "workflow_name": "Alarm",
        "live": True,
    }
    await hooked.owner.post(f"/api/v1/workflows/{alarm}/unpublish")
    assert (await hooked.owner.get(path)).json()["live"] is False
    cleared = {"workflow_id": None, "workflow_name": None, "live": False}
    assert (await hooked.owner.put(path, json={"workflow_id": None})).json() == cleared
