"""Idempotency-Key for every write under the API at once: the first answer is kept and given again."""

import hashlib
from typing import Final, cast

import orjson
from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.problem import ApiProblem
from nodeloom.adapters.vault import SecretDamaged, Vault, WrongKey
from nodeloom.entrypoints.api import problems
from nodeloom.entrypoints.api.shell import replay, whole_body
from nodeloom.features.accounts import idempotency
from nodeloom.features.accounts.identity import identify

_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# They hold only for the answer that they came with.
_NOT_KEPT: Final = frozenset({b"set-cookie", b"content-length", b"date", b"connection"})
# Who calls may get these right without changing the body: signing in, waiting.
_NOT_AN_ANSWER: Final = frozenset({401, 403, 408, 429})
_LONGEST_KEY: Final = 255


class KeyTooLong(ApiProblem):
    status = 400
    code = "bad_idempotency_key"
    title = "The Idempotency-Key can't be used"
    hint = f"Send 1 to {_LONGEST_KEY} characters, such as a UUID."


class Idempotency:
    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._concerns(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        key = request.headers["idempotency-key"]
        if not 1 <= len(key) <= _LONGEST_KEY:
            raise KeyTooLong
        try:
            caller = await identify(request)
        except ApiProblem:
            # Nobody whose answers could be kept: the route says why, or is open to all.
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        principal = caller.key_id or caller.member_id or ""
        digest = idempotency.record_digest(principal, request.method, request.url.path, key)
        db: Database = request.app.state.db
        async with db.transaction() as session:
            beginning = await idempotency.begin(session, digest, _fingerprint(scope, body), clock.now())
        if isinstance(beginning, idempotency.Answered):
            await _again(beginning, request.app.state.vault)(scope, receive, send)
            return
        scope[idempotency.SCOPE_KEY] = beginning
        await self._first(beginning, scope, replay(body, receive), send)

    async def _first(self, begun: idempotency.Begun, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request; its answer is kept before it is sent."""
        db: Database = scope["app"].state.db
        vault: Vault = scope["app"].state.vault
        answer = _Answer()
        try:
            await self._app(scope, receive, answer.take)
        except Exception:
            async with db.transaction() as session:
                await idempotency.let_go(session, begun)
            raise
        async with db.transaction() as session:
            if answer.is_final or not await idempotency.let_go(session, begun):
                await idempotency.answer(session, begun, vault.encrypt(answer.packed(), bound_to=begun.digest))
        for message in answer.messages:
            await send(message)

    def _concerns(self, scope: Scope) -> bool:
        return (
            scope["type"] == "http"
            and scope["method"] in _WRITES
            and scope["path"].startswith(self._prefix)
            and "idempotency-key" in Headers(scope=scope)
        )


class _Answer:
    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def take(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def is_final(self) -> bool:
        status: int = self.messages[0]["status"]
        return status < 500 and status not in _NOT_AN_ANSWER

    def packed(self) -> bytes:
        """Status and headers in one line of JSON, the body after it."""
        start, *rest = self.messages
        headers: list[tuple[bytes, bytes]] = [pair for pair in start["headers"] if pair[0].lower() not in _NOT_KEPT]
        head = [start["status"], [[name.decode("latin-1"), value.decode("latin-1")] for name, value in headers]]
        return orjson.dumps(head) + b"\n" + b"".join(message.get("body", b"") for message in rest)


def _again(answered: idempotency.Answered, vault: Vault) -> Response:
    try:
        packed = vault.decrypt(answered.answer, bound_to=answered.digest)
    except (WrongKey, SecretDamaged):
        return problems.respond(idempotency.AnswerLost())
    head, _, body = packed.partition(b"\n")
    status, headers = cast("tuple[int, list[tuple[str, str]]]", orjson.loads(head))
    response = Response(body, status)
    for name, value in headers:
        response.headers[name] = value
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _fingerprint(scope: Scope, body: bytes) -> str:
    content_type = Headers(scope=scope).get("content-type", "")
    _, parameters = parse_options_header(content_type)
    # The border between the parts of a form is drawn by lot for each request.
    border = parameters.get(b"boundary", b"")
    same = body.replace(border, b"") if border else body
    kind = content_type.partition(";")[0].encode("latin-1")
    return hashlib.sha256(kind + b"\n" + scope["query_string"] + b"\n" + same).hexdigest()
