"""/hooks/-/apps/…: where services call. Nothing is stored of a call that does not carry the service's signature.

`<connector>` is the address of the installation's app, `<connector>/<workspace>` that of a workspace's own app, and
`<connector>/in/<token>` that of one registration.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import httpx2
import structlog
from starlette.types import Receive

from nodeloom.adapters.database import Database
from nodeloom.adapters.queue import Bell
from nodeloom.features.connections.errors import ConnectionMissing
from nodeloom.features.triggers import replies
from nodeloom.features.triggers.http_edge import HookRequest, read_all
from nodeloom.features.triggers.remote.hearing import Hearing
from nodeloom.features.triggers.remote.taking import Heard, Taking
from nodeloom.features.triggers.replies import Reply
from nodeloom_connectors.sdk import AppDoor, AppEvent, Connector, Decision, HookTrigger, IncomingRequest, NotGenuine
from nodeloom_connectors.sdk import Reply as Said

log = structlog.stdlib.get_logger(__name__)

PREFIX = "-/apps/"
# Services wait 3 s, and say it again where they get no answer.
_WITHIN_S = 2.5
_LONGEST_ID = 500

_NOBODY = replies.problem(
    404, "no_such_hook", "Nobody listens at this address", hint="Copy the address from the app's settings in Nodeloom."
)
_GONE = replies.problem(
    410, "hook_gone", "Nobody listens here any more", hint="Remove the registration: its workflow was taken down."
)
_NOT_GENUINE = replies.problem(
    401,
    "unauthorized",
    "The request does not carry the service's signature",
    hint="Check the app's secrets: they have to be those of the app that calls.",
)
_LATER = replies.problem(
    503, "unavailable", "The request can't be stored at the moment", hint="Send it again.", headers={"retry-after": "5"}
)
_POST = replies.problem(
    405,
    "method_not_allowed",
    "The address takes other methods",
    hint="Send POST.",
    headers={"allow": "POST, GET, HEAD"},
)
_FINE = Reply(200, b"", "text/plain")
_NOBODY_DECIDES = "Nobody can decide this here."


@dataclass(slots=True)
class ServiceDoors:
    db: Database
    bell: Bell
    hearing: Hearing
    taking: Taking
    http: httpx2.AsyncClient
    most_bytes: int
    within_s: float = _WITHIN_S
    _decide: Callable[[str, str], Awaitable[str]] | None = None
    _telling: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def on_decision(self, decide: Callable[[str, str], Awaitable[str]]) -> None:
        """`decide(value, by)` does what a button stands for, once, and says in words what came of it."""
        self._decide = decide

    async def close(self) -> None:
        """Lets what is being told to services come to its end."""
        await asyncio.gather(*self._telling, return_exceptions=True)

    async def reply(self, request: HookRequest, receive: Receive) -> Reply:
        name, _, rest = request.path.removeprefix(PREFIX).partition("/")
        connector = self.hearing.catalog.connector(name)
        if connector is None:
            return _NOBODY
        try:
            if rest.startswith("in/"):
                return await self._registration(connector, rest.removeprefix("in/"), request, receive)
            return await self._app(connector, rest or None, request, receive)
        except NotGenuine:
            return _NOT_GENUINE
        except TimeoutError:
            log.warning("a service's call took too long to store", connector=name)
            return _LATER

    async def _registration(self, connector: Connector, token: str, request: HookRequest, receive: Receive) -> Reply:
        row = await self.hearing.at(connector.name, token)
        known = self.hearing.catalog.trigger(row.type) if row is not None else None
        if row is None or known is None or not isinstance(known[1], HookTrigger):
            return _NOBODY
        if request.method in ("GET", "HEAD"):
            # How services try an address before they keep it.
            return _FINE
        if request.method != "POST":
            return _POST
        body = await read_all(request, receive, self.most_bytes)
        async with asyncio.timeout(self.within_s):
            try:
                registered = await self.hearing.registered(connector, known[1], row)
            except ConnectionMissing:
                return _GONE
            told = known[1].receive(_incoming(request, body), registered)
            if isinstance(told, Said):
                return _reply(told)
            if row.status == "unwanted":
                return _GONE
            await self._take(await self.hearing.of_one(known[1], row, told))
        return _FINE

    async def _app(
        self, connector: Connector, workspace_id: str | None, request: HookRequest, receive: Receive
    ) -> Reply:
        if workspace_id is not None and not _is_id(workspace_id):
            return _NOBODY
        door = connector.app_door
        app = await self.hearing.app(connector, workspace_id) if door is not None else None
        if door is None or app is None:
            return _NOBODY
        if request.method == "HEAD":
            return _FINE
        body = await read_all(request, receive, self.most_bytes)
        async with asyncio.timeout(self.within_s):
            told = door.receive(_incoming(request, body), app)
            if isinstance(told, Said):
                return _reply(told)
            events = [one for one in told if isinstance(one, AppEvent) and _is_id(one.account)]
            if events:
                await self._take(await self.hearing.of_app(connector, app, workspace_id, events))
            for one in told:
                if isinstance(one, Decision):
                    await self._decided(door, one)
        return _FINE

    async def _take(self, heard: Sequence[Heard]) -> None:
        """Returns once it is stored, with its runs."""
        if not heard:
            return
        taken = await self.db.writer.call(self.taking.heard, heard)
        if taken.runs or taken.awaited:
            self.bell.ring_soon()
        if taken.awaited:
            await self.bell.signal()

    async def _decided(self, door: AppDoor, decision: Decision) -> None:
        text = _NOBODY_DECIDES if self._decide is None else await self._decide(decision.value, decision.by)
        if door.decided is not None:
            task = asyncio.create_task(self._tell(door.decided(self.http, decision, text)))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, telling: Awaitable[None]) -> None:
        try:
            await telling
        except Exception:
            # It is decided all the same: the page of the run says so.
            log.exception("a service was not told of a decision")


def _is_id(text: str) -> bool:
    """Whether a database can be asked for it."""
    return 0 < len(text) <= _LONGEST_ID and text.isprintable()


def _incoming(request: HookRequest, body: bytes) -> IncomingRequest:
    query = dict(parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True))
    return IncomingRequest(request.method, request.headers, query, body)


def _reply(said: Said) -> Reply:
    return Reply(said.status, said.body, said.media_type)
