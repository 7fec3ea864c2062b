"""Every way a call to Gmail can go wrong, as the right one of the four errors; and nothing is sent twice."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from nodeloom_connectors.sdk import ConnectorError, OutcomeUnknown, Reconnect, Refused, RetryLater
from tests.connectors.gmail_calls import ACTIONS, Gmail, client
from tests.support.standins.fault_proxy import Fault, FaultProxy, fault_proxy
from tests.support.standins.google import Attachment, GoogleStandin, google_standin

# One of each class; the others differ from these only in how the service is unwell.
ONE_OF_EACH = (Fault.LIMITED_GOOGLE, Fault.UNAVAILABLE, Fault.RESET_AFTER, Fault.HTML, Fault.REVOKED)
LIMITED = {Fault.LIMITED_SECONDS, Fault.LIMITED_DATE, Fault.LIMITED_BARE, Fault.LIMITED_HOUR, Fault.LIMITED_GOOGLE}
NO_TOKEN = {Fault.EXPIRED, Fault.REVOKED}
WITHOUT_A_FAULT = {Fault.LIMITED_TRELLO, Fault.HUGE}
WITHOUT_AN_END = {Fault.SLOW_HEADERS, Fault.SLOW_BODY, Fault.ENDLESS_BODY}
OF_THE_BODY = {Fault.SLOW_BODY, Fault.TRUNCATED_JSON, Fault.CUT_BODY}


@pytest.fixture
async def google() -> AsyncGenerator[GoogleStandin]:
    async with google_standin() as standin:
        yield standin


@pytest.fixture
async def proxy(google: GoogleStandin) -> AsyncGenerator[FaultProxy]:
    async with fault_proxy(google.url, vendor="google") as made:
        made.drip_s = 0.05
        yield made


@pytest.fixture
def hasty(http: httpx2.AsyncClient, google: GoogleStandin, proxy: FaultProxy) -> Gmail:
    """Gives up after a second."""
    return Gmail(http, google, proxy.url, timeout_s="1")


@pytest.fixture
def gmail(http: httpx2.AsyncClient, google: GoogleStandin, proxy: FaultProxy) -> Gmail:
    return Gmail(http, google, proxy.url, timeout_s="10")


async def prepared(gmail: Gmail, key: str = "") -> dict[str, dict[str, Any]]:
    """The params of each action, for things that were made for it."""
    mail = gmail.google.deliver_mail(attachments=[Attachment("x", "text/plain", b"x")])
    thread = gmail.google.message(mail)["threadId"]
    draft = (await gmail.call("create_draft", key=f"before {key}", to="a@loom.test")).id
    new = {"to": "a@loom.test", "subject": "Hi"}
    of_mail = {
        name: {"message_id": mail} for name in ("mark_read", "mark_unread", "star", "archive", "trash", "untrash")
    }
    labels = {"labels": ["STARRED"]}
    return of_mail | {
        "send": new,
        "reply": {"message_id": mail, "body": "Yes"},
        "reply_in_thread": {"thread_id": thread, "body": "Yes"},
        "forward": {"message_id": mail, "to": "a@loom.test"},
        "ask_approval": {"to": "a@loom.test", "message": "Well?"},
        "search": {"query": "subject:Hello"},
        "get": {"message_id": mail},
        "get_attachment": {"message_id": mail, "attachment": "x"},
        "add_labels": {"message_id": mail, **labels},
        "remove_labels": {"message_id": mail, **labels},
        "list_labels": {},
        "create_label": {"name": "Orders"},
        "create_draft": new,
        "update_draft": {"draft_id": draft, **new},
        "send_draft": {"draft_id": draft},
        "get_draft": {"draft_id": draft},
        "list_drafts": {},
        "delete_draft": {"draft_id": draft},
        "list_threads": {},
        "get_thread": {"thread_id": thread},
        "add_thread_labels": {"thread_id": thread, **labels},
        "remove_thread_labels": {"thread_id": thread, **labels},
        "trash_thread": {"thread_id": thread},
        "profile": {},
    }


def right(error: ConnectorError, fault: Fault, effect: object, *, changes: bool) -> bool:
    """Whether this is what the caller has to hear. `changes`: the call that failed may have done something."""
    if fault in LIMITED:
        return isinstance(error, RetryLater) and error.nothing_happened
    if fault in NO_TOKEN:
        return isinstance(error, Reconnect)
    if fault is Fault.REDIRECT:
        return isinstance(error, Refused)
    if fault in (Fault.ENDLESS_BODY, Fault.GZIP_BOMB) and effect not in ("once", "destructive"):
        return isinstance(error, RetryLater | Refused | OutcomeUnknown)
    if changes and effect in ("once", "destructive"):
        return isinstance(error, OutcomeUnknown)
    return isinstance(error, OutcomeUnknown) or (
        isinstance(error, RetryLater) and error.nothing_happened is not changes
    )


async def check(gmail: Gmail, proxy: FaultProxy, fault: Fault, name: str, *, by: Gmail | None = None) -> None:
    """The fault strikes at the call that reads what was asked for, or changes something."""
    effect = ACTIONS[name].effect
    proxy.heal()
    params = (await prepared(gmail, name))[name]
    proxy.fail(fault, lambda seen: effect == "read" or seen.method != "GET")
    before = proxy.count()
    caller = by or gmail
    error = await caller.failure(name, **params)
    changes = proxy.seen[-1].method != "GET"
    assert changes is (effect != "read")
    assert right(error, fault, effect, changes=changes), (name, fault, error)
    assert error.hint
    assert caller.token not in f"{error.message} {error.hint}"
    assert proxy.strayed == []
    assert len([seen for seen in proxy.reached[before:] if seen.method != "GET"]) <= 1


async def test_each_action_needs_no_more_rights_than_it_names(gmail: Gmail, http: httpx2.AsyncClient) -> None:
    """The stand-in knows from Google's description which rights each method needs."""
    for name, action in ACTIONS.items():
        params = (await prepared(gmail, name))[name]
        caller = Gmail(http, gmail.google)
        caller.client = client(http, gmail.google.url, gmail.google.issue_token(action.scopes))
        await caller.call(name, key=name, **params)


