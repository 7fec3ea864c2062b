"""Methods of Slack that the emulator lacks, on what it has: search, a person's conversations, lists of small things."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.support.standins.oauth_grants import Grant
from tests.support.standins.slack_events import TEAM
from tests.support.standins.slack_upstream import ADMIN, SlackUpstream

Arguments = Mapping[str, Any]
Method = Callable[[SlackUpstream, Arguments, Grant], dict[str, Any]]


def _search_messages(upstream: SlackUpstream, arguments: Arguments, grant: Grant) -> dict[str, Any]:
    """Words, `in:#channel` and `from:@name`; newest first unless sorted otherwise."""
    if grant.kind != "user":
        return {"ok": False, "error": "not_allowed_token_type"}
    query = str(arguments.get("query", ""))
    if not query:
        return {"ok": False, "error": "no_query"}
    found = [match for match in _everything_said(upstream) if _fits(match, query.split())]
    found.sort(key=lambda match: str(match["ts"]), reverse=arguments.get("sort_dir") != "asc")
    count, page = int(arguments.get("count", 20)), int(arguments.get("page", 1))
    shown = found[count * (page - 1) : count * page]
    pages = -(-len(found) // count)
    return {
        "ok": True,
        "query": query,
        "messages": {
            "total": len(found),
            "pagination": {
                "total_count": len(found),
                "page": page,
                "per_page": count,
                "page_count": pages,
                "first": count * (page - 1) + 1,
                "last": count * (page - 1) + len(shown),
            },
            "paging": {"count": count, "total": len(found), "page": page, "pages": pages},
            "matches": shown,
        },
    }


def _everything_said(upstream: SlackUpstream) -> Iterable[dict[str, Any]]:
    names = {user["id"]: user["name"] for user in upstream.everything("users.list")["members"]}
    for channel in upstream.as_person(ADMIN, "conversations.list")["channels"]:
        for message in upstream.as_person(ADMIN, "conversations.history", channel=channel["id"])["messages"]:
            yield {
                "iid": f"{channel['id']}-{message['ts']}",
                "team": TEAM,
                "channel": {"id": channel["id"], "name": channel["name"], "is_private": channel["is_private"]},
                "type": "message",
                "user": message["user"],
                "username": names.get(message["user"], ""),
                "ts": message["ts"],
                "text": message["text"],
                "permalink": f"{upstream.url}/archives/{channel['id']}/p{message['ts'].replace('.', '')}",
            }


def _fits(match: Mapping[str, Any], words: list[str]) -> bool:
    return all(_has(match, word.lower()) for word in words)


def _has(match: Mapping[str, Any], word: str) -> bool:
    field, _, value = word.partition(":")
    if field == "in" and value:
        return match["channel"]["name"] == value.removeprefix("#")
    if field == "from" and value:
        return match["username"] == value.removeprefix("@")
    return word.strip('"') in str(match["text"]).lower()


def _users_conversations(upstream: SlackUpstream, arguments: Arguments, grant: Grant) -> dict[str, Any]:
    answer = upstream.call("conversations.list", arguments, grant)
    if answer["ok"]:
        answer["channels"] = [channel for channel in answer["channels"] if channel["is_member"]]
    return answer


def _reactions_list(upstream: SlackUpstream, arguments: Arguments, grant: Grant) -> dict[str, Any]:
    user = arguments.get("user") or upstream.call("auth.test", {}, grant)["user_id"]
    items = [
        {"type": "message", "channel": channel["id"], "message": message}
        for channel in upstream.as_person(ADMIN, "conversations.list")["channels"]
        for message in upstream.as_person(ADMIN, "conversations.history", channel=channel["id"])["messages"]
        if any(user in reaction["users"] for reaction in message.get("reactions", []))
    ]
    return {"ok": True, "items": items, "response_metadata": {"next_cursor": ""}}


def _emoji_list(_upstream: SlackUpstream, _arguments: Arguments, _grant: Grant) -> dict[str, Any]:
    return {"ok": True, "emoji": {"loom": "https://emoji.loom.test/loom.png"}, "cache_ts": "1795396234.000001"}


def _usergroups_list(_upstream: SlackUpstream, _arguments: Arguments, _grant: Grant) -> dict[str, Any]:
    return {"ok": True, "usergroups": []}


OWN: Mapping[str, tuple[str, Method]] = {
    "search.messages": ("search:read", _search_messages),
    "users.conversations": ("", _users_conversations),
    "reactions.list": ("reactions:read", _reactions_list),
    "emoji.list": ("emoji:read", _emoji_list),
    "usergroups.list": ("usergroups:read", _usergroups_list),
}
"""By name, with the scope that each needs; none where the emulator's own answer to the call beneath checks it."""
