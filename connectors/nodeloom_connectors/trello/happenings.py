"""An action of Trello as an item: who did what to which card, under names that say what they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import JsonValue

from nodeloom_connectors.trello.trace import without_trace

BY: dict[str, JsonValue] = {"id": "5f0a1b2c3d4e5f6a7b8c9d01", "name": "Ada Lovelace", "username": "ada"}
_BOARD: dict[str, JsonValue] = {
    "id": "5f0a1b2c3d4e5f6a7b8c9d02",
    "name": "Sales",
    "url": "https://trello.com/b/aBcD1234",
}
_LIST: dict[str, JsonValue] = {"id": "5f0a1b2c3d4e5f6a7b8c9d03", "name": "New"}
_CARD: dict[str, JsonValue] = {
    "id": "5f0a1b2c3d4e5f6a7b8c9d04",
    "name": "Call Ada",
    "url": "https://trello.com/c/eFgH5678",
}


def part(thing: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A thing inside another; an empty one where Trello left it out."""
    found = thing.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def item(action: Mapping[str, Any]) -> dict[str, JsonValue]:
    """What every action has."""
    data, by = part(action, "data"), part(action, "memberCreator")
    return {
        "id": action["id"],
        "type": action["type"],
        "date": action.get("date"),
        "by": {"id": by.get("id"), "name": by.get("fullName"), "username": by.get("username")},
        "board": _addressed(data.get("board"), "b"),
        "list": named(data.get("listAfter") or data.get("list")),
        "card": _addressed(data.get("card"), "c"),
    }


def named(thing: object) -> JsonValue:
    if not isinstance(thing, dict):
        return None
    found = cast("dict[str, Any]", thing)
    return {"id": found.get("id"), "name": found.get("name")}


def _addressed(thing: object, kind: str) -> JsonValue:
    if not isinstance(thing, dict):
        return None
    found = cast("dict[str, Any]", thing)
    link = found.get("shortLink")
    address = f"https://trello.com/{kind}/{link}" if link else None
    return {"id": found.get("id"), "name": found.get("name"), "url": address}


def moved(action: Mapping[str, Any]) -> dict[str, JsonValue]:
    return {**item(action), "from_list": named(action["data"].get("listBefore"))}


def dated(action: Mapping[str, Any]) -> dict[str, JsonValue]:
    data = action["data"]
    return {**item(action), "due": part(data, "card").get("due"), "due_before": part(data, "old").get("due")}


def commented(action: Mapping[str, Any]) -> dict[str, JsonValue]:
    return {**item(action), "text": without_trace(str(action["data"].get("text") or ""))}


def labelled(action: Mapping[str, Any]) -> dict[str, JsonValue]:
    label = part(action["data"], "label")
    shown: dict[str, JsonValue] = {"id": label.get("id"), "name": label.get("name"), "color": label.get("color")}
    return {**item(action), "label": shown}


def joined(action: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Trello names who was added in one of three places, depending on the age of the action."""
    data = part(action, "data")
    member = part(action, "member") or part(data, "member")
    shown: dict[str, JsonValue] = {
        "id": member.get("id") or data.get("idMember"),
        "name": member.get("fullName") or member.get("name"),
        "username": member.get("username"),
    }
    return {**item(action), "member": shown}


def ticked(action: Mapping[str, Any]) -> dict[str, JsonValue]:
    data = action["data"]
    return {**item(action), "checklist": named(data.get("checklist")), "item": named(data.get("checkItem"))}


def anything(action: Mapping[str, Any]) -> dict[str, JsonValue]:
    """With all that Trello says of it under `data`."""
    return {**item(action), "data": dict(action["data"])}


def sample(type_: str, **more: JsonValue) -> dict[str, JsonValue]:
    known: dict[str, JsonValue] = {
        "id": "6b0395b20000000000000042",
        "type": type_,
        "date": "2026-12-01T10:00:00.000Z",
        "by": BY,
        "board": _BOARD,
        "list": _LIST,
        "card": _CARD,
    }
    return known | more
