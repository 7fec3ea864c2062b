"""The journal of one claimed run: what is pending is written in one go, under the claim's fence."""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import select

from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.features.runs.journal import Close, Entry, Written, write
from nodeloom.features.runs.models import RUNS
from nodeloom.features.runs.restore import Journalled, read_journal
from nodeloom.features.runs.state import RunState

log = structlog.get_logger(__name__)

_RETRY_S = 0.5


class Fenced(Exception):
    """The run was taken over by another claim: nothing that is done here counts any more."""


class RunJournal:
    """`ring` is called when what nodes asked for may have made other runs."""

    def __init__(self, database: Database, run_id: str, fence: int, state: RunState, ring: Callable[[], None]) -> None:
        self._database = database
        self._run_id = run_id
        self._fence = fence
        self._state = state
        self._ring = ring
        self._flushing = asyncio.Lock()
        self._fenced = False

    @property
    def pending(self) -> bool:
        return bool(self._state.node_rows or self._state.attempt_rows or self._state.log.pending)

    async def flush(self, close: Close | None = None, signals_seen: int | None = None) -> Written:
        """On disk when it returns. A database that is away is waited for: what was done must not be lost.

        Raises Fenced; `signalled` is only said to a close with `signals_seen`, and then nothing was written.
        """
        # One after the other: a write that waits for the database must not overtake a newer one. What came up
        # meanwhile goes with the next.
        async with self._flushing:
            if self._fenced:
                raise Fenced(self._run_id)
            if close is None and not self.pending:
                return "written"
            return await self._flush(close, signals_seen)

    async def _flush(self, close: Close | None, signals_seen: int | None) -> Written:
        state = self._state
        node_rows, attempt_rows = state.node_rows, state.attempt_rows
        state.node_rows, state.attempt_rows = {}, []
        asks, state.asks = state.asks, []
        lines = state.log.take()
        entry = Entry(
            self._run_id, self._fence, tuple(node_rows.values()), tuple(attempt_rows), close, signals_seen, asks, lines
        )
        kept = False
        try:
            written = await self._write(entry)
            kept = written != "signalled"
        finally:
            if not kept:
                state.node_rows = {**node_rows, **state.node_rows}
                state.attempt_rows = attempt_rows + state.attempt_rows
                state.asks = asks + state.asks
                state.log.put_back(lines)
        if written == "fenced":
            self._fenced = True
            raise Fenced(self._run_id)
        if asks and written == "written":
            self._ring()
        return written

    async def reread(self) -> Journalled:
        """The run as it stands on disk, with what is pending written first."""
        if self.pending:
            await self.flush()
        return await read_journal(self._database, self._run_id)

    async def _write(self, entry: Entry) -> Written:
        attempts = 0
        while True:
            try:
                written = await self._database.writer.call(write, entry)
            except DatabaseUnavailable as failure:
                attempts += 1
                log.warning("journal waits for the database", run_id=self._run_id, reason=str(failure))
                await asyncio.sleep(_RETRY_S)
                continue
            if written == "fenced" and attempts and entry.close is not None and await self._is_closed(entry.close):
                # By the commit whose answer was lost.
                return "written"
            return written

    async def _is_closed(self, close: Close) -> bool:
        """By this claim: while the database was away, another one may have taken the run over."""
        statement = select(RUNS.c.fence, RUNS.c.status).where(RUNS.c.id == self._run_id)
        async with self._database.read() as session:
            run = (await session.execute(statement)).one()
        return bool(run.fence == self._fence and run.status == close.status)
