"""Cards of the Trello stand-in, with all that hangs on them: comments, members, labels, checklists, attachments."""

from typing import Any
from urllib.parse import quote, unquote, urlsplit

from tests.support.standins.trello_boards import new_label
from tests.support.standins.trello_routes import Call, Routes, only, public
from tests.support.standins.trello_state import NOT_FOUND, Json, Refusal, date_of, flag, ids, stamp

routes = Routes()


def _card(call: Call) -> Json:
    return call.things.of(call.things.cards, call.path["id"])


@routes("POST", "/cards")
def create_card(call: Call) -> Json:
    list_ = call.things.lists.get(str(call["idList"]))
    if list_ is None:
        raise Refusal(400, "invalid value for idList")
    source = call.things.of(call.things.cards, str(call["idCardSource"])) if call.args.get("idCardSource") else None
    card = _new_card(call, list_, source)
    call.things.cards[card["id"]] = card
    if source is not None:
        _copy(call, source, card)
    about = call.things.about(card)
    if source is None:
        call.things.happens("createCard", call.me, about)
    else:
        named = {key: source[key] for key in ("id", "name", "idShort", "shortLink")}
        call.things.happens("copyCard", call.me, {**about, "cardSource": named})
    if call.args.get("urlSource"):
        _attach_url(call, card, str(call.args["urlSource"]), "")
    return call.things.shown(card)


def _new_card(call: Call, list_: Json, source: Json | None) -> Json:
    id_ = call.things.new_id()
    short, number = id_[-8:], len(call.things.cards) + 1
    base = source or {}
    return {
        "id": id_,
        "name": str(call.args.get("name") or base.get("name", "")),
        "desc": str(call.args.get("desc") or base.get("desc", "")),
        "descData": {"emoji": {}},
        "idBoard": list_["idBoard"],
        "idList": list_["id"],
        "idShort": number,
        "shortLink": short,
        "shortUrl": f"{call.things.url}/c/{short}",
        "url": f"{call.things.url}/c/{short}/{number}-card",
        "closed": False,
        "pos": call.things.position(call.args.get("pos"), call.things.cards_in(list_=list_["id"])),
        "due": date_of(call.args.get("due"), "due") or base.get("due"),
        "start": date_of(call.args.get("start"), "start"),
        "dueComplete": flag(call.args.get("dueComplete")),
        "dueReminder": None,
        "dateLastActivity": stamp(),
        "idLabels": _known(call, "idLabels", call.things.labels),
        "idMembers": _known(call, "idMembers", call.things.members),
        "idMembersVoted": [],
        "idAttachmentCover": None,
        "manualCoverAttachment": False,
        "isTemplate": False,
        "subscribed": False,
        "cover": {"idAttachment": None, "color": None, "idUploadedBackground": None, "size": "normal"},
    }


def _known(call: Call, name: str, kind: dict[str, Json]) -> list[str]:
    asked = ids(call.args.get(name))
    if not set(asked) <= set(kind):
        raise Refusal(400, f"invalid value for {name}")
    return asked


def _copy(call: Call, source: Json, card: Json) -> None:
    keep = set(ids(call.args.get("keepFromSource") or "all"))
    if keep & {"all", "labels"}:
        card["idLabels"] = list(dict.fromkeys([*card["idLabels"], *source["idLabels"]]))
    if keep & {"all", "members"}:
        card["idMembers"] = list(dict.fromkeys([*card["idMembers"], *source["idMembers"]]))
    if keep & {"all", "checklists"}:
        for checklist in call.things.checklists_of(source["id"]):
            _copy_checklist(call, checklist, card)


def _copy_checklist(call: Call, source: Json, card: Json) -> Json:
    id_ = call.things.new_id()
    items = [{**item, "id": call.things.new_id(), "idChecklist": id_} for item in source["checkItems"]]
    copy = {**source, "id": id_, "idCard": card["id"], "idBoard": card["idBoard"], "checkItems": items}
    call.things.checklists[id_] = copy
    return copy


@routes("GET", "/cards/{id}")
def get_card(call: Call) -> Json:
    card = _card(call)
    shown = call.things.shown(card)
    if flag(call.args.get("attachments")):
        shown["attachments"] = [public(one) for one in call.things.attachments_of(card["id"])]
    return only(shown, call.args.get("fields"))


_BY_FILTER = {"open": (False,), "visible": (False,), "closed": (True,), "all": (True, False)}


@routes("GET", "/boards/{id}/cards")
@routes("GET", "/boards/{id}/cards/{filter}")
@routes("GET", "/lists/{id}/cards")
def list_cards(call: Call) -> list[Json]:
    """By position; with `limit` the newest, going back from `before`, as all of Trello's long lists."""
    asked = str(call.path.get("filter") or call.args.get("filter") or "open")
    if asked not in _BY_FILTER:
        raise Refusal(400, "invalid value for filter")
    in_list = call.things.lists.get(call.path["id"])
    cards = call.things.cards_in(list_=in_list["id"]) if in_list else _cards_of_board(call)
    cards = [card for card in cards if card["closed"] in _BY_FILTER[asked]]
    if call.args.get("before"):
        cards = [card for card in cards if card["id"] < call.args["before"]]
    if call.args.get("limit"):
        cards = sorted(cards, key=lambda card: card["id"], reverse=True)[: int(call.args["limit"])]
    return only([call.things.shown(card) for card in cards], call.args.get("fields"))


