"""What is seen in Slack after a message was sent, asked, planned, found."""

import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from nodeloom_connectors.sdk import Access, Reconnect, Refused
from nodeloom_connectors.slack.auth import SlackToken
from nodeloom_connectors.slack.client import SlackClient
from nodeloom_connectors.slack.messages import SendParams
from tests.connectors.slack.calling import ACTIONS, DOOR, Calls


def sent_by(**params: Any) -> dict[str, Any]:
    given = SendParams.model_validate({"channel": "#general", **params}).sending("k")
    return {name: value for name, value in given.items() if value is not None and name != "metadata"}


async def test_a_message_a_reply_and_what_they_are_called(calls: Calls) -> None:
    sent = await calls.run("send_message", channel="#general", text="hello")
    reply = await calls.run("send_message", channel=sent.channel, text="below", thread_ts=sent.ts)

    assert sent.channel == calls.slack.channel("general")
    assert reply.thread_ts == sent.ts
    assert [message["text"] for message in calls.slack.replies("general", sent.ts)] == ["hello", "below"]


async def test_a_message_to_a_person(calls: Calls) -> None:
    sent = await calls.run("send_message", channel=calls.slack.person("mia"), text="hello mia")
    opened = await calls.run("open_dm", users=[calls.slack.person("mia")])
    assert sent.channel == opened.id


def test_mentions_stand_before_the_text() -> None:
    assert sent_by(text="look", mention=["U0MIA", "<@U0BEN>"], mention_group="here")["text"] == (
        "<@U0MIA> <@U0BEN> <!here> look"
    )
    assert sent_by(text="look", mention="U0MIA, U0BEN")["text"] == "<@U0MIA> <@U0BEN> look"


def test_the_three_ways_to_write() -> None:
    assert sent_by(text="*a* <b>")["text"] == "*a* <b>"
    assert sent_by(text="*a* <b> & c", writing="plain")["text"] == "*a* &lt;b&gt; &amp; c"
    markdown = sent_by(text="**a**", writing="markdown", mention=["U0MIA"])
    assert (markdown["markdown_text"], "text" in markdown) == ("<@U0MIA> **a**", False)


def test_blocks_as_the_builder_gives_them() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*New*"}}
    for given in (
        [section],
        {"blocks": [section]},
        '{"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*New*"}}]}',
    ):
        sent = sent_by(blocks=given)
        assert sent["blocks"] == [section]
        assert sent["text"] == "*New*"
    with pytest.raises(ValidationError):
        sent_by(blocks="[{")
    with pytest.raises(ValidationError, match="text or blocks"):
        sent_by(text=" ")


def test_the_sender_can_be_dressed_up() -> None:
    assert sent_by(text="x", username="Loom", icon="robot_face")["icon_emoji"] == ":robot_face:"
    assert sent_by(text="x", icon="https://a.example/i.png")["icon_url"] == "https://a.example/i.png"
    assert sent_by(text="x", reply_broadcast=True).get("reply_broadcast") is None
    assert sent_by(text="x", reply_broadcast=True, thread_ts="1.2")["reply_broadcast"] is True


@pytest.mark.parametrize(
    "given",
    [
        "1764547200.000100",
        "https://loomworks.slack.com/archives/C000000001/p1764547200000100",
        "https://loomworks.slack.com/archives/C000000001/p1764547200000100?thread_ts=1.2&cid=C000000001",
    ],
)
def test_a_message_is_named_by_its_ts_or_its_link(given: str) -> None:
    assert ACTIONS["delete_message"].params.model_validate({"channel": "C1", "ts": given}).ts == "1764547200.000100"


async def test_the_mark_by_which_a_message_is_found_is_this_calls_own(calls: Calls) -> None:
    calls.key = "mine"
    sent = await calls.run("send_message", channel="general", text="twin")
    calls.key = "another"
    assert await calls.confirm("send_message", channel="general", text="twin") is None
    calls.key = "mine"
    found = await calls.confirm("send_message", channel="general", text="twin")
    assert (found.channel, found.ts) == (sent.channel, sent.ts)


