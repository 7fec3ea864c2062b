"""Whatever else Trello's API can do."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, JsonValue

from nodeloom_connectors.sdk import ActionContext, EffectBy, Refused, action
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.fields import Params
from nodeloom_connectors.trello.py_trello import Request

_PATH = re.compile(r"^(/[A-Za-z0-9_\-]+)+/?$")


def _path(given: str) -> str:
    given = given.strip()
    if not _PATH.match(given):
        raise ValueError(
            "Write the path as Trello's documentation has it after /1, such as /boards/5f0a1b2c/customFields."
        )
    return given


class CallParams(Params):
    method: Literal["GET", "POST", "PUT", "DELETE"] = Field(default="GET", title="Method")
    path: Annotated[str, AfterValidator(_path)] = Field(
        title="Path",
        min_length=1,
        max_length=1000,
        description="As Trello's documentation has it, after /1.",
        examples=["/boards/{{ $json.board_id }}/customFields"],
    )
    arguments: dict[str, JsonValue] = Field(
        default={}, title="Parameters", description="By their names at Trello.", examples=[{"filter": "open"}]
    )


class Answer(BaseModel):
    answer: JsonValue = Field(title="What Trello answered")


@action(
    title="Call the API",
    effect=EffectBy("method", {"GET": "read", "PUT": "idempotent", "POST": "once", "DELETE": "destructive"}),
    summary="{method} {path}",
    icon="code",
    aliases=("api", "custom", "other", "request", "custom field", "sticker", "vote"),
)
async def call(ctx: ActionContext[TrelloClient], params: CallParams) -> Answer:
    """Call any path of Trello's API; what it needs of permissions the connection must have."""
    if params.path.startswith("/tokens"):
        raise Refused("A token must not stand in an address.", "secret_in_url", hint="Use another path.")
    if params.method in ("GET", "DELETE"):
        query = {name: _text(value) for name, value in params.arguments.items() if value is not None}
        request = Request(params.method, params.path, query)
    else:
        request = Request(params.method, params.path, body=params.arguments)
    return Answer(answer=await ctx.client.send(request))


def _text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
