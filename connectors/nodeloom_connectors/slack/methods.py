"""Whatever else Slack can do, and the answer to a command or a button."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue

from nodeloom_connectors.sdk import ActionContext, action
from nodeloom_connectors.slack.client import SlackClient, data_of
from nodeloom_connectors.slack.fields import Found, Params
from nodeloom_connectors.slack.parts import Text


def _arguments(given: Any) -> Any:
    if isinstance(given, str) and given.lstrip().startswith("{") and "{{" not in given:
        return json.loads(given)
    return {} if given in (None, "") else given


class CallParams(Params):
    method: str = Field(
        title="Method",
        description="As Slack's list names it (docs.slack.dev/reference/methods).",
        pattern=r"^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)+$",
        max_length=100,
        examples=["pins.add", "usergroups.list"],
    )
    arguments: Annotated[dict[str, JsonValue], BeforeValidator(_arguments)] = Field(
        default={},
        title="Arguments",
        examples=[{"channel": "C0123456789", "timestamp": "{{ $json.ts }}"}],
        json_schema_extra={"x-widget": "json"},
    )
    as_user: bool = Field(
        default=False,
        title="As the person who connected Slack",
        description="With their token in place of the app's.",
        json_schema_extra={"x-advanced": True},
    )


class MethodAnswer(Found):
    """All that Slack answers."""

    ok: bool = Field(title="Done")


@action(
    title="Call any method",
    effect="once",
    summary="{method}",
    icon="code",
    aliases=("api", "custom", "other", "request"),
)
async def call(ctx: ActionContext[SlackClient], params: CallParams) -> MethodAnswer:
    """Call a method of Slack's Web API by its name; what it needs of permissions the connection must have."""
    client = ctx.client.as_person if params.as_user else ctx.client.web
    arguments = {name: value for name, value in params.arguments.items() if name != "token" and value is not None}
    return MethodAnswer.model_validate(data_of(await client.api_call(params.method, data=arguments)))


class AtResponseUrl(Params):
    response_url: str = Field(
        title="Address to answer at",
        description="As the trigger gives it; it takes five answers within 30 minutes.",
        min_length=1,
        max_length=2000,
        examples=["{{ $json.response_url }}"],
    )


class RespondParams(Text, AtResponseUrl):
    visible_to: Literal["one", "all"] = Field(
        default="one",
        title="Who sees it",
        json_schema_extra={"x-labels": {"one": "Whoever gave the command", "all": "Everybody in the channel"}},
    )
    replace: bool = Field(
        default=False, title="In place of the message with the button", json_schema_extra={"x-advanced": True}
    )


class Responded(Found):
    visible_to: str = Field(title="Who sees it")


@action(
    title="Answer a command or button",
    effect="once",
    summary="{text}",
    icon="reply",
    aliases=("respond", "slash command", "response_url"),
)
async def respond(ctx: ActionContext[SlackClient], params: RespondParams) -> Responded:
    """Answer where a slash command was given or a button pressed; this needs no membership of the channel."""
    arguments = params.arguments()
    if "markdown_text" in arguments:
        # Only the methods know this argument; these addresses know the block.
        text = arguments["markdown_text"]
        arguments = {"text": text, "blocks": [{"type": "markdown", "text": text}]}
    message: Mapping[str, Any] = {
        "response_type": "in_channel" if params.visible_to == "all" else "ephemeral",
        "replace_original": params.replace,
        **arguments,
    }
    await ctx.client.respond(params.response_url, message)
    return Responded(visible_to=params.visible_to)
