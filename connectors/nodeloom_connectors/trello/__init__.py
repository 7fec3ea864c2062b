"""Trello: boards, lists and cards, and what happens on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodeloom_connectors.sdk import Account, Connector, RateLimit
from nodeloom_connectors.trello.api import call
from nodeloom_connectors.trello.attachments import (
    attach_file,
    attach_link,
    delete_attachment,
    get_attachment,
    list_attachments,
)
from nodeloom_connectors.trello.auth import KEY_AND_TOKEN, OAUTH1, OAUTH2
from nodeloom_connectors.trello.boards import (
    archive_board,
    create_board,
    delete_board,
    get_board,
    list_boards,
    update_board,
)
from nodeloom_connectors.trello.card_changes import archive_card, copy_card, delete_card, move_card, update_card
from nodeloom_connectors.trello.cards import create_card, get_card, list_cards, search_cards
from nodeloom_connectors.trello.checklists import (
    add_checklist_item,
    create_checklist,
    delete_checklist,
    delete_checklist_item,
    list_checklists,
    update_checklist_item,
)
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.comments import add_comment, delete_comment, list_comments, update_comment
from nodeloom_connectors.trello.due import CARD_DUE
from nodeloom_connectors.trello.labels import (
    add_label,
    create_label,
    delete_label,
    list_labels,
    remove_label,
    update_label,
)
from nodeloom_connectors.trello.lists import (
    archive_all_cards,
    archive_list,
    create_list,
    get_list,
    list_lists,
    move_all_cards,
    update_list,
)
from nodeloom_connectors.trello.members import add_board_member, add_member, get_member, list_members, remove_member
from nodeloom_connectors.trello.pickers import LOADERS
from nodeloom_connectors.trello.shapes import Member
from nodeloom_connectors.trello.triggers import HOOKS

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import Access


async def verify(access: Access[Any]) -> Account:
    """Whose account it is."""
    me = await TrelloClient(access).get(Member, "/members/me", fields="fullName,username")
    return Account(me.id, f"{me.name} (@{me.username})")


connector = Connector(
    name="trello",
    title="Trello",
    icon="square-kanban",
    color="#0c66e4",
    description="Boards, lists and cards, and what happens on them.",
    auth=OAUTH2,
    other_auths=(OAUTH1, KEY_AND_TOKEN),
    actions=(
        create_card,
        get_card,
        update_card,
        move_card,
        copy_card,
        archive_card,
        delete_card,
        list_cards,
        search_cards,
        add_comment,
        list_comments,
        update_comment,
        delete_comment,
        attach_file,
        attach_link,
        list_attachments,
        get_attachment,
        delete_attachment,
        create_checklist,
        list_checklists,
        delete_checklist,
        add_checklist_item,
        update_checklist_item,
        delete_checklist_item,
        add_label,
        remove_label,
        list_labels,
        create_label,
        update_label,
        delete_label,
        add_member,
        remove_member,
        list_members,
        get_member,
        add_board_member,
        list_lists,
        get_list,
        create_list,
        update_list,
        archive_list,
        move_all_cards,
        archive_all_cards,
        list_boards,
        get_board,
        create_board,
        update_board,
        archive_board,
        delete_board,
        call,
    ),
    triggers=(*HOOKS, CARD_DUE),
    options=LOADERS,
    connect=TrelloClient,
    verify=verify,
    # Atlassian, "Trello REST API rate limits".
    limits=(RateLimit(100, 10),),
)
