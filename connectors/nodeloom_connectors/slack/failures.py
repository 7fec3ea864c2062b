"""What Slack refuses, and what happens on the way to it, as the four errors of the SDK."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast

import httpx2

from nodeloom_connectors.sdk import OutcomeUnknown, Reconnect, Refused, RetryLater

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import ConnectorError

_LOST = {"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "user_removed_from_team"}
_LIMITED = {"ratelimited", "rate_limited"}
_BROKEN = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_ASKS_TO_WAIT = timedelta(seconds=30)

_HINTS = {
    "already_pinned": "The message is pinned already.",
    "cant_delete_message": "An app may delete its own messages only, unless an admin connected it.",
    "cant_update_message": "An app may change its own messages only.",
    "channel_not_found": "Choose the channel again. A private one is only seen by an app that was invited to it.",
    "edit_window_closed": "Slack no longer lets this message be changed.",
    "file_not_found": "The file was deleted, or this connection may not see it.",
    "invalid_blocks": "Compare the blocks with Slack's Block Kit Builder.",
    "invalid_name_specials": "Channel names take lower-case letters, digits, hyphens and underscores.",
    "invalid_users": "Choose people who are in this workspace.",
    "is_archived": "The channel is archived: unarchive it first, or choose another one.",
    "message_not_found": "There is no such message in this channel: check the channel and the message's ts.",
    "method_not_supported_for_channel_type": "This can't be done in a channel of this kind, such as a direct message.",
    "msg_too_long": "Shorten the text: Slack takes 40,000 characters, or send it as a file.",
    "name_taken": "A channel of this name exists, perhaps an archived or a private one: choose another name.",
    "no_text": "Give a text or blocks.",
    "not_allowed_token_type": "This needs another kind of token: search, for example, needs a person's.",
    "not_in_channel": "Invite the app to the channel: /invite @app in Slack, or the action Join a channel.",
    "restricted_action": "A setting of the workspace forbids this: ask an admin of it.",
    "thread_not_found": "There is no such thread in this channel: check the channel and the message's ts.",
    "time_in_past": "Give a time in the future.",
    "time_too_far": "Slack takes times within the next 120 days.",
    "too_many_attachments": "Slack takes 100 attachments at most.",
    "unknown_method": "Slack has no method of this name: compare it with the list at docs.slack.dev.",
    "user_not_found": "Choose the person again: this workspace knows nobody with this id.",
    "users_not_found": "Nobody in this workspace has this e-mail address, or not one that the app may see.",
}
_ALIKE = {
    "no_channel": _HINTS["channel_not_found"],
    "invalid_name_maxlength": "Channel names have 80 characters at most.",
    "invalid_name": _HINTS["invalid_name_specials"],
    "invalid_name_punctuation": _HINTS["invalid_name_specials"],
    "invalid_blocks_format": _HINTS["invalid_blocks"],
    "msg_blocks_too_long": "Shorten the blocks: Slack takes 50, with 3,000 characters in each text.",
    "file_deleted": _HINTS["file_not_found"],
}


@contextmanager
def translated(host: str, within_s: float, *, harmless: bool) -> Generator[None]:
    """Turns what httpx2 raises into SDK errors. `harmless`: a call that changes nothing, whatever became of it."""
    try:
        yield
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        text = f"{host} can't be reached: {error or type(error).__name__}"
        raise RetryLater(text, nothing_happened=True, hint="Check that Nodeloom gets out to Slack.") from error
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise unclear(f"{host} did not answer within {within_s:g} s.", harmless=harmless) from error
    except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL) as error:
        hint = "Check the parameters, and the address of Slack in the settings."
        raise Refused(f"The request can't be sent: {error}", "invalid_request", hint=hint) from error
    except httpx2.RequestError as error:
        raise unclear(f"The connection to {host} broke before the whole answer had come.", harmless=harmless) from error


def unclear(text: str, after: timedelta | None = None, *, harmless: bool) -> ConnectorError:
    """The call left, and no answer that can be read came back."""
    if harmless:
        return RetryLater(text, after, nothing_happened=True)
    return OutcomeUnknown(text, hint="Look in Slack whether the call took effect.")


def refusal(
    method: str, answer: Mapping[str, Any], headers: Mapping[str, str], status: int, *, harmless: bool
) -> ConnectorError:
    """The error for an answer that isn't ok; `answer` is what Slack said, empty where it said nothing to be read."""
    error = str(answer.get("error") or f"http_{status}")
    text = f"Slack refused {method}: {error}{_details(answer)}."
    if error in _LIMITED or status == 429:
        wait = retry_after(headers) or _ASKS_TO_WAIT
        return RetryLater("Slack asks to slow down.", wait, nothing_happened=True)
    if error in _BROKEN or status >= 500:
        return unclear(f"Slack could not do {method}: {error}.", retry_after(headers), harmless=harmless)
    if error in _LOST or (status == 401 and not answer):
        return Reconnect(f"Slack no longer takes this connection ({error}).", hint="Connect Slack again.")
    if error == "missing_scope":
        return missing_scope(str(answer.get("needed") or ""), method)
    if error == "team_added_to_org":
        return RetryLater("Slack is moving this workspace.", timedelta(minutes=5), nothing_happened=True)
    hint = _HINTS.get(error) or _ALIKE.get(
        error, f"Slack explains its errors at docs.slack.dev/reference/methods/{method}."
    )
    return Refused(text, _code(error), {"error": error, "method": method}, hint=hint)


def missing_scope(needed: str, method: str) -> Reconnect:
    said = f"the permission {needed}" if needed else "a permission"
    hint = "Add it to the Slack app under OAuth & Permissions, then connect Slack again."
    return Reconnect(f"The connection lacks {said} for {method}.", token_is_good=True, hint=hint)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """The Retry-After header, as seconds or as a date, the latter by the clock of the service if it shows one."""
    given = headers.get("retry-after", "").strip()
    if given.isdecimal():
        return timedelta(seconds=min(int(given[:9]), 7 * 86_400))
    moment = _http_date(given)
    if moment is None:
        return None
    now = _http_date(headers.get("date", "")) or datetime.fromtimestamp(time.time(), UTC)
    return min(max(moment - now, timedelta(0)), timedelta(days=7))


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _details(answer: Mapping[str, Any]) -> str:
    """What Slack adds for whoever wrote the call: which block, which argument."""
    metadata = answer.get("response_metadata")
    messages = cast("Mapping[str, Any]", metadata).get("messages") if isinstance(metadata, Mapping) else None
    if not isinstance(messages, list) or not messages:
        return ""
    return " (" + "; ".join(str(message)[:300] for message in cast("list[object]", messages)[:3]) + ")"


def _code(error: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "_", error.lower())[:100].strip("_") or "refused"
