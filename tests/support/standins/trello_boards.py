"""Boards, lists, labels and members of the Trello stand-in."""

from typing import Any

from tests.support.standins.trello_routes import Call, Routes, only
from tests.support.standins.trello_state import Json, Refusal, Things, flag

routes = Routes()

_COLORS = ("yellow", "purple", "blue", "red", "green", "orange", "black", "sky", "pink", "lime")


@routes("GET", "/members/{id}")
def get_member(call: Call) -> Json:
    return only(dict(call.things.member(call.path["id"], call.me)), call.args.get("fields"))


@routes("GET", "/members/{id}/boards")
def boards_of_member(call: Call) -> list[Json]:
    member = call.things.member(call.path["id"], call.me)["id"]
    asked = call.args.get("filter", "all")
    boards = [
        board
        for board in call.things.boards.values()
        if member in {membership["idMember"] for membership in board["memberships"]} and _fits(board, asked)
    ]
    return only(boards, call.args.get("fields"))


def _fits(thing: Json, asked: str) -> bool:
    return asked in ("all", "") or thing["closed"] == (asked in ("closed", "archived"))


@routes("POST", "/boards")
def create_board(call: Call) -> Json:
    board = new_board(call.things, call.me, str(call["name"]))
    board["desc"] = str(call.args.get("desc") or "")
    board["prefs"]["permissionLevel"] = call.args.get("prefs_permissionLevel") or "private"
    if "defaultLists" not in call.args or flag(call.args["defaultLists"]):
        for name in ("To Do", "Doing", "Done"):
            new_list(call.things, board, name)
    return board


def new_board(things: Things, me: str, name: str) -> Json:
    """A board of one member, without lists, with Trello's six labels that have no names."""
    id_ = things.new_id()
    short = id_[-8:]
    board: Json = {
        "id": id_,
        "name": name,
        "desc": "",
        "descData": None,
        "closed": False,
        "idMemberCreator": me,
        "idEnterprise": None,
        "pinned": False,
        "starred": False,
        "url": f"{things.url}/b/{short}/board",
        "shortUrl": f"{things.url}/b/{short}",
        "shortLink": short,
        "prefs": {"permissionLevel": "private", "voting": "disabled", "comments": "members", "background": "blue"},
        "labelNames": {},
        "memberships": [
            {"id": things.new_id(), "idMember": me, "memberType": "admin", "unconfirmed": False, "deactivated": False}
        ],
    }
    things.boards[id_] = board
    for color in ("green", "yellow", "orange", "red", "purple", "blue"):
        new_label(things, board, "", color)
    things.happens("createBoard", me, {"board": {key: board[key] for key in ("id", "name", "shortLink")}})
    return board


@routes("GET", "/boards/{id}")
def get_board(call: Call) -> Json:
    return only(_board(call), call.args.get("fields"))


def _board(call: Call) -> Json:
    return call.things.of(call.things.boards, call.path["id"])


@routes("PUT", "/boards/{id}")
def update_board(call: Call) -> Json:
    board = _board(call)
    changed: Json = call.given("name", "desc")
    if "closed" in call.args:
        changed["closed"] = flag(call.args["closed"])
    old = {name: board[name] for name in changed}
    board |= changed
    named = {key: board[key] for key in ("id", "name", "shortLink")}
    call.things.happens("updateBoard", call.me, {"board": {**named, **changed}, "old": old})
    return board


@routes("DELETE", "/boards/{id}")
def delete_board(call: Call) -> Json:
    board = call.things.boards.pop(_board(call)["id"])
    for list_ in call.things.lists_of(board["id"]):
        del call.things.lists[list_["id"]]
    for card in call.things.cards_in(board=board["id"]):
        del call.things.cards[card["id"]]
    return {"_value": None}


@routes("GET", "/boards/{id}/lists")
def lists_of_board(call: Call) -> list[Json]:
    asked = str(call.args.get("filter", "open"))
    lists = [list_ for list_ in call.things.lists_of(_board(call)["id"]) if _fits(list_, asked)]
    return only(lists, call.args.get("fields"))


