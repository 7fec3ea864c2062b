"""Trello's actions against the stand-in: what each does, how accounts speak, and what a person chooses from.

Every request is judged by the vendor's specification where that is at hand: the stand-in fails at the end otherwise.
"""

from collections.abc import Generator
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr, ValidationError

from nodeloom.adapters.egress import EgressRefused
from nodeloom_connectors.sdk import OAuth1Token, OAuth2, OAuth2Token, OAuthApp, Reconnect, Refused, RetryLater
from nodeloom_connectors.trello import connector
from nodeloom_connectors.trello.auth import READ_MEMBER
from nodeloom_connectors.trello.py_trello import taken_down
from tests.connectors.trello_calls import ACTIONS, Calls, Scene, effect_of, params_of, scene
from tests.support.far_side import FarSide, Reply
from tests.support.standins.oauth import ATLASSIAN, oauth_provider
from tests.support.standins.trello import TrelloStandIn, trello_stand_in


@pytest.fixture
def trello() -> Generator[TrelloStandIn]:
    with trello_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def on(trello: TrelloStandIn) -> Scene:
    return scene(trello)


@pytest.fixture
def calls(http: httpx2.AsyncClient, trello: TrelloStandIn) -> Calls:
    return Calls(http, trello)


async def test_each_action_works_and_says_what_it_is(calls: Calls, trello: TrelloStandIn) -> None:
    calls.files.add("data", b"content", file_name="a.txt", media_type="text/plain")
    assert params_of(trello, scene(trello)).keys() == ACTIONS.keys()
    for name in ACTIONS:
        params = params_of(trello, scene(trello))[name]
        before = len(trello.acted)
        assert await calls.call(name, **params) is not None
        assert len(trello.acted) - before == (effect_of(name, params) != "read"), name


async def test_what_is_idempotent_may_be_done_twice(calls: Calls, trello: TrelloStandIn) -> None:
    for name in ACTIONS:
        params = params_of(trello, scene(trello))[name]
        if effect_of(name, params) == "idempotent":
            assert await calls.call(name, **params)
            state = repr((trello.things.cards, trello.things.lists, trello.things.labels, trello.things.boards))
            assert await calls.call(name, **params)
            again = repr((trello.things.cards, trello.things.lists, trello.things.labels, trello.things.boards))
            assert without_times(state) == without_times(again), name


def without_times(text: str) -> str:
    return "".join(part for part in text.split("'") if not part.startswith("2026-"))


