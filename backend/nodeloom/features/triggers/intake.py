"""From a request that may come in to the event and the run that are stored."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from nodeloom.adapters import clock
from nodeloom.adapters.ids import new_id
from nodeloom.expressions.sandbox import Sandbox
from nodeloom.features.runs.accept import NewRun, new_run_id
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.triggers.accept import Arrival
from nodeloom.features.triggers.dedupe import ArrivalScope, dedupe_key
from nodeloom.features.triggers.hook_route import HookRoute
from nodeloom.features.triggers.http_edge import HookRequest
from nodeloom.features.triggers.incoming import (
    BodyUnreadable,
    content_type,
    form_fields,
    item_json,
    query_map,
    read_body,
    shown_headers,
    sniffed,
)
from nodeloom.graph.item import ArtifactRef, Item, item_to_document
from nodeloom.graph.json_value import JsonValue

StoreFile: TypeAlias = Callable[[str, AsyncGenerator[bytes], str, str], Awaitable[ArtifactRef]]
"""(workspace, content, name, media type) to a stored file."""

WEBHOOK = "webhook"

_MOST_PARTS = 1_000
_CHUNK = 256 * 1024
# Reading more than this takes long enough for other callers to notice.
_LARGE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Intake:
    payloads: Payloads
    store_file: StoreFile
    sandbox: Sandbox
    answer_to: str

    async def arrival(self, route: HookRoute, request: HookRequest, body: bytes) -> Arrival:
        """Raises BodyUnreadable. Files of the request are on disk when this returns; nothing else is stored yet."""
        item = await self._item(route, request, body)
        try:
            payload = await self.payloads.pack([item_to_document(item)])
        except (RecursionError, ValueError) as error:
            raise BodyUnreadable(f"The body can't be kept: {error}.") from None
        now = clock.now()
        scope = ArrivalScope(item, now, route.timezone, {"id": route.workflow_id, "name": route.workflow_name})
        key, trouble = await dedupe_key(route.dedupe, request.headers, scope, self.sandbox)
        event_id = new_id("evt")
        return Arrival(
            event_id=event_id,
            workspace_id=route.workspace_id,
            workflow_id=route.workflow_id,
            node_id=route.node_id,
            kind=WEBHOOK,
            subscription_id=route.subscription_id,
            payload=payload,
            summary=f"{request.method} /hooks/{route.path}",
            size=len(body),
            received_at=now,
            run=self._run(route, event_id, payload, answered=route.waits) if route.graph is not None else None,
            dedupe_key=key,
            awaited=item.json if route.awaited else None,
            trouble=trouble,
        )

    def draft_run(self, draft: HookRoute, arrival: Arrival) -> NewRun | None:
        """The same event seen by the draft; nobody waits for its answer."""
        return self._run(draft, arrival.event_id, arrival.payload, answered=False)

    def _run(self, route: HookRoute, event_id: str, payload: bytes, *, answered: bool) -> NewRun | None:
        if route.graph is None:
            return None
        return NewRun(
            id=new_run_id(),
            workspace_id=route.workspace_id,
            workflow_id=route.workflow_id,
            workflow_name=route.workflow_name,
            version=route.version,
            graph=route.graph,
            trigger_node=route.node_id,
            trigger_kind=WEBHOOK,
            input=payload,
            created_at=clock.now(),
            event_id=event_id,
            max_concurrent=route.max_concurrent,
            answer_to=self.answer_to if answered else None,
        )

    async def _item(self, route: HookRoute, request: HookRequest, body: bytes) -> Item:
        secrets = route.auth.secrets if route.auth else ()
        hidden = route.auth.headers if route.auth else ()
        content, files = await self._content(route.workspace_id, request, body)
        try:
            query = query_map(request.query_string, secrets)
        except ValueError as error:
            raise BodyUnreadable(f"The query can't be read: {error}.") from None
        json = item_json(
            body=content,
            headers=shown_headers(request.headers, secrets, hidden),
            query=query,
            method=request.method,
            path=route.path,
        )
        return Item(json, files)

    async def _content(
        self, workspace_id: str, request: HookRequest, body: bytes
    ) -> tuple[JsonValue, Mapping[str, ArtifactRef]]:
        declared = content_type(request.headers.get("content-type"))
        if declared.kind == "unnamed":
            declared = sniffed(body)
        if declared.kind == "multipart":
            return await self._multipart(workspace_id, request, body)
        if declared.kind == "file" and body:
            ref = await self.store_file(workspace_id, _once(body), "body", declared.media_type)
            return {}, {"body": ref}
        if len(body) > _LARGE:
            return await asyncio.to_thread(read_body, declared, body), {}
        return read_body(declared, body), {}

    async def _multipart(
        self, workspace_id: str, request: HookRequest, body: bytes
    ) -> tuple[JsonValue, Mapping[str, ArtifactRef]]:
        parser = MultiPartParser(
            Headers(request.headers),
            _once(body),
            max_files=_MOST_PARTS,
            max_fields=_MOST_PARTS,
            max_part_size=len(body) + 1,
        )
        try:
            form = await parser.parse()
        except (MultiPartException, LookupError, UnicodeError) as error:
            raise BodyUnreadable(f"The body is not valid multipart form data: {error}.") from None
        try:
            files: dict[str, ArtifactRef] = {}
            for name, part in form.multi_items():
                if isinstance(part, UploadFile):
                    media_type = part.content_type or "application/octet-stream"
                    ref = await self.store_file(workspace_id, _chunks(part), part.filename or name, media_type)
                    files[_free(name, files)] = ref
            fields = ((name, part) for name, part in form.multi_items() if isinstance(part, str))
            return form_fields(fields), files
        finally:
            await form.close()


def _free(name: str, files: Mapping[str, Any]) -> str:
    """Several files may come under one name: photo, photo_2, photo_3."""
    count = 1
    free = name
    while free in files:
        count += 1
        free = f"{name}_{count}"
    return free


async def _once(body: bytes) -> AsyncGenerator[bytes]:
    yield body


async def _chunks(part: UploadFile) -> AsyncGenerator[bytes]:
    while chunk := await part.read(_CHUNK):
        yield chunk