@routes("GET", "/boards/{id}/labels")
def labels_of_board(call: Call) -> list[Json]:
    board = _board(call)["id"]
    labels = [label for label in call.things.labels.values() if label["idBoard"] == board]
    return only(labels[: int(call.args.get("limit") or 50)], call.args.get("fields"))


@routes("GET", "/boards/{id}/members")
def members_of_board(call: Call) -> list[Json]:
    members = [call.things.members[membership["idMember"]] for membership in _board(call)["memberships"]]
    return [{key: member[key] for key in ("id", "fullName", "username")} for member in members]


@routes("PUT", "/boards/{id}/members/{idMember}")
def put_member(call: Call) -> Json:
    board = _board(call)
    member = call.things.member(call.path["idMember"], call.me)
    role, there = str(call["type"]), {one["idMember"]: one for one in board["memberships"]}
    if member["id"] in there:
        there[member["id"]]["memberType"] = role
    else:
        added = {"id": call.things.new_id(), "idMember": member["id"], "memberType": role}
        board["memberships"].append({**added, "unconfirmed": False, "deactivated": False})
    named = {key: board[key] for key in ("id", "name", "shortLink")}
    call.things.happens("addMemberToBoard", call.me, {"board": named, "idMemberAdded": member["id"]})
    members = [call.things.members[one["idMember"]] for one in board["memberships"]]
    return {"id": board["id"], "members": members, "memberships": board["memberships"]}


@routes("DELETE", "/boards/{id}/members/{idMember}")
def remove_member(call: Call) -> Json:
    board, member = _board(call), call.things.member(call.path["idMember"], call.me)
    if member["id"] not in {one["idMember"] for one in board["memberships"]}:
        raise Refusal(404, "membership not found")
    board["memberships"] = [one for one in board["memberships"] if one["idMember"] != member["id"]]
    return board


@routes("GET", "/boards/{id}/actions")
def actions_of_board(call: Call) -> list[Json]:
    return call.things.actions_of("board", _board(call)["id"])[: int(call.args.get("limit") or 50)]


@routes("POST", "/lists")
def create_list(call: Call) -> Json:
    board = call.things.boards.get(str(call["idBoard"]))
    if board is None:
        raise Refusal(400, "invalid value for idBoard")
    list_ = new_list(call.things, board, str(call["name"]), call.args.get("pos") or "top")
    named = {key: board[key] for key in ("id", "name", "shortLink")}
    data = {"list": {"id": list_["id"], "name": list_["name"]}, "board": named}
    call.things.happens("createList", call.me, data)
    return list_


def new_list(things: Things, board: Json, name: str, pos: Any = "bottom") -> Json:
    list_: Json = {
        "id": things.new_id(),
        "name": name,
        "closed": False,
        "pos": things.position(pos, things.lists_of(board["id"])),
        "idBoard": board["id"],
        "subscribed": False,
        "softLimit": None,
    }
    things.lists[list_["id"]] = list_
    return list_


@routes("GET", "/lists/{id}")
def get_list(call: Call) -> Json:
    return only(_list(call), call.args.get("fields"))


def _list(call: Call) -> Json:
    return call.things.of(call.things.lists, call.path["id"])


@routes("PUT", "/lists/{id}")
def update_list(call: Call) -> Json:
    list_ = _list(call)
    old = dict(list_)
    list_ |= call.given("name")
    if "closed" in call.args:
        list_["closed"] = flag(call.args["closed"])
    if "idBoard" in call.args:
        _to_board(call, list_, str(call["idBoard"]))
    if "pos" in call.args:
        others = [one for one in call.things.lists_of(list_["idBoard"]) if one is not list_]
        list_["pos"] = call.things.position(call.args["pos"], others)
    board = call.things.boards[list_["idBoard"]]
    changed = [name for name in old if old[name] != list_[name]]
    data = {
        "list": {name: list_[name] for name in ("id", "name", *changed)},
        "board": {key: board[key] for key in ("id", "name", "shortLink")},
        "old": {name: old[name] for name in changed},
    }
    call.things.happens("updateList", call.me, data)
    return list_


