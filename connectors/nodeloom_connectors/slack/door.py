"""What Slack sends to the address of the app: events, slash commands, pressed buttons."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl

import httpx2
from pydantic import JsonValue

from nodeloom_connectors.sdk import AppDoor, AppEvent, Decision, IncomingRequest, NotGenuine, OAuthApp, Reply
from nodeloom_connectors.slack.approvals import APPROVE, BLOCK, REJECT
from nodeloom_connectors.slack.auth import SIGNING_SECRET

COMMAND, BUTTON = "slash_command", "block_actions"
_WINDOW_S = 300
_FORM = "application/x-www-form-urlencoded"
_UNREADABLE = Reply(400, b"This can't be read.")

Received = Reply | Sequence[AppEvent | Decision]


def receive(request: IncomingRequest, app: OAuthApp) -> Received:
    """What came, if Slack signed it. What isn't understood is taken in silence: Slack would only send it again."""
    _check(request, app)
    try:
        if request.headers.get("content-type", "").startswith(_FORM):
            return _form(dict(parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=200)))
        return _event(_object(json.loads(request.body)))
    except (ValueError, RecursionError):
        return _UNREADABLE


def _check(request: IncomingRequest, app: OAuthApp) -> None:
    """Slack signs the time and the body as they were sent; what is older than five minutes may be a recording."""
    secret = app.secrets.get(SIGNING_SECRET)
    stamp, given = (request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
    if secret is None or not secret.get_secret_value() or not stamp.isascii() or not stamp.isdecimal():
        raise NotGenuine
    if len(stamp) > 12 or abs(time.time() - int(stamp)) > _WINDOW_S:
        raise NotGenuine
    signed = b"v0:" + stamp.encode() + b":" + request.body
    expected = "v0=" + hmac.new(secret.get_secret_value().encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise NotGenuine


def _event(envelope: Mapping[str, JsonValue]) -> Received:
    if envelope.get("type") == "url_verification":
        return Reply(body=_text(envelope.get("challenge")).encode("utf-8", "replace"))
    key = _text(envelope.get("event_id"))
    if envelope.get("type") != "event_callback" or not key:
        return []
    told = _without_token(envelope)
    return [AppEvent(account, key, told) for account in _accounts(envelope)]


def _accounts(envelope: Mapping[str, JsonValue]) -> Sequence[str]:
    """Whose installation is meant: in a channel that two companies share, not the one where it happened."""
    authorizations = envelope.get("authorizations")
    listed = authorizations if isinstance(authorizations, list) else []
    named = [_account(_object(authorization)) for authorization in listed] or [_text(envelope.get("team_id"))]
    return list(dict.fromkeys(account for account in named if account))


def _account(place: Mapping[str, JsonValue]) -> str:
    whole_organisation = place.get("is_enterprise_install") in (True, "true")
    return _text(place.get("enterprise_id" if whole_organisation else "team_id"))


def _form(form: Mapping[str, str]) -> Received:
    if "payload" in form:
        return _interaction(_object(json.loads(form["payload"])))
    if form.get("ssl_check") == "1" or not form.get("command"):
        return []
    fields = _without_token(form)
    return [AppEvent(_account(fields), form.get("trigger_id", ""), {"type": COMMAND, **fields})]


def _interaction(payload: Mapping[str, JsonValue]) -> Received:
    actions = payload.get("actions")
    if payload.get("type") != BUTTON or not isinstance(actions, list) or not actions:
        return []
    pressed = _object(actions[0])
    if pressed.get("action_id") in (APPROVE, REJECT):
        return _decision(payload, pressed)
    if _text(pressed.get("action_id")).startswith(f"{BLOCK}_"):
        return []
    whole_organisation = payload.get("is_enterprise_install") is True
    place = _object(payload.get("enterprise" if whole_organisation else "team"))
    return [AppEvent(_text(place.get("id")), _text(payload.get("trigger_id")), _without_token(payload))]


def _decision(payload: Mapping[str, JsonValue], pressed: Mapping[str, JsonValue]) -> Received:
    person = _object(payload.get("user"))
    allowed = _text(pressed.get("block_id")).split(":")[1:]
    if allowed and person.get("id") not in allowed:
        return []
    name = _text(person.get("name")) or _text(person.get("username")) or _text(person.get("id"))
    reply: dict[str, JsonValue] = {
        "response_url": _text(payload.get("response_url")),
        "question": _question(_object(payload.get("message"))),
    }
    return [Decision(_text(pressed.get("value")), f"{name} (Slack)", reply)]


def _question(message: Mapping[str, JsonValue]) -> str:
    """What was asked, to be shown above the answer; the first block of our messages holds it."""
    blocks = message.get("blocks")
    first = _object(blocks[0] if isinstance(blocks, list) and blocks else None)
    return _text(_object(first.get("text")).get("text")) or _text(message.get("text"))


async def decided(http: httpx2.AsyncClient, decision: Decision, text: str) -> None:
    """The buttons make way for what came of them. The address came under Slack's signature, and holds no secret."""
    url, question = _text(decision.reply.get("response_url")), _text(decision.reply.get("question"))
    if not url.startswith(("https://", "http://")):
        return
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": part[:3000]}} for part in (question, text) if part
    ]
    message = {"replace_original": True, "text": text, "blocks": blocks}
    response = await http.post(url, json=message, follow_redirects=False, timeout=10)
    response.raise_for_status()


def _without_token(told: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Slack sends an old kind of proof along, which nobody needs to keep."""
    return {name: value for name, value in told.items() if name != "token"}


def _object(value: JsonValue) -> Mapping[str, JsonValue]:
    return cast("Mapping[str, JsonValue]", value) if isinstance(value, Mapping) else {}


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


DOOR = AppDoor(receive=receive, decided=decided)
