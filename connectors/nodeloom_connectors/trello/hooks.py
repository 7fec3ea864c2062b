"""Trello's webhooks: one for each subscription, tried with HEAD, signed, and switched off when nobody takes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

from pydantic import AfterValidator, BaseModel, Field, JsonValue

from nodeloom_connectors.sdk import (
    HookTrigger,
    NotGenuine,
    Occurrence,
    OptionsFrom,
    Refused,
    Registered,
    RetryLater,
    TriggerContext,
)
from nodeloom_connectors.trello.auth import READ, webhook_secrets
from nodeloom_connectors.trello.fields import BoardParams, thing_id
from nodeloom_connectors.trello.happenings import part
from nodeloom_connectors.trello.shapes import Webhook

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import IncomingRequest, Reply
    from nodeloom_connectors.trello.client import TrelloClient

Json: TypeAlias = Mapping[str, Any]
Chooses: TypeAlias = Callable[[Any, Json], bool]
"""(the trigger's params, an action as Trello sends it) to whether it is meant."""

_LIMIT = 1_000


class WatchParams(BoardParams):
    """What every trigger has: the board that is watched, and perhaps one list of it."""

    list_id: Annotated[str, OptionsFrom("lists", depends_on=("board_id",)), AfterValidator(thing_id)] = Field(
        default="", title="List", max_length=200, description="Empty: any list of the board."
    )
    own: bool = Field(
        default=False,
        title="Also what apps do as this account",
        description="Off: what Nodeloom or another app does as the connected account starts nothing, "
        "so that workflows don't start themselves. What the person does in Trello always counts.",
        json_schema_extra={"x-advanced": True},
    )


async def subscribe(ctx: TriggerContext[TrelloClient], params: WatchParams, address: str) -> JsonValue:
    """Trello refuses a second webhook of the same address and board: then that of an earlier try is found."""
    if not ctx.client.webhook_secrets:
        raise Refused(
            "Trello's calls can't be checked: their secret is not known.",
            "no_webhook_secret",
            hint="Add the API secret to this connection; it stands beside the API key on trello.com/apps/admin.",
        )
    board = await ctx.client.get(dict[str, Any], f"/boards/{params.board_id}", fields="id")
    me = await ctx.client.get(dict[str, Any], "/members/me", fields="id")
    body = {"callbackURL": address, "idModel": board["id"], "description": "Nodeloom"}
    try:
        webhook = (await ctx.client.post(Webhook, "/webhooks/", **body)).id
    except Refused as refused:
        webhook = await _known(ctx.client, address, refused)
    return {"webhook": webhook, "me": me["id"]}


async def _known(client: TrelloClient, address: str, refused: Refused) -> str:
    """The webhook that was made before, if that is why Trello refuses a new one."""
    said = str(refused.detail.get("message", ""))
    if "already exists" in said:
        return await _found(client, address)
    if "did not return 200" in said:
        hint = "Trello must reach this installation under its public address; it is tried again."
        raise RetryLater(refused.message, nothing_happened=True, hint=hint) from refused
    raise refused


async def _found(client: TrelloClient, address: str) -> str:
    """Which webhook of this token calls the address. Switched on again: it may have been switched off meanwhile."""
    tokens = await client.get(list[dict[str, Any]], "/members/me/tokens", webhooks="true")
    for webhook in (one for token in tokens for one in token.get("webhooks") or ()):
        if webhook.get("callbackURL") == address:
            return (await client.put(Webhook, f"/webhooks/{webhook['id']}", active=True)).id
    raise Refused("Trello knows this address already, but not from this account.", "webhook_exists")


async def unsubscribe(ctx: TriggerContext[TrelloClient], state: JsonValue) -> None:
    """One that is gone already is no error."""
    try:
        await ctx.client.dictated(object, lambda trello: trello.webhook(_webhook(state)).delete())
    except Refused as refused:
        if refused.code != "not_found":
            raise


async def still_live(ctx: TriggerContext[TrelloClient], state: JsonValue) -> bool:
    """Whether Trello still has it and calls it; one that was switched off makes room for a new one."""
    try:
        webhook = await ctx.client.get(Webhook, f"/webhooks/{_webhook(state)}")
    except Refused as refused:
        if refused.code != "not_found":
            raise
        return False
    if not webhook.active:
        await unsubscribe(ctx, state)
    return webhook.active


def _webhook(state: JsonValue) -> str:
    return str(cast("Json", state)["webhook"])


def signed(request: IncomingRequest, address: str, secrets: Sequence[str]) -> bool:
    """Over the body as it came and the address exactly as it was registered; any of the secrets may have signed."""
    given = request.headers.get("x-trello-webhook", "").encode("latin-1", "replace")
    content = request.body + address.encode()
    digests = (base64.b64encode(hmac.digest(secret.encode(), content, hashlib.sha1)) for secret in secrets)
    return any(hmac.compare_digest(digest, given) for digest in digests)


def receiver(types: frozenset[str] | None, chooses: Chooses, item: Callable[[Json], dict[str, JsonValue]]) -> Any:
    """Reads a delivery: the actions of these types (None: of any) that are chosen, each as an item."""

    def receive(request: IncomingRequest, registered: Registered) -> Reply | Sequence[Occurrence]:
        if not signed(request, registered.address, webhook_secrets(registered.secret, registered.app)):
            raise NotGenuine
        action = _action(request.body)
        if action is None or (types is not None and action["type"] not in types):
            return ()
        params = cast("WatchParams", registered.params)
        if (
            (_by_app_of(registered, action) and not params.own)
            or not _in_list(params, action)
            or not chooses(params, action)
        ):
            return ()
        return (Occurrence(str(action["id"]), item(action), summary=_summary(action)),)

    return receive


def _by_app_of(registered: Registered, action: Json) -> bool:
    """Trello names an app only where the API was used."""
    me = cast("Json", registered.state or {}).get("me")
    return action.get("idMemberCreator") == me and action.get("appCreator") is not None


def _action(body: bytes) -> Json | None:
    try:
        action: Any = json.loads(body)["action"]
    except (ValueError, KeyError, TypeError) as error:
        raise NotGenuine from error
    if not isinstance(action, dict):
        return None
    found = cast("dict[str, Any]", action)
    return found if found.get("id") and found.get("type") and isinstance(found.get("data"), dict) else None


def _in_list(params: WatchParams, action: Json) -> bool:
    """Whether it is about the list, if one was chosen; of a card that was moved the list where it is now."""
    if not params.list_id:
        return True
    data = action["data"]
    list_ = part(data, "listAfter") or part(data, "list")
    return params.list_id in (list_.get("id"), part(data, "card").get("idList"))


def _summary(action: Json) -> str:
    who = part(action, "memberCreator").get("fullName", "")
    what = part(action["data"], "card").get("name") or part(action["data"], "board").get("name", "")
    return f"{who}: {what}"[:_LIMIT].strip(": ")


def hook(
    *,
    name: str,
    title: str,
    description: str,
    types: Sequence[str] | None,
    chooses: Chooses,
    item: Callable[[Json], dict[str, JsonValue]],
    sample: Mapping[str, JsonValue],
    params: type[BaseModel] = WatchParams,
    icon: str = "kanban",
    aliases: tuple[str, ...] = (),
) -> HookTrigger:
    return HookTrigger(
        name=name,
        title=title,
        description=description,
        params=params,
        summary="{board_id}",
        icon=icon,
        aliases=aliases,
        scopes=(READ,),
        sample=sample,
        subscribe=subscribe,
        unsubscribe=unsubscribe,
        still_live=still_live,
        receive=receiver(None if types is None else frozenset(types), chooses, item),
    )
