"""Gmail's actions against a strict Google: what they send, what they make of the answers, which rights they need."""

from collections.abc import AsyncGenerator
from email.message import EmailMessage
from typing import Any, cast

import httpx2
import pytest

from nodeloom_connectors.gmail import verify
from nodeloom_connectors.gmail.labels import label_options
from nodeloom_connectors.sdk import Access, OAuth2Token, OptionsQuery, Reconnect, Refused
from tests.connectors.gmail_calls import ACTIONS, SCOPES, Gmail, client
from tests.support.standins.google import Attachment, GoogleStandin, google_standin

PDF = Attachment("Übersicht.pdf", "application/pdf", b"%PDF-1" * 1000)


@pytest.fixture
async def google() -> AsyncGenerator[GoogleStandin]:
    async with google_standin() as standin:
        yield standin


@pytest.fixture
def gmail(http: httpx2.AsyncClient, google: GoogleStandin) -> Gmail:
    return Gmail(http, google)


def labels_of(google: GoogleStandin, message_id: str) -> set[str]:
    return set(google.message(message_id)["labelIds"])


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).strip().replace("\r\n", "\n")


async def test_a_mail_goes_out_with_everything(gmail: Gmail, google: GoogleStandin) -> None:
    gmail.files.add("data", b"a,b\n1,2\n", file_name="Zahlen März.csv", media_type="text/csv")
    gmail.files.add("other", b"no", file_name="no.txt", media_type="text/plain")
    sent = await gmail.call(
        "send",
        to="Ünal <u@loom.test>, b@loom.test",
        cc=["c@loom.test"],
        bcc="d@loom.test",
        reply_to="desk@loom.test",
        subject="Grüße aus Köln " * 10,
        format="html",
        body="<p>Hallo <b>Ünal</b></p><a href='https://loom.test/x'>hier</a>",
        attach="chosen",
        files=["data"],
    )
    [mail] = google.sent()
    assert str(mail["To"]) == "Ünal <u@loom.test>, b@loom.test"
    assert (mail["Cc"], mail["Bcc"], mail["Reply-To"]) == ("c@loom.test", "d@loom.test", "desk@loom.test")
    assert str(mail["Subject"]) == ("Grüße aus Köln " * 10).strip()
    assert body_of(mail, "plain") == "Hallo Ünal\nhier (https://loom.test/x)"
    assert "<b>Ünal</b>" in body_of(mail, "html")
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("Zahlen März.csv", "text/csv")
    assert cast("bytes", file.get_payload(decode=True)) == b"a,b\n1,2\n"
    assert sent.message_id == mail["Message-ID"]
    assert sent.labels == ["SENT"]
    assert sent.id in sent.url


async def test_what_was_sent_is_found_again_and_nothing_else(gmail: Gmail, google: GoogleStandin) -> None:
    mail = {"to": "a@loom.test", "subject": "Once"}
    assert await gmail.confirm("send", **mail) is None
    sent = await gmail.call("send", **mail)
    before = len(google.calls)
    assert await gmail.confirm("send", **mail) == sent
    assert [call.method for call in google.calls[before:]] == ["gmail.users.messages.list", "gmail.users.messages.get"]
    assert await gmail.confirm("send", key="run_1/node/1", **mail) is None


async def test_what_was_sent_is_found_by_our_header_should_gmail_change_the_id(
    gmail: Gmail, google: GoogleStandin
) -> None:
    await gmail.call("send", to="a@loom.test", subject="Once")
    [mail] = google.sent()
    call = str(mail["X-Nodeloom-Call"])
    other = google.deliver_mail(subject="Once", headers={"X-Nodeloom-Call": call[::-1]}, labels=["SENT"])
    again = google.deliver_mail(subject="Once", headers={"X-Nodeloom-Call": "f" * 40}, labels=["SENT"])
    assert other != again
    for message in google.mailbox.with_label("SENT"):
        google.mailbox.ask("DELETE", f"messages/{message['id']}")
    kept = google.deliver_mail(subject="Once", headers={"X-Nodeloom-Call": call}, labels=["SENT"])
    found = await gmail.confirm("send", to="a@loom.test", subject="Once")
    assert found.id == kept
    assert found.message_id == google.mailbox.original(kept)["Message-ID"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"to": "a@loom.test\nBcc: b@loom.test"}, "line_break_in_header"),
        ({"to": "a@loom.test", "subject": "Hi\r\nBcc: b@loom.test"}, "line_break_in_header"),
        ({"to": "a@loom.test", "reply_to": "x@loom.test\u2028y"}, "line_break_in_header"),
        ({"to": "nobody"}, "bad_address"),
        ({"to": "a@loom.test", "sender": "x y@loom.test"}, "bad_address"),
        ({"to": " , "}, "no_recipient"),
        ({"to": "a@loom.test", "attach": "chosen", "files": ["data"]}, "no_such_file"),
    ],
)
async def test_what_is_no_mail_is_not_sent(
    gmail: Gmail, google: GoogleStandin, params: dict[str, Any], code: str
) -> None:
    error = await gmail.failure("send", **params)
    assert isinstance(error, Refused)
    assert (error.code, bool(error.hint)) == (code, True)
    assert google.calls == []


