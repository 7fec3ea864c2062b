"""A Google on loopback: one mailbox in npm's `emulate`, and before it what makes the emulator as strict as Google.

Gmail: see google_mail for what is the emulator's. The front's: which tokens are good (401), and, from Google's own
description of its APIs, whether their scopes are enough (403) and which parameters and fields there are (400).
Drive and Sheets are small ones of our own (google_drive, google_sheets).
It answers from a thread of its own, so that it serves other processes and browsers as well.
"""

import asyncio
import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.support.far_side import Reply, Seen
from tests.support.standins.calling import loopback_client
from tests.support.standins.either_way import either_way
from tests.support.standins.emulator import emulator
from tests.support.standins.google_asked import Asked
from tests.support.standins.google_discovery import Route, find
from tests.support.standins.google_drive import SPREADSHEET, Drive
from tests.support.standins.google_mail import ADDRESS, SCOPE, Json, Mailbox, seed
from tests.support.standins.google_problem import Problem, bad_token, too_few_scopes, unknown_name
from tests.support.standins.google_sheets import Sheets
from tests.support.standins.google_tokens import CLIENT_ID, CLIENT_SECRET, GoogleTokens
from tests.support.standins.grants import Grants, Provider
from tests.support.standins.oauth_grants import Grant
from tests.support.standins.serving import form_of, served

__all__ = [
    "ADDRESS",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "SCOPE",
    "Attachment",
    "GoogleCall",
    "GoogleStandin",
    "google_standin",
]

_PASSED_ON = ("content-type", "location")
_AUTHORIZE = "/o/oauth2/v2/auth"


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class GoogleCall:
    """`method` as Google calls it, e.g. gmail.users.messages.send; "" if there is none such."""

    method: str
    http_method: str
    target: str
    token: str
    body: bytes
    status: int


