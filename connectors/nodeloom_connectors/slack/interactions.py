"""Slash commands and pressed buttons as triggers."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

from nodeloom_connectors.sdk import AppEvent, AppTrigger, Occurrence
from nodeloom_connectors.slack.chosen import mapping, text
from nodeloom_connectors.slack.door import BUTTON, COMMAND
from nodeloom_connectors.slack.fields import Params


def _slashed(given: str) -> str:
    command = given.strip()
    return command if command.startswith("/") or not command else f"/{command}"


class CommandParams(Params):
    command: Annotated[str, AfterValidator(_slashed)] = Field(
        default="",
        title="Command",
        description="As it was set up in the Slack app. Empty: any of them.",
        max_length=100,
        examples=["/deploy"],
    )


def _command(params: CommandParams, given: AppEvent) -> Occurrence | None:
    told = given.payload
    if told.get("type") != COMMAND or params.command not in ("", told.get("command")):
        return None
    return Occurrence(given.key, dict(told), summary=f"{text(told.get('command'))} {text(told.get('text'))}"[:140])


_ASKED: dict[str, JsonValue] = {
    "channel_id": "C0123456789",
    "channel_name": "general",
    "user_id": "U0123456789",
    "user_name": "ada",
    "team_id": "T0123456789",
    "response_url": "https://hooks.slack.com/commands/T0123456789/1/abc",
}

COMMAND_GIVEN = AppTrigger(
    name="command",
    title="Slash command",
    description="Starts when somebody types a command of the app; answer with “Answer a command or button”.",
    params=CommandParams,
    select=_command,
    summary="{command}",
    icon="corner-down-right",
    aliases=("slash", "/"),
    scopes=("commands",),
    sample={"type": COMMAND, "command": "/deploy", "text": "web to production", **_ASKED},
)


class ButtonParams(Params):
    action_id: str = Field(
        default="",
        title="Its action_id",
        description="As it stands in the blocks of the message. Empty: any button or menu.",
        max_length=255,
        examples=["take_ticket"],
    )


def _button(params: ButtonParams, given: AppEvent) -> Occurrence | None:
    told = given.payload
    actions = told.get("actions")
    if told.get("type") != BUTTON or not isinstance(actions, list) or not actions:
        return None
    pressed = mapping(actions[0])
    if params.action_id.strip() not in ("", pressed.get("action_id")):
        return None
    where, person, at = mapping(told.get("channel")), mapping(told.get("user")), mapping(told.get("container"))
    item: dict[str, JsonValue] = {
        "type": BUTTON,
        "action_id": pressed.get("action_id"),
        "value": pressed.get("value") or mapping(pressed.get("selected_option")).get("value"),
        "channel_id": where.get("id"),
        "message_ts": at.get("message_ts"),
        "user_id": person.get("id"),
        "user_name": person.get("name") or person.get("username"),
        "team_id": mapping(told.get("team")).get("id"),
        "response_url": told.get("response_url"),
        "action": dict(pressed),
        "message": told.get("message"),
    }
    return Occurrence(given.key, item, summary=f"{text(item['action_id'])} by {text(item['user_name'])}"[:140])


BUTTON_PRESSED = AppTrigger(
    name="button",
    title="A button is pressed",
    description="Starts when somebody presses a button or chooses from a menu in a message of the app.",
    params=ButtonParams,
    select=_button,
    summary="{action_id}",
    icon="mouse-pointer-click",
    aliases=("interaction", "block_actions", "menu"),
    sample={
        "type": BUTTON,
        "action_id": "take_ticket",
        "value": "42",
        "message_ts": "1764547200.000100",
        **_ASKED,
    },
)
