"""A worker process: answers the bell, claims runs, drives them side by side, and keeps its lease on them."""

import asyncio
import itertools
import threading
from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from nodeloom.adapters import clock
from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.masking import Mask, hiding
from nodeloom.adapters.queue import Bell
from nodeloom.compiler.plan import Plan
from nodeloom.features.runs.drive import Drive, DriveEnd, Surroundings
from nodeloom.features.runs.journal import (
    Asked,
    Claim,
    Close,
    Entry,
    Heartbeat,
    Lost,
    claim,
    give_back,
    heartbeat,
    write,
)
from nodeloom.features.runs.models import RUNS, unfinished
from nodeloom.features.runs.parts import part_of, part_state
from nodeloom.features.runs.payloads import items_from
from nodeloom.features.runs.plans import LoadedPlan, PlanBroken, Plans
from nodeloom.features.runs.restore import fresh, read_journal, restored
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.runs.rows import Row, shown_id
from nodeloom.features.runs.run_journal import Fenced, RunJournal
from nodeloom.features.runs.scope import RunFacts
from nodeloom.features.variables.values import NONE
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.parse import GraphInvalid

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 200
LEASE = timedelta(seconds=6)
BEAT_S = 1.5
_CHECKPOINT_S = 1.0
_CHECKPOINTS_BETWEEN_LOOKS = 3
_TIMER_WITHIN = timedelta(minutes=2)