def _cards_of_board(call: Call) -> list[Json]:
    return call.things.cards_in(board=call.things.of(call.things.boards, call.path["id"])["id"])


@routes("PUT", "/cards/{id}")
def update_card(call: Call) -> Json:
    card = _card(call)
    before = dict(card)
    card |= {name: str(value) for name, value in call.given("name", "desc").items()}
    card |= {name: flag(value) for name, value in call.given("closed", "dueComplete", "subscribed").items()}
    card |= {name: date_of(value, name) for name, value in call.given("due", "start").items()}
    for name, kind in (("idLabels", call.things.labels), ("idMembers", call.things.members)):
        if name in call.args:
            card[name] = _known(call, name, kind)
    _move(call, card)
    card["dateLastActivity"] = stamp()
    _tell(call, before, card)
    return call.things.shown(card)


def _move(call: Call, card: Json) -> None:
    if "idBoard" in call.args and "idList" not in call.args:
        lists = call.things.lists_of(call.things.of(call.things.boards, str(call["idBoard"]))["id"])
        if not lists:
            raise Refusal(400, "invalid value for idBoard")
        card["idBoard"], card["idList"] = lists[0]["idBoard"], lists[0]["id"]
    if "idList" in call.args:
        list_ = call.things.lists.get(str(call["idList"]))
        if list_ is None or call.args.get("idBoard", card["idBoard"]) != list_["idBoard"]:
            raise Refusal(400, "invalid value for idList")
        card["idList"], card["idBoard"] = list_["id"], list_["idBoard"]
    if "pos" in call.args:
        others = [one for one in call.things.cards_in(list_=card["idList"]) if one is not card]
        card["pos"] = call.things.position(call.args["pos"], others)


def _tell(call: Call, before: Json, card: Json) -> None:
    """One action for each thing that changed, as Trello writes them."""
    about = call.things.about(card)
    for name in ("name", "desc", "closed", "due", "dueComplete", "start", "pos", "idList"):
        if before[name] == card[name] or (name == "pos" and before["idList"] != card["idList"]):
            continue
        data = {**about, "card": {**about["card"], name: card[name]}, "old": {name: before[name]}}
        if name == "idList":
            lists = {"listBefore": before["idList"], "listAfter": card["idList"]}
            data |= {key: {k: call.things.lists[id_][k] for k in ("id", "name")} for key, id_ in lists.items()}
            del data["list"]
        call.things.happens("updateCard", call.me, data)


@routes("DELETE", "/cards/{id}")
def delete_card(call: Call) -> Json:
    card = _card(call)
    about = call.things.about(card)
    del call.things.cards[card["id"]]
    call.things.happens("deleteCard", call.me, about)
    return {"limits": {}}


@routes("GET", "/cards/{id}/actions")
def actions_of_card(call: Call) -> list[Json]:
    asked = ids(call.args.get("filter") or "commentCard,updateCard:idList")
    types = {name.partition(":")[0] for name in asked}
    found = call.things.actions_of("card", _card(call)["id"])
    chosen = [action for action in found if action["type"] in types or "all" in types]
    page = int(call.args.get("page") or 0)
    return chosen[page * 50 : (page + 1) * 50]


@routes("POST", "/cards/{id}/actions/comments")
def add_comment(call: Call) -> Json:
    data: Json = {**call.things.about(_card(call)), "text": str(call["text"]), "textData": {"emoji": {}}}
    return call.things.happens("commentCard", call.me, data)


@routes("GET", "/actions/{id}")
def get_action(call: Call) -> Json:
    return only(call.things.of(call.things.actions, call.path["id"]), call.args.get("fields"))


@routes("PUT", "/actions/{id}")
def update_comment(call: Call) -> Json:
    action = call.things.of(call.things.actions, call.path["id"])
    if action["type"] != "commentCard":
        raise Refusal(400, "Only comments can be edited")
    action["data"] |= {"text": str(call["text"]), "dateLastEdited": stamp()}
    return action


@routes("DELETE", "/cards/{id}/actions/{idAction}/comments")
def delete_comment(call: Call) -> Json:
    card, action = _card(call), call.things.of(call.things.actions, call.path["idAction"])
    if action["data"].get("card", {}).get("id") != card["id"] or action["type"] != "commentCard":
        raise Refusal(404, NOT_FOUND)
    del call.things.actions[action["id"]]
    return {"_value": None}


@routes("GET", "/cards/{id}/members")
def members_of_card(call: Call) -> list[Json]:
    return [dict(call.things.members[id_]) for id_ in _card(call)["idMembers"]]


