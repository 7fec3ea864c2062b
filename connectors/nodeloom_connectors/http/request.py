"""The action behind the node `http.request`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
from pydantic import BaseModel, Field, JsonValue

from nodeloom_connectors.http.answers import (
    Allowance,
    chunks,
    data_of,
    excerpt_of,
    file_name_of,
    headers_of,
    media_type_of,
    shape_of,
)
from nodeloom_connectors.http.body import body_of
from nodeloom_connectors.http.client import Call, HttpClient, moved, origin_of
from nodeloom_connectors.http.failures import refusal
from nodeloom_connectors.http.paging import Pages
from nodeloom_connectors.http.params import EFFECT, RequestParams, effect_of_request
from nodeloom_connectors.sdk import ActionContext, FileRef, Refused, WithFiles, action

if TYPE_CHECKING:
    from nodeloom_connectors.http.params import Paging


# Two different lengths in one request are how requests are smuggled past a proxy.
_COMPUTED = ("content-length", "transfer-encoding")


class HttpAnswer(BaseModel):
    """`body` is JSON, text, the file's name, type and size, or null; `headers` are by name in lower case."""

    status: int = Field(title="Status")
    headers: dict[str, str] = Field(title="Headers")
    body: JsonValue = Field(title="Body")


@action(
    title="HTTP request",
    effect=EFFECT,
    summary="{method} {url}",
    icon="globe",
    aliases=("api", "rest", "webhook", "curl", "fetch", "download", "upload", "get", "post"),
)
async def request(ctx: ActionContext[HttpClient], params: RequestParams) -> HttpAnswer | WithFiles[HttpAnswer]:
    """Call any address over HTTP and go on with its answer."""
    _check_account(ctx.client, params)
    return await answered(ctx, params)


async def answered(ctx: ActionContext[HttpClient], params: RequestParams) -> HttpAnswer | WithFiles[HttpAnswer]:
    """What the address answers; the client's account goes with the request, whatever its kind."""
    call = _call(ctx, params)
    if params.paging is None:
        return await _answer(ctx, params, call, None)
    return await _all_pages(ctx, params, params.paging, call)


async def _all_pages(ctx: ActionContext[HttpClient], params: RequestParams, paging: Paging, call: Call) -> HttpAnswer:
    allowance = Allowance.of(params.max_response_mb, "json")
    pages = Pages(paging, call.url)
    as_data = params.model_copy(update={"response": "json"})
    while True:
        answer = await _answer(ctx, as_data, moved(call, pages.url), allowance)
        assert isinstance(answer, HttpAnswer)
        if not pages.add(answer.headers, answer.body):
            return HttpAnswer(status=answer.status, headers=answer.headers, body=pages.items)


async def _answer(
    ctx: ActionContext[HttpClient], params: RequestParams, call: Call, allowance: Allowance | None
) -> HttpAnswer | WithFiles[HttpAnswer]:
    async with ctx.client.send(call) as response:
        if response.is_error and params.fail_on_error_status:
            excerpt = await excerpt_of(response, ctx.client)
            raise refusal(response, excerpt, effect_of_request(params), has_account=ctx.client.authorize is not None)
        shape = shape_of(response, params.response)
        allowance = allowance or Allowance.of(params.max_response_mb, shape)
        status, headers = response.status_code, headers_of(response, ctx.client)
        if shape != "file":
            body = await data_of(response, shape, allowance, ctx.client)
            return HttpAnswer(status=status, headers=headers, body=body)
        media_type = media_type_of(response) or "application/octet-stream"
        file = await ctx.files.store(chunks(response, allowance), file_name_of(response), media_type)
        return WithFiles(HttpAnswer(status=status, headers=headers, body=_described(file)), {"data": file})


def _described(file: FileRef) -> dict[str, JsonValue]:
    return {"name": file.name, "media_type": file.media_type, "size": file.size}


def _call(ctx: ActionContext[HttpClient], params: RequestParams) -> Call:
    url = _url(params)
    headers = [(header.name, header.text) for header in params.headers if header.name.lower() not in _COMPUTED]
    headers = [
        (name, value or (ctx.idempotency_key if name.lower() == "idempotency-key" else value))
        for name, value in headers
    ]
    return Call(
        method=params.method,
        url=url,
        home=origin_of(url),
        headers=headers,
        body=body_of(params, ctx.files),
        timeout_s=params.timeout_s,
        follow_redirects=params.follow_redirects,
    )


def _url(params: RequestParams) -> httpx2.URL:
    hint = "Give a whole address such as https://api.example.com/orders."
    try:
        url = httpx2.URL(params.url.strip())
    except httpx2.InvalidURL as error:
        raise Refused(f"The URL can't be read: {error}", "invalid_url", hint=hint) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise Refused("The URL must begin with https:// or http:// and name a host.", "invalid_url", hint=hint)
    if url.userinfo:
        hint = "Make a connection of the kind Basic auth and choose it under Authentication."
        raise Refused("The URL holds a user name or password.", "secret_in_url", hint=hint)
    if not params.query:
        return url
    return url.copy_with(params=[*url.params.multi_items(), *((pair.name, pair.text) for pair in params.query)])


def _check_account(client: HttpClient, params: RequestParams) -> None:
    """The connection must be of the kind that the node names: a token must not go out as something else."""
    given = client.authorize.kind if client.authorize else "none"
    if given != params.auth.kind:
        hint = "Choose the connection of this node again."
        raise Refused(
            f"The node asks for {params.auth.kind}, its connection is {given}.", "wrong_connection", hint=hint
        )
