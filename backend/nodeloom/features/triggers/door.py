"""Everything under /hooks: a bare ASGI application, since its speed is the product's speed.

Checked in this order, before anything is stored: the path, the method (405), the size (413), the proof of who
calls (401). What passes is stored with its run in one transaction, and only then answered.
"""

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson
import structlog
from starlette.types import Receive, Scope, Send

from nodeloom.adapters.database import Database
from nodeloom.adapters.outage import is_outage
from nodeloom.adapters.problem import ApiProblem
from nodeloom.adapters.queue import Bell
from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.features.runs.answers import Answers
from nodeloom.features.triggers import replies
from nodeloom.features.triggers.accept import Arrival, Outcome, Repeated, Stale, TakenIn, take_in
from nodeloom.features.triggers.calls import ResumeCalls
from nodeloom.features.triggers.drafts import Drafts
from nodeloom.features.triggers.failures import Failures, TriggerFailed
from nodeloom.features.triggers.hook_auth import HookAuth
from nodeloom.features.triggers.hook_route import HookRoute
from nodeloom.features.triggers.hook_table import HookTable, NoSuchHook, OtherMethods
from nodeloom.features.triggers.http_edge import (
    CallerLeft,
    HookRequest,
    OpenFile,
    TooLarge,
    hook_request,
    read_all,
    send_reply,
)
from nodeloom.features.triggers.incoming import BodyUnreadable
from nodeloom.features.triggers.intake import Intake
from nodeloom.features.triggers.remote import doors
from nodeloom.features.triggers.remote.doors import ServiceDoors
from nodeloom.features.triggers.replies import PROBLEM, Reply
from nodeloom.features.triggers.results import Expected, Results, answer_reply
from nodeloom_connectors.sdk import IncomingRequest

log = structlog.stdlib.get_logger(__name__)

PREFIX = "/hooks/"
_RESULTS = "-/results/"
_RESUME = "-/resume/"
_TRIES = 3

_NO_HOOK = replies.problem(
    404,
    "no_such_hook",
    "Nobody listens at this address",
    hint="Check the address; the workflow behind it must be published, or listened to in the editor.",
)
_TOO_LARGE = replies.problem(
    413, "payload_too_large", "The body is too large", hint="The installation's limit is NODELOOM_MAX_PAYLOAD_MB."
)
_CANT_CHECK = replies.problem(
    503,
    "auth_unavailable",
    "Nobody can be let in at the moment",
    detail="The connection that callers are checked by can't be opened.",
    hint="The workflow's owner has to look at the webhook's connection. Try again later.",
    headers={"retry-after": "60"},
)
_BUSY = replies.problem(
    503, "unavailable", "The request can't be stored at the moment", hint="Send it again.", headers={"retry-after": "5"}
)
_BROKEN = replies.problem(500, "internal", "Something broke on our side", hint="Send it again later.")
_CHALLENGES = {"basic": 'Basic realm="webhook", charset="UTF-8"', "bearer": "Bearer"}