async def test_changed_then_deleted(calls: Calls) -> None:
    sent = await calls.run("send_message", channel="general", text="draft")
    changed = await calls.run("update_message", channel="general", ts=sent.ts, text="final")
    assert changed.text == "final"
    link = await calls.run("get_permalink", channel="#general", ts=sent.ts)
    assert link.permalink.startswith("http")
    await calls.run("delete_message", channel="general", ts=sent.ts)
    assert sent.ts not in {message["ts"] for message in calls.slack.messages("general")}
    with pytest.raises(Refused):
        await calls.run("delete_message", channel="general", ts=sent.ts)


async def test_planned_listed_and_taken_back(calls: Calls) -> None:
    at = datetime.fromtimestamp(int(time.time()) + 3600, UTC)
    planned = await calls.run("schedule_message", channel="general", text="soon", post_at=at.isoformat())
    assert planned.post_at == int(at.timestamp())
    assert planned.id in {each.id for each in await calls.run("list_scheduled")}
    await calls.run("delete_scheduled_message", channel="general", scheduled_message_id=planned.id)
    assert planned.id not in {each.id for each in await calls.run("list_scheduled", channel="general")}


async def test_history_and_search(calls: Calls) -> None:
    for number in range(5):
        calls.slack.say("mia", "general", f"loom {number}")
    newest = await calls.run("channel_history", channel="general", limit=2)
    assert [message.text for message in newest] == ["loom 4", "loom 3"]
    found = await calls.run("search_messages", query="loom from:@mia", limit=3)
    assert [(message.text, message.channel) for message in found] == [
        (f"loom {number}", calls.slack.channel("general")) for number in (4, 3, 2)
    ]
    await calls.run("channel_history", channel="general", oldest="2026-12-01", latest="1764547200.000100")
    asked = calls.slack.calls[-1].arguments
    assert (asked["oldest"], asked["latest"]) == ("1796083200.000000", "1764547200.000100")


@pytest.mark.parametrize(("token", "is_persons"), [("xoxb-1", False), ("xoxp-1", True)])
def test_search_wants_a_persons_token(calls: Calls, token: str, is_persons: bool) -> None:
    client = SlackClient(Access(calls.http, SlackToken(token=SecretStr(f" {token}\n"))))
    assert client.web.token == token
    if is_persons:
        assert client.as_person.token == token
    else:
        with pytest.raises(Reconnect, match="person"):
            _ = client.as_person


async def test_pages_are_followed_to_the_end(calls: Calls) -> None:
    for number in range(7):
        calls.slack.make_channel("mia", f"many-{number}")
    client = calls.client()

    async def page(cursor: str | None) -> Any:
        return await client.web.conversations_list(limit=2, cursor=cursor)

    names = {channel["name"] for channel in await client.pages(page, "channels", 1000)}
    assert {f"many-{number}" for number in range(7)} < names
    assert len(await client.pages(page, "channels", 3)) == 3


async def test_an_approval_has_two_buttons_and_a_page(calls: Calls) -> None:
    asked = await calls.run("ask_approval", channel="general", message="Pay *5 €*?")
    [question, buttons, note] = next(m for m in calls.slack.messages("general") if m["ts"] == asked.ts)["blocks"]
    assert question["text"]["text"] == "Pay *5 €*?"
    assert [(button["action_id"], button["value"]) for button in buttons["elements"]] == [
        ("nodeloom_approve", DOOR.approve),
        ("nodeloom_reject", DOOR.reject),
    ]
    assert DOOR.url in note["elements"][0]["text"]


