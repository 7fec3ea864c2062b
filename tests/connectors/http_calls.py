"""Calling `http.request` as a run does, against the far side."""

from typing import Any

import httpx2
from pydantic import BaseModel

from nodeloom_connectors.api_key import connector as api_key
from nodeloom_connectors.basic import connector as basic
from nodeloom_connectors.bearer import connector as bearer
from nodeloom_connectors.header import connector as header
from nodeloom_connectors.hmac import connector as hmac
from nodeloom_connectors.http import HttpClient
from nodeloom_connectors.http.params import RequestParams
from nodeloom_connectors.http.request import HttpAnswer, request
from nodeloom_connectors.sdk import Access, Authorize, OutgoingRequest, WithFiles, secret_values
from tests.support.actions import KeptFiles, context

SECRET_KINDS = {connector.name: connector for connector in (header, bearer, basic, hmac, api_key)}


def account(kind: str, **secret: object) -> Authorize:
    """A connection of a secret kind, opened."""
    connector = SECRET_KINDS[kind]
    auth, form = connector.request_auth, connector.secret_model
    assert auth is not None
    assert form is not None
    model: BaseModel = form.model_validate(secret)

    def apply(outgoing: OutgoingRequest) -> OutgoingRequest:
        return auth.apply(model, outgoing)

    return Authorize(kind, apply, auth.signs_body, secret_values(model))


async def call(
    http: httpx2.AsyncClient, *, account: Authorize | None = None, files: KeptFiles | None = None, **params: Any
) -> HttpAnswer:
    """The answer; a file's bytes are in `files`."""
    returned = await returned_by(http, account=account, files=files, **params)
    return returned.result if isinstance(returned, WithFiles) else returned


async def returned_by(
    http: httpx2.AsyncClient, *, account: Authorize | None = None, files: KeptFiles | None = None, **params: Any
) -> HttpAnswer | WithFiles[HttpAnswer]:
    if account is not None:
        params["auth"] = {"kind": account.kind, "connection_id": "con_1"}
    client = HttpClient(Access(http, None, account))
    return await request.run(context(client, files), RequestParams.model_validate(params))