class GoogleStandin:
    """`address` is whose mailbox it is. Everything that isn't awaited takes milliseconds."""

    address = ADDRESS
    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET

    def __init__(self, provider: Provider | None) -> None:
        self.url = ""
        self.tokens = GoogleTokens(Grants())
        self.calls: list[GoogleCall] = []
        self._provider = provider
        self._mailbox: Mailbox | None = None
        self.sheets = Sheets(self._spreadsheet_made)
        self.drive = Drive(ADDRESS, self._file_made)

    @property
    def api_url(self) -> str:
        """For googleapiclient's `api_endpoint`, of Gmail and of Sheets; Drive has its path in it: `drive_url`."""
        return f"{self.url}/"

    @property
    def drive_url(self) -> str:
        return f"{self.url}/drive/v3/"

    @property
    def authorize_url(self) -> str:
        return self.url + _AUTHORIZE

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def revoke_url(self) -> str:
        return f"{self.url}/revoke"

    @property
    def mailbox(self) -> Mailbox:
        assert self._mailbox is not None, "not served yet"
        return self._mailbox

    def stand_before(self, emulated: str) -> None:
        self._mailbox = Mailbox(emulated)
        self._mailbox.get_ready()
        self._browser = loopback_client()

    def close(self) -> None:
        self.mailbox.close()
        self._browser.close()

    def issue_token(self, scopes: Iterable[str]) -> str:
        """Scopes in full, or Gmail's by their last word (`modify`)."""
        full = [scope if "://" in scope or scope == "openid" else SCOPE + scope for scope in scopes]
        return self.tokens.grants.issue(full, ADDRESS, prefix="ya29.")

    def issue_refresh_token(self, scopes: Iterable[str]) -> str:
        return self.tokens.refresh_token(self.issue_token(scopes))

    def revoke(self, token: str) -> None:
        """An access or a refresh token; with a refresh token its access tokens end as well."""
        self.tokens.revoked(token)

    def expire(self, token: str) -> None:
        self.tokens.grants.mark(token, "expired")

    def deliver_mail(
        self,
        *,
        sender: str = "mia@loom.test",
        to: str = ADDRESS,
        subject: str = "Hello",
        text: str = "Hello there",
        html: str | None = None,
        attachments: Sequence[Attachment] = (),
        labels: Sequence[str] = ("INBOX", "UNREAD"),
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """A mail arrives; its message id at Gmail."""
        message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"] = f"<{len(self.calls)}-{self.mailbox.history_id()}@loom.test>"
        for name, value in (headers or {}).items():
            message[name] = value
        message.set_content(text)
        if html is not None:
            message.add_alternative(html, subtype="html")
        for attachment in attachments:
            kind, _, subtype = attachment.media_type.partition("/")
            message.add_attachment(attachment.content, kind, subtype, filename=attachment.name)
        return self.mailbox.put(message, labels)

    def sent(self) -> list[EmailMessage]:
        """What was sent from the mailbox, oldest first."""
        return [self.mailbox.original(message["id"]) for message in self.mailbox.with_label("SENT")]

    def message(self, message_id: str) -> Json:
        return self.mailbox.ask("GET", f"messages/{message_id}")

    def forget_history(self) -> None:
        """As after a week or so: history ids from before now are gone."""
        self.mailbox.oldest_history = self.mailbox.history_id()

    async def answer(self, seen: Seen, /) -> Reply:
        return await asyncio.to_thread(self._answer, seen)

    def _answer(self, seen: Seen) -> Reply:
        path = urlsplit(seen.target).path
        if path in ("/token", "/oauth2/token"):
            return _json(*self._token(form_of(seen)))
        if path in ("/revoke", "/oauth2/revoke"):
            token = form_of(seen).get("token") or dict(parse_qsl(urlsplit(seen.target).query)).get("token", "")
            return _json(*self.tokens.revoked(token))
        if path.startswith(_AUTHORIZE):
            return self._consent(path, seen)
        return self._api(path, seen)

    def _token(self, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        if form.get("grant_type") == "refresh_token":
            return self.tokens.refreshed(form)
        answer = self._browser.post(f"{self.mailbox.url}/oauth2/token", data=dict(form))
        if not answer.is_success:
            return answer.status_code, answer.json()
        return 200, self.tokens.exchanged(form["code"], answer.json(), ADDRESS)

    def _consent(self, path: str, seen: Seen) -> Reply:
        if path == _AUTHORIZE:
            self.tokens.asked(dict(parse_qsl(urlsplit(seen.target).query)))
        passed = {"Content-Type": seen.headers.get("content-type", "")}
        answer = self._browser.request(seen.method, self.mailbox.url + seen.target, headers=passed, content=seen.body)
        if "location" in answer.headers:
            (code,) = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
            self.tokens.consented(form_of(seen).get("state", ""), code)
        headers = {name: value for name, value in answer.headers.items() if name in _PASSED_ON}
        return Reply(answer.status_code, headers, answer.content)

    def _api(self, path: str, seen: Seen) -> Reply:
        scheme, _, token = seen.headers.get("authorization", "").partition(" ")
        found = find(seen.method, path)
        try:
            grant = self._grant(token if scheme.lower() == "bearer" else "")
            if path in ("/oauth2/v2/userinfo", "/v1/userinfo"):
                return _json(200, {"sub": "1001", "id": "1001", "email": ADDRESS, "name": "Loom Tester"})
            status, body = self._asked(found, seen, grant)
        except Problem as problem:
            status, body = problem.code, problem.body
        self.calls.append(GoogleCall(found[0].id if found else "", seen.method, seen.target, token, seen.body, status))
        return _reply(status, body)

    def _grant(self, token: str) -> Grant:
        grant = self.tokens.grants.check(token)
        if grant is None and self._provider is not None:
            grant = self._provider.check(token)
        if grant is None or grant.state != "valid":
            raise bad_token()
        return grant

    def _asked(self, found: tuple[Route, Mapping[str, str]] | None, seen: Seen, grant: Grant) -> tuple[int, Any]:
        if found is None:
            raise Problem(404, "Not Found", "notFound", "NOT_FOUND")
        route, parameters = found
        if route.scopes and not route.scopes.intersection(grant.scopes):
            raise too_few_scopes(route.id)
        strange = route.unknown_parameter(dict(parse_qsl(urlsplit(seen.target).query)))
        if strange is None and seen.headers.get("content-type", "").startswith("application/json") and not route.upload:
            strange = route.unknown_field(json.loads(seen.body or b"{}"))
        if strange is not None:
            raise unknown_name(strange)
        if route.id.startswith("gmail."):
            return self.mailbox.answer(route.id, seen, grant)
        asked = Asked.of(route, parameters, seen)
        status, answer = self.drive.answer(asked) if route.id.startswith("drive.") else self.sheets.answer(asked)
        made_up = route.strange_answer(answer)
        assert made_up is None, f"{route.id} has no {made_up}"
        return status, answer

    def _file_made(self, about: Mapping[str, Any]) -> None:
        if about["mimeType"] == SPREADSHEET:
            self.sheets.open(about["id"], about["name"])

    def _spreadsheet_made(self, spreadsheet_id: str, title: str) -> None:
        self.drive.place({"id": spreadsheet_id, "name": title, "mimeType": SPREADSHEET, "parents": ["root"]})


def _reply(status: int, body: Any) -> Reply:
    if body is None:
        return Reply(status)
    return Reply(status, {}, body) if isinstance(body, bytes) else _json(status, body)


def _json(status: int, body: Any) -> Reply:
    return Reply(status, {"Content-Type": "application/json; charset=UTF-8"}, json.dumps(body).encode())


@either_way
def google_standin(provider: Provider | None = None, *, redirect_uris: Iterable[str] = ()) -> Generator[GoogleStandin]:
    """`redirect_uris` are those that its own consent page takes, `provider` another's book of good tokens."""
    google = GoogleStandin(provider)
    seeded = seed(tuple(redirect_uris), CLIENT_ID, CLIENT_SECRET)
    with served(google), emulator("google", seeded, google.url) as emulated:
        google.stand_before(emulated)
        try:
            yield google
        finally:
            google.close()
