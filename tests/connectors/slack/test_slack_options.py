"""What the pickers show."""

from typing import Any

from nodeloom_connectors.sdk import Option, OptionsQuery
from nodeloom_connectors.slack import connector
from tests.connectors.slack.calling import Calls


async def listed(calls: Calls, loader: str, **query: Any) -> list[Option]:
    found = await connector.options[loader](calls.client(), OptionsQuery(**query))
    return list(found.items)


async def test_channels_with_what_tells_them_apart(calls: Calls) -> None:
    options = {option.label: option for option in await listed(calls, "channels")}
    assert options["#general"].value == calls.slack.channel("general")
    assert options["#general"].hint == ""
    assert options["#sales"].hint == "the app is not in it"


async def test_a_search_finds_the_middle_of_a_name_and_puts_beginnings_first(calls: Calls) -> None:
    calls.slack.make_channel("mia", "pre-sales")
    assert [option.label for option in await listed(calls, "channels", search="#SALES")] == ["#sales", "#pre-sales"]


async def test_archived_ones_apart(calls: Calls) -> None:
    gone = calls.slack.make_channel("mia", "gone")
    calls.slack.let_in("gone")
    await calls.run("archive_channel", channel=gone)
    assert [option.value for option in await listed(calls, "archived_channels")] == [gone]
    assert gone not in {option.value for option in await listed(calls, "channels")}


async def test_people_by_name(calls: Calls) -> None:
    [mia] = await listed(calls, "users", search="weaver")
    assert (mia.value, mia.label, mia.hint) == (calls.slack.person("mia"), "Mia Weaver", "@mia")


async def test_channels_and_then_people(calls: Calls) -> None:
    labels = [option.label for option in await listed(calls, "destinations")]
    assert labels.index("#general") < labels.index("Mia Weaver")
    assert [option.label for option in await listed(calls, "destinations", search="ben")] == ["Ben Carter"]
    rest = await connector.options["destinations"](calls.client(), OptionsQuery(cursor="people:"))
    assert "#general" not in [option.label for option in rest.items]


async def test_without_the_right_to_more_there_are_the_public_channels(calls: Calls) -> None:
    calls.token = calls.slack.issue_token(["channels:read"])
    assert "#general" in [option.label for option in await listed(calls, "channels")]
    assert "#general" in [option.label for option in await listed(calls, "destinations")]


async def test_files(calls: Calls) -> None:
    calls.files.add("data", b"abc", file_name="notes.txt", media_type="text/plain")
    made = await calls.run("upload_file", channel="general", title="Notes")
    [option] = await listed(calls, "files", search="notes")
    assert (option.value, option.label, option.hint) == (made.id, "Notes", "notes.txt")
