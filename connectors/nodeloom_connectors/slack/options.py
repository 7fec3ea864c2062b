"""What the pickers list: channels, people, files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from nodeloom_connectors.sdk import Option, OptionLoader, Options, OptionsQuery, Reconnect
from nodeloom_connectors.slack.client import SlackClient, data_of, next_cursor, part, rows

_PAGE = 200
# Slack searches neither channels nor people for an app, so what is typed is looked for in page after page.
_SEARCHED_PAGE, _SEARCHED_PAGES, _ENOUGH = 1000, 5, 50
_OF_PEOPLE = "people:"

Page: TypeAlias = Callable[[str | None, int], Awaitable[tuple[Sequence[Option], str | None]]]


async def channels(client: SlackClient, query: OptionsQuery) -> Options:
    return await _channels(client, query, archived=False)


async def archived_channels(client: SlackClient, query: OptionsQuery) -> Options:
    return await _channels(client, query, archived=True)


async def _channels(client: SlackClient, query: OptionsQuery, *, archived: bool) -> Options:
    async def page(cursor: str | None, limit: int) -> tuple[Sequence[Option], str | None]:
        answer = await client.list_channels(cursor, limit=limit, archived=archived)
        listed = [
            _channel(channel) for channel in rows(answer, "channels") if bool(channel.get("is_archived")) is archived
        ]
        return listed, next_cursor(answer)

    return await _matching(page, query)


def _channel(channel: Mapping[str, Any]) -> Option:
    marks = [
        word
        for word, holds in (
            ("private", channel.get("is_private")),
            ("archived", channel.get("is_archived")),
            ("the app is not in it", channel.get("is_member") is False),
        )
        if holds
    ]
    return Option(str(channel["id"]), f"#{channel.get('name') or channel['id']}", ", ".join(marks))


async def users(client: SlackClient, query: OptionsQuery) -> Options:
    async def page(cursor: str | None, limit: int) -> tuple[Sequence[Option], str | None]:
        answer = data_of(await client.web.users_list(cursor=cursor, limit=limit))
        return [_user(user) for user in rows(answer, "members") if not user.get("deleted")], next_cursor(answer)

    return await _matching(page, query)


def _user(user: Mapping[str, Any]) -> Option:
    profile = part(user, "profile")
    name = user.get("real_name") or profile.get("real_name") or user.get("name")
    shown = profile.get("display_name") or user.get("name")
    robot = user.get("is_bot") or user["id"] == "USLACKBOT"
    return Option(str(user["id"]), str(name or user["id"]), f"@{shown}" + (", bot" if robot else ""))


async def destinations(client: SlackClient, query: OptionsQuery) -> Options:
    """Channels first, then people if the app may see them; the cursor says in which of them it goes on."""
    cursor = query.cursor or ""
    if cursor.startswith(_OF_PEOPLE):
        rest = cursor.removeprefix(_OF_PEOPLE) or None
        found = await users(client, OptionsQuery(query.params, query.search, rest))
        return Options(found.items, _OF_PEOPLE + found.next_cursor if found.next_cursor else None)
    found = await channels(client, query)
    if found.next_cursor:
        return found
    if len(found.items) >= _ENOUGH:
        return Options(found.items, _OF_PEOPLE)
    try:
        people = await users(client, OptionsQuery(query.params, query.search, None))
    except Reconnect as refused:
        if not refused.token_is_good:
            raise
        return found
    following = _OF_PEOPLE + people.next_cursor if people.next_cursor else None
    return Options([*found.items, *people.items], following)


async def files(client: SlackClient, query: OptionsQuery) -> Options:
    """Newest first; the cursor is the number of the page."""
    given = query.cursor or ""
    number = int(given) if given.isdecimal() else 1
    answer = data_of(await client.web.files_list(count=100, page=number))
    listed = [
        Option(str(file["id"]), str(file.get("title") or file.get("name") or file["id"]), str(file.get("name") or ""))
        for file in rows(answer, "files")
    ]
    pages = int(part(answer, "paging").get("pages") or 0)
    return Options(_ranked(listed, query.search), str(number + 1) if number < pages else None)


async def _matching(page: Page, query: OptionsQuery) -> Options:
    if not query.search.strip():
        listed, cursor = await page(query.cursor, _PAGE)
        return Options(listed, cursor)
    found: list[Option] = []
    cursor = query.cursor
    for _ in range(_SEARCHED_PAGES):
        listed, cursor = await page(cursor, _SEARCHED_PAGE)
        found.extend(_ranked(listed, query.search))
        if cursor is None or len(found) >= _ENOUGH:
            break
    return Options(_ranked(found, query.search), cursor)


def _ranked(options: Sequence[Option], search: str) -> Sequence[Option]:
    """Those that match; first what begins so."""
    wanted = search.strip().removeprefix("#").removeprefix("@").lower()
    if not wanted:
        return options
    matching = [option for option in options if wanted in f"{option.label} {option.hint} {option.value}".lower()]
    return sorted(matching, key=lambda option: not option.label.lower().lstrip("#@").startswith(wanted))


LOADERS: Mapping[str, OptionLoader] = {
    "channels": channels,
    "archived_channels": archived_channels,
    "users": users,
    "destinations": destinations,
    "files": files,
}