def _to_board(call: Call, list_: Json, board_id: str) -> None:
    if board_id not in call.things.boards:
        raise Refusal(400, "invalid value for idBoard")
    for card in call.things.cards_in(list_=list_["id"]):
        card["idBoard"] = board_id
    list_["idBoard"] = board_id


@routes("PUT", "/lists/{id}/closed")
def close_list(call: Call) -> Json:
    list_ = _list(call)
    list_["closed"] = flag(call["value"])
    return list_


@routes("POST", "/lists/{id}/archiveAllCards")
def archive_all_cards(call: Call) -> Json:
    for card in call.things.cards_in(list_=_list(call)["id"]):
        card["closed"] = True
    return {}


@routes("POST", "/lists/{id}/moveAllCards")
def move_all_cards(call: Call) -> list[Json]:
    target = call.things.lists.get(str(call["idList"]))
    if target is None or target["idBoard"] != call["idBoard"]:
        raise Refusal(400, "invalid value for idList")
    moved = call.things.cards_in(list_=_list(call)["id"])
    for card in moved:
        card["idList"], card["idBoard"] = target["id"], target["idBoard"]
    return [call.things.shown(card) for card in moved]


@routes("POST", "/labels")
def create_label(call: Call) -> Json:
    board = call.things.boards.get(str(call["idBoard"]))
    if board is None:
        raise Refusal(400, "invalid value for idBoard")
    if "name" not in call.args:
        raise Refusal(400, "invalid value for name")
    return new_label(call.things, board, str(call.args["name"]), call.args.get("color"))


def new_label(things: Things, board: Json, name: str, color: Any) -> Json:
    label: Json = {"id": things.new_id(), "idBoard": board["id"], "name": name, "color": _color(color), "uses": 0}
    things.labels[label["id"]] = label
    return label


def _color(asked: Any) -> str | None:
    if asked in (None, "", "null"):
        return None
    if asked not in _COLORS:
        raise Refusal(400, "invalid value for color")
    return str(asked)


@routes("GET", "/labels/{id}")
def get_label(call: Call) -> Json:
    return only(call.things.of(call.things.labels, call.path["id"]), call.args.get("fields"))


@routes("PUT", "/labels/{id}")
def update_label(call: Call) -> Json:
    label = call.things.of(call.things.labels, call.path["id"])
    label |= call.given("name")
    if "color" in call.args:
        label["color"] = _color(call.args["color"])
    return label


@routes("DELETE", "/labels/{id}")
def delete_label(call: Call) -> Json:
    del call.things.labels[call.things.of(call.things.labels, call.path["id"])["id"]]
    return {"limits": {}}


@routes("GET", "/search")
def search(call: Call) -> Json:
    """Words that all stand in a name or description: Trello's search knows more, but this is what it always does."""
    words = [word for word in str(call["query"]).lower().split() if ":" not in word]
    boards = call.args.get("idBoards")
    within = None if boards in (None, "", "mine") else set(str(boards).split(","))
    kinds = str(call.args.get("modelTypes") or "all").split(",")
    cards = [
        card
        for card in call.things.cards.values()
        if (within is None or card["idBoard"] in within)
        and all(word in f"{card['name']} {card['desc']}".lower() for word in words)
    ]
    limit, page = int(call.args.get("cards_limit") or 10), int(call.args.get("cards_page") or 0)
    shown = [call.things.shown(card) for card in cards[page * limit : (page + 1) * limit]]
    found: Json = {"options": {"terms": [], "modifiers": [], "modelTypes": kinds, "partial": False}}
    if {"all", "cards"} & set(kinds):
        found["cards"] = only(shown, call.args.get("card_fields"))
    if {"all", "boards"} & set(kinds):
        found["boards"] = [
            board for board in call.things.boards.values() if all(word in board["name"].lower() for word in words)
        ]
    return found
