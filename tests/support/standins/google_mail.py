"""Gmail: the emulator's mailbox, and what its answers need to be Gmail's.

The emulator's own: messages, threads, labels, drafts, history, attachments, watch, searches with `q`.
Here: getProfile, 404 for a history id that is too old or was never given, short answers of calls that change something,
no empty lists, headers and file names in clear text, searches for `rfc822msgid:` (the emulator's never find anything),
and what the scope gmail.metadata forbids.
Left as the emulator has it, though Gmail differs: `data` and `raw` come without padding, history ids are longer than
64 bits, `q` doesn't find decoded subjects and knows no `newer_than:`.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx2

from tests.support.far_side import Seen
from tests.support.standins.calling import loopback_client
from tests.support.standins.google_problem import Problem
from tests.support.standins.oauth_grants import Grant

ADDRESS = "loom@gmail.test"
SCOPE = "https://www.googleapis.com/auth/gmail."
_SHORT = ("id", "threadId", "labelIds")
_LISTS = ("messages", "threads", "drafts", "history")
_SAYS_LITTLE = {
    "gmail.users.messages.send",
    "gmail.users.messages.modify",
    "gmail.users.messages.trash",
    "gmail.users.messages.untrash",
    "gmail.users.messages.import",
    "gmail.users.messages.insert",
    "gmail.users.drafts.send",
}

Json = dict[str, Any]


def seed(redirect_uris: tuple[str, ...], client_id: str, client_secret: str) -> Json:
    client = {"client_id": client_id, "client_secret": client_secret, "redirect_uris": list(redirect_uris)}
    people = [{"email": ADDRESS, "name": "Loom Tester"}, {"email": "second@gmail.test", "name": "Second Tester"}]
    return {"users": people, "oauth_clients": [client]}


@dataclass
class Mailbox:
    """Blocks for the milliseconds that the emulator takes. History begins at `oldest_history`."""

    url: str
    oldest_history: int = 0
    _client: httpx2.Client = field(default_factory=loopback_client)

    def get_ready(self) -> None:
        """A mailbox has a past: something came and was deleted."""
        message = EmailMessage()
        message["From"] = message["To"] = ADDRESS
        self.ask("DELETE", f"messages/{self.put(message, ())}")
        self.oldest_history = self.history_id()

    def ask(self, http_method: str, path: str, body: Any = None, **query: Any) -> Json:
        answer = self._client.request(
            http_method,
            f"{self.url}/gmail/v1/users/me/{path}",
            headers={"Authorization": "Bearer stand-in"},
            json=body,
            params=query,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def history_id(self) -> int:
        return int(self.ask("GET", "history", startHistoryId="0", maxResults="1")["historyId"])

    def put(self, message: EmailMessage, labels: Sequence[str]) -> str:
        raw = base64.urlsafe_b64encode(message.as_bytes()).decode()
        return str(self.ask("POST", "messages", {"raw": raw, "labelIds": list(labels)})["id"])

    def with_label(self, label: str) -> list[Json]:
        """Oldest first."""
        listed = self.ask("GET", "messages", labelIds=label, maxResults="500", includeSpamTrash="true")["messages"]
        return [self.ask("GET", f"messages/{one['id']}") for one in reversed(listed)]

    def original(self, message_id: str) -> EmailMessage:
        return message_from_bytes(self.raw(message_id), policy=default)

    def raw(self, message_id: str) -> bytes:
        raw = self.ask("GET", f"messages/{message_id}", format="raw")["raw"]
        return base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))

    def answer(self, route: str, seen: Seen, grant: Grant) -> tuple[int, Any]:
        query = {name: values[-1] for name, values in parse_qs(urlsplit(seen.target).query).items()}
        _check_metadata_scope(route, query, grant)
        if route == "gmail.users.getProfile":
            return 200, self._profile()
        if route == "gmail.users.history.list":
            self._check_history(query)
        passed = {"Content-Type": seen.headers.get("content-type", ""), "Authorization": "Bearer stand-in"}
        target, message_id = _without_message_id(seen.target)
        answer = self._client.request(seen.method, self.url + target, headers=passed, content=seen.body)
        if not answer.content:
            return answer.status_code, None
        body: Json = answer.json()
        if message_id:
            self._keep_only(message_id, body)
        return answer.status_code, self._as_gmail_has_it(route, seen, body) if answer.is_success else body

    def _as_gmail_has_it(self, route: str, seen: Seen, body: Json) -> Json:
        if route in _SAYS_LITTLE:
            return {name: body[name] for name in _SHORT}
        nested: Json = body.get("message") or {}
        if nested and route != "gmail.users.drafts.get":
            body["message"] = {name: value for name, value in nested.items() if name in _SHORT}
        only = parse_qs(urlsplit(seen.target).query).get("metadataHeaders", [])
        for message in [body, nested, *body.get("messages", [])]:
            if "payload" in message:
                _in_full(message["payload"], self.original(message["id"]), only)
        return {name: value for name, value in body.items() if name not in _LISTS or value}

    def _keep_only(self, message_id: str, body: Json) -> None:
        for name in ("messages", "drafts"):
            rows: list[Json] = body.get(name, [])
            held = [(row, self.original(row.get("message", row)["id"])) for row in rows]
            body[name] = [row for row, mail in held if str(mail["Message-ID"]).strip("<> ") == message_id]

    def _profile(self) -> Json:
        messages = self.ask("GET", "messages", maxResults="500", includeSpamTrash="true")["messages"]
        return {
            "emailAddress": ADDRESS,
            "messagesTotal": len(messages),
            "threadsTotal": len({message["threadId"] for message in messages}),
            "historyId": str(self.history_id()),
        }

    def _check_history(self, query: Mapping[str, str]) -> None:
        start = query.get("startHistoryId", "")
        if not start.isdigit():
            raise Problem(400, "Invalid value at 'start_history_id'", "invalidArgument", "INVALID_ARGUMENT")
        if not self.oldest_history <= int(start) <= self.history_id():
            raise Problem(404, "Requested entity was not found.", "notFound", "NOT_FOUND")

    def close(self) -> None:
        self._client.close()


def _without_message_id(target: str) -> tuple[str, str]:
    """The target without `rfc822msgid:` among its `q`, and what stood behind it."""
    parts = urlsplit(target)
    query = parse_qs(parts.query)
    words = query.get("q", [""])[-1].split()
    wanted = [word.removeprefix("rfc822msgid:") for word in words if word.startswith("rfc822msgid:")]
    if not wanted:
        return target, ""
    others = " ".join(word for word in words if not word.startswith("rfc822msgid:"))
    left = urlencode({**query, "q": [others] if others else []}, doseq=True)
    return urlunsplit(parts._replace(query=left)), wanted[0].strip("<>")


def _check_metadata_scope(route: str, query: Mapping[str, str], grant: Grant) -> None:
    if {scope for scope in grant.scopes if scope.startswith((SCOPE, "https://mail."))} != {f"{SCOPE}metadata"}:
        return
    if "q" in query:
        raise Problem(403, "Metadata scope does not support 'q' parameter", "forbidden", "PERMISSION_DENIED")
    if route.endswith(".get") and query.get("format", "full") in ("full", "raw"):
        raise Problem(403, "Metadata scope doesn't allow format FULL", "forbidden", "PERMISSION_DENIED")


def _in_full(payload: Json, original: EmailMessage, only: Sequence[str]) -> None:
    """All headers, decoded, as Gmail gives them; and the file names, which the emulator takes in ASCII alone."""
    there = [{"name": name, "value": str(value)} for name, value in original.items()]
    names = {header["name"].lower() for header in there}
    there += [header for header in payload.get("headers", []) if header["name"].lower() not in names]
    payload["headers"] = [header for header in there if not only or header["name"] in only]
    files = [part.get_filename("") for part in original.walk() if part.get_filename() or part.is_attachment()]
    shown = [part for part in _parts(payload) if "attachmentId" in part.get("body", {})]
    if len(files) == len(shown):
        for part, name in zip(shown, files, strict=True):
            part["filename"] = name


def _parts(part: Json) -> Iterator[Json]:
    yield part
    for inner in part.get("parts", []):
        yield from _parts(inner)
