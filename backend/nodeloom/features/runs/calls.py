"""Run an action of a connector, item by item: the intent is on disk before the call, the outcome right after it."""

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from pydantic import BaseModel

from nodeloom.adapters import clock
from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.masking import masked
from nodeloom.engine.failure import PARK_OVER, Again, Ask, Confirm, Fail, Failure, decide
from nodeloom.engine.inputs import Joined
from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.features.connections.accounts import connection_of
from nodeloom.features.runs.approving import approval_door, waits_for_approval
from nodeloom.features.runs.call_failures import DEFAULT_TIMEOUT_S, Told, error_at, told
from nodeloom.features.runs.compute import EMPTY, Work, bind_at, error_document, failed_item
from nodeloom.features.runs.logs import next_try
from nodeloom.features.runs.outside import Account, Outside
from nodeloom.features.runs.payloads import Payloads, items_document
from nodeloom.features.runs.run_journal import RunJournal
from nodeloom.features.runs.state import Asleep, Broken, Done, ErrorDocument, NodeEnd, PastAttempt, RunState
from nodeloom.graph.effect import Effect
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.scope import format_path
from nodeloom.nodes.approval import decided
from nodeloom.nodes.node_type import NodeFailed
from nodeloom_connectors.sdk import (
    Action,
    ActionContext,
    Connector,
    FileRef,
    OutcomeUnknown,
    Reconnect,
    RetryLater,
    Usage,
    WithFiles,
)

log = structlog.get_logger(__name__)

JOURNALLED: frozenset[Effect] = frozenset({"idempotent", "once", "destructive"})
PAUSES_ALLOWED = 20
LOOK_UP_AGAIN_S = (0.2, 1.0, 3.0)


@dataclass(slots=True)
class ActionWork:
    work: Work
    connector: Connector
    action: Action[Any, Any, Any]
    state: RunState
    journal: RunJournal
    payloads: Payloads
    outside: Outside
    workspace_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class _ItemFailed:
    error: ErrorDocument
    attempt: int


async def call_action(call: ActionWork) -> NodeEnd:
    """One call for each item, in order; what an earlier claim already did is taken from the journal."""
    if call.action.waits is not None:
        return await _call_and_wait(call)
    node = call.work.node
    name, joined = next(iter(call.work.inputs.items()), ("in", Joined(())))
    items: Sequence[Item] = joined.items[:1] if node.settings.execute_once else joined.items
    call.work.scope.items, call.work.scope.input = items, name
    ports: dict[str, list[Item]] = {port: [] for port in node.ports}
    error: ErrorDocument | None = None
    attempt = 1
    for index, item in enumerate(items):
        end = await _call_item(call, index, item)
        match end:
            case Asleep():
                return end
            case _ItemFailed(failure, attempts):
                error, attempt = error or failure, max(attempt, attempts)
                if node.settings.on_error == "stop":
                    return Broken(failure, attempts)
                port, given = failed_item(node, item, index, name, failure)
                ports[port].append(given)
            case PastAttempt(number=number, items=given_items):
                attempt = max(attempt, number)
                ports["out"].extend(_after(item, (name, index), given_items))
    if node.settings.always_output and not any(ports.values()):
        ports["out"].append(EMPTY)
    return Done(ports, None, error, attempt)


async def _call_and_wait(call: ActionWork) -> NodeEnd:
    """One call for the whole list, which asks for an approval; then the node waits for what is said."""
    node, resumed = call.work.node, call.work.context.resumed
    name, joined = next(iter(call.work.inputs.items()), ("in", Joined(())))
    if not joined.items:
        return Done({})
    call.work.scope.items, call.work.scope.input = joined.items, name
    past = call.state.attempts.get((call.work.scope.key, 0))
    asked = bool(past) and past[-1].status == "succeeded"
    end = await _call_item(call, 0, joined.items[0])
    match end:
        case _ItemFailed(failure, attempts) if node.settings.on_error == "stop":
            return Broken(failure, attempts)
        case _ItemFailed(failure, attempts):
            port, given = failed_item(node, joined.items[0], 0, name, failure)
            return Done({port: [given]}, None, failure, attempts)
        case PastAttempt(number=number) if asked and resumed is not None:
            items = [Item(item.json, item.files, ((name, index),)) for index, item in enumerate(joined.items)]
            return Done(decided(items, resumed, clock.now()).ports, attempt=number)
        case PastAttempt(number=number):
            return waits_for_approval(bind_at(call.work, 0), clock.now(), number)
        case Asleep():
            return end