async def test_a_card_is_made_as_it_was_asked_for(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    card = await calls.call(
        "create_card",
        list_id=on.first,
        name="Offer",
        description="For **Ada**",
        due="2026-12-24T18:00:00+01:00",
        labels=f"{on.label},{on.other_label}",
        members=[trello.other["id"]],
        position="top",
        link="https://example.com/offer",
    )
    kept = trello.things.cards[card.id]
    assert (kept["name"], kept["due"]) == ("Offer", "2026-12-24T17:00:00.000Z")
    assert (kept["idLabels"], kept["idMembers"]) == ([on.label, on.other_label], [trello.other["id"]])
    assert trello.things.attachments_of(card.id)[0]["url"] == "https://example.com/offer"
    assert card.position < trello.things.cards[on.card]["pos"]
    assert kept["desc"].startswith("For **Ada**\n\n[//]: # (nodeloom ")
    assert card.description == "For **Ada**"
    assert [label.id for label in card.labels] == [on.label, on.other_label]


async def test_only_what_is_filled_in_is_changed(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    before = dict(trello.things.cards[on.card])
    await calls.call("update_card", card_id=on.card, due="2026-12-24")
    assert trello.things.cards[on.card]["due"] == "2026-12-24T00:00:00.000Z"
    await calls.call("update_card", card_id=on.card, remove_due=True, done="yes")
    after = trello.things.cards[on.card]
    assert (after["due"], after["dueComplete"]) == (None, True)
    assert (after["name"], after["desc"], after["pos"]) == (before["name"], before["desc"], before["pos"])


async def test_cards_move_also_to_another_board(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    other = scene(trello)
    assert isinstance(await calls.failure("move_card", card_id=on.card, to_list_id=other.first), Refused)
    moved = await calls.call("move_card", card_id=on.card, to_board_id=other.board, to_list_id=other.first)
    assert (moved.board_id, moved.list_id) == (other.board, other.first)


async def test_a_copy_keeps_what_was_asked_for(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    copy = await calls.call("copy_card", card_id=on.card, to_list_id=on.second, keep=["labels"])
    assert copy.id != on.card
    assert (copy.name, copy.description, copy.list_id) == ("Call Ada", "About the offer", on.second)
    assert [label.id for label in copy.labels] == [on.label]
    assert trello.things.checklists_of(copy.id) == []


@pytest.mark.parametrize(
    "given", ["https://trello.com/c/{short}/5-call-ada", "https://trello.com/c/{short}", "{short}"]
)
async def test_a_card_is_known_by_its_address(calls: Calls, trello: TrelloStandIn, on: Scene, given: str) -> None:
    address = given.format(short=trello.things.cards[on.card]["shortLink"])
    assert (await calls.call("get_card", card_id=address)).id == on.card


@pytest.mark.parametrize("given", ["../members/me", "abc", "https://evil.example/x", "a/b?c=d", "5f00 0000", ""])
def test_what_is_no_id_never_gets_into_a_path(given: str) -> None:
    for name, field in (("get_card", "card_id"), ("get_board", "board_id"), ("get_list", "list_id")):
        with pytest.raises(ValidationError):
            ACTIONS[name].params.model_validate({field: given})


async def test_long_lists_come_page_by_page(
    calls: Calls, trello: TrelloStandIn, on: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodeloom_connectors.trello.cards._PAGE", 2)
    for number in range(4):
        trello.put("POST", "/cards", idList=on.first, name=f"Card {number}")
    trello.seen.clear()
    cards = await calls.call("list_cards", list_id=on.first)
    assert [card.name for card in cards] == ["Card 3", "Card 2", "Card 1", "Card 0", "Call Ada"]
    assert len(trello.seen) == 3
    assert len(await calls.call("list_cards", within="board", board_id=on.board, limit=3)) == 3
    error = await calls.failure("list_cards", within="board")
    assert isinstance(error, Refused)
    assert error.code == "nothing_chosen"


async def test_comments_come_without_their_trace(calls: Calls, on: Scene) -> None:
    made = await calls.call("add_comment", card_id=on.card, text="Well done")
    newest, oldest = await calls.call("list_comments", card_id=on.card)
    assert (newest.id, newest.text, newest.by.username) == (made.id, "Well done", "ada")
    assert (oldest.id, oldest.text) == (on.comment, "Hello")
    await calls.call("delete_comment", card_id=on.card, comment_id=made.id)
    assert [comment.id for comment in await calls.call("list_comments", card_id=on.card)] == [on.comment]


async def test_a_file_goes_there_and_comes_back(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    content = bytes(range(256)) * 20
    calls.files.add("data", content, file_name='Ängebot "1".pdf', media_type="application/pdf")
    made = await calls.call("attach_file", card_id=on.card, name="Offer")
    assert trello.things.contents[made.id] == content
    assert (made.name, made.size, made.media_type, made.is_file) == ("Offer", len(content), "application/pdf", True)
    got = await calls.call("get_attachment", card_id=on.card, attachment_id=made.id)
    assert got.id == made.id
    assert list(calls.files.contents.values())[-1] == content


async def test_a_file_of_long_ago_has_its_name_in_its_address(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    calls.files.add("data", b"content", file_name="an offer.txt", media_type="text/plain")
    made = await calls.call("attach_file", card_id=on.card, name="Offer")
    trello.things.attachments[made.id]["fileName"] = None
    await calls.call("get_attachment", card_id=on.card, attachment_id=made.id)
    assert list(calls.files.contents.values())[-1] == b"content"


async def test_a_link_comes_back_without_a_file(calls: Calls, on: Scene) -> None:
    got = await calls.call("get_attachment", card_id=on.card, attachment_id=on.link)
    assert (got.url, got.is_file, calls.files.contents) == ("https://example.com/a", False, {})


async def test_a_storage_elsewhere_does_not_get_the_credentials(
    calls: Calls, trello: TrelloStandIn, on: Scene, far_side: FarSide, http: httpx2.AsyncClient
) -> None:
    calls.files.add("data", b"content", file_name="a.txt", media_type="text/plain")
    made = await calls.call("attach_file", card_id=on.card)
    shown = {"id": made.id, "isUpload": True, "fileName": "a.txt", "name": "a.txt", "mimeType": "text/plain"}

    def answer(seen: Any) -> Reply:
        if seen.path.endswith("/download/a.txt"):
            return Reply(302, {"Location": far_side.url("/stored", host="localhost")})
        return Reply(
            200,
            {},
            b"content" if seen.path == "/stored" else str(shown).replace("'", '"').replace("True", "true").encode(),
        )

    far_side.answer = answer
    elsewhere = Calls(http, trello, address=far_side.url(""))
    await elsewhere.call("get_attachment", card_id=on.card, attachment_id=made.id)
    assert [("authorization" in seen.headers) for seen in far_side.seen] == [True, True, False]
    assert list(elsewhere.files.contents.values()) == [b"content"]


async def test_a_file_that_the_item_has_not_is_refused_before_anything_is_sent(
    calls: Calls, trello: TrelloStandIn, on: Scene
) -> None:
    error = await calls.failure("attach_file", card_id=on.card)
    assert isinstance(error, Refused)
    assert error.code == "no_such_file"
    assert trello.seen == []


async def test_checklists_and_their_entries(calls: Calls, on: Scene) -> None:
    made = await calls.call("create_checklist", card_id=on.card, name="After")
    item = await calls.call("add_checklist_item", card_id=on.card, checklist_id=made.id, name="write", done=True)
    assert (item.name, item.done, item.checklist_id) == ("write", True, made.id)
    ticked = await calls.call("update_checklist_item", card_id=on.card, item_id=item.id, done="no", due="2026-12-24")
    assert (ticked.done, ticked.due.year) == (False, 2026)
    [_, after] = await calls.call("list_checklists", card_id=on.card)
    assert [(one.name, one.done) for one in after.items] == [("write", False)]


async def test_labels_and_members_of_a_card(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    await calls.call("add_label", card_id=on.card, label_id=on.other_label)
    await calls.call("remove_label", card_id=on.card, label_id=on.label)
    await calls.call("add_member", card_id=on.card, member_id="@grace")
    kept = trello.things.cards[on.card]
    assert (kept["idLabels"], kept["idMembers"]) == ([on.other_label], [trello.person["id"], trello.other["id"]])
    await calls.call("remove_member", card_id=on.card, member_id="me")
    assert kept["idMembers"] == [trello.other["id"]]


async def test_something_else_that_is_refused_stays_refused(calls: Calls, on: Scene) -> None:
    error = await calls.failure("add_label", card_id=on.card, label_id="5f0000000000000000000000")
    assert isinstance(error, Refused)
    assert (error.code, error.message) == ("http_400", "Trello answered 400: invalid value for value")


async def test_what_is_not_there_is_said_so(calls: Calls) -> None:
    error = await calls.failure("get_card", card_id="5f0000000000000000000000")
    assert isinstance(error, Refused)
    assert error.code == "not_found"
    assert "The requested resource was not found." in error.message


async def test_search_finds_words_on_chosen_boards(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    scene(trello)
    assert len(await calls.call("search_cards", query="offer")) == 2
    [card] = await calls.call("search_cards", query="offer", board_ids=[on.board])
    assert card.id == on.card


async def test_any_path_of_the_api(calls: Calls, on: Scene) -> None:
    arguments = {"fields": "name", "limit": 2}
    found = await calls.call("call", path=f"/boards/{on.board}/labels", arguments=arguments)
    assert len(found.answer) == 2
    gone = await calls.call("call", method="DELETE", path=f"/checklists/{on.checklist}")
    assert gone.answer == {"limits": {}}
    error = await calls.failure("call", path="/tokens/abc")
    assert isinstance(error, Refused)
    assert error.code == "secret_in_url"


@pytest.mark.parametrize(
    "path", ["members/me", "//evil.example/x", "/a/../b", "/a?key=b", "/a#b", "https://evil.example"]
)
def test_a_path_stays_a_path(path: str) -> None:
    with pytest.raises(ValidationError):
        ACTIONS["call"].params.model_validate({"path": path})


# Ways to speak for an account


async def test_oauth_1_signs_every_kind_of_request(http: httpx2.AsyncClient, trello: TrelloStandIn, on: Scene) -> None:
    """oauthlib checks what Authlib signs: queries, JSON, multipart, names with spaces."""
    app = OAuthApp(trello.key, SecretStr(trello.oauth1.client_secret))
    secret = OAuth1Token(token=SecretStr(trello.token), token_secret=SecretStr(trello.token_secret))
    calls = Calls(http, trello, secret=secret, app=app)
    calls.files.add("data", b"content", file_name="two words + ä.txt", media_type="text/plain")
    await calls.call("search_cards", query="Ada & Co + ü=1")
    await calls.call("create_card", list_id=on.first, name="Ada & Co")
    made = await calls.call("attach_file", card_id=on.card)
    await calls.call("get_attachment", card_id=on.card, attachment_id=made.id)
    await calls.call("delete_card", card_id=on.card)
    assert all("oauth_signature" in seen.headers["authorization"] for seen in trello.seen)
    trello.oauth1.revoke(trello.token)
    assert isinstance(await calls.failure("list_boards"), Reconnect)


async def test_oauth_1_without_its_app_asks_for_it(http: httpx2.AsyncClient, trello: TrelloStandIn) -> None:
    secret = OAuth1Token(token=SecretStr(trello.token), token_secret=SecretStr(trello.token_secret))
    with pytest.raises(Reconnect, match="not set up"):
        Calls(http, trello, secret=secret)


async def test_oauth_2_sends_a_bearer_token(http: httpx2.AsyncClient) -> None:
    with oauth_provider(ATLASSIAN) as provider, trello_stand_in(provider) as trello:
        provider.subject = trello.other["id"]
        assert isinstance(connector.auth, OAuth2)
        token = str(provider.issue(*connector.auth.scopes)["access_token"])
        calls = Calls(http, trello, secret=OAuth2Token(access_token=SecretStr(token)))
        assert connector.verify is not None
        account = await connector.verify(calls.access)
        assert account is not None
        assert (account.id, account.name) == (trello.other["id"], "Grace Hopper (@grace)")
        await calls.call("create_board", name="Mine")
        provider.expire_access_tokens()
        assert isinstance(await calls.failure("list_boards"), Reconnect)


async def test_a_scope_that_was_not_granted_is_a_refusal(http: httpx2.AsyncClient) -> None:
    with oauth_provider(ATLASSIAN) as provider, trello_stand_in(provider) as trello:
        token = str(provider.issue(READ_MEMBER)["access_token"])
        calls = Calls(http, trello, secret=OAuth2Token(access_token=SecretStr(token)))
        error = await calls.failure("list_boards")
        assert isinstance(error, Refused)
        assert error.code == "not_allowed"


async def test_a_token_that_is_wrong_is_noticed_before_it_is_saved(calls: Calls, trello: TrelloStandIn) -> None:
    assert connector.verify is not None
    await connector.verify(calls.access)
    trello.oauth1.revoke(trello.token)
    with pytest.raises(Reconnect):
        await connector.verify(calls.access)


async def test_what_may_not_be_reached_is_not(http: httpx2.AsyncClient, trello: TrelloStandIn, on: Scene) -> None:
    with pytest.raises(EgressRefused):
        await Calls(http, trello, address="http://169.254.169.254").call("get_card", card_id=on.card)


# What a person chooses from


async def test_board_list_card(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    trello.put("POST", "/boards", name="Support", defaultLists=False)
    assert await calls.options("boards") == ["Sales", "Support"]
    assert await calls.options("boards", search="sup") == ["Support"]
    assert await calls.options("lists", board_id=on.board) == ["New", "Won"]
    assert await calls.options("target_lists", to_board_id=on.board, search="w") == ["New", "Won"]
    assert await calls.options("cards", from_list_id=on.first, search="ada offer") == ["Call Ada"]
    assert await calls.options("members", board_id=on.board) == ["Ada Lovelace"]
    assert await calls.options("checklists", card_id=on.card) == ["Before"]
    assert len(await calls.options("labels", board_id=on.board)) == 6


async def test_long_choices_have_pages(calls: Calls, trello: TrelloStandIn, on: Scene) -> None:
    for number in range(60):
        trello.put("POST", "/cards", idList=on.second, name=f"Card {number}")
    assert len(await calls.options("cards", from_list_id=on.second)) == 50
    assert len(await calls.options("cards", from_list_id=on.second, cursor="50")) == 10


@pytest.mark.parametrize("given", [{}, {"board_id": ""}, {"board_id": "../../members"}])
async def test_a_list_needs_its_board(calls: Calls, trello: TrelloStandIn, given: dict[str, str]) -> None:
    with pytest.raises(Refused):
        await calls.options("lists", **given)
    assert trello.seen == []


# py-trello


def test_py_trello_only_writes_requests_down() -> None:
    request = taken_down(lambda trello: trello.card("abc").comment("hello"))
    assert (request.method, request.path, request.query, request.body) == (
        "POST",
        "/cards/abc/actions/comments",
        {},
        {"text": "hello"},
    )


async def test_the_limit_of_a_token_is_told_with_its_window(calls: Calls, trello: TrelloStandIn) -> None:
    trello.limited = 1
    error = await calls.failure("list_boards")
    assert isinstance(error, RetryLater)
    assert error.nothing_happened
    await calls.call("list_boards")
