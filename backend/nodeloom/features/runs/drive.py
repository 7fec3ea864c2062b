"""Drive one claimed run: start what is ready, take in what ended, write down what must be, until it ends or waits."""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from nodeloom.adapters import clock
from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.masking import masked
from nodeloom.engine.advance import Advance
from nodeloom.engine.inputs import Joined
from nodeloom.engine.outcome import Failed, Finished, Waiting
from nodeloom.expressions.sandbox import Sandbox
from nodeloom.features.catalog.catalog import AnyAction, InstalledCatalog
from nodeloom.features.runs.accept import new_run_id
from nodeloom.features.runs.answers import RunAnswer
from nodeloom.features.runs.calls import ActionWork, call_action
from nodeloom.features.runs.children import Callees, with_family
from nodeloom.features.runs.compute import Work, compute
from nodeloom.features.runs.journal import Close
from nodeloom.features.runs.lanes import CODE, DATA, Lanes
from nodeloom.features.runs.node_rows import NodeRows
from nodeloom.features.runs.outside import Outside
from nodeloom.features.runs.parts import end_part, part_of, spread
from nodeloom.features.runs.payloads import Payloads, answer_document, items_document
from nodeloom.features.runs.plans import LoadedPlan
from nodeloom.features.runs.restore import woken
from nodeloom.features.runs.rows import Row
from nodeloom.features.runs.run_journal import Fenced, RunJournal
from nodeloom.features.runs.scope import NodeScope, RunFacts
from nodeloom.features.runs.scopes import Scopes
from nodeloom.features.runs.state import Asleep, Broken, Done, ErrorDocument, NodeEnd, Opening, RunState
from nodeloom.features.runs.views import Announcer
from nodeloom.features.variables.values import VariableValues
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.scope import NodeKey, ScopePath
from nodeloom.nodes.called import RUN_WORKFLOW
from nodeloom.nodes.node_type import NodeContext, Opened
from nodeloom.nodes.stop import Stop
from nodeloom_connectors.sdk import Connector

log = structlog.get_logger(__name__)