async def test_more_than_gmail_takes_is_refused_before_it_is_read(gmail: Gmail, google: GoogleStandin) -> None:
    for name in ("one", "two"):
        gmail.files.add(name, bytes(13 * 1024 * 1024), file_name=name, media_type="image/png")
    error = await gmail.failure("send", to="a@loom.test", attach="all")
    assert isinstance(error, Refused)
    assert error.code == "mail_too_large"
    assert "26.0 MB" in error.message
    assert google.calls == []


async def test_an_answer_stands_in_the_thread(gmail: Gmail, google: GoogleStandin) -> None:
    long_id = f"<{'r' * 120}@outlook.test>"
    arrived = google.deliver_mail(
        sender="Mia <mia@loom.test>",
        to=f"{google.address}, jo@loom.test",
        subject="Angebot",
        headers={"References": long_id, "Cc": "kim@loom.test"},
    )
    original = google.mailbox.original(arrived)
    sent = await gmail.call("reply", message_id=arrived, body="Gern", reply_all=True, bcc="archive@loom.test")
    [mail] = google.sent()
    assert sent.thread_id == google.message(arrived)["threadId"]
    assert mail["In-Reply-To"] == original["Message-ID"]
    assert str(mail["References"]).split() == [long_id, original["Message-ID"]]
    assert str(mail["Subject"]) == "Re: Angebot"
    assert str(mail["To"]) == "Mia <mia@loom.test>"
    assert str(mail["Cc"]) == "jo@loom.test, kim@loom.test"

    again = await gmail.call("reply_in_thread", key="run_1/node/1", thread_id=sent.thread_id, body="Und noch eins")
    follow_up = google.sent()[-1]
    assert again.thread_id == sent.thread_id
    assert follow_up["In-Reply-To"] == mail["Message-ID"]
    assert (str(follow_up["To"]), str(follow_up["Subject"])) == ("Mia <mia@loom.test>", "Re: Angebot")


async def test_an_answer_goes_where_answers_are_wanted_whatever_the_name_holds(
    gmail: Gmail, google: GoogleStandin
) -> None:
    arrived = google.deliver_mail(headers={"Reply-To": '"Desk, \\"<eve@loom.test>\\" ü" <desk@loom.test>'})
    await gmail.call("reply", message_id=arrived, body="Ja")
    addresses = google.sent()[0]["To"].addresses
    assert [address.addr_spec for address in addresses] == ["desk@loom.test"]


async def test_a_mail_is_forwarded_with_its_files(gmail: Gmail, google: GoogleStandin) -> None:
    arrived = google.deliver_mail(subject="Zahlen", text="Anbei", html="<p>Anbei</p>", attachments=[PDF])
    await gmail.call("forward", message_id=arrived, to="boss@loom.test", body="Siehe <unten>")
    [mail] = google.sent()
    assert str(mail["Subject"]) == "Fwd: Zahlen"
    html = body_of(mail, "html")
    assert "Siehe &lt;unten&gt;" in html
    assert "<p>Anbei</p>" in html
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == (PDF.name, PDF.content)

    plain = google.deliver_mail(subject="Fwd: Text", text="Nur Text", attachments=[PDF])
    await gmail.call("forward", key="other", message_id=plain, to="boss@loom.test", attachments=False)
    last = google.sent()[-1]
    assert str(last["Subject"]) == "Fwd: Text"
    assert "Nur Text" in body_of(last, "plain")
    assert list(last.iter_attachments()) == []


async def test_asking_for_approval_sends_a_link_and_no_decision(gmail: Gmail, google: GoogleStandin) -> None:
    assert ACTIONS["ask_approval"].waits == "approval"
    await gmail.call("ask_approval", to="boss@loom.test", message="Pay <100> €?", timeout_s=60)
    [mail] = google.sent()
    assert "Pay &lt;100&gt; €?" in body_of(mail, "html")
    assert 'href="https://loom.test/approve/abc?x=1&amp;y=2"' in body_of(mail, "html")
    assert "https://loom.test/approve/abc?x=1&y=2" in body_of(mail, "plain")
    assert "yes" not in body_of(mail, "plain")


