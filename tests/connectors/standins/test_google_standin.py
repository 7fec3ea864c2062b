"""The Google stand-in with Google's own client."""

import base64
import json
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, closing
from email.message import EmailMessage
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from google.oauth2.credentials import Credentials
from googleapiclient import discovery
from googleapiclient.errors import HttpError

from tests.support.standins.google import SCOPE, Attachment, GoogleStandin, google_standin

_ALL = ("modify", "settings.basic")
Gmail = Callable[..., Any]
"""Makes a client; what it gives is made from Google's description while it runs."""


@pytest.fixture
async def google() -> AsyncGenerator[GoogleStandin]:
    async with google_standin() as standin:
        yield standin


@pytest.fixture
def gmail(google: GoogleStandin) -> Generator[Gmail]:
    with ExitStack() as opened:

        def made(token: str | None = None) -> Any:
            make = cast("Any", discovery).build
            credentials = Credentials(token or google.issue_token(_ALL))
            options = {"api_endpoint": google.api_url}
            client = make("gmail", "v1", credentials=credentials, client_options=options, cache_discovery=False)
            return opened.enter_context(closing(client)).users()

        yield made


def _raw(subject: str, text: str = "text") -> dict[str, str]:
    message = EmailMessage()
    message["To"], message["Subject"] = "mia@loom.test", subject
    message.set_content(text)
    return {"raw": base64.urlsafe_b64encode(message.as_bytes()).decode()}


def test_a_mail_with_a_file_arrives_and_is_answered(google: GoogleStandin, gmail: Gmail) -> None:
    users = gmail()
    before = users.getProfile(userId="me").execute()
    arrived = google.deliver_mail(
        subject="Grüße", attachments=[Attachment("Übersicht.pdf", "application/pdf", b"%PDF-1")]
    )

    (listed,) = users.messages().list(userId="me", labelIds=["INBOX"]).execute()["messages"]
    assert listed["id"] == arrived
    message = users.messages().get(userId="me", id=arrived).execute()
    headers = {header["name"]: header["value"] for header in message["payload"]["headers"]}
    assert headers["Subject"] == "Grüße"
    file = message["payload"]["parts"][1]
    assert file["filename"] == "Übersicht.pdf"
    held = users.messages().attachments().get(userId="me", messageId=arrived, id=file["body"]["attachmentId"]).execute()
    assert base64.urlsafe_b64decode(held["data"] + "==") == b"%PDF-1"
    added = users.history().list(userId="me", startHistoryId=before["historyId"]).execute()["history"]
    assert [entry["messagesAdded"][0]["message"]["id"] for entry in added] == [arrived]

    answer = users.messages().send(userId="me", body={**_raw("Re: Grüße"), "threadId": message["threadId"]}).execute()
    assert set(answer) == {"id", "threadId", "labelIds"}
    assert answer["threadId"] == message["threadId"]
    assert [str(sent["Subject"]) for sent in google.sent()] == ["Re: Grüße"]


def test_labels_threads_and_drafts(google: GoogleStandin, gmail: Gmail) -> None:
    users = gmail()
    arrived = google.deliver_mail()
    label = users.labels().create(userId="me", body={"name": "Orders"}).execute()
    users.messages().modify(
        userId="me", id=arrived, body={"addLabelIds": [label["id"]], "removeLabelIds": ["UNREAD"]}
    ).execute()
    assert sorted(google.message(arrived)["labelIds"]) == sorted(["INBOX", label["id"]])
    users.messages().trash(userId="me", id=arrived).execute()
    assert "messages" not in users.messages().list(userId="me", labelIds=["INBOX"]).execute()
    draft = users.drafts().create(userId="me", body={"message": _raw("Draft")}).execute()
    users.drafts().send(userId="me", body={"id": draft["id"]}).execute()
    assert [str(sent["Subject"]) for sent in google.sent()] == ["Draft"]


def _problem(call: Any) -> tuple[int, str]:
    with pytest.raises(HttpError) as refused:
        call.execute()
    error = json.loads(refused.value.content)["error"]
    return error["code"], error["errors"][0]["reason"]


def test_refusals(google: GoogleStandin, gmail: Gmail) -> None:
    reader = gmail(google.issue_token(["readonly"]))
    assert _problem(reader.messages().send(userId="me", body=_raw("x"))) == (403, "insufficientPermissions")
    metadata = gmail(google.issue_token(["metadata"]))
    assert _problem(metadata.messages().list(userId="me", q="x")) == (403, "forbidden")
    users = gmail()
    assert _problem(users.messages().get(userId="me", id="none")) == (404, "notFound")
    assert _problem(users.messages().modify(userId="me", id="none", body={"made": "up"})) == (400, "badRequest")
    old = users.getProfile(userId="me").execute()["historyId"]
    google.deliver_mail()
    google.forget_history()
    assert _problem(users.history().list(userId="me", startHistoryId=old)) == (404, "notFound")
    assert _problem(users.history().list(userId="me", startHistoryId="1")) == (404, "notFound")
    for spoil in (google.revoke, google.expire):
        token = google.issue_token(_ALL)
        spoil(token)
        answer = httpx2.get(f"{google.api_url}gmail/v1/users/me/profile", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


def test_the_client_refreshes_until_the_grant_is_revoked(google: GoogleStandin, gmail: Gmail) -> None:
    refresh_token = google.issue_refresh_token(_ALL)
    form = {"client_id": google.client_id, "client_secret": google.client_secret, "refresh_token": refresh_token}
    asked = {**form, "grant_type": "refresh_token"}
    answer = httpx2.post(google.token_url, data=asked).json()
    assert gmail(answer["access_token"]).getProfile(userId="me").execute()["emailAddress"] == google.address
    assert "refresh_token" not in answer
    assert httpx2.post(google.revoke_url, params={"token": refresh_token}).status_code == 200
    assert httpx2.post(google.token_url, data=asked).json()["error"] == "invalid_grant"
    assert google.tokens.refreshes == 1


@pytest.mark.parametrize("access_type", ["offline", "online"])
async def test_a_person_consents_on_the_page(access_type: str) -> None:
    back = "http://127.0.0.1:9/callback"
    async with google_standin(redirect_uris=[back]) as google, httpx2.AsyncClient() as browser:
        asked = {"client_id": google.client_id, "scope": f"{SCOPE}modify", "state": "s1", "redirect_uri": back}
        page = await browser.get(google.authorize_url, params={**asked, "access_type": access_type})
        assert google.address in page.text
        chosen = await browser.post(f"{google.authorize_url}/callback", data={**asked, "email": google.address})
        (code,) = parse_qs(urlsplit(chosen.headers["location"]).query)["code"]
        form = {"code": code, "redirect_uri": back, "grant_type": "authorization_code"}
        secret = {"client_id": google.client_id, "client_secret": google.client_secret}
        granted = (await browser.post(google.token_url, data={**form, **secret})).json()
        assert ("refresh_token" in granted) is (access_type == "offline")
        assert granted["scope"] == f"{SCOPE}modify"
