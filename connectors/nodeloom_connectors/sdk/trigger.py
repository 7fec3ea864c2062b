"""Triggers of a connector: what happened at the service, as items that start runs.

Three ways to hear of it: asking from time to time (`PollTrigger`), an address that the service calls for one
subscription (`HookTrigger`), and the one address of an app, which serves any number of workflows (`AppTrigger` and the
connector's `AppDoor`). The product keeps cursors and states, dedupes by `Occurrence.key`, and stores what came in
together with the runs that it starts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, JsonValue

if TYPE_CHECKING:
    import httpx2

    from nodeloom_connectors.sdk.action import Log
    from nodeloom_connectors.sdk.files import FileRef, Files
    from nodeloom_connectors.sdk.request_auth import IncomingRequest
    from nodeloom_connectors.sdk.tokens import OAuthApp

ClientT = TypeVar("ClientT")


class NotGenuine(Exception):
    """What came in does not carry the service's signature: it is answered with 401 and leaves no trace."""


@dataclass(frozen=True)
class Occurrence:
    """One thing that happened: `key` is the service's own id of it, by which a repeat is recognised.

    `json` is the item; `summary` is its line in the inbox.
    """

    key: str
    json: dict[str, JsonValue]
    files: Mapping[str, FileRef] = field(default_factory=dict[str, "FileRef"])
    summary: str = ""


@dataclass(frozen=True)
class Reply:
    """What the service wants to hear at once (a challenge); nothing is stored."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain"


@dataclass(frozen=True)
class TriggerContext(Generic[ClientT]):
    """What a trigger works with. `files` keeps what came along (an attachment); it has no incoming ones."""

    client: ClientT
    files: Files
    log: Log


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """What all kinds have in common; the node type is `<connector>.<name>`.

    `summary` is a template over the params for the card. `scopes`: what the connection must have been granted.
    `sample` is an item as the service would make it, for the editor before anything has come in.
    """

    name: str
    title: str
    description: str
    params: type[BaseModel]
    summary: str = ""
    icon: str | None = None
    aliases: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    sample: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])


@dataclass(frozen=True)
class Polled:
    """What happened since the last time, oldest first, and the cursor to go on from; with `more` ask again at once."""

    occurrences: Sequence[Occurrence]
    cursor: JsonValue
    more: bool = False


@dataclass(frozen=True, kw_only=True)
class PollTrigger(Trigger):
    """`poll(ctx, params, cursor)` asks what is new. The first time the cursor is None: it only says where now is."""

    poll: Callable[[TriggerContext[Any], Any, JsonValue], Awaitable[Polled]]
    every_s: float = 60.0
    kind: ClassVar[Literal["poll"]] = "poll"


@dataclass(frozen=True)
class Registered:
    """What a `HookTrigger` knows when the service calls: its own registration, the app, the account's secret model."""

    params: Any
    state: JsonValue
    address: str
    app: OAuthApp | None
    secret: Any


@dataclass(frozen=True, kw_only=True)
class HookTrigger(Trigger):
    """The service calls an address of its own for each subscription.

    `subscribe(ctx, params, address)` registers it and returns what `unsubscribe` and `still_live` need later; a
    repeat after a crash must find the first registration or be harmless. `still_live` tells whether the service still
    knows it: if not, it is registered anew. `receive` reads a call, or raises `NotGenuine`. A HEAD or GET by which the
    service tries the address is answered with 200 before.
    """

    subscribe: Callable[[TriggerContext[Any], Any, str], Awaitable[JsonValue]]
    unsubscribe: Callable[[TriggerContext[Any], JsonValue], Awaitable[None]]
    still_live: Callable[[TriggerContext[Any], JsonValue], Awaitable[bool]]
    receive: Callable[[IncomingRequest, Registered], Reply | Sequence[Occurrence]]
    kind: ClassVar[Literal["hook"]] = "hook"


@dataclass(frozen=True)
class AppEvent:
    """Something that came to the app's address: for the connections whose `Account.id` is `account`.

    `key` is the service's id of the delivery; `payload` is what `AppTrigger.select` reads.
    """

    account: str
    key: str
    payload: Mapping[str, JsonValue]


@dataclass(frozen=True)
class Decision:
    """Somebody pressed a button that an action made of its `ApprovalDoor`: `value` is what stood behind it.

    `by` names the person; `reply` is what the connector needs to tell the service what came of it.
    """

    value: str
    by: str
    reply: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])


@dataclass(frozen=True)
class AppDoor:
    """The one address of an app. `receive` raises `NotGenuine`; it must be quick: services wait 3 s.

    `decided(http, decision, text)` tells the service what became of a decision, in words.
    """

    receive: Callable[[IncomingRequest, OAuthApp], Reply | Sequence[AppEvent | Decision]]
    decided: Callable[[httpx2.AsyncClient, Decision, str], Awaitable[None]] | None = None


@dataclass(frozen=True, kw_only=True)
class AppTrigger(Trigger):
    """Chooses from what comes to the connector's `AppDoor`: the occurrence, or None if this is not for it."""

    select: Callable[[Any, AppEvent], Occurrence | None]
    kind: ClassVar[Literal["app"]] = "app"


AnyTrigger: TypeAlias = PollTrigger | HookTrigger | AppTrigger