@routes("POST", "/cards/{id}/idMembers")
def add_member(call: Call) -> list[Json]:
    card, member = _card(call), call.things.members.get(str(call["value"]))
    if member is None:
        raise Refusal(400, "invalid value for value")
    if member["id"] in card["idMembers"]:
        raise Refusal(400, "member is already on the card")
    card["idMembers"].append(member["id"])
    named = {key: member[key] for key in ("id", "username", "fullName", "initials", "activityBlocked")}
    data: Json = {
        **call.things.about(card),
        "idMember": member["id"],
        "member": {"id": member["id"], "name": member["fullName"]},
    }
    call.things.happens("addMemberToCard", call.me, data, member=named)
    return members_of_card(call)


@routes("DELETE", "/cards/{id}/idMembers/{idMember}")
def remove_member(call: Call) -> list[Json]:
    card = _card(call)
    if call.path["idMember"] not in card["idMembers"]:
        raise Refusal(400, "member is not on the card")
    card["idMembers"].remove(call.path["idMember"])
    return members_of_card(call)


@routes("POST", "/cards/{id}/idLabels")
def add_label(call: Call) -> list[str]:
    card, label = _card(call), call.things.labels.get(str(call["value"]))
    if label is None or label["idBoard"] != card["idBoard"]:
        raise Refusal(400, "invalid value for value")
    if label["id"] in card["idLabels"]:
        raise Refusal(400, "that label is already on the card")
    _put_label(call, card, label)
    return list(card["idLabels"])


def _put_label(call: Call, card: Json, label: Json) -> None:
    card["idLabels"].append(label["id"])
    named = {key: label[key] for key in ("id", "name", "color")}
    data: Json = {**call.things.about(card), "label": named, "text": label["name"], "value": label["color"]}
    call.things.happens("addLabelToCard", call.me, data)


@routes("POST", "/cards/{id}/labels")
def create_label_on_card(call: Call) -> Json:
    card = _card(call)
    board = call.things.boards[card["idBoard"]]
    label = new_label(call.things, board, str(call.args.get("name") or ""), call["color"])
    _put_label(call, card, label)
    return label


@routes("DELETE", "/cards/{id}/idLabels/{idLabel}")
def remove_label(call: Call) -> Json:
    card = _card(call)
    if call.path["idLabel"] not in card["idLabels"]:
        raise Refusal(400, "that label is not on the card")
    card["idLabels"].remove(call.path["idLabel"])
    return {"_value": None}


@routes("GET", "/cards/{id}/attachments")
def attachments_of_card(call: Call) -> list[Json]:
    return [public(one) for one in call.things.attachments_of(_card(call)["id"])]


@routes("POST", "/cards/{id}/attachments")
def attach(call: Call) -> Json:
    card = _card(call)
    if call.upload is not None:
        kept = _attach_file(call, card)
    else:
        kept = _attach_url(call, card, str(call["url"]), str(call.args.get("name") or ""))
    data = {**call.things.about(card), "attachment": {key: kept[key] for key in ("id", "name", "url")}}
    call.things.happens("addAttachmentToCard", call.me, data)
    return public(kept)


def _attach_file(call: Call, card: Json) -> Json:
    upload = call.upload
    assert upload is not None
    kept = _attachment(call, card, str(call.args.get("name") or upload.name))
    media_type = str(call.args.get("mimeType") or upload.media_type)
    link = f"{call.things.url}/1/cards/{card['id']}/attachments/{kept['id']}/download/{quote(upload.name)}"
    kept |= {"isUpload": True, "bytes": str(len(upload.content)), "mimeType": media_type, "url": link}
    kept["fileName"] = upload.name
    call.things.contents[kept["id"]] = upload.content
    return kept


def _attach_url(call: Call, card: Json, url: str, name: str) -> Json:
    if urlsplit(url).scheme not in ("http", "https"):
        raise Refusal(400, "invalid value for url")
    kept = _attachment(call, card, name or url)
    kept["url"] = url
    return kept


def _attachment(call: Call, card: Json, name: str) -> Json:
    kept: Json = {
        "id": call.things.new_id(),
        "_card": card["id"],
        "bytes": None,
        "date": stamp(),
        "edgeColor": None,
        "idMember": call.me,
        "isUpload": False,
        "mimeType": "",
        "name": name,
        "previews": [],
        "url": "",
        "pos": call.things.position(None, call.things.attachments_of(card["id"])),
        "fileName": None,
    }
    call.things.attachments[kept["id"]] = kept
    return kept


def _attached(call: Call) -> Json:
    kept = call.things.of(call.things.attachments, call.path["idAttachment"])
    if kept["_card"] != _card(call)["id"]:
        raise Refusal(404, NOT_FOUND)
    return kept


@routes("GET", "/cards/{id}/attachments/{idAttachment}")
def get_attachment(call: Call) -> Any:
    return only(public(_attached(call)), call.args.get("fields"))


@routes("GET", "/cards/{id}/attachments/{idAttachment}/download/{name}")
def download(call: Call) -> bytes:
    kept = _attached(call)
    if unquote(kept["url"].rpartition("/")[2]) != call.path["name"]:
        raise Refusal(404, NOT_FOUND)
    return call.things.contents[kept["id"]]


@routes("DELETE", "/cards/{id}/attachments/{idAttachment}")
def delete_attachment(call: Call) -> Json:
    del call.things.attachments[_attached(call)["id"]]
    return {"limits": {}}
