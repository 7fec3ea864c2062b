"""Checklists and their items."""

from tests.support.standins.trello_routes import Call, Routes, only
from tests.support.standins.trello_state import NOT_FOUND, Json, Refusal, date_of, flag

routes = Routes()


def _card(call: Call, name: str = "id") -> Json:
    return call.things.of(call.things.cards, call.path[name])


@routes("GET", "/cards/{id}/checklists")
def checklists_of_card(call: Call) -> list[Json]:
    return only(call.things.checklists_of(_card(call)["id"]), call.args.get("fields"))


@routes("POST", "/cards/{id}/checklists")
def create_on_card(call: Call) -> Json:
    return _created(call, _card(call))


@routes("POST", "/checklists")
def create(call: Call) -> Json:
    return _created(call, call.things.of(call.things.cards, str(call["idCard"])))


def _created(call: Call, card: Json) -> Json:
    checklist: Json = {
        "id": call.things.new_id(),
        "name": str(call.args.get("name") or "Checklist"),
        "idBoard": card["idBoard"],
        "idCard": card["id"],
        "pos": call.things.position(call.args.get("pos"), call.things.checklists_of(card["id"])),
        "checkItems": [],
    }
    call.things.checklists[checklist["id"]] = checklist
    named = {"id": checklist["id"], "name": checklist["name"]}
    call.things.happens("addChecklistToCard", call.me, {**call.things.about(card), "checklist": named})
    return checklist


def _checklist(call: Call, name: str = "id") -> Json:
    return call.things.of(call.things.checklists, call.path[name])


@routes("GET", "/checklists/{id}")
def get(call: Call) -> Json:
    return only(_checklist(call), call.args.get("fields"))


@routes("PUT", "/checklists/{id}")
def update(call: Call) -> Json:
    checklist = _checklist(call)
    checklist |= call.given("name")
    return checklist


@routes("DELETE", "/checklists/{id}")
def delete(call: Call) -> Json:
    del call.things.checklists[_checklist(call)["id"]]
    return {"limits": {}}


@routes("GET", "/checklists/{id}/checkItems")
def items(call: Call) -> list[Json]:
    return _checklist(call)["checkItems"]


@routes("POST", "/checklists/{id}/checkItems")
def add_item(call: Call) -> Json:
    checklist = _checklist(call)
    item: Json = {
        "id": call.things.new_id(),
        "idChecklist": checklist["id"],
        "name": str(call["name"]),
        "nameData": {"emoji": {}},
        "pos": call.things.position(call.args.get("pos"), checklist["checkItems"]),
        "state": "complete" if flag(call.args.get("checked")) else "incomplete",
        "due": date_of(call.args.get("due"), "due"),
        "dueReminder": None,
        "idMember": call.args.get("idMember"),
    }
    checklist["checkItems"].append(item)
    return item


def _item(call: Call) -> tuple[Json, Json, Json]:
    """The card, the checklist and the item that a path names."""
    card = _card(call)
    for checklist in call.things.checklists_of(card["id"]):
        for item in checklist["checkItems"]:
            if item["id"] == call.path["idCheckItem"]:
                return card, checklist, item
    raise Refusal(404, NOT_FOUND)


@routes("GET", "/cards/{id}/checkItem/{idCheckItem}")
def get_item(call: Call) -> Json:
    return _item(call)[2]


@routes("PUT", "/cards/{id}/checkItem/{idCheckItem}")
def update_item(call: Call) -> Json:
    card, checklist, item = _item(call)
    item |= call.given("name", "idMember")
    if "due" in call.args:
        item["due"] = date_of(call.args["due"], "due")
    if "state" in call.args:
        state = {"true": "complete", "false": "incomplete"}.get(str(call["state"]).lower(), str(call["state"]))
        if state not in ("complete", "incomplete"):
            raise Refusal(400, "invalid value for state")
        changed, item["state"] = item["state"] != state, state
        if changed:
            data = {
                **call.things.about(card),
                "checklist": {key: checklist[key] for key in ("id", "name")},
                "checkItem": {key: item[key] for key in ("id", "name", "state")},
            }
            call.things.happens("updateCheckItemStateOnCard", call.me, data)
    return item


@routes("DELETE", "/cards/{id}/checkItem/{idCheckItem}")
def delete_item(call: Call) -> Json:
    _, checklist, item = _item(call)
    checklist["checkItems"].remove(item)
    return {"limits": {}}


@routes("DELETE", "/checklists/{id}/checkItems/{idCheckItem}")
def delete_item_of_checklist(call: Call) -> Json:
    checklist = _checklist(call)
    kept = [item for item in checklist["checkItems"] if item["id"] != call.path["idCheckItem"]]
    if len(kept) == len(checklist["checkItems"]):
        raise Refusal(404, NOT_FOUND)
    checklist["checkItems"] = kept
    return {"limits": {}}
