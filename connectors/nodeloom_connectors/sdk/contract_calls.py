"""How a connector behaves when its service doesn't: each action is called against services that fail, and must answer
with one of the four errors, in words that give no secret away.

Only what goes through `Access.http` is seen here. An action whose fields' examples don't make valid params is left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

import httpx2
from pydantic import BaseModel, SecretStr, ValidationError

from nodeloom_connectors.sdk.action import ActionContext, ApprovalDoor
from nodeloom_connectors.sdk.auth import ApiKey, Auth, Basic, OAuth1, OAuth2
from nodeloom_connectors.sdk.connector import Access, Connector
from nodeloom_connectors.sdk.contract import AnyAction, Schema, schema_of
from nodeloom_connectors.sdk.errors import ConnectorError, OutcomeUnknown, RetryLater
from nodeloom_connectors.sdk.files import FileRef
from nodeloom_connectors.sdk.tokens import OAuth1Token, OAuth2Token, OAuthApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

# Long and odd enough to be found wherever it should not be.
SECRET: Final = "of-the-contract-" + "0f3a9c"
_PATIENCE_S: Final = 20.0


def _refused(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("connection refused", request=request)


def _reset(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadError("connection reset", request=request)


def _slow(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout("timed out", request=request)


def _answering(status: int, body: bytes = b"{}", **headers: str) -> Callable[[httpx2.Request], httpx2.Response]:
    kind = {"content-type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    return lambda request: httpx2.Response(status, headers=kind, content=body, request=request)


SERVICES: Final[Mapping[str, Callable[[httpx2.Request], httpx2.Response]]] = {
    "refuses the connection": _refused,
    "resets the connection": _reset,
    "does not answer": _slow,
    "answers 401": _answering(401, f"token {SECRET} is wrong".encode()),
    "answers 429": _answering(429, retry_after="7"),
    "answers 500": _answering(500, b"<h1>oops</h1>", content_type="text/html"),
    "answers a web page": _answering(200, b"<h1>hello</h1>", content_type="text/html"),
    "answers cut off JSON": _answering(200, b'{"id": "a'),
}


@dataclass(frozen=True)
class _NoFiles:
    """An item that has one small file."""

    incoming: Mapping[str, FileRef]

    async def _bytes(self) -> AsyncIterator[bytes]:
        yield b"content"

    def open(self, file: FileRef) -> AsyncIterator[bytes]:
        assert file.size == len(b"content")
        return self._bytes()

    async def store(self, stream: AsyncIterable[bytes], name: str, media_type: str) -> FileRef:
        size = sum([len(chunk) async for chunk in stream])
        return FileRef("stored", name, media_type, size)


class _Silent:
    def info(self, event: str, **fields: object) -> None: ...
    def warning(self, event: str, **fields: object) -> None: ...


async def faults_of_calls(connector: Connector) -> list[str]:
    """What the actions do wrong when the service fails; empty for a good connector."""
    faults: list[str] = []
    for action in connector.actions:
        params = sample_params(action.params)
        if params is None:
            continue
        for service, answer in SERVICES.items():
            fault = await _fault(connector, action, params, answer)
            if fault:
                faults.append(f"{connector.name}.{action.name}, when the service {service}: {fault}")
    return faults


async def _fault(
    connector: Connector, action: AnyAction, params: BaseModel, answer: Callable[[httpx2.Request], httpx2.Response]
) -> str | None:
    asked: list[str] = []

    def counted(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.method)
        return answer(request)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(counted)) as http:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await action.run(_context(connector, http), params)
        except ConnectorError as error:
            # Without an account nothing of what a service says is a secret; without a call there is nothing to judge.
            return _wrong(action, params, answer, error, asked) if asked and _secret(connector.auths) else None
        except Exception as error:  # noqa: BLE001  anything else is what is looked for
            return f"it raises {type(error).__name__} instead of one of the four errors"
    return "it takes that for success" if asked and answer in (_refused, _reset, _slow) else None


def _wrong(
    action: AnyAction, params: BaseModel, answer: object, error: ConnectorError, asked: Sequence[str]
) -> str | None:
    if SECRET in f"{error} {error.hint} {getattr(error, 'detail', '')}":
        return "its error gives the secret away"
    if answer is _refused and not isinstance(error, RetryLater):
        return f"it is a {type(error).__name__}, although nothing happened"
    # What was only read before may be asked for again.
    acted = asked[0] not in ("GET", "HEAD") and action.effect_of(params) in ("once", "destructive")
    if answer in (_reset, _slow) and acted and not isinstance(error, OutcomeUnknown):
        return f"it is a {type(error).__name__}, although it may have happened"
    return None


def _context(connector: Connector, http: httpx2.AsyncClient) -> ActionContext[Any]:
    assert connector.connect is not None  # a connector with actions makes a client
    app = OAuthApp("client", SecretStr(SECRET))
    access: Access[Any] = Access(http, _secret(connector.auths), settings={}, app=app)
    files = _NoFiles({"data": FileRef("one", "one.txt", "text/plain", len(b"content"))})
    door = ApprovalDoor("https://nodeloom.example/approvals/x", "yes", "no")
    return ActionContext(connector.connect(access), "key-of-the-call", files, _Silent(), lambda _: None, door)


def _secret(auths: tuple[Auth, ...]) -> BaseModel | None:
    """Of the first way to connect, with every secret in it known."""
    match auths[0]:
        case OAuth2():
            later = datetime.fromtimestamp(0, UTC) + timedelta(days=365 * 200)
            return OAuth2Token(access_token=SecretStr(SECRET), expires_at=later)
        case OAuth1():
            return OAuth1Token(token=SecretStr(SECRET), token_secret=SecretStr(SECRET))
        case ApiKey(fields) | Basic(fields):
            return fields.model_validate(
                {name: _typed(field) for name, field in fields.model_fields.items() if field.is_required()}
            )
        case _:
            return None


def _typed(field: Any) -> object:
    if field.annotation is SecretStr:
        return SECRET
    examples = cast("list[object]", field.examples or [])
    return examples[0] if examples else {int: 443, bool: True}.get(field.annotation, "example.com")


def sample_params(model: type[BaseModel]) -> BaseModel | None:
    """What the fields' examples make; None if that doesn't fit."""
    try:
        return model.model_validate(sample_of(schema_of(model)))
    except ValidationError:
        return None


def sample_of(schema: Schema) -> dict[str, Any]:
    required = set(schema.get("required", ()))
    return {
        name: _sample(name, field)
        for name, field in schema.get("properties", {}).items()
        if name in required or (field.get("examples") and "x-advanced" not in field and "x-show-if" not in field)
    }


def _sample(name: str, field: Schema) -> Any:
    if field.get("examples"):
        return field["examples"][0]
    for choice in field.get("anyOf", ()):
        if choice.get("type") != "null":
            return _sample(name, choice)
    if "enum" in field:
        return field["enum"][0]
    if field.get("type") == "array":
        return [_sample(name, field.get("items") or {})]
    if field.get("type") == "object":
        return sample_of(field)
    simple = {"integer": field.get("minimum", 1), "number": field.get("minimum", 1), "boolean": True}
    return simple.get(field.get("type", ""), f"{{{{ $json.{name} }}}}")
