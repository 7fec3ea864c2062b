"""The trigger for new mails: nothing missed, nothing twice, whatever happens to Gmail's history."""

import base64
import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest
from pydantic import JsonValue

from nodeloom_connectors.gmail.labelled_mail import labelled_mail
from nodeloom_connectors.gmail.new_mail import SAMPLE, new_mail
from nodeloom_connectors.sdk import Occurrence, PollTrigger, TriggerContext
from tests.connectors.gmail_calls import SCOPES, client
from tests.support.actions import KeptFiles, Lines
from tests.support.far_side import FarSide, Reply, Seen
from tests.support.standins.google import Attachment, GoogleStandin, google_standin


class Watching:
    """Polls as the product does: keeps the cursor as JSON, asks again at once while there is more."""

    def __init__(
        self, http: httpx2.AsyncClient, url: str, token: str, trigger: PollTrigger = new_mail, **params: Any
    ) -> None:
        self.trigger = trigger
        self.files = KeptFiles()
        self.ctx = TriggerContext(client(http, url, token), self.files, Lines())
        self.params = trigger.params.model_validate(params)
        self.cursor: JsonValue = None
        self.polls = 0

    async def new(self) -> list[Occurrence]:
        found: list[Occurrence] = []
        while True:
            polled = await self.trigger.poll(self.ctx, self.params, self.cursor)
            self.cursor = json.loads(json.dumps(polled.cursor))
            found += polled.occurrences
            self.polls += 1
            if not polled.more:
                return found

    async def subjects(self) -> list[JsonValue]:
        return [occurrence.json["subject"] for occurrence in await self.new()]


@pytest.fixture
async def google() -> AsyncGenerator[GoogleStandin]:
    async with google_standin() as standin:
        yield standin


async def watching(http: httpx2.AsyncClient, google: GoogleStandin, **params: Any) -> Watching:
    watch = Watching(http, google.url, google.issue_token(SCOPES), **params)
    assert await watch.new() == []
    return watch


async def test_a_mail_comes_in_with_its_files(http: httpx2.AsyncClient, google: GoogleStandin) -> None:
    google.deliver_mail(subject="Before")
    watch = await watching(http, google)
    arrived = google.deliver_mail(subject="Order", attachments=[Attachment("o.pdf", "application/pdf", b"%PDF")])
    [mail] = await watch.new()
    assert (mail.key, mail.json["id"], mail.summary) == (arrived, arrived, "mia@loom.test: Order")
    assert watch.files.contents[mail.files["attachment_0"].id] == b"%PDF"
    assert mail.files["attachment_0"].name == "o.pdf"
    assert set(mail.json) == set(SAMPLE)
    assert await watch.new() == []


async def test_a_backlog_comes_in_portions_oldest_first(http: httpx2.AsyncClient, google: GoogleStandin) -> None:
    watch = await watching(http, google)
    for number in range(45):
        google.deliver_mail(subject=str(number))
    assert await watch.subjects() == [str(number) for number in range(45)]
    assert watch.polls == 1 + 3
    google.deliver_mail(subject="later")
    assert await watch.subjects() == ["later"]


async def test_a_portion_that_was_not_kept_comes_again(http: httpx2.AsyncClient, google: GoogleStandin) -> None:
    watch = await watching(http, google)
    google.deliver_mail(subject="A")
    before = watch.cursor
    assert await watch.subjects() == ["A"]
    watch.cursor = before
    assert await watch.subjects() == ["A"]


async def test_without_its_history_gmail_is_searched(http: httpx2.AsyncClient, google: GoogleStandin) -> None:
    google.deliver_mail(subject="Before")
    watch = await watching(http, google)
    google.deliver_mail(subject="Seen")
    [seen] = await watch.new()
    for number in range(25):
        google.deliver_mail(subject=str(number))
    google.forget_history()
    google.deliver_mail(subject="After")
    found = await watch.new()
    keys = [occurrence.key for occurrence in found]
    new = [occurrence.json["subject"] for occurrence in found if occurrence.key != seen.key]
    assert set(new) >= {str(number) for number in range(25)} | {"After"}
    # Dates are whole seconds here: what is as old as the newest seen mail comes again and is known by its key.
    assert len(set(keys)) <= 28
    google.deliver_mail(subject="Later")
    assert await watch.subjects() == ["Later"]


@pytest.mark.parametrize(
    ("params", "subjects"),
    [
        ({}, ["Order", "Invoice", "File"]),
        ({"sender": "ADA@"}, ["Invoice"]),
        ({"subject": "orde"}, ["Order"]),
        ({"has_attachment": True}, ["File"]),
        ({"query": "from:ada@loom.test"}, ["Invoice"]),
        ({"label": ""}, ["Order", "Invoice", "File", "Elsewhere"]),
        ({"label": "", "include_sent": True}, ["Order", "Invoice", "File", "Elsewhere", "Sent"]),
        ({"label": "", "spam_and_bin": True}, ["Order", "Invoice", "File", "Elsewhere", "Spam"]),
        ({"label": "STARRED"}, ["File"]),
    ],
)
async def test_filters(
    http: httpx2.AsyncClient, google: GoogleStandin, params: dict[str, Any], subjects: list[str]
) -> None:
    watch = await watching(http, google, attachments="none", **params)
    google.deliver_mail(subject="Order")
    google.deliver_mail(subject="Invoice", sender="Ada <ada@loom.test>")
    file = Attachment("a.txt", "text/plain", b"a")
    google.deliver_mail(subject="File", attachments=[file], labels=["INBOX", "STARRED"])
    google.deliver_mail(subject="Elsewhere", labels=["CATEGORY_UPDATES"])
    google.deliver_mail(subject="Sent", labels=["SENT"])
    google.deliver_mail(subject="Spam", labels=["SPAM"])
    google.deliver_mail(subject="Draft", labels=["DRAFT"])
    assert await watch.subjects() == subjects
    assert watch.files.contents == {}


