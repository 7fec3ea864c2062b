"""What the Trello stand-in remembers: every thing as the JSON that the API shows, and what happened to it."""

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias, cast

Json: TypeAlias = dict[str, Any]


class Refusal(Exception):
    """What Trello refuses: a status and a plain text, as its API answers."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


NOT_FOUND = "The requested resource was not found."


@dataclass
class Things:
    """Everything by id. `happened` gets each action (an entry of the activity); `app` is what asks, if not a person."""

    members: dict[str, Json] = field(default_factory=dict[str, Json])
    boards: dict[str, Json] = field(default_factory=dict[str, Json])
    lists: dict[str, Json] = field(default_factory=dict[str, Json])
    cards: dict[str, Json] = field(default_factory=dict[str, Json])
    labels: dict[str, Json] = field(default_factory=dict[str, Json])
    checklists: dict[str, Json] = field(default_factory=dict[str, Json])
    attachments: dict[str, Json] = field(default_factory=dict[str, Json])
    contents: dict[str, bytes] = field(default_factory=dict[str, bytes])
    actions: dict[str, Json] = field(default_factory=dict[str, Json])
    happened: Callable[[Json], None] = field(default=lambda _: None)
    url: str = "https://trello.example"
    app: str = ""
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def new_id(self) -> str:
        """24 hexadecimal digits, of which the first 8 are the time of making, as Trello's."""
        return f"{int(time.time()):08x}{next(self._numbers):016x}"

    def of(self, kind: dict[str, Json], key: str) -> Json:
        """One by its id, or by its short link."""
        found = kind.get(key) or next((one for one in kind.values() if one.get("shortLink") == key), None)
        if found is None:
            raise Refusal(404, NOT_FOUND)
        return found

    def member(self, key: str, me: str) -> Json:
        """One by id or user name, or the one that asks."""
        if key == "me":
            return self.members[me]
        return next((one for one in self.members.values() if key in (one["id"], one["username"])), None) or self.of(
            self.members, key
        )

    def lists_of(self, board_id: str) -> list[Json]:
        return by_position(one for one in self.lists.values() if one["idBoard"] == board_id)

    def cards_in(self, *, board: str = "", list_: str = "") -> list[Json]:
        return by_position(one for one in self.cards.values() if one["idBoard"] == board or one["idList"] == list_)

    def checklists_of(self, card_id: str) -> list[Json]:
        return by_position(one for one in self.checklists.values() if one["idCard"] == card_id)

    def attachments_of(self, card_id: str) -> list[Json]:
        return [one for one in self.attachments.values() if one["_card"] == card_id]

    def comments_of(self, card_id: str) -> list[Json]:
        return [one for one in self.actions_of("card", card_id) if one["type"] == "commentCard"]

    def actions_of(self, kind: str, id_: str) -> list[Json]:
        """The latest first, as the API has them."""
        return [one for one in reversed(self.actions.values()) if one["data"].get(kind, {}).get("id") == id_]

    def position(self, asked: Any, others: Iterable[Json]) -> float:
        places = [float(other["pos"]) for other in others] or [0.0]
        match asked:
            case None | "" | "bottom":
                return max(places) + 16384
            case "top":
                return min(places) / 2
            case _:
                return float(asked)

    def happens(self, type_: str, me: str, data: Json, **more: Any) -> Json:
        """Writes an action down and tells those who listen."""
        member = self.members[me]
        action: Json = {
            "id": self.new_id(),
            "idMemberCreator": me,
            "data": data,
            "appCreator": {"id": self.app} if self.app else None,
            "type": type_,
            "date": stamp(),
            "limits": None,
            "memberCreator": {
                key: member[key] for key in ("id", "activityBlocked", "fullName", "initials", "username")
            },
            **more,
        }
        self.actions[action["id"]] = action
        self.happened(action)
        return action

    def about(self, card: Json) -> Json:
        """How an action names a card and where it lies."""
        board, list_ = self.boards[card["idBoard"]], self.lists[card["idList"]]
        return {
            "card": {key: card[key] for key in ("id", "name", "idShort", "shortLink")},
            "list": {key: list_[key] for key in ("id", "name")},
            "board": {key: board[key] for key in ("id", "name", "shortLink")},
        }

    def shown(self, card: Json) -> Json:
        """A card as the API shows it, with all that is counted from other things."""
        checklists = self.checklists_of(card["id"])
        items = [item for checklist in checklists for item in checklist["checkItems"]]
        labels = [self.labels[label] for label in card["idLabels"] if label in self.labels]
        return {
            **card,
            "idLabels": [label["id"] for label in labels],
            "labels": [dict(label) for label in labels],
            "idChecklists": [checklist["id"] for checklist in checklists],
            "checkItemStates": [
                {"idCheckItem": item["id"], "state": "complete"} for item in items if item["state"] == "complete"
            ],
            "badges": {
                "votes": 0,
                "viewingMemberVoted": False,
                "subscribed": False,
                "checkItems": len(items),
                "checkItemsChecked": sum(item["state"] == "complete" for item in items),
                "comments": len(self.comments_of(card["id"])),
                "attachments": len(self.attachments_of(card["id"])),
                "description": bool(card["desc"]),
                "due": card["due"],
                "dueComplete": card["dueComplete"],
            },
        }

    def add_member(self, username: str, full_name: str) -> Json:
        """For setting a scene."""
        member: Json = {
            "id": self.new_id(),
            "activityBlocked": False,
            "fullName": full_name,
            "initials": "".join(word[0] for word in full_name.split()),
            "username": username,
            "url": f"{self.url}/{username}",
            "memberType": "normal",
            "confirmed": True,
        }
        self.members[member["id"]] = member
        return member


def by_position(things: Iterable[Json]) -> list[Json]:
    return sorted(things, key=lambda thing: thing["pos"])


def stamp(moment: datetime | None = None) -> str:
    """A time as the API writes it: UTC, milliseconds, Z."""
    moment = moment or datetime.fromtimestamp(time.time(), UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def date_of(asked: Any, name: str) -> str | None:
    """A date that was sent, as it is kept; an empty one takes it away."""
    if asked in (None, "", "null"):
        return None
    try:
        moment = datetime.fromisoformat(str(asked))
    except ValueError as error:
        raise Refusal(400, f"invalid value for {name}") from error
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def flag(asked: Any) -> bool:
    return asked in (True, "true", "True", 1, "1")


def ids(asked: Any) -> list[str]:
    """Ids as a list or with commas."""
    if isinstance(asked, list):
        return [str(one) for one in cast("list[object]", asked)]
    return [one for one in str(asked or "").split(",") if one]
