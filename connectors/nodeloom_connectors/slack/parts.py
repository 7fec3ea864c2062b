"""What a message is made of: its text in one of three writings, mentions, blocks, and the mark by which it is found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, JsonValue, model_validator

from nodeloom_connectors.slack.fields import Params, People

_EVENT_TYPE = "nodeloom_call"
_GROUPS = {"here": "<!here>", "channel": "<!channel>", "everyone": "<!everyone>"}
_EMPTY = "Message"


def _read(given: Any) -> Any:
    """Blocks as Slack's Block Kit Builder gives them: JSON text, or the object around the list."""
    if isinstance(given, str) and given.lstrip()[:1] in ("{", "[") and "{{" not in given:
        given = json.loads(given)
    if isinstance(given, Mapping):
        return cast("Mapping[str, Any]", given).get("blocks", given)
    return [] if given in (None, "") else given


Blocks = Annotated[list[dict[str, JsonValue]], BeforeValidator(_read)]


class Text(Params):
    text: str = Field(
        default="",
        title="Text",
        description="With blocks: what notifications show instead of them.",
        max_length=40_000,
        examples=["Order {{ $json.id }} was paid."],
        json_schema_extra={"x-widget": "multiline"},
    )
    writing: Literal["mrkdwn", "markdown", "plain"] = Field(
        default="mrkdwn",
        title="Written in",
        description="Slack's own marks (*bold*, <https://…|link>), Markdown (**bold**, # heading), or taken literally.",
        json_schema_extra={"x-labels": {"mrkdwn": "Slack's marks", "markdown": "Markdown", "plain": "Plain text"}},
    )
    mention: People = Field(default=[], title="Mention", description="They stand before the text.", max_length=50)
    mention_group: Literal["nobody", "here", "channel", "everyone"] = Field(
        default="nobody",
        title="Mention all",
        json_schema_extra={
            "x-labels": {"here": "@here", "channel": "@channel", "everyone": "@everyone"},
            "x-advanced": True,
        },
    )
    blocks: Blocks = Field(
        default=[],
        title="Blocks",
        description="Slack's Block Kit, as its builder gives it (app.slack.com/block-kit-builder).",
        max_length=50,
        examples=[[{"type": "section", "text": {"type": "mrkdwn", "text": "*New order*"}}]],
        json_schema_extra={"x-widget": "json", "x-advanced": True},
    )

    @model_validator(mode="after")
    def _says_something(self) -> Text:
        if not self.text.strip() and not self.blocks:
            raise ValueError("Give a text or blocks.")
        return self

    def arguments(self) -> dict[str, Any]:
        """As chat.postMessage and its like take it."""
        if self.writing == "markdown" and not self.blocks:
            return {"markdown_text": self._before() + self.text}
        text = self._before() + (escaped(self.text) if self.writing == "plain" else self.text)
        shown = {"text": text or _first_of(self.blocks) or _EMPTY}
        return shown | ({"blocks": self.blocks} if self.blocks else {})

    def _before(self) -> str:
        mentions = [f"<@{person}>" for person in self.mention]
        if self.mention_group in _GROUPS:
            mentions.append(_GROUPS[self.mention_group])
        return " ".join([*mentions, ""])


def escaped(text: str) -> str:
    """Slack takes these three for marks of its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mark(key: str) -> dict[str, Any]:
    """Metadata that nobody sees, by which a message is found again when its sending got no answer."""
    return {"event_type": _EVENT_TYPE, "event_payload": {"key": key}}


def is_marked(message: Mapping[str, Any], key: str) -> bool:
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping):
        return False
    found = cast("Mapping[str, Any]", metadata)
    payload = found.get("event_payload")
    return (
        found.get("event_type") == _EVENT_TYPE
        and isinstance(payload, Mapping)
        and cast("Mapping[str, Any]", payload).get("key") == key
    )


def _first_text(value: JsonValue) -> str:
    """What a notification can say of blocks: the first text in them."""
    if isinstance(value, dict):
        text = value.get("text")
        return text if isinstance(text, str) else _first_of(value.values())
    return _first_of(value) if isinstance(value, list) else ""


def _first_of(values: Iterable[JsonValue]) -> str:
    return next((text for value in values if (text := _first_text(value))), "")