@pytest.mark.parametrize("fault", ONE_OF_EACH)
async def test_each_action_under_one_fault_of_each_class(gmail: Gmail, proxy: FaultProxy, fault: Fault) -> None:
    for name in ACTIONS:
        await check(gmail, proxy, fault, name)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in WITHOUT_A_FAULT], ids=str)
async def test_each_action_under_every_fault(gmail: Gmail, hasty: Gmail, proxy: FaultProxy, fault: Fault) -> None:
    """Deleting is answered with no body, with which nothing can go wrong."""
    for name in ACTIONS if fault not in OF_THE_BODY else ACTIONS.keys() - {"delete_draft"}:
        await check(gmail, proxy, fault, name, by=hasty if fault in WITHOUT_AN_END else None)


@pytest.mark.parametrize("name", ["send", "reply", "forward", "ask_approval", "send_draft", "reply_in_thread"])
@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TRUNCATED_JSON])
async def test_a_mail_whose_fate_is_unknown_is_asked_for_and_not_sent_again(
    gmail: Gmail, proxy: FaultProxy, google: GoogleStandin, name: str, fault: Fault
) -> None:
    """As the product does it: after an unknown outcome it confirms; only what did not happen is done once more."""
    params = (await prepared(gmail))[name]
    proxy.fail(fault, "/send")
    error = await gmail.failure(name, **params)
    assert isinstance(error, OutcomeUnknown)
    happened = fault in (Fault.RESET_AFTER, Fault.TRUNCATED_JSON)
    assert len(google.sent()) == happened
    if name == "send_draft" and happened:
        with pytest.raises(OutcomeUnknown):
            await gmail.confirm(name, **params)
        return
    confirmed = await gmail.confirm(name, **params)
    assert (confirmed is not None) is happened
    if confirmed is None:
        await gmail.call(name, **params)
    [mail] = google.sent()
    assert confirmed is None or confirmed.message_id == mail["Message-ID"]


async def test_what_fails_before_the_mail_is_sent_did_not_happen(gmail: Gmail, proxy: FaultProxy) -> None:
    every = await prepared(gmail)
    for name in ("reply", "reply_in_thread", "forward", "send_draft"):
        proxy.fail(Fault.BAD_GATEWAY)
        error = await gmail.failure(name, **every[name])
        assert isinstance(error, RetryLater), name
        assert error.nothing_happened, name
        proxy.heal()


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (Fault.LIMITED_SECONDS, timedelta(seconds=1)),
        (Fault.LIMITED_DATE, timedelta(seconds=2)),
        (Fault.LIMITED_HOUR, timedelta(hours=1)),
        (Fault.LIMITED_BARE, None),
        (Fault.LIMITED_GOOGLE, None),
    ],
)
async def test_a_named_delay_is_handed_on(
    gmail: Gmail, proxy: FaultProxy, fault: Fault, after: timedelta | None
) -> None:
    proxy.fail(fault)
    error = await gmail.failure("send", to="a@loom.test")
    assert isinstance(error, RetryLater)
    assert (error.nothing_happened, error.after) == (True, after)


async def test_what_cannot_be_reached_did_not_happen(http: httpx2.AsyncClient, google: GoogleStandin) -> None:
    gmail = Gmail(http, google, "http://127.0.0.1:9")
    error = await gmail.failure("send", to="a@loom.test")
    assert isinstance(error, RetryLater)
    assert error.nothing_happened


async def test_an_answer_without_end_is_given_up(hasty: Gmail, proxy: FaultProxy) -> None:
    proxy.fail(Fault.GZIP_BOMB)
    error = await hasty.failure("list_labels")
    assert isinstance(error, Refused | RetryLater)
    proxy.heal()
    proxy.fail(Fault.ENDLESS_BODY)
    error = await hasty.failure("send", to="a@loom.test")
    assert isinstance(error, OutcomeUnknown)


async def test_an_ended_token_asks_for_a_new_connection(gmail: Gmail, google: GoogleStandin) -> None:
    google.expire(gmail.token)
    error = await gmail.failure("list_labels")
    assert isinstance(error, Reconnect)
    assert not error.token_is_good