async def test_a_mail_is_read_with_its_attachments(gmail: Gmail, google: GoogleStandin) -> None:
    arrived = google.deliver_mail(
        sender='"Lovelace, Ada" <ada@loom.test>',
        subject="Grüße",
        text="Text ä",
        html="<p>HTML ä</p>",
        attachments=[PDF, Attachment("b.txt", "text/plain", b"b")],
    )
    got = await gmail.with_files("get", message_id=arrived, attachments="all")
    mail = got.result
    assert (mail.subject, mail.text.strip(), mail.unread) == ("Grüße", "Text ä", True)
    assert (mail.sender.name, mail.sender.email) == ("Lovelace, Ada", "ada@loom.test")
    assert "<p>HTML ä</p>" in mail.html
    assert [(each.file_name, each.file) for each in mail.attachments] == [
        (PDF.name, "attachment_0"),
        ("b.txt", "attachment_1"),
    ]
    assert gmail.files.contents[got.files["attachment_0"].id] == PDF.content
    assert mail.model_dump(mode="json")["from"]["email"] == "ada@loom.test"
    assert "content" not in mail.model_dump(mode="json")["attachments"][0]
    assert (await gmail.with_files("get", message_id=arrived)).files == {}

    one = await gmail.with_files("get_attachment", message_id=arrived, attachment="b.txt")
    assert gmail.files.contents[one.files["data"].id] == b"b"
    error = await gmail.failure("get_attachment", message_id=arrived, attachment="c.txt")
    assert isinstance(error, Refused)
    assert PDF.name in error.hint


async def test_a_search_goes_over_all_pages_up_to_the_limit(gmail: Gmail, google: GoogleStandin) -> None:
    for number in range(12):
        google.deliver_mail(subject=f"Order {number}")
    google.deliver_mail(subject="Else")
    found = await gmail.call("search", query="subject:Order", limit=10)
    assert len({mail.id for mail in found}) == 10
    assert all(mail.text for mail in found)
    headers = await gmail.call("search", query="subject:Order", labels=["Inbox"], content="headers")
    assert len(headers) == 12
    assert {mail.text for mail in headers} == {""}
    assert await gmail.call("search", query="subject:Nothing") == []


async def test_a_mail_is_marked_put_away_and_taken_back(gmail: Gmail, google: GoogleStandin) -> None:
    arrived = google.deliver_mail()
    steps = [
        ("mark_read", {"INBOX"}),
        ("star", {"INBOX", "STARRED"}),
        ("mark_unread", {"INBOX", "STARRED", "UNREAD"}),
        ("archive", {"STARRED", "UNREAD"}),
        ("archive", {"STARRED", "UNREAD"}),
        ("trash", {"STARRED", "UNREAD", "TRASH"}),
    ]
    for name, labels in steps:
        result = await gmail.call(name, message_id=arrived)
        assert set(result.labels) == labels_of(google, arrived) == labels, name
    await gmail.call("untrash", message_id=arrived)
    assert "TRASH" not in labels_of(google, arrived)


async def test_labels_are_made_once_chosen_put_on_and_taken_off(gmail: Gmail, google: GoogleStandin) -> None:
    arrived = google.deliver_mail()
    made = await gmail.call("create_label", name="Orders/New")
    assert await gmail.call("create_label", name="orders/new") == made
    assert [label.name for label in await gmail.call("list_labels")] == ["Orders/New"]
    assert "Inbox" in [label.name for label in await gmail.call("list_labels", with_system=True)]

    options = await label_options(gmail.client, OptionsQuery(search="ORD"))
    assert [(option.value, option.label) for option in options.items] == [(made.id, "Orders/New")]

    await gmail.call("add_labels", message_id=arrived, labels=["Orders/New", "STARRED"])
    assert labels_of(google, arrived) >= {made.id, "STARRED"}
    await gmail.call("remove_labels", message_id=arrived, labels=[made.id])
    assert made.id not in labels_of(google, arrived)
    error = await gmail.failure("add_labels", message_id=arrived, labels=["Never made"])
    assert isinstance(error, Refused)
    assert error.code == "no_such_label"


