"""core.manual and core.webhook: what starts a run from outside. Their items come from the doors, not from here."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.hosted import PATH_PATTERN, unreserved
from nodeloom.nodes.node_type import NodeType
from nodeloom.nodes.params import Params, hints


class ManualParams(Params):
    input_schema: dict[str, JsonValue] | None = Field(
        default=None,
        title="Input",
        description="A JSON Schema for what is asked before a run; nothing is asked without one.",
        examples=[{"type": "object", "properties": {"email": {"type": "string"}}}],
        json_schema_extra=hints("code", advanced=True),
    )


class WebhookAuth(Params):
    """How callers prove who they are; the secret stands in a connection."""

    kind: Literal["none", "header", "bearer", "basic", "hmac", "api_key"] = Field(
        default="none",
        title="Kind",
        json_schema_extra=hints(
            labels={
                "none": "None",
                "header": "Secret header",
                "bearer": "Bearer token",
                "basic": "User and password",
                "hmac": "Signature (HMAC)",
                "api_key": "API key",
            }
        ),
    )
    connection_id: str | None = Field(default=None, title="Connection")


class WebhookParams(Params):
    path: Annotated[str, AfterValidator(unreserved)] = Field(
        title="Path",
        description="The address is /hooks/ and this path. It belongs to this workflow alone.",
        pattern=PATH_PATTERN,
        max_length=200,
        examples=["orders", "shop/new-order"],
        json_schema_extra=hints("path"),
    )
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"] = Field(
        default="POST", title="Method", description="Other methods are refused."
    )
    respond: Literal["at_once", "last_node", "respond_node"] = Field(
        default="at_once",
        title="Answer",
        description="When the caller gets an answer, and what it says.",
        json_schema_extra=hints(
            labels={
                "at_once": "At once: the request was accepted",
                "last_node": "When the run ends: what the last nodes gave",
                "respond_node": "What a Respond node says",
            }
        ),
    )
    auth: WebhookAuth = Field(
        default=WebhookAuth(),
        title="Authentication",
        description="Who may call.",
        json_schema_extra=hints("auth"),
    )
    respond_as: Literal["auto", "first", "list"] = Field(
        default="auto",
        title="Answer as",
        description="Auto: one item is its JSON, several are a list, a file is its bytes.",
        json_schema_extra=hints(
            advanced=True,
            show_if={"respond": ["last_node"]},
            labels={"auto": "Auto", "first": "The first item", "list": "A list"},
        ),
    )
    timeout_s: int = Field(
        default=30,
        title="Wait for the run (seconds)",
        description="After that the caller gets an address for the result instead.",
        ge=1,
        le=300,
        json_schema_extra=hints("duration", advanced=True, show_if={"respond": ["last_node", "respond_node"]}),
    )
    dedupe_key: str | None = Field(
        default=None,
        title="Recognise repeats by",
        description="An expression over the request. A second request with the same value starts nothing for 7 days.",
        min_length=1,
        max_length=2000,
        examples=["{{ $json.body.id }}"],
        json_schema_extra=hints(advanced=True),
    )


MANUAL = NodeType(
    NodeSpec("core.manual", "Start by hand", ManualParams, trigger=True, inputs=(), can_fail=False),
    description="Starts a run when somebody presses Run or calls the API.",
    group="trigger",
    icon="mouse-pointer-click",
    run=None,
    aliases=("manual", "button", "test", "run", "click"),
    summary="",
)
WEBHOOK = NodeType(
    NodeSpec("core.webhook", "Webhook", WebhookParams, trigger=True, inputs=(), can_fail=False),
    description="Starts a run when a request comes in at an address of its own.",
    group="trigger",
    icon="webhook",
    run=None,
    aliases=("http", "hook", "request", "api", "endpoint", "callback", "post"),
    summary="{method} {path}",
)
