"""Calling Trello's actions as a run does, against the stand-in, and a board to call them on."""

from dataclasses import dataclass
from typing import Any, cast

import httpx2
from pydantic import SecretStr

from nodeloom_connectors.sdk import Access, Action, ConnectorError, Effect, OAuthApp, OptionsQuery, WithFiles
from nodeloom_connectors.trello import TrelloClient, connector
from nodeloom_connectors.trello.auth import KeyAndToken
from tests.support.actions import KeptFiles, context
from tests.support.standins.trello import TrelloStandIn

ACTIONS: dict[str, Action[Any, Any, Any]] = {action.name: action for action in connector.actions}
KEY = "run_1/node/0"


def key_and_token(trello: TrelloStandIn) -> KeyAndToken:
    key, token, secret = map(SecretStr, (trello.key, trello.token, trello.oauth1.client_secret))
    return KeyAndToken(key=key, token=token, secret=secret)


class Calls:
    """The actions by name; `address` other than the stand-in's is that of a proxy before it."""

    def __init__(
        self,
        http: httpx2.AsyncClient,
        trello: TrelloStandIn,
        *,
        address: str = "",
        secret: object = None,
        app: OAuthApp | None = None,
        **settings: str,
    ) -> None:
        api_url = f"{address}/1" if address else trello.api_url
        secret = secret or key_and_token(trello)
        self.access: Access[Any] = Access(http, secret, settings={"api_url": api_url, **settings}, app=app)
        self.client = TrelloClient(self.access)
        self.files = KeptFiles()

    async def call(self, name: str, /, *, key: str = KEY, **params: Any) -> Any:
        """What an action gives; its files are in `files`."""
        action = ACTIONS[name]
        result = await action.run(context(self.client, self.files, key), action.params.model_validate(params))
        return cast("WithFiles[Any]", result).result if isinstance(result, WithFiles) else result

    async def confirm(self, name: str, /, *, key: str = KEY, **params: Any) -> Any:
        action = ACTIONS[name]
        assert action.confirm is not None
        return await action.confirm(context(self.client, self.files, key), action.params.model_validate(params))

    async def failure(self, name: str, /, **params: Any) -> ConnectorError:
        try:
            await self.call(name, **params)
        except ConnectorError as error:
            return error
        raise AssertionError(f"{name} did not fail")

    async def options(self, loader: str, search: str = "", cursor: str | None = None, **params: str) -> list[str]:
        page = await connector.options[loader](self.client, OptionsQuery(params, search, cursor))
        return [option.label for option in page.items]


@dataclass(frozen=True)
class Scene:
    """A board with two lists; on the first a card with a comment, a label, a member, a checklist and a link."""

    board: str
    first: str
    second: str
    card: str
    comment: str
    label: str
    other_label: str
    checklist: str
    item: str
    link: str


def scene(trello: TrelloStandIn) -> Scene:
    board = trello.put("POST", "/boards", name="Sales", desc="What we sell", defaultLists=False)["id"]
    first, second = (
        trello.put("POST", "/lists", name=name, idBoard=board, pos="bottom")["id"] for name in ("New", "Won")
    )
    card = trello.put("POST", "/cards", idList=first, name="Call Ada", desc="About the offer")["id"]
    checklist = trello.put("POST", "/checklists", idCard=card, name="Before")["id"]
    labels = trello.put("GET", f"/boards/{board}/labels")
    trello.put("POST", f"/cards/{card}/idLabels", value=labels[0]["id"])
    trello.put("POST", f"/cards/{card}/idMembers", value=trello.person["id"])
    return Scene(
        board=board,
        first=first,
        second=second,
        card=card,
        comment=trello.put("POST", f"/cards/{card}/actions/comments", text="Hello")["id"],
        label=labels[0]["id"],
        other_label=labels[1]["id"],
        checklist=checklist,
        item=trello.put("POST", f"/checklists/{checklist}/checkItems", name="call")["id"],
        link=trello.put("POST", f"/cards/{card}/attachments", url="https://example.com/a", name="a")["id"],
    )


def params_of(trello: TrelloStandIn, on: Scene) -> dict[str, dict[str, Any]]:
    """The params of each action on the scene."""
    card, comment = {"card_id": on.card}, {"card_id": on.card, "comment_id": on.comment}
    member = trello.other["id"]
    return {
        "create_card": {"list_id": on.first, "name": "New", "labels": [on.label], "due": "2026-12-24T18:00:00Z"},
        "get_card": card,
        "update_card": {**card, "name": "Called", "due": "2026-12-24", "done": "yes"},
        "move_card": {**card, "to_list_id": on.second, "position": "top"},
        "copy_card": {**card, "to_list_id": on.second},
        "archive_card": card,
        "delete_card": card,
        "list_cards": {"list_id": on.first},
        "search_cards": {"query": "Ada", "board_ids": [on.board], "begins": True},
        "add_comment": {**card, "text": "Well done"},
        "list_comments": card,
        "update_comment": {**comment, "text": "Hello again"},
        "delete_comment": comment,
        "attach_file": {**card, "file": "data"},
        "attach_link": {**card, "url": "https://example.com/b"},
        "list_attachments": card,
        "get_attachment": {**card, "attachment_id": on.link},
        "delete_attachment": {**card, "attachment_id": on.link},
        "create_checklist": {**card, "name": "After"},
        "list_checklists": card,
        "delete_checklist": {**card, "checklist_id": on.checklist},
        "add_checklist_item": {**card, "checklist_id": on.checklist, "name": "write"},
        "update_checklist_item": {**card, "item_id": on.item},
        "delete_checklist_item": {**card, "item_id": on.item},
        "add_label": {**card, "label_id": on.other_label},
        "remove_label": {**card, "label_id": on.label},
        "list_labels": {"board_id": on.board},
        "create_label": {"board_id": on.board, "name": "hot", "color": "red"},
        "update_label": {"label_id": on.label, "name": "cold", "color": "blue"},
        "delete_label": {"label_id": on.label},
        "add_member": {**card, "member_id": member},
        "remove_member": {**card, "member_id": trello.person["id"]},
        "list_members": {"board_id": on.board},
        "get_member": {"member": "grace"},
        "add_board_member": {"board_id": on.board, "member": member},
        "list_lists": {"board_id": on.board},
        "get_list": {"list_id": on.first},
        "create_list": {"board_id": on.board, "name": "Lost"},
        "update_list": {"list_id": on.first, "name": "Fresh", "position": "bottom"},
        "archive_list": {"list_id": on.first},
        "move_all_cards": {"list_id": on.first, "to_board_id": on.board, "to_list_id": on.second},
        "archive_all_cards": {"list_id": on.first},
        "list_boards": {},
        "get_board": {"board_id": on.board},
        "create_board": {"name": "Support"},
        "update_board": {"board_id": on.board, "name": "Sales!"},
        "archive_board": {"board_id": on.board},
        "delete_board": {"board_id": on.board},
        "call": {"method": "PUT", "path": f"/cards/{on.card}", "arguments": {"name": "Called", "closed": False}},
    }


def effect_of(name: str, params: dict[str, Any]) -> Effect:
    action = ACTIONS[name]
    return action.effect_of(action.params.model_validate(params))
