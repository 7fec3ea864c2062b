"""What every request passes before any route: limits, security headers, and the last net for errors."""

from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nodeloom.adapters.ids import new_id
from nodeloom.adapters.outage import is_outage
from nodeloom.adapters.problem import ApiProblem
from nodeloom.entrypoints.api import problems
from nodeloom.entrypoints.api.text_check import unstorable

_log = structlog.stdlib.get_logger(__name__)

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    # With "same-origin" a window that shows a service's consent page looks closed from the first moment.
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
}
# No id is a number of that length, and SQLite refuses one that it is asked for.
_LONGEST_NUMBER: Final = 18


class Shell:
    def __init__(self, app: ASGIApp, *, max_body: int, https: bool) -> None:
        self._app = app
        self._max_body = max_body
        self._headers = dict(_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(scope["path"], MutableHeaders(scope=message))
            await send(message)

        try:
            receive = await self._checked(scope, receive)
            await self._app(scope, receive, send_with_headers)
        except ApiProblem as refusal:
            await problems.respond(refusal)(scope, receive, send_with_headers)
        except Exception as error:
            refusal = _logged(error, scope)
            if started:
                # The status is out; only a broken connection tells the caller that the rest is missing.
                raise
            await problems.respond(refusal)(scope, receive, send_with_headers)

    async def _checked(self, scope: Scope, receive: Receive) -> Receive:
        """Refuses what no route can serve; gives back a body that is counted, or one that is read and checked."""
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            raise problems.InvalidRequest("The address holds the character NUL.")
        if any(part.isdigit() and len(part) > _LONGEST_NUMBER for part in scope["path"].split("/")):
            raise problems.InvalidRequest("The address holds a number that is too large.")
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._max_body:
            raise problems.TooLarge(f"At most {self._max_body} bytes are taken.")
        counted = _Counted(receive, self._max_body)
        if "json" not in headers.get("content-type", "").lower():
            return counted
        body = await whole_body(counted)
        if found := unstorable(body):
            raise problems.InvalidRequest(f"{found[0]['field']}: {found[0]['message']}", problems=found)
        return replay(body, receive)

    def _add_headers(self, path: str, headers: MutableHeaders) -> None:
        # Who may frame a page is said once: an older browser would take the older header for the last word.
        framed = "frame-ancestors" in headers.get("content-security-policy", "")
        for name, value in self._headers.items():
            if not (framed and name == "X-Frame-Options"):
                headers.setdefault(name, value)
        if path.startswith("/api/"):
            headers.setdefault("Cache-Control", "no-store")


def _logged(error: Exception, scope: Scope) -> ApiProblem:
    """What the caller is told, after all of it went to the log."""
    if is_outage(error):
        _log.warning("unavailable", method=scope["method"], path=scope["path"], reason=str(error))
        return problems.Unavailable()
    error_id = new_id("err")
    _log.exception("unexpected", error_id=error_id, method=scope["method"], path=scope["path"])
    return problems.Unexpected(f"The error is logged as {error_id}.", extra={"error_id": error_id})


class _Counted:
    """A body that breaks off where it gets too large, whatever length it had announced."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            # An HTTPException, which form and body parsers pass on as it is.
            raise HTTPException(413, f"At most {self._limit} bytes are taken.")
        return message


async def whole_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    more = True
    while more:
        try:
            message = await receive()
        except HTTPException as refusal:
            raise problems.TooLarge(refusal.detail) from refusal
        if message["type"] == "http.disconnect":
            break
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def replay(body: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read once more; what comes after it comes from the connection."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