class RunWorker:
    def __init__(
        self, database: Database, bell: Bell, plans: Plans, around: Surroundings, tokens: ResumeTokens
    ) -> None:
        self.id = new_id("wrk")
        self._database = database
        self._bell = bell
        self._plans = plans
        self._around = around
        self._tokens = tokens
        # By run and fence: after a pause beyond its lease a worker may take a run over from itself.
        self._drives: dict[tuple[str, int], tuple[Drive | None, asyncio.Task[None]]] = {}
        self._draining = False
        self._claiming = asyncio.Lock()
        self._timers: set[asyncio.Task[None]] = set()

    @property
    def active(self) -> int:
        return len(self._drives)

    def watched(self, run: Row) -> bool:
        """Whether this worker tells anybody what it does for the run."""
        return self._around.announcer.watched(run)

    async def answer_bell(self) -> None:
        """Claim and start what there is, up to this worker's limit; the runs go on by themselves."""
        await self._bell.clear()
        await self._claim_all()

    async def _claim_all(self) -> None:
        async with self._claiming:
            while not self._draining and (free := MOST_AT_ONCE - len(self._drives)) > 0:
                asker = Claim(self.id, free, clock.now())
                try:
                    claimed = await self._database.writer.call(claim, asker)
                except (DatabaseUnavailable, SQLAlchemyError) as failure:
                    log.warning("claiming waits for the database", reason=str(failure))
                    return
                for run in claimed:
                    self._stop("released", {run["id"]})
                    self._drives[_key(run)] = (None, asyncio.create_task(self._drive(run)))
                if any(run["scopes_from"] is not None for run in claimed):
                    # Others of its kind may have been left for other workers.
                    self._bell.ring_soon()
                if len(claimed) < free:
                    return

    async def _drive(self, run: Row) -> None:
        try:
            end = await self._drive_to_end(run)
            await self._after(run, end)
        except Fenced:
            log.info("the run was taken over", run_id=run["id"])
        except (DatabaseUnavailable, OperationalError, InterfaceError) as failure:
            log.warning("the run waits for the database", run_id=run["id"], reason=str(failure))
        except Exception:
            log.exception("driving the run broke", run_id=run["id"])
            await self._fail(run, "internal", "The engine broke while it drove this run.", "See the worker's log.")
        finally:
            made_room = len(self._drives) >= MOST_AT_ONCE or run["max_concurrent"] is not None
            self._drives.pop(_key(run), None)
            if made_room:
                self._bell.ring_soon()

    async def _drive_to_end(self, run: Row) -> DriveEnd:
        try:
            loaded = await self._plans.load(run["workspace_id"], run["graph_hash"])
        except (PlanBroken, GraphInvalid) as broken:
            await self._fail(run, "graph_has_errors", str(broken), "Mend the workflow and retry the run.")
            return DriveEnd("failed")
        mask = Mask(owner=run["workspace_id"])
        with hiding(mask):
            variables = await self._around.variables.of(run["workspace_id"]) if loaded.reads_variables else NONE
            mask.add(variables.secrets)
            return await self._drive_with(variables.values, loaded, run)

    async def _drive_with(self, variables: Mapping[str, JsonValue], loaded: LoadedPlan, run: Row) -> DriveEnd:
        items = items_from(await self._around.payloads.unpack(run["input"]))
        part = part_of(run)
        if part is not None:
            state, ready = await part_state(self._database, loaded.plan, run, part, self._around.payloads)
        elif run["fence"] == 1 and run["retry_of"] is None:
            state, ready = fresh(loaded.plan, run["trigger_node"])
        else:
            journalled = await read_journal(self._database, run["id"])
            state, ready = await restored(loaded.plan, run["trigger_node"], journalled, self._around.payloads)
        journal = RunJournal(self._database, run["id"], run["fence"], state, self._bell.ring_soon)
        drive = Drive(run, loaded, state, journal, self._facts(run, loaded.plan, variables), self._around)
        task = asyncio.current_task()
        assert task is not None  # we are in one
        self._drives[_key(run)] = (drive, task)
        if run["cancel_requested"]:
            drive.stop("cancelled")
        self._around.announcer.run_begun(run)
        return await drive.go(ready, items)

    def _facts(self, run: Row, plan: Plan, variables: Mapping[str, JsonValue]) -> RunFacts:
        return RunFacts(
            workflow={"id": run["workflow_id"], "name": run["workflow_name"]},
            run_id=run["id"],
            shown_id=shown_id(run),
            version=run["version"],
            tokens=self._tokens,
            vars=variables,
            timezone=plan.settings.timezone,
        )

    async def _after(self, run: Row, end: DriveEnd) -> None:
        if end.answer is not None:
            self._around.announcer.answer(run, end.answer)
        # What failed may have started the runs that are told of it.
        if end.status in ("queued", "failed") and not self._draining:
            self._bell.ring_soon()
        if run["parent_waits"]:
            # The parent may have been woken, here or while it is driven elsewhere.
            self._bell.ring_soon()
            await self._bell.signal()
        if end.status == "waiting" and end.due_at is not None and end.due_at - clock.now() < _TIMER_WITHIN:
            timer = asyncio.create_task(self._wake_at((end.due_at - clock.now()).total_seconds()))
            self._timers.add(timer)
            timer.add_done_callback(self._timers.discard)

    async def _wake_at(self, seconds: float) -> None:
        """On time where this worker still lives then; else the sweeper is at most a second late."""
        await asyncio.sleep(max(seconds, 0) + 0.002)
        await self._claim_all()

    async def _fail(self, run: Row, code: str, message: str, hint: str) -> None:
        error = dump_json({"code": code, "message": message, "hint": hint})
        close = Close("failed", run["active_ms"], error=error, finished_at=clock.now(), cut_off=True)
        of_part = run["scopes_from"] is not None
        close = replace(close, wakes_parent=bool(run["parent_waits"]), of_part=of_part, leaves_children=True)
        try:
            await self._database.writer.call(write, Entry(run["id"], run["fence"], close=close))
        except DatabaseUnavailable:
            # It is found as lost, and the next claim comes to the same end.
            log.warning("a broken run could not be closed", run_id=run["id"])

    async def checkpoints(self) -> None:
        """Once a second, write down what long runs have done so far; now and then, look for lost ones."""
        for number in itertools.count(1):
            await asyncio.sleep(_CHECKPOINT_S)
            if number % _CHECKPOINTS_BETWEEN_LOOKS == 0:
                await self._give_back_lost()
            for drive, _ in list(self._drives.values()):
                if drive is not None:
                    try:
                        await drive.checkpoint()
                    except Fenced:
                        drive.stop("released")

    async def _give_back_lost(self) -> None:
        """What the database says this worker drives and it doesn't, as after a claim whose answer got lost.

        No lease would ever run out on those.
        """
        # While nothing is being claimed: a claim is in the database before it is known here.
        async with self._claiming:
            known = set(self._drives)
            mine = select(RUNS.c.id, RUNS.c.fence).where(
                unfinished(RUNS), RUNS.c.status == "running", RUNS.c.lease_owner == self.id
            )
            try:
                async with self._database.read() as session:
                    lost = {row.id for row in await session.execute(mine) if (row.id, row.fence) not in known}
                if not lost or not await self._database.writer.call(give_back, Lost(self.id, frozenset(lost))):
                    return
            except (DatabaseUnavailable, SQLAlchemyError) as failure:
                log.warning("lost runs not looked for", reason=str(getattr(failure, "orig", failure)))
                return
        log.warning("gave back runs that were lost sight of", runs=sorted(lost))
        self._bell.ring_soon()

    def hear(self, asked: Asked) -> None:
        """What the heartbeat brought."""
        self._stop("cancelled", asked.cancelled)
        for (run_id, _), (drive, _) in self._drives.items():
            if run_id in asked.signals and drive is not None:
                drive.signal(asked.signals[run_id])

    def _stop(self, why: str, run_ids: Set[str]) -> None:
        for (run_id, _), (drive, _) in self._drives.items():
            if run_id in run_ids and drive is not None:
                drive.stop(why)

    async def drain(self, patience_s: float) -> None:
        """Take nothing new, let what runs come to its end, and give back what takes too long."""
        self._draining = True
        async with self._claiming:
            # What is being claimed now is there when the lock is free.
            tasks = [task for _, task in self._drives.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=patience_s)
        for drive, _ in list(self._drives.values()):
            if drive is not None:
                drive.stop("released")
        tasks = [task for _, task in self._drives.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=2)
        for timer in self._timers:
            timer.cancel()


def _key(run: Row) -> tuple[str, int]:
    return run["id"], run["fence"]


class HeartbeatThread:
    """Keeps the lease from a thread with its own connection: a busy event loop must not look like a dead worker."""

    def __init__(
        self,
        database: Database,
        worker_id: str,
        hear: Callable[[Asked], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._database = database
        self._worker_id = worker_id
        self._hear = hear
        self._loop = loop
        self._now = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._beat()
        self._thread.start()

    def beat_now(self) -> None:
        """Something was asked of a run: look at once rather than at the next beat."""
        self._now.set()

    def close(self) -> None:
        self._ended.set()
        self._now.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._now.wait(BEAT_S)
            self._now.clear()
            self._beat()

    def _beat(self) -> None:
        now = clock.now()
        try:
            with self._database.threaded() as connection:
                asked = heartbeat(connection, Heartbeat(self._worker_id, now + LEASE, now))
        except (DatabaseUnavailable, SQLAlchemyError) as failure:
            log.warning("heartbeat missed", reason=str(getattr(failure, "orig", failure)))
            return
        if asked.signals and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hear, asked)