async def test_where_only_some_may_decide_the_page_is_not_shown(calls: Calls) -> None:
    """Whoever has its address could decide there."""
    asked = await calls.run("ask_approval", channel="general", message="Pay?", people=["U0MIA", "U0BEN"])
    [_, buttons, note] = next(m for m in calls.slack.messages("general") if m["ts"] == asked.ts)["blocks"]
    assert buttons["block_id"] == "nodeloom:U0MIA:U0BEN"
    assert DOOR.url not in str(note)
    assert "<@U0MIA>, <@U0BEN>" in str(note)


async def test_where_members_of_nodeloom_decide_there_is_the_page_alone(calls: Calls) -> None:
    asked = await calls.run("ask_approval", channel="general", message="Pay?", approvers="admin, ada@example.org")
    said = str(next(m for m in calls.slack.messages("general") if m["ts"] == asked.ts)["blocks"])
    assert DOOR.url in said
    assert DOOR.approve not in said
    assert ACTIONS["ask_approval"].params.model_validate(
        {"channel": "c", "message": "m", "approvers": "admin, ada@example.org"}
    ).approvers == ["admin", "ada@example.org"]


async def test_the_longest_list_of_people_fits_into_a_block_id() -> None:
    fields = ACTIONS["ask_approval"].params.model_fields["people"].metadata
    longest = next(entry.max_length for entry in fields if hasattr(entry, "max_length"))
    assert len(":".join(["nodeloom", *["U0123456789AB"] * longest])) <= 255


async def test_what_is_repeated_ends_well(calls: Calls) -> None:
    """A channel archived twice, a person invited twice, a reaction put twice: it is so already."""
    mia, room = calls.slack.person("mia"), calls.slack.make_channel("mia", "twice")
    calls.slack.let_in("twice")
    ts = calls.slack.say("mia", "general", "react")
    for _ in range(2):
        await calls.run("invite_to_channel", channel=room, users=[mia])
        await calls.run("add_reaction", channel="general", ts=ts, name=":tada:")
    for _ in range(2):
        await calls.run("remove_reaction", channel="general", ts=ts, name="tada")
        await calls.run("archive_channel", channel="#twice")
    for _ in range(2):
        await calls.run("unarchive_channel", channel="#twice")


async def test_a_file_goes_there_and_back(calls: Calls) -> None:
    calls.files.add("data", b"a,b\n1,2\n", file_name="table.csv", media_type="text/csv")
    made = await calls.run("upload_file", channel="#general", comment="the table", title="Table")
    assert (made.name, made.title, made.size) == ("table.csv", "Table", 8)
    assert made.id in {file.id for file in await calls.run("list_files")}
    await calls.run("get_file", file=made.id)
    assert list(calls.files.contents.values())[-1] == b"a,b\n1,2\n"
    await calls.run("delete_file", file=made.id)
    with pytest.raises(Refused):
        await calls.run("get_file", file=made.id)


async def test_a_file_that_is_not_there_is_named(calls: Calls) -> None:
    with pytest.raises(Refused, match="no file") as refused:
        await calls.run("upload_file", channel="general", file="report")
    assert "none" in refused.value.hint


async def test_answers_to_a_command(calls: Calls) -> None:
    general = calls.slack.channel("general")
    ts = calls.slack_does("chat.postMessage", channel=general, text="question")["ts"]
    url = f"{calls.slack.url}/response/{general}/{ts}"
    await calls.run("respond", response_url=url, text="answer", replace=True)
    assert next(m for m in calls.slack.messages("general") if m["ts"] == ts)["text"] == "answer"


async def test_people(calls: Calls) -> None:
    mia = await calls.run("find_user_by_email", email="mia@loom.test")
    assert (mia.name, mia.real_name, mia.email) == ("mia", "Mia Weaver", "mia@loom.test")
    everybody = await calls.run("list_users")
    assert {"mia", "ben"} <= {user.name for user in everybody}
    assert not any(user.is_bot for user in everybody)


def test_every_summary_speaks_of_its_params() -> None:
    for action in ACTIONS.values():
        assert set(re.findall(r"{(\w+)}", action.summary)) <= set(action.params.model_fields)