async def test_what_was_deleted_meanwhile_is_left_out(http: httpx2.AsyncClient, google: GoogleStandin) -> None:
    watch = await watching(http, google)
    gone = google.deliver_mail(subject="Gone")
    google.deliver_mail(subject="There")
    google.mailbox.ask("DELETE", f"messages/{gone}")
    assert await watch.subjects() == ["There"]


async def test_a_mail_that_the_search_does_not_know_yet_is_looked_for_again(
    http: httpx2.AsyncClient, far_side: FarSide
) -> None:
    """Gmail's search may lag behind its history; the stand-in's never does."""
    known: set[str] = set()
    headers = [{"name": "Message-ID", "value": "<m1@loom.test>"}, {"name": "Subject", "value": "Lagging"}]
    text = base64.urlsafe_b64encode(b"text").decode().rstrip("=")
    mail = {
        "id": "m1",
        "threadId": "t1",
        "labelIds": ["INBOX"],
        "internalDate": "1790000000000",
        "payload": {"mimeType": "text/plain", "headers": headers, "body": {"data": text}},
    }

    def answer(seen: Seen) -> Reply:
        query = dict(seen.query)
        if seen.path.endswith("/profile"):
            return _json({"emailAddress": "a@loom.test", "historyId": "10"})
        if seen.path.endswith("/history"):
            record = {"id": "11", "messagesAdded": [{"message": {"id": "m1"}}]}
            return _json({"historyId": "11"} | ({"history": [record]} if query["startHistoryId"] == "10" else {}))
        if seen.path.endswith("/messages"):
            return _json({"messages": [{"id": "m1"}] if query.get("q", "")[:1] in known else []})
        return _json(mail)

    far_side.answer = answer
    watch = Watching(http, far_side.url("").rstrip("/"), "token", query="larger:1M")
    assert await watch.new() == []
    for _ in range(2):
        assert await watch.subjects() == []
    known |= {"l", "r"}
    assert await watch.subjects() == ["Lagging"]
    assert await watch.subjects() == []


@pytest.mark.long
async def test_more_than_the_cursor_keeps_is_searched_again(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    """700 mails since the history was lost, six a second."""
    mails = {f"m{number:03}": 1_790_000_000_000 + number * 150 for number in range(700)}

    def answer(seen: Seen) -> Reply:
        query = dict(seen.query)
        if seen.path.endswith("/profile"):
            return _json({"emailAddress": "a@loom.test", "historyId": "900"})
        if seen.path.endswith("/history"):
            lost = query["startHistoryId"] == "10"
            return Reply(404, {}, b'{"error": {"code": 404}}') if lost else _json({"historyId": "900"})
        if seen.path.endswith("/messages"):
            after = int(query["q"].removeprefix("after:")) * 1000
            found = [{"id": name} for name, moment in reversed(mails.items()) if moment > after]
            start = int(query.get("pageToken", "0"))
            more = {"nextPageToken": str(start + 100)} if start + 100 < len(found) else {}
            return _json({"messages": found[start : start + 100], **more})
        name = seen.path.rpartition("/")[2]
        return _json({"id": name, "labelIds": ["INBOX"], "internalDate": str(mails[name])})

    far_side.answer = answer
    watch = Watching(http, far_side.url("").rstrip("/"), "token", attachments="none")
    watch.cursor = {"history": "10", "seen_ms": 1_790_000_000_000 - 5000}
    keys = [occurrence.key for occurrence in await watch.new()]
    assert list(dict.fromkeys(keys)) == list(mails)
    assert len(keys) < 720
    assert watch.cursor == {"history": "900", "seen_ms": max(mails.values())}


async def test_a_mail_that_gets_a_label_is_told_each_time(http: httpx2.AsyncClient, google: GoogleStandin) -> None:
    label = google.mailbox.ask("POST", "labels", {"name": "Orders"})["id"]
    old = google.deliver_mail(subject="Old", attachments=[Attachment("a.txt", "text/plain", b"a")])
    watch = Watching(http, google.url, google.issue_token(SCOPES), labelled_mail, label="Orders")
    assert await watch.new() == []
    keys: list[str] = []
    for _ in range(2):
        google.mailbox.ask("POST", f"messages/{old}/modify", {"addLabelIds": [label, "STARRED"]})
        [told] = await watch.new()
        assert (told.json["id"], told.summary) == (old, "mia@loom.test: Old")
        assert watch.files.contents[told.files["attachment_0"].id] == b"a"
        keys.append(told.key)
        google.mailbox.ask("POST", f"messages/{old}/modify", {"removeLabelIds": [label]})
        assert await watch.new() == []
    assert len(set(keys)) == 2
    google.mailbox.ask("POST", f"messages/{old}/modify", {"addLabelIds": [label]})
    google.forget_history()
    google.deliver_mail()
    watch.cursor = {"history": "1"}
    assert await watch.new() == []


def _json(body: Any) -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, json.dumps(body).encode())
