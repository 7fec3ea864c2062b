"""From a read document to a connector: each operation is an action that makes one request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast
from urllib.parse import quote

from pydantic import BaseModel, JsonValue, RootModel

from nodeloom_connectors.http.client import HttpClient
from nodeloom_connectors.http.openapi.accounts import Apply, accounts_of, secrets_of
from nodeloom_connectors.http.openapi.document import ApiDocument, Operation
from nodeloom_connectors.http.openapi.params import BODY, is_text, params_model
from nodeloom_connectors.http.params import RequestParams
from nodeloom_connectors.http.request import HttpAnswer, answered
from nodeloom_connectors.sdk import (
    Access,
    Action,
    ActionContext,
    Authorize,
    Connector,
    Effect,
    OutgoingRequest,
    Refused,
    WithFiles,
)

_EFFECTS: Final[Mapping[str, Effect]] = {
    "GET": "read",
    "HEAD": "read",
    "OPTIONS": "read",
    "PUT": "idempotent",
    "DELETE": "idempotent",
}
_KEY: Final = "idempotency-key"
_BODY_TYPES: Final = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
}


class Record(RootModel[dict[str, JsonValue]]):
    """One object of an answer."""


@dataclass(frozen=True)
class ApiClient:
    http: HttpClient
    base_url: str


def connector_of(name: str, title: str, document: ApiDocument, color: str = "#475569") -> Connector:
    """`name` is how its node types begin."""
    accounts = accounts_of(document)
    return Connector(
        name=name,
        title=title,
        icon="braces",
        color=color,
        description=_sentence(document.description) or f"The API of {title}, by its OpenAPI document.",
        auth=accounts.auths[0],
        other_auths=accounts.auths[1:],
        actions=tuple(_action(document, operation) for operation in document.operations),
        connect=lambda access: _client(access, document.base_url, accounts.apply),
    )


def _client(access: Access[Any], base_url: str, apply: Apply) -> ApiClient:
    secret: BaseModel | None = access.secret
    authorize = access.authorize

    def applied(request: OutgoingRequest) -> OutgoingRequest:
        return apply(secret, request)

    if secret is not None:
        authorize = Authorize("own", applied, signs_body=False, secrets=secrets_of(secret))
    own = str(getattr(secret, "base_url", "") or "") or access.settings.get("api_url", "") or base_url
    if not own:
        hint = "Give the connection the API's address: the document does not say it."
        raise Refused("The address of this API is not known.", "no_address", hint=hint)
    return ApiClient(HttpClient(replace(access, secret=None, authorize=authorize)), own.rstrip("/"))


def _action(document: ApiDocument, operation: Operation) -> Action[ApiClient, BaseModel, Any]:
    async def run(ctx: ActionContext[ApiClient], params: BaseModel) -> Any:
        request = _request(ctx, operation, params)
        return _records(await answered(_plain(ctx), request))

    # What the service promises to do once by a key may be repeated.
    repeatable = any(each.place == "header" and each.name.lower() == _KEY for each in operation.parameters)
    model = params_model(document, operation)
    shown = next((each.name for each in operation.parameters if each.required and each.name.isidentifier()), None)
    return Action(
        name=operation.name,
        title=operation.title,
        description=_sentence(operation.description),
        params=model,
        effect=_EFFECTS.get(operation.method) or ("idempotent" if repeatable else "once"),
        run=run,
        summary=f"{operation.method} {operation.path}".replace("{", "").replace("}", "")
        + (f" {{{shown}}}" if shown else ""),
        icon=None,
        aliases=tuple(dict.fromkeys(tag.lower() for tag in operation.tags if tag)),
        confirm=None,
    )


def _request(ctx: ActionContext[ApiClient], operation: Operation, params: BaseModel) -> RequestParams:
    given = params.model_dump(by_alias=True, exclude_none=True, mode="json")
    path, query, headers = _placed(ctx, operation, given)
    body_type, body = _body(ctx, operation, given.get(BODY), headers)
    return RequestParams.model_validate(
        {
            "method": operation.method,
            "url": ctx.client.base_url + path,
            "query": query,
            "headers": headers,
            "body_type": body_type,
            "body": body,
        }
    )


def _placed(
    ctx: ActionContext[ApiClient], operation: Operation, given: Mapping[str, Any]
) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
    """The parameters where they belong: in the path, the query or the headers."""
    path, query, headers = operation.path, list[dict[str, Any]](), list[dict[str, Any]]()
    for parameter in operation.parameters:
        value = given.get(parameter.name if parameter.name != BODY else f"{parameter.place}_{BODY}")
        if parameter.place == "header" and parameter.name.lower() == _KEY:
            value = value or ctx.idempotency_key
        if value is None:
            continue
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", quote(_text(value), safe=""))
        elif parameter.place == "query":
            query.extend(_pairs(parameter.name, value, explode=parameter.explode))
        else:
            headers.append({"name": parameter.name, "value": _text(value)})
    return path, query, headers


def _body(
    ctx: ActionContext[ApiClient], operation: Operation, body: JsonValue, headers: list[dict[str, Any]]
) -> tuple[str, Any]:
    if operation.body is None:
        return "none", None
    media_type = operation.body.media_type
    body_type = _BODY_TYPES.get(media_type, "text" if is_text(media_type) else "file")
    if body_type == "text":
        headers.append({"name": "Content-Type", "value": media_type})
    if body_type in ("form", "multipart") and isinstance(body, dict):
        return body_type, [pair for name, value in body.items() for pair in _fields(ctx, name, value)]
    return body_type, body


def _pairs(name: str, value: JsonValue, *, explode: bool) -> Iterator[dict[str, Any]]:
    if isinstance(value, list) and explode:
        yield from ({"name": name, "value": _text(each)} for each in value)
    elif isinstance(value, dict):
        yield from ({"name": f"{name}[{inner}]", "value": _text(each)} for inner, each in value.items())
    else:
        yield {"name": name, "value": _text(value)}


def _fields(ctx: ActionContext[ApiClient], name: str, value: JsonValue) -> Iterator[dict[str, Any]]:
    """A form's field; one that names a file of the item sends the file."""
    if isinstance(value, str) and value in ctx.files.incoming:
        yield {"name": name, "file": value}
        return
    values = value if isinstance(value, list) else [value]
    yield from ({"name": name, "value": _text(each)} for each in values)


def _text(value: JsonValue) -> str:
    """A value as it stands in a path, a query or a header."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(_text(each) for each in value)
    if isinstance(value, dict):
        return ",".join(f"{name},{_text(each)}" for name, each in value.items())
    return "" if value is None else str(value)


def _records(answer: HttpAnswer | WithFiles[HttpAnswer]) -> Record | Sequence[Record] | WithFiles[Record]:
    """An object is an item, a list of objects that many; anything else stands under `body`."""
    if isinstance(answer, WithFiles):
        return WithFiles(Record({"status": answer.result.status, "body": answer.result.body}), answer.files)
    body = answer.body
    if isinstance(body, dict):
        return Record(body)
    if isinstance(body, list):
        return [Record(each if isinstance(each, dict) else {"body": each}) for each in body]
    return Record({"status": answer.status, "body": body})


def _plain(ctx: ActionContext[ApiClient]) -> ActionContext[HttpClient]:
    return cast("ActionContext[HttpClient]", replace(cast("Any", ctx), client=ctx.client.http))


def _sentence(text: str) -> str:
    """The first paragraph, as a sentence."""
    first = " ".join(text.strip().split("\n\n")[0].split())[:400]
    return first if not first or first.endswith((".", "!", "?")) else f"{first}."
