"""core.chat: a hosted page to talk with a workflow. Each message starts a run; the page is the chats feature's."""

from typing import ClassVar, Final

from pydantic import ConfigDict, Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.nodes.hosted import Addressed, Hosted, Lines
from nodeloom.nodes.node_type import NodeType
from nodeloom.nodes.params import hints


class ChatParams(Hosted, Addressed):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"x-base": "/chat/", "x-page": "chat", "x-literal": True}
    )

    title: str = Field(default="Chat", title="Title", min_length=1, max_length=300, examples=["Ask our shop"])
    greeting: str = Field(
        default="Hello! How can I help?",
        title="Greeting",
        description="What stands there before the first message.",
        max_length=5000,
        json_schema_extra=hints("multiline"),
    )
    suggestions: Lines = Field(
        default=[],
        title="Suggestions",
        description="First messages to choose from, one a line.",
        examples=["Where is my order?\nI want to send something back"],
        json_schema_extra=hints("multiline", advanced=True),
    )
    placeholder: str = Field(
        default="Write a message", title="Placeholder", max_length=300, json_schema_extra=hints(advanced=True)
    )
    history: int = Field(
        default=10,
        title="Messages to remember",
        description="How many of the messages before come with each new one, as `history`.",
        ge=0,
        le=100,
        json_schema_extra=hints(advanced=True),
    )
    files: bool = Field(
        default=False,
        title="Files may be sent",
        description="Up to five with a message; they travel beside the item.",
        json_schema_extra=hints(advanced=True),
    )


_LITERAL: Final = tuple(ChatParams.model_fields)

CHAT = NodeType(
    NodeSpec("core.chat", "Chat", ChatParams, trigger=True, inputs=(), can_fail=False, literal=_LITERAL),
    description="Starts a run for each message of a chat on a page of its own, and shows what the run answers.",
    group="trigger",
    icon="message-circle",
    run=None,
    aliases=("chat", "conversation", "bot", "assistant", "message", "talk", "ask"),
    summary="{title}",
)
