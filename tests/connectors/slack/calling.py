"""Slack's actions against the stand-in, called as a run calls them."""

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import httpx2
from pydantic import BaseModel, SecretStr

from nodeloom_connectors.sdk import Access, Action, ActionContext, ApprovalDoor, OAuth2Token, WithFiles
from nodeloom_connectors.slack import connector
from nodeloom_connectors.slack.auth import USER_TOKEN
from nodeloom_connectors.slack.client import SlackClient
from tests.support.actions import KeptFiles, context
from tests.support.standins.calling import loopback_client
from tests.support.standins.slack import SlackStandin

ACTIONS: Mapping[str, Action[Any, Any, Any]] = {action.name: action for action in connector.actions}
DOOR = ApprovalDoor("https://loom.test/approvals/token", "value-for-yes", "value-for-no")
_NUMBERS = itertools.count(1)


@dataclass
class Calls:
    """A connection to the stand-in; `through` is the address of a proxy before it."""

    slack: SlackStandin
    http: httpx2.AsyncClient
    through: str = ""
    within_s: float = 5.0
    key: str = "call-1"
    token: str = ""
    files: KeptFiles = field(default_factory=KeptFiles)

    def __post_init__(self) -> None:
        self.token = self.token or self.slack.issue_token()

    @property
    def url(self) -> str:
        return self.through or self.slack.url

    def slack_does(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Done by the app, past the connector and any proxy."""
        answer = self.slack.front.upstream.everything(method, **arguments)
        assert answer["ok"], answer
        return answer

    def client(self) -> SlackClient:
        persons = SecretStr(self.slack.issue_token(kind="user"))
        secret = OAuth2Token(access_token=SecretStr(self.token), more={USER_TOKEN: persons})
        client = SlackClient(Access(self.http, secret, settings={"api_url": f"{self.url}/api/"}))
        client.wire = replace(client.wire, within_s=self.within_s)
        return client

    def context(self) -> ActionContext[SlackClient]:
        return replace(context(self.client(), self.files, self.key), approval=DOOR)

    async def run(self, name: str, /, **params: Any) -> Any:
        """A model, or a list of them."""
        action = ACTIONS[name]
        result: Any = await action.run(self.context(), action.params.model_validate(params))
        return cast("WithFiles[Any]", result).result if isinstance(result, WithFiles) else result

    async def confirm(self, name: str, /, **params: Any) -> Any:
        action = ACTIONS[name]
        assert action.confirm is not None
        return await action.confirm(self.context(), action.params.model_validate(params))


Prepare = Callable[[Calls], dict[str, Any]]


def _message(calls: Calls, **more: Any) -> dict[str, Any]:
    ts = _bots_message(calls)
    return {"channel": calls.slack.channel("general"), "ts": ts, **more}


def _bots_message(calls: Calls, text: str = "said") -> str:
    return str(calls.slack_does("chat.postMessage", channel=calls.slack.channel("general"), text=text)["ts"])


def _new_channel(calls: Calls) -> str:
    return str(calls.slack_does("conversations.create", name=f"room-{next(_NUMBERS)}")["channel"]["id"])


def _archived(calls: Calls) -> dict[str, Any]:
    channel = _new_channel(calls)
    calls.slack_does("conversations.archive", channel=channel)
    return {"channel": channel}


def _with_file(calls: Calls) -> dict[str, Any]:
    calls.files.add("data", b"a,b\n1,2\n", file_name="table.csv", media_type="text/csv")
    return {"channel": calls.slack.channel("general"), "file": "data", "comment": "look"}


def _uploaded(calls: Calls) -> dict[str, Any]:
    content, name = b"a,b\n1,2\n", "table.csv"
    place = calls.slack_does("files.getUploadURLExternal", filename=name, length=len(content))
    with loopback_client() as client:
        assert client.post(place["upload_url"], content=content).is_success
    file = {"id": place["file_id"], "title": name}
    general = calls.slack.channel("general")
    calls.slack_does("files.completeUploadExternal", files=[file], channel_id=general)
    return {"file": place["file_id"]}


def _planned(calls: Calls) -> dict[str, Any]:
    general = calls.slack.channel("general")
    made = calls.slack_does("chat.scheduleMessage", channel=general, text="later", post_at=int(time.time()) + 900)
    return {"channel": general, "scheduled_message_id": made["scheduled_message_id"]}


def _reacted(calls: Calls) -> dict[str, Any]:
    params = _message(calls, name="eyes")
    calls.slack_does("reactions.add", channel=params["channel"], timestamp=params["ts"], name="eyes")
    return params


def _invited(calls: Calls) -> dict[str, Any]:
    channel, mia = _new_channel(calls), calls.slack.person("mia")
    calls.slack_does("conversations.invite", channel=channel, users=mia)
    return {"channel": channel, "user": mia}


def _answerable(calls: Calls) -> dict[str, Any]:
    ts = _bots_message(calls)
    return {"response_url": f"{calls.url}/response/{calls.slack.channel('general')}/{ts}", "text": "Done."}


def _in_general(**more: Any) -> Prepare:
    return lambda calls: {"channel": calls.slack.channel("general"), **more}


@dataclass(frozen=True)
class Scene:
    """What an action is given, and the request that does it; `harmless` if that changes nothing for anybody."""

    method: str
    prepare: Prepare
    harmless: bool = False


SCENES: Mapping[str, Scene] = {
    "send_message": Scene("chat.postMessage", _in_general(text="hello")),
    "ask_approval": Scene("chat.postMessage", _in_general(message="Pay 5 €?")),
    "update_message": Scene("chat.update", lambda calls: _message(calls, text="changed")),
    "delete_message": Scene("chat.delete", _message),
    "send_ephemeral": Scene(
        "chat.postEphemeral", lambda calls: {"channel": "#general", "user": calls.slack.person("mia"), "text": "psst"}
    ),
    "schedule_message": Scene(
        "chat.scheduleMessage",
        lambda _: {"channel": "#general", "text": "later", "post_at": int(time.time()) + 600 + next(_NUMBERS)},
    ),
    "list_scheduled": Scene("chat.scheduledMessages.list", lambda _: {}, harmless=True),
    "delete_scheduled_message": Scene("chat.deleteScheduledMessage", _planned),
    "get_permalink": Scene("chat.getPermalink", _message, harmless=True),
    "search_messages": Scene("search.messages", lambda _: {"query": "hello"}, harmless=True),
    "channel_history": Scene("conversations.history", _in_general(), harmless=True),
    "thread_replies": Scene("conversations.replies", _message, harmless=True),
    "list_channels": Scene("conversations.list", lambda _: {}, harmless=True),
    "get_channel": Scene("conversations.info", _in_general(), harmless=True),
    "create_channel": Scene("conversations.create", lambda _: {"name": f"made-{next(_NUMBERS)}"}),
    "rename_channel": Scene(
        "conversations.rename", lambda calls: {"channel": _new_channel(calls), "name": f"named-{next(_NUMBERS)}"}
    ),
    "set_topic": Scene("conversations.setTopic", _in_general(topic="Looms")),
    "set_purpose": Scene("conversations.setPurpose", _in_general(purpose="All about looms")),
    "archive_channel": Scene("conversations.archive", lambda calls: {"channel": _new_channel(calls)}),
    "unarchive_channel": Scene("conversations.unarchive", _archived),
    "join_channel": Scene("conversations.join", lambda calls: {"channel": calls.slack.channel("alerts")}),
    "leave_channel": Scene("conversations.leave", lambda calls: {"channel": _invited(calls)["channel"]}),
    "invite_to_channel": Scene(
        "conversations.invite", lambda calls: {"channel": _new_channel(calls), "users": [calls.slack.person("mia")]}
    ),
    "kick_from_channel": Scene("conversations.kick", _invited),
    "channel_members": Scene("conversations.members", _in_general(), harmless=True),
    "open_dm": Scene("conversations.open", lambda calls: {"users": [calls.slack.person("mia")]}, harmless=True),
    "find_user_by_email": Scene("users.lookupByEmail", lambda _: {"email": "mia@loom.test"}, harmless=True),
    "get_user": Scene("users.info", lambda calls: {"user": calls.slack.person("mia")}, harmless=True),
    "list_users": Scene("users.list", lambda _: {}, harmless=True),
    "add_reaction": Scene("reactions.add", lambda calls: _message(calls, name="eyes")),
    "remove_reaction": Scene("reactions.remove", _reacted),
    "get_reactions": Scene("reactions.get", _message, harmless=True),
    "upload_file": Scene("files.completeUploadExternal", _with_file),
    "list_files": Scene("files.list", lambda _: {}, harmless=True),
    "get_file": Scene("files.info", _uploaded, harmless=True),
    "delete_file": Scene("files.delete", _uploaded),
    "respond": Scene("/response/", _answerable),
    "call": Scene("pins.add", lambda calls: {"method": "pins.add", "arguments": _pin(calls)}),
}


def _pin(calls: Calls) -> dict[str, Any]:
    params = _message(calls)
    return {"channel": params["channel"], "timestamp": params["ts"]}


def plain(result: Any) -> Any:
    """As it goes on as items."""
    if isinstance(result, list):
        return [plain(each) for each in cast("list[Any]", result)]
    return cast("BaseModel", result).model_dump(mode="json")
