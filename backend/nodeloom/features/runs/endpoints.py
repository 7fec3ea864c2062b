"""/runs and /outcomes: start, look, cancel, retry, settle."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from nodeloom.adapters.database import after_commit
from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.adapters.queue import Bell
from nodeloom.features.accounts.caller import Runner, Viewer
from nodeloom.features.accounts.idempotency import mark_carried_out
from nodeloom.features.accounts.requests import Db, ReadSession, WriteSession
from nodeloom.features.audit import trail
from nodeloom.features.catalog.own.catalogs import WorkspaceCatalog
from nodeloom.features.runs import reading, signals, starting
from nodeloom.features.runs.accept import NewRun
from nodeloom.features.runs.answers import Answers
from nodeloom.features.runs.errors import NothingToSettle
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.reading import Reader
from nodeloom.features.runs.schemas import (
    AttemptRead,
    ErrorRead,
    ItemsPage,
    OutcomeRead,
    Resolve,
    RunRead,
    RunRetry,
    RunStart,
    RunStarted,
    RunSummary,
)
from nodeloom.features.runs.views import run_summary

router = APIRouter(tags=["runs"])

Identifier = Annotated[str, Path(max_length=200)]
Status = Literal["queued", "running", "waiting", "succeeded", "failed", "cancelled"]


def _state(name: str) -> Any:
    def part(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(part)


TheBell = Annotated[Bell, _state("bell")]
TheReader = Annotated[Reader, _state("reader")]
ThePayloads = Annotated[Payloads, _state("payloads")]
TheAnswers = Annotated[Answers, _state("answers")]
TheCatalog = WorkspaceCatalog


@router.post("/workflows/{workflow_id}/runs", status_code=202, responses={200: {"model": RunRead}})
async def start_run(
    request: Request,
    workflow_id: Identifier,
    body: RunStart,
    caller: Runner,
    db: Db,
    bell: TheBell,
    answers: TheAnswers,
    payloads: ThePayloads,
    catalog: TheCatalog,
    reader: TheReader,
    response: Response,
) -> RunStarted | RunRead:
    """Start a run; with `wait_s`, answer with the whole run if it ends within that time."""
    answer_to = answers.address if body.wait_s else None
    async with db.transaction() as session:
        run = await starting.start(
            session, caller.workspace_id, workflow_id, body, catalog, payloads, answer_to, caller.role
        )
        await mark_carried_out(session, request)
        if body.wait_s:
            answers.register(run.id)
        after_commit(session, bell.ring)
    return await _wait(run, body.wait_s, db, answers, reader, response)


async def _wait(
    run: NewRun, wait_s: float, db: Db, answers: Answers, reader: Reader, response: Response
) -> RunStarted | RunRead:
    if wait_s:
        try:
            await answers.wait(run.id, wait_s)
        finally:
            answers.forget(run.id)
    async with db.read() as session:
        row = await reading.find_run(session, run.workspace_id, run.id)
        if wait_s and row["status"] in ("succeeded", "failed", "cancelled"):
            response.status_code = 200
            return await reader.run(session, run.workspace_id, run.id)
    return RunStarted(id=run.id, status=row["status"])


@router.get("/runs")
async def list_runs(
    caller: Viewer,
    session: ReadSession,
    page: PageQuery,
    workflow_id: Annotated[str | None, Query(max_length=200)] = None,
    status: Annotated[list[Status] | None, Query()] = None,
    since: datetime | None = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[RunSummary]:
    """Newest first. `q` looks in ids, workflow names and errors; `status` may come several times."""
    rows, cursor = await reading.list_runs(
        session,
        caller.workspace_id,
        page,
        workflow_id=workflow_id,
        status=status or [],
        since=_aware(since),
        q=q,
    )
    return Page(items=[run_summary(row) for row in rows], next_cursor=cursor)


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


@router.get("/runs/{run_id}")
async def get_run(run_id: Identifier, caller: Viewer, session: ReadSession, reader: TheReader) -> RunRead:
    """One run with all its nodes."""
    return await reader.run(session, caller.workspace_id, run_id)


ScopePathQuery = Annotated[str, Query(max_length=1000)]


class _ItemsAsked:
    """Of which node, in which scope, and at which port (the first that has any, if not named)."""

    def __init__(
        self,
        run_id: Identifier,
        node_id: Identifier,
        page: PageQuery,
        port: Annotated[str | None, Query(max_length=200)] = None,
        path: ScopePathQuery = "",
    ) -> None:
        self.of = (run_id, node_id, path, port, page)


ItemsAsked = Annotated[_ItemsAsked, Depends()]


@router.get("/runs/{run_id}/nodes/{node_id}/output")
async def get_node_output(caller: Viewer, session: ReadSession, reader: TheReader, asked: ItemsAsked) -> ItemsPage:
    """The items that a node gave by a port (the first that gave any, if not named)."""
    return await reader.output(session, caller.workspace_id, *asked.of)


@router.get("/runs/{run_id}/nodes/{node_id}/input")
async def get_node_input(caller: Viewer, session: ReadSession, reader: TheReader, asked: ItemsAsked) -> ItemsPage:
    """The items that a node took in by an input (the first that took any, if not named)."""
    return await reader.input(session, caller.workspace_id, *asked.of)


@router.get("/runs/{run_id}/nodes/{node_id}/attempts")
async def list_attempts(
    run_id: Identifier, node_id: Identifier, caller: Viewer, session: ReadSession, path: ScopePathQuery = ""
) -> list[AttemptRead]:
    """Every try of every call that the node made, by item."""
    await reading.find_run(session, caller.workspace_id, run_id)
    rows = await reading.attempts_of(session, caller.workspace_id, run_id, node_id, path)
    return [AttemptRead.model_validate({**row, "error": _error(row["error"])}) for row in rows]


@router.post("/runs/{run_id}/cancel", status_code=202)
async def cancel_run(run_id: Identifier, caller: Runner, session: WriteSession, bell: TheBell) -> RunStarted:
    """End a run with all that it started; a node in flight is cut off."""
    await signals.cancel(session, caller.workspace_id, run_id)
    await trail.record(session, caller, "run.cancelled", "run", run_id, {})
    after_commit(session, bell.ring)
    after_commit(session, bell.signal)
    row = await reading.find_run(session, caller.workspace_id, run_id)
    return RunStarted(id=run_id, status=row["status"])


@router.post("/runs/{run_id}/retry", status_code=202)
async def retry_run(
    run_id: Identifier,
    caller: Runner,
    session: WriteSession,
    bell: TheBell,
    catalog: TheCatalog,
    payloads: ThePayloads,
    body: RunRetry | None = None,
) -> RunStarted:
    """Run once more with the same input: a new run, linked to this one.

    From a node on, or for the failed items of a map only, with what the other nodes gave.
    """
    run = await starting.retry(session, caller.workspace_id, run_id, body or RunRetry(), catalog, payloads)
    after_commit(session, bell.ring)
    return RunStarted(id=run.id, status="queued")


@router.get("/outcomes")
async def list_outcomes(caller: Viewer, session: ReadSession, page: PageQuery) -> Page[OutcomeRead]:
    """Effects of which nobody knows whether they happened."""
    rows, cursor = await reading.unknown_outcomes(session, caller.workspace_id, page)
    items = [OutcomeRead.model_validate({**row, "error": _error(row["error"])}) for row in rows]
    return Page(items=items, next_cursor=cursor)


@router.post("/runs/{run_id}/nodes/{node_id}/resolve", status_code=202)
async def resolve_outcome(
    run_id: Identifier,
    node_id: Identifier,
    body: Resolve,
    caller: Runner,
    session: WriteSession,
    bell: TheBell,
    payloads: ThePayloads,
) -> RunStarted:
    """Say whether an effect happened. If it did, `output` is what the node gives; if not, the call is made again."""
    given = body.output if body.output is not None else {}
    documents = [{"json": value} for value in (given if isinstance(given, list) else [given])]
    packed = await payloads.pack(documents) if body.outcome == "happened" else None
    if body.outcome == "did_not_happen" and body.output is not None:
        raise NothingToSettle("What did not happen has no output.", hint="Leave `output` out.")
    item = await signals.settle_outcome(
        session, caller.workspace_id, run_id, node_id, body.path, body.item, body.outcome, packed
    )
    about = {"node_id": node_id, "path": body.path, "item": item, "outcome": body.outcome}
    await trail.record(session, caller, "outcome.settled", "run", run_id, about)
    after_commit(session, bell.ring)
    after_commit(session, bell.signal)
    row = await reading.find_run(session, caller.workspace_id, run_id)
    return RunStarted(id=run_id, status=row["status"])


def _error(packed: str | None) -> ErrorRead | None:
    return ErrorRead.model_validate_json(packed) if packed is not None else None
