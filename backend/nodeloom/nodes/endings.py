"""core.respond, core.stop and core.noop."""

import re
from typing import Annotated, Final, cast

from pydantic import AfterValidator, BeforeValidator, Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.lists import Inputs, numbered
from nodeloom.nodes.node_type import Answer, Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def _headers_of(value: object) -> object:
    """Headers may also be given as a list of {name, value}; numbers become text."""
    if isinstance(value, list):
        pairs = cast("list[object]", value)
        named = [cast("dict[str, object]", pair) for pair in pairs if isinstance(pair, dict)]
        if len(named) < len(pairs) or any("name" not in pair for pair in named):
            return pairs
        value = {str(pair["name"]): pair.get("value", "") for pair in named}
    if not isinstance(value, dict):
        return value
    headers = cast("dict[str, object]", value)
    return {name: str(text) if isinstance(text, (int, float)) else text for name, text in headers.items()}


def _sendable(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"“{name}” can't be the name of a header")
        if any(char in value for char in "\r\n\0"):
            raise ValueError(f"the header {name} has a line break in it")
    return headers


class RespondParams(Params):
    status: int = Field(default=200, title="Status", description="The HTTP status.", ge=200, le=599)
    body: JsonValue = Field(
        default=None,
        title="Body",
        description="JSON or text. Without it the answer is the first item.",
        examples=[{"ok": True}, "{{ $json.id }}"],
        json_schema_extra=hints("multiline"),
    )
    headers: Annotated[dict[str, str], BeforeValidator(_headers_of), AfterValidator(_sendable)] = Field(
        default={},
        title="Headers",
        examples=[{"Content-Type": "text/plain"}],
        json_schema_extra=hints("key-value", advanced=True),
    )
    file: str | None = Field(
        default=None,
        title="File",
        description="Answer with this file of the first item instead of a body.",
        json_schema_extra=hints(advanced=True),
    )


def _respond(params: RespondParams, inputs: Inputs, _ctx: NodeContext) -> Emitted:
    items = numbered(inputs)
    return Emitted({"out": items}, Answer(params.status, params.headers, _body(params, items[0] if items else None)))


def _body(params: RespondParams, first: Item | None) -> JsonValue | ArtifactRef:
    if params.file is not None:
        file = first.files.get(params.file) if first else None
        if file is None:
            names = ", ".join(first.files if first else ()) or "none"
            raise NodeFailed("missing_file", f"The item has no file “{params.file}”: it has {names}.")
        return file
    if "body" in params.model_fields_set:
        return params.body
    return first.json if first else None


class StopParams(Params):
    message: str = Field(
        title="Message",
        description="What the failed run says.",
        max_length=2000,
        examples=["The order {{ $json.id }} has no customer."],
        json_schema_extra=hints("multiline"),
    )


def _stop(params: StopParams, _inputs: Inputs, _ctx: NodeContext) -> Emitted:
    raise NodeFailed("stopped", params.message)


class NoopParams(Params):
    """Nothing to set."""


def _noop(_params: NoopParams, inputs: Inputs, _ctx: NodeContext) -> Emitted:
    return Emitted({"out": numbered(inputs)})


RESPOND = NodeType(
    NodeSpec("core.respond", "Respond", RespondParams, mode="all"),
    description="Says what the caller of the webhook gets. The run goes on after it.",
    group="flow",
    icon="reply",
    run=_respond,
    aliases=("answer", "response", "return", "webhook", "reply"),
    summary="Answer {status}",
)
STOP = NodeType(
    NodeSpec("core.stop", "Stop with an error", StopParams, mode="all", outputs=(), can_fail=False),
    description="Ends the run as failed, with a message.",
    group="flow",
    icon="octagon-x",
    run=_stop,
    aliases=("error", "fail", "throw", "abort", "end"),
    summary="{message}",
)
NOOP = NodeType(
    NodeSpec("core.noop", "Do nothing", NoopParams, mode="all", can_fail=False),
    description="Passes items on as they are: a place for branches to meet.",
    group="flow",
    icon="circle-dashed",
    run=_noop,
    aliases=("nothing", "no operation", "pass", "placeholder"),
    summary="",
)