async def test_a_draft_is_written_changed_sent_and_another_one_deleted(gmail: Gmail, google: GoogleStandin) -> None:
    assert await gmail.confirm("create_draft", subject="Offer") is None
    draft = await gmail.call("create_draft", subject="Offer", body="One")
    confirmed = await gmail.confirm("create_draft", subject="Offer")
    assert confirmed.id == draft.id
    await gmail.call("update_draft", draft_id=draft.id, to="a@loom.test", subject="Offer", body="Two")
    read = await gmail.call("get_draft", draft_id=draft.id)
    assert (read.message.text.strip(), read.message.to[0].email) == ("Two", "a@loom.test")

    assert await gmail.confirm("send_draft", draft_id=draft.id) is None
    sent = await gmail.call("send_draft", draft_id=draft.id)
    [mail] = google.sent()
    assert sent.message_id == mail["Message-ID"]
    with pytest.raises(Exception, match="no longer there"):
        await gmail.confirm("send_draft", draft_id=draft.id)

    other = await gmail.call("create_draft", key="run_2", to="b@loom.test")
    assert [row.id for row in await gmail.call("list_drafts")] == [other.id]
    await gmail.call("delete_draft", draft_id=other.id)
    assert await gmail.call("list_drafts") == []


async def test_a_draft_can_be_an_answer(gmail: Gmail, google: GoogleStandin) -> None:
    arrived = google.deliver_mail(subject="Frage")
    draft = await gmail.call("create_draft", to="mia@loom.test", answer_to=arrived)
    assert draft.thread_id == google.message(arrived)["threadId"]
    read = await gmail.call("get_draft", draft_id=draft.id)
    assert read.message.subject == "Re: Frage"
    assert read.message.in_reply_to == google.mailbox.original(arrived)["Message-ID"]


async def test_threads_are_found_read_labelled_and_thrown_away(gmail: Gmail, google: GoogleStandin) -> None:
    arrived = google.deliver_mail(subject="Thema")
    sent = await gmail.call("reply", message_id=arrived, body="Antwort")
    [row] = await gmail.call("list_threads", query="subject:Thema")
    thread = await gmail.call("get_thread", thread_id=row.id)
    assert (thread.id, thread.subject, thread.count) == (sent.thread_id, "Thema", 2)
    assert [mail.id for mail in thread.messages] == [arrived, sent.id]
    await gmail.call("add_thread_labels", thread_id=row.id, labels=["STARRED"])
    assert "STARRED" in labels_of(google, arrived) & labels_of(google, sent.id)
    await gmail.call("remove_thread_labels", thread_id=row.id, labels=["STARRED"])
    assert "STARRED" not in labels_of(google, arrived)
    await gmail.call("trash_thread", thread_id=row.id)
    assert "TRASH" in labels_of(google, arrived) & labels_of(google, sent.id)


async def test_whose_mailbox_it_is(gmail: Gmail, google: GoogleStandin, http: httpx2.AsyncClient) -> None:
    google.deliver_mail()
    profile = await gmail.call("profile")
    assert (profile.email, profile.messages) == (google.address, 1)
    access = Access(http, OAuth2Token.model_validate({"access_token": gmail.token}), settings={"api_url": google.url})
    account = await verify(access)
    assert (account.id, account.name) == (google.address, google.address)


async def test_an_action_needs_no_more_than_the_scopes_that_it_names(
    http: httpx2.AsyncClient, google: GoogleStandin
) -> None:
    """With a token of exactly these rights; the stand-in refuses as Google's description says."""
    arrived = google.deliver_mail()
    gmail = Gmail(http, google)
    params: dict[str, dict[str, Any]] = {
        "send": {"to": "a@loom.test"},
        "ask_approval": {"to": "a@loom.test", "message": "?"},
        "get": {"message_id": arrived},
    }
    for name, given in params.items():
        gmail.client = client(http, google.url, google.issue_token(ACTIONS[name].scopes))
        await gmail.call(name, **given)
    assert all(set(action.scopes) <= set(SCOPES) for action in ACTIONS.values())


async def test_a_right_that_was_not_ticked_is_named(http: httpx2.AsyncClient, google: GoogleStandin) -> None:
    gmail = Gmail(http, google)
    gmail.client = client(http, google.url, google.issue_token(["send"]))
    error = await gmail.failure("mark_read", message_id="x")
    assert isinstance(error, Reconnect)
    assert error.token_is_good
    assert "gmail.modify" in error.message
    assert "ticked" in error.hint


async def test_an_unknown_mail_is_refused_in_googles_words(gmail: Gmail) -> None:
    error = await gmail.failure("get", message_id="nothing")
    assert isinstance(error, Refused)
    assert (error.code, error.message) == ("http_404", "Gmail answered 404: Requested entity was not found.")
    assert "no" not in error.detail