async def _call_item(call: ActionWork, index: int, item: Item) -> PastAttempt | _ItemFailed | Asleep:
    past = call.state.attempts.setdefault((call.work.scope.key, index), [])
    if past and past[-1].status == "succeeded":
        return past[-1]
    if past and past[-1].status == "unknown":
        return Asleep("outcome", None, past[-1].number)
    try:
        params = bind_at(call.work, index)
    except (ExpressionFailed, NodeFailed) as failure:
        return _ItemFailed(error_document(call.work.node.id, failure), max(len(past), 1))
    trial = _Trial(call, index, item, params, call.action.effect_of(params), past)
    return await trial.run()


class _Trial:
    """The attempts at one call, from the one that comes next to its end."""

    def __init__(
        self, call: ActionWork, index: int, item: Item, params: BaseModel, effect: Effect, past: list[PastAttempt]
    ) -> None:
        self.call, self.item, self.params, self.past = call, item, params, past
        self.effect: Effect = effect
        self.node = call.work.node
        self.named = connection_of(self.node.connection_id, params.model_dump())
        node_id, path = call.work.scope.key
        self.address = {"run_id": call.run_id, "node_id": node_id, "path": format_path(path), "item": index}
        # The same for every attempt, also after a crash: the service can tell a repeat from a second wish.
        self.key: str = hashlib.sha256(f"{call.run_id}:{node_id}:{format_path(path)}:{index}".encode()).hexdigest()[:32]

    async def run(self) -> PastAttempt | _ItemFailed | Asleep:
        if self.past and self.past[-1].status == "intent":
            lost = self.past[-1]
            message = "The worker stopped during this call, and what became of it is not known."
            hint = "Look at the service, then settle the outcome."
            error = error_at(self.node.id, "outcome_unknown", message, hint)
            end = await self._after_failure(Failure("crash", lost.number), error, lost.number, None)
            if end is not None:
                return end
        while True:
            end = await self._attempt(len(self.past) + 1)
            if end is not None:
                return end

    async def _attempt(self, number: int) -> PastAttempt | _ItemFailed | Asleep | None:
        call = self.call
        held_back = await self._turn(number)
        if held_back is not None:
            return held_back
        began = clock.now()
        try:
            account = await call.outside.account(call.workspace_id, call.connector, self.named)
        except Exception as failure:  # noqa: BLE001  a connector of a stranger's may raise anything
            return await self._failed(told(failure, "read", self.node.id, self._timeout_s), number, None)
        if self.effect in JOURNALLED:
            self._record(number, "intent", began)
            await self.call.journal.flush()
        async with call.outside.passages.begin(call.workspace_id, account.key) as passage:
            try:
                result = await self._made(account)
            except Exception as failure:  # noqa: BLE001  every way in which a call can end is sorted here
                ended = told(failure, self.effect, self.node.id, self._timeout_s)
            else:
                return await self._ended_well(number, began, result)
        if ended.account_broken:
            await self._note(masked(str(ended.error["message"])))
        if ended.nothing_happened and passage.resting_s:
            ended = replace(ended, after_s=passage.resting_s)
        return await self._failed(ended, number, began)

    async def _ended_well(self, number: int, began: datetime, result: Any) -> PastAttempt:
        done = await self._succeeded(number, began, result)
        await self._note(None)
        return done

    async def _turn(self, number: int) -> Asleep | None:
        """Wait for what the service, or others of this kind, leave room for; a long wait frees the worker."""
        call = self.call
        while (wait_s := await call.outside.wait_s(call.workspace_id, call.connector, self.named, self.key)) > 0:
            wait = timedelta(seconds=wait_s)
            if wait > PARK_OVER:
                return Asleep("limit", clock.now() + wait, max(number - 1, 1))
            await asyncio.sleep(wait_s)
        return None

    async def _made(self, account: Account) -> Any:
        """The result; where the service doesn't take the token, once more with a new one (it did nothing then)."""
        async with asyncio.timeout(self._timeout_s):
            try:
                return await self.call.action.run(self._context(account), self.params)
            except Reconnect as refused:
                if refused.token_is_good:
                    raise
                renewed = await self.call.outside.renewed(self.call.workspace_id, self.call.connector, account)
                if renewed is None:
                    raise
            return await self.call.action.run(self._context(renewed), self.params)

    async def _failed(
        self, ended: Told, number: int, began: datetime | None
    ) -> PastAttempt | _ItemFailed | Asleep | None:
        """A pause that the service asks for, and after which nothing happened, is kept by all who share the account."""
        if ended.kind == "retry_later" and ended.nothing_happened and ended.after_s is not None:
            await self.call.outside.pause(self.named, ended.after_s)
            if self.node.settings.retry is None and number < PAUSES_ALLOWED:
                await self._close(number, "failed", began, ended.error)
                return Asleep("limit", clock.now() + timedelta(seconds=ended.after_s), number, ended.error)
        return await self._after_failure(Failure(ended.kind, number, ended.after_s), ended.error, number, began)

    @property
    def _timeout_s(self) -> float:
        return self.node.settings.timeout_s or DEFAULT_TIMEOUT_S

    async def _note(self, refused: str | None) -> None:
        await self.call.outside.note(self.call.workspace_id, self.named, refused)

    def _context(self, account: Account) -> ActionContext[Any]:
        call = self.call
        return ActionContext(
            client=account.client,
            idempotency_key=self.key,
            files=call.outside.files(call.workspace_id, self.item),
            log=log.bind(run_id=call.run_id, node_id=self.node.id),
            report_usage=self._report_usage,
            approval=None if call.action.waits is None else approval_door(call.work.scope),
        )

    def _report_usage(self, usage: Usage) -> None:
        log.info("usage", run_id=self.call.run_id, node_id=self.node.id, unit=usage.unit, quantity=str(usage.quantity))

    async def _after_failure(
        self, failure: Failure, error: ErrorDocument, number: int, began: datetime | None
    ) -> PastAttempt | _ItemFailed | Asleep | None:
        can_confirm = self.call.action.confirm is not None
        decision = decide(failure, self.effect, self.node.settings, can_confirm=can_confirm, random=random.random())  # noqa: S311  jitter
        if isinstance(decision, Confirm):
            confirmed = await self._confirm(number, began)
            if confirmed is not None:
                return confirmed
            decision = self._decide_unconfirmed(failure)
        match decision:
            case Again(delay):
                await self._close(number, "failed", began, error)
                if decision.parks:
                    return Asleep("retry", clock.now() + delay, number, error)
                self.call.work.context.log("warning", next_try(number, delay, error))
                await asyncio.sleep(delay.total_seconds())
                return None
            case Ask(reason):
                status = "unknown" if reason == "outcome" else "failed"
                await self._close(number, status, began, error)
                return Asleep(reason, None, number, error)
            case Fail() | Confirm():
                await self._close(number, "failed", began, error)
                return _ItemFailed(error, number)

    async def _confirm(self, number: int, began: datetime | None) -> PastAttempt | None:
        """The outcome if the service knows that it happened; remembers whether it said that it did not."""
        confirm = self.call.action.confirm
        assert confirm is not None  # decide() only asks to confirm where that can be done
        self._denied = False
        try:
            result = await self._looked_up(confirm)
        except Exception as failure:  # noqa: BLE001  a look-up that fails leaves the outcome as unknown as before
            log.warning("outcome not confirmed", run_id=self.call.run_id, node_id=self.node.id, reason=str(failure))
            return None
        if result is None:
            self._denied = True
            return None
        return await self._succeeded(number, began, result)

    async def _looked_up(self, confirm: Callable[[ActionContext[Any], Any], Awaitable[Any]]) -> Any:
        """What broke the call may break the look-up too: it is tried a few times."""
        call = self.call
        for pause_s in (*LOOK_UP_AGAIN_S, None):
            try:
                account = await call.outside.account(call.workspace_id, call.connector, self.named)
                async with asyncio.timeout(self._timeout_s):
                    return await confirm(self._context(account), self.params)
            except (RetryLater, OutcomeUnknown):
                if pause_s is None:
                    raise
                await asyncio.sleep(pause_s)
        return None

    def _decide_unconfirmed(self, failure: Failure) -> Again | Ask | Fail | Confirm:
        # What the service says did not happen is as harmless to repeat as a read.
        effect = "read" if self._denied else self.effect
        return decide(failure, effect, self.node.settings, can_confirm=False, random=random.random())  # noqa: S311  jitter

    async def _succeeded(self, number: int, began: datetime | None, result: Any) -> PastAttempt:
        items = _items(result)
        if self.effect in JOURNALLED:
            packed = await self.call.payloads.pack(items_document(items))
            self._record(number, "succeeded", began, output=packed, ended=clock.now())
            await self.call.journal.flush()
        done = PastAttempt(number, "succeeded", self.effect, items)
        self._remember(done)
        return done

    async def _close(self, number: int, status: str, began: datetime | None, error: ErrorDocument) -> None:
        self._record(number, status, began, error=dump_json(masked(error)), ended=clock.now())
        self._remember(PastAttempt(number, status, self.effect))
        if self.effect in JOURNALLED:
            await self.call.journal.flush()

    def _remember(self, attempt: PastAttempt) -> None:
        if self.past and self.past[-1].number == attempt.number:
            self.past.pop()
        self.past.append(attempt)

    def _record(
        self,
        number: int,
        status: str,
        began: datetime | None,
        *,
        output: bytes | None = None,
        error: str | None = None,
        ended: datetime | None = None,
    ) -> None:
        if status == "intent":
            self._remember(PastAttempt(number, status, self.effect))
        row = {
            **self.address,
            "number": number,
            "workspace_id": self.call.workspace_id,
            "effect": self.effect,
            "idempotency_key": self.key,
            "summary": f"{self.call.connector.title}: {self.call.action.title}",
            "status": status,
            "started_at": began or clock.now(),
            "finished_at": ended,
            "output": output,
            "error": error,
        }
        self.call.state.attempt_rows.append(row)


def _after(item: Item, origin: tuple[str, int], made: Sequence[Item]) -> Iterator[Item]:
    """What a call gave; one item that brings no files of its own keeps those of the item that it was made for."""
    kept: Mapping[str, ArtifactRef] = item.files if len(made) == 1 else {}
    for each in made:
        yield Item(each.json, each.files or kept, (origin,))


def _items(result: BaseModel | Sequence[BaseModel] | WithFiles[Any]) -> list[Item]:
    files: dict[str, ArtifactRef] = {}
    if isinstance(result, WithFiles):
        files = {name: _artifact(file) for name, file in result.files.items()}
        result = cast("BaseModel | Sequence[BaseModel]", result.result)
    models = [result] if isinstance(result, BaseModel) else result
    return [Item(model.model_dump(mode="json"), files) for model in models]


def _artifact(file: FileRef) -> ArtifactRef:
    return ArtifactRef(file.id, file.name, file.media_type, file.size)