_INLINE_ITEMS = 100
_SLICE_S = 0.005
_NO_NAMES: Mapping[str, JsonValue] = {}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a drive needs of its process."""

    catalog: InstalledCatalog
    payloads: Payloads
    sandbox: Sandbox
    outside: Outside
    announcer: Announcer
    variables: VariableValues
    lanes: Lanes
    callees: Callees


@dataclass(frozen=True, slots=True)
class DriveEnd:
    """`due_at` is when a waiting run goes on; `answer` what a waiting caller gets, now that it is on disk."""

    status: str
    due_at: datetime | None = None
    answer: RunAnswer | None = None


class Drive:
    """One claim of one run. `stop` and `signal` may be called while it goes on."""

    def __init__(
        self, run: Row, loaded: LoadedPlan, state: RunState, journal: RunJournal, facts: RunFacts, around: Surroundings
    ) -> None:
        self.run = run
        self.state = state
        self.journal = journal
        self.signals = int(run["signals"])
        self._loaded = loaded
        self._facts = facts
        self._around = around
        self._catalog = around.catalog.of(run["workspace_id"])
        self._tasks: dict[asyncio.Task[NodeEnd], NodeKey] = {}
        self._stop: str | None = None
        self._stopping = asyncio.Event()
        self._kill = Stop()
        self._signalled = asyncio.Event()
        self._began = clock.now()
        self._answered = False
        self._part = part_of(run)
        self._scopes = Scopes(state)
        self._rows = NodeRows(run, state, around.payloads, around.announcer)
        state.log.open(run, around.announcer.log)

    def stop(self, why: str) -> None:
        """`cancelled` by a person, `timeout` of the run, or `released` because this worker goes away."""
        if self._stop is None:
            self._stop = why
            self._stopping.set()
            self._kill.set()

    def signal(self, signals: int) -> None:
        """Something came in from outside: a call, a settled outcome; `signals` is how often that happened."""
        if signals != self.signals:
            self._signalled.set()

    @property
    def stopped(self) -> bool:
        return self._stop is not None

    async def go(self, ready: Iterable[NodeKey], input_items: list[Item]) -> DriveEnd:
        """From `ready` to the end of this claim. Raises Fenced if the run was taken over."""
        self._input = input_items
        queue = deque(ready)
        deadline = self._watch_time()
        try:
            while True:
                await self._start_all(queue)
                if not self._tasks:
                    break
                queue.extend(await self._next_ends())
            return await self._finish()
        finally:
            if deadline is not None:
                deadline.cancel()
            for task in self._tasks:
                task.cancel()
            self._kill.set()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _watch_time(self) -> asyncio.TimerHandle | None:
        limit = self.state.plan.settings.timeout_s
        if limit is None:
            return None
        left = limit - int(self.run["active_ms"]) / 1000
        return asyncio.get_running_loop().call_later(max(left, 0), self.stop, "timeout")

    async def _start_all(self, queue: deque[NodeKey]) -> None:
        loop = asyncio.get_running_loop()
        slice_end = loop.time() + _SLICE_S
        while queue and self.state.error is None and not self.stopped:
            key = queue.popleft()
            if key[1] and self._scopes.holds_back(key):
                continue
            if key[1] and self._scopes.cut(key[1]):
                queue.extend(await self._cut(key))
                continue
            end = self._start(key)
            if end is not None:
                queue.extend(await self._settle(key, end))
            if loop.time() > slice_end:
                await asyncio.sleep(0)
                slice_end = loop.time() + _SLICE_S

    def _start(self, key: NodeKey) -> NodeEnd | None:
        """The node's end, if it is one that takes no time; else it goes on as a task."""
        node = self.state.plan.nodes[key[0]]
        now = clock.now()
        if node.spec.trigger:
            self._rows.begin(key, now, len(self._input))
            return Done({"out": self._input})
        inputs = self.state.inputs(key)
        items = sum(len(joined.items) for joined in inputs.values())
        self._rows.begin(key, now, items)
        self._rows.announce_begin(key)
        if node.pinned is not None and self.run["version"] is None:
            return Done({port: list(pinned) for port, pinned in node.pinned.items()})
        work = self._work(key, inputs, now)
        if isinstance(work, Work) and ((items <= _INLINE_ITEMS and not node.spec.slow) or node.spec.container):
            end = compute(work)
            if node.type != RUN_WORKFLOW.spec.type:
                return end
            coroutine = self._around.callees.called(self.run, work, end)
            self._tasks[asyncio.create_task(coroutine)] = key
            return None
        coroutine = self._computed(work) if isinstance(work, Work) else call_action(work)
        self._tasks[asyncio.create_task(coroutine)] = key
        return None

    async def _computed(self, work: Work) -> NodeEnd:
        spec = work.node.spec
        lane = CODE if spec.slow else DATA
        if spec.lane_param is not None:
            lane = str(work.node.raw_params.get(spec.lane_param, lane))
        end = await self._around.lanes.run(lane, compute, work)
        return await self._around.callees.called(self.run, work, end)

    def _work(self, key: NodeKey, inputs: Mapping[str, Joined], now: datetime) -> Work | ActionWork:
        node = self.state.plan.nodes[key[0]]
        scope = NodeScope(self.state, key, self._facts, (), now)
        resumed = self.state.resumptions.pop(key, None)
        # What only code asks for is put together for code alone: this is done for every node of every run.
        names = self._facts.names if node.spec.slow else _NO_NAMES
        context = NodeContext(
            now, self._facts.timezone, resumed, names, self.state.log.of(key), self._kill, new_run_id=new_run_id
        )
        if node.spec.slow:
            context = replace(context, files=self._around.outside.node_files(self.run["workspace_id"]))
        built_in = self._catalog.built_in(node.type)
        work = Work(
            node=node,
            run=built_in.run if built_in is not None else None,
            inputs=inputs,
            scope=scope,
            context=context,
            sandbox=self._around.sandbox,
            constant=self._loaded.constants.get(node.id),
            stopped=lambda: self.stopped,
        )
        found = None if node.disabled else self._action_of(node.type)
        if found is None:
            return work
        connector, action = found
        return ActionWork(
            work=work,
            connector=connector,
            action=action,
            state=self.state,
            journal=self.journal,
            payloads=self._around.payloads,
            outside=self._around.outside,
            workspace_id=self.run["workspace_id"],
            run_id=self.run["id"],
        )

    def _action_of(self, node_type: str) -> tuple[Connector, AnyAction] | None:
        return self._catalog.action(node_type) or self._around.outside.own_action(node_type)

    async def _next_ends(self) -> list[NodeKey]:
        stopping = asyncio.create_task(self._stopping.wait())
        signalled = asyncio.create_task(self._signalled.wait())
        waited: set[asyncio.Task[Any]] = {*self._tasks, stopping, signalled}
        done, _ = await asyncio.wait(waited, timeout=self._until_next_due(), return_when=asyncio.FIRST_COMPLETED)
        for look in (stopping, signalled):
            look.cancel()
        if stopping in done:
            return await self._cut_off()
        ready: list[NodeKey] = []
        for task in done & self._tasks.keys():
            ready.extend(await self._settle(self._tasks.pop(task), task.result()))
        if signalled in done or not done:
            ready.extend(await self._woken())
        return ready

    def _until_next_due(self) -> float | None:
        """Seconds until the first of the sleeping nodes goes on while others still work."""
        due = [end.until for end in self.state.asleep.values() if end.until is not None]
        return max((min(due) - clock.now()).total_seconds(), 0) + 0.002 if due else None

    async def _woken(self) -> list[NodeKey]:
        self._signalled.clear()
        if not self.state.asleep:
            return []
        journalled = await self.journal.reread()
        self.signals = journalled.signals
        return await woken(self.state, journalled, self._around.payloads)

    async def _cut_off(self) -> list[NodeKey]:
        """Cancel what is under way. An effect whose call was cut off stays an open intent in the journal."""
        tasks, self._tasks = self._tasks, {}
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for key, end in zip(tasks.values(), ends, strict=True):
            if isinstance(end, Fenced):
                raise end
            if isinstance(end, Done | Broken | Asleep):
                await self._settle(key, end)
        return []

    async def _settle(self, key: NodeKey, end: NodeEnd) -> Sequence[NodeKey]:
        if self._part is not None and key == self._part.key and not isinstance(end, Opening):
            self._rows.open.discard(key)
            end_part(self.state, key, end)
            return ()
        match end:
            case Done(ports, answer):
                self.state.ports[key] = ports
                await self._rows.end(key, "failed" if end.error is not None else "succeeded", end)
                step = self.state.frontier.settle(key, Finished({port: len(items) for port, items in ports.items()}))
                if answer is not None and self.state.answer is None:
                    self.state.answer = answer
                    await self._answer_early(step)
            case Broken(clear):
                error = masked(clear)
                self._scopes.catch(key[1], error)
                await self._rows.end(key, "failed", end)
                step = self.state.frontier.settle(key, Failed())
            case Asleep():
                self.state.asleep[key] = end
                await self._rows.end(key, "waiting", end)
                step = self.state.frontier.settle(key, Waiting())
            case Opening(opened):
                return await self._open(key, opened)
        if self.state.asks:
            await self.journal.flush()
        self._rows.skip(step.skipped)
        return [*step.ready, *(await self._after_inner(key[1]) if key[1] else ())]

    async def _open(self, key: NodeKey, opened: Opened) -> Sequence[NodeKey]:
        handed_out = spread(self.run, self.state, key, opened)
        if handed_out is not None:
            return await self._settle(key, handed_out)
        part = self._part
        share = part.share(opened) if part is not None and part.key == key else None
        ready, ended = self._scopes.open(key, opened, share)
        return [*ready, *(await self._settle(key, ended) if ended is not None else ())]

    async def _after_inner(self, path: ScopePath) -> Sequence[NodeKey]:
        """What the end of a node inside a container leads to around it."""
        follows = self._scopes.after(path)
        if follows is None:
            return ()
        container, ready, ended = follows
        return [*ready, *(await self._settle(container, ended) if ended is not None else ())]

    async def _cut(self, key: NodeKey) -> Sequence[NodeKey]:
        """A node that stands in a scope that failed does not begin."""
        step = self.state.frontier.settle(key, Failed())
        self._rows.skip((key, *step.skipped))
        return [*step.ready, *await self._after_inner(key[1])]

    async def checkpoint(self) -> None:
        """Make visible in the database what a long run has done so far, and what it is at."""
        self._rows.checkpoint()
        if self.journal.pending:
            await self.journal.flush()

    async def _answer_early(self, step: Advance) -> None:
        """A Respond node answers at once if more is to come; what the caller hears is on disk before."""
        if self.run["answer_to"] is None or not (step.ready or self._tasks):
            return
        await self.journal.flush()
        self._answered = True
        self._around.announcer.answer(self.run, self._answer("running"))

    async def _finish(self) -> DriveEnd:
        while True:
            close = await with_family(self._close(), self.run, self.state, self._around.payloads)
            seen = self.signals if close.status == "waiting" else None
            if await self.journal.flush(close, seen) == "written":
                break
            # A signal came in while the run was falling asleep: it is queued again at once and finds it there.
            await self.journal.flush(Close("queued", close.active_ms))
            return DriveEnd("queued")
        self._around.announcer.run_closed(self.run, close)
        ended = close.status in ("succeeded", "failed", "cancelled")
        answer = (
            self._answer(close.status) if ended and self.run["answer_to"] is not None and not self._answered else None
        )
        return DriveEnd(close.status, close.due_at, answer)

    def _close(self) -> Close:
        now = clock.now()
        active_ms = int(self.run["active_ms"]) + int((now - self._began) / timedelta(milliseconds=1))
        if self._stop == "cancelled":
            self.state.log.say("warning", "The run was cancelled.")
            self._rows.close()
            return Close("cancelled", active_ms, finished_at=now, cut_off=True)
        if self._stop == "released":
            return Close("queued", active_ms)
        error = self.state.error or (self._timed_out() if self._stop == "timeout" else None)
        if error is not None:
            if self.state.error is None:
                self.state.log.say("error", str(error["message"]))
            self._rows.close()
            return Close("failed", active_ms, error=dump_json(error), finished_at=now, cut_off=self.stopped)
        if self.state.asleep:
            self._rows.checkpoint()
            until = [end.until for end in self.state.asleep.values() if end.until is not None]
            reason = _most_urgent(end.reason for end in self.state.asleep.values())
            return Close("waiting", active_ms, waiting_reason=reason, due_at=min(until, default=None))
        return Close("succeeded", active_ms, finished_at=now)

    def _timed_out(self) -> ErrorDocument:
        limit = self.state.plan.settings.timeout_s
        hint = "Raise the time limit in the workflow's settings, or split the work."
        return {"code": "run_timeout", "message": f"The run took longer than {limit:g} s.", "hint": hint}

    def _answer(self, status: str) -> RunAnswer:
        respond = answer_document(self.state.answer) if self.state.answer is not None else None
        return RunAnswer(self.run["id"], status, masked(respond), masked(items_document(self.state.end_items())))


def _most_urgent(reasons: Iterable[str]) -> str:
    """Which of several reasons to wait is the run's: one that needs a person comes before one that passes."""
    order = ("outcome", "connection", "approval", "budget", "call", "event", "child", "limit", "retry", "time")
    return min(reasons, key=order.index)