@dataclass(frozen=True, slots=True)
class HooksDoor:
    db: Database
    bell: Bell
    answers: Answers
    table: HookTable
    intake: Intake
    drafts: Drafts
    results: Results
    resume_calls: ResumeCalls
    open_file: OpenFile
    failures: Failures
    services: ServiceDoors
    most_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        workspace_id: str | None = None
        try:
            reply, workspace_id = await self._reply(scope, receive)
        except CallerLeft:
            return
        except TooLarge:
            reply = _TOO_LARGE
        except BodyUnreadable as unreadable:
            reply = replies.problem(
                400,
                "unreadable_body",
                "The body can't be read",
                detail=str(unreadable),
                hint="Send what the Content-Type header says.",
            )
        except ApiProblem as refusal:
            reply = Reply(refusal.status, orjson.dumps(refusal.document()), PROBLEM, refusal.headers)
        except Exception as failure:
            if is_outage(failure):
                log.warning("a request can't be stored", path=scope["path"], reason=str(failure))
                reply = _BUSY
            else:
                log.exception("a hook broke", path=scope["path"])
                reply = _BROKEN
        await send_reply(send, reply, workspace_id, self.open_file)

    async def _reply(self, scope: Scope, receive: Receive) -> tuple[Reply, str | None]:
        request = hook_request(scope, scope["path"].removeprefix(PREFIX).strip("/"))
        if request.path.startswith("-/"):
            return await self._own_address(request, receive)
        remembered = self.table.remembered(request.path, request.method)
        found = remembered or await self.table.find(request.path, request.method)
        if not isinstance(found, HookRoute):
            return _refusal(found), None
        body = await read_all(request, receive, self.most_bytes)
        fresh = remembered is None
        for _ in range(_TRIES):
            reply = await self._enter(found, request, body, fresh=fresh)
            if reply is not None:
                return reply, found.workspace_id
            self.table.forget(request.path)
            found, fresh = await self.table.find(request.path, request.method), True
            if not isinstance(found, HookRoute):
                return _refusal(found), None
        return _BUSY, None

    async def _enter(self, route: HookRoute, request: HookRequest, body: bytes, *, fresh: bool) -> Reply | None:
        """None: nothing was stored, since the route was no longer live or a remembered one would have refused."""
        if route.auth is not None and not _let_in(route.auth, request, body):
            if not fresh:
                return None
            return _CANT_CHECK if route.auth.accepts is None else _unauthorized(route.auth)
        arrival = await self.intake.arrival(route, request, body)
        if arrival.run is None or not route.waits:
            outcome = await self.db.writer.call(take_in, arrival)
            return await self._taken(route, arrival, outcome)
        return await self._answered(route, arrival, arrival.run.id)

    async def _answered(self, route: HookRoute, arrival: Arrival, run_id: str) -> Reply | None:
        # Listened for before it is stored: the run may be over before we are told that it was.
        future = self.answers.register(run_id)
        try:
            outcome = await self.db.writer.call(take_in, arrival)
            if not isinstance(outcome, TakenIn):
                return await self._taken(route, arrival, outcome)
            await self._started(route, arrival, outcome)
            expected = Expected.of(route, arrival.event_id, run_id)
            try:
                async with asyncio.timeout(route.timeout_s):
                    answer = await future
            except TimeoutError:
                return self.results.later(expected)
            return answer_reply(expected, answer)
        finally:
            self.answers.forget(run_id)

    async def _taken(self, route: HookRoute, arrival: Arrival, outcome: Outcome) -> Reply | None:
        match outcome:
            case TakenIn():
                await self._started(route, arrival, outcome)
                return replies.accepted(arrival.event_id, arrival.run.id if arrival.run is not None else None)
            case Repeated(event_id, run_id):
                if run_id is None or not route.waits:
                    return replies.accepted(event_id, run_id)
                return await self.results.now_or_later(Expected.of(route, event_id, run_id))
            case Stale():
                return None

    async def _tell_of_trouble(self, route: HookRoute, arrival: Arrival, trouble: ExpressionFailed) -> None:
        """Never fails: the request is taken in already."""
        try:
            failed = _failed(route, arrival, trouble)
            if failed is not None:
                await self.db.writer.call(self.failures.of_triggers, failed)
        except Exception:
            log.exception("a failing dedupe key was not told of", workflow_id=route.workflow_id)

    async def _started(self, route: HookRoute, arrival: Arrival, outcome: TakenIn) -> None:
        if arrival.trouble is not None:
            await self._tell_of_trouble(route, arrival, arrival.trouble)
        if outcome.listening:
            await self.drafts.show(route, arrival)
        if arrival.run is not None or arrival.awaited is not None:
            self.bell.ring_soon()
        if arrival.awaited is not None:
            await self.bell.signal()

    async def _own_address(self, request: HookRequest, receive: Receive) -> tuple[Reply, str | None]:
        if request.path.startswith(_RESULTS):
            if request.method != "GET":
                return _refusal(OtherMethods(("GET",))), None
            return await self.results.fetch(request.path.removeprefix(_RESULTS))
        if request.path.startswith(_RESUME):
            if request.method != "POST":
                return _refusal(OtherMethods(("POST",))), None
            body = await read_all(request, receive, self.most_bytes)
            return await self.resume_calls.resume(request.path.removeprefix(_RESUME), request, body), None
        if request.path.startswith(doors.PREFIX):
            return await self.services.reply(request, receive), None
        return _NO_HOOK, None


def _failed(route: HookRoute, arrival: Arrival, trouble: ExpressionFailed) -> TriggerFailed | None:
    """Who tries out a draft sees it by themselves."""
    if route.version is None:
        return None
    message = f"What repeats are recognised by can't be worked out, so none are: {trouble.message}"
    return TriggerFailed(
        workspace_id=route.workspace_id,
        workflow_id=route.workflow_id,
        workflow_name=route.workflow_name,
        version=route.version,
        node_id=route.node_id,
        kind=arrival.kind,
        event_id=arrival.event_id,
        run_id=arrival.run.id if arrival.run is not None else None,
        error={"code": trouble.code, "message": message, "hint": trouble.hint},
        at=arrival.received_at,
    )


def _let_in(auth: HookAuth, request: HookRequest, body: bytes) -> bool:
    if auth.accepts is None:
        return False
    query = dict(parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True))
    return auth.accepts(IncomingRequest(request.method, request.headers, query, body))


def _refusal(found: NoSuchHook | OtherMethods) -> Reply:
    if isinstance(found, NoSuchHook):
        return _NO_HOOK
    allowed = ", ".join(dict.fromkeys(found.allowed))
    return replies.problem(
        405,
        "method_not_allowed",
        "The address takes other methods",
        hint=f"Send {allowed}.",
        headers={"allow": allowed},
    )


def _unauthorized(auth: HookAuth) -> Reply:
    challenge = _CHALLENGES.get(auth.kind)
    return replies.problem(
        401,
        "unauthorized",
        "The request does not prove that it may come in",
        hint=f"The webhook asks for authentication of the kind {auth.kind}.",
        headers={} if challenge is None else {"www-authenticate": challenge},
    )
