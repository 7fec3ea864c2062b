"""Slack: messages, approvals, channels, people, reactions and files, and what happens there."""

from __future__ import annotations

from nodeloom_connectors.sdk import Access, Account, Connector, OAuth2Token
from nodeloom_connectors.slack.approvals import ask_approval
from nodeloom_connectors.slack.auth import OAUTH, TOKEN, SlackToken, account_of
from nodeloom_connectors.slack.channels import (
    archive_channel,
    create_channel,
    get_channel,
    list_channels,
    rename_channel,
    set_purpose,
    set_topic,
    unarchive_channel,
)
from nodeloom_connectors.slack.client import SlackClient, data_of
from nodeloom_connectors.slack.door import DOOR
from nodeloom_connectors.slack.files import delete_file, get_file, list_files, upload_file
from nodeloom_connectors.slack.history import channel_history, search_messages, thread_replies
from nodeloom_connectors.slack.members import (
    channel_members,
    invite_to_channel,
    join_channel,
    kick_from_channel,
    leave_channel,
    open_dm,
)
from nodeloom_connectors.slack.messages import (
    delete_message,
    get_permalink,
    send_ephemeral,
    send_message,
    update_message,
)
from nodeloom_connectors.slack.methods import call, respond
from nodeloom_connectors.slack.options import LOADERS
from nodeloom_connectors.slack.people import find_user_by_email, get_user, list_users
from nodeloom_connectors.slack.reactions import add_reaction, get_reactions, remove_reaction
from nodeloom_connectors.slack.scheduled import delete_scheduled_message, list_scheduled, schedule_message
from nodeloom_connectors.slack.triggers import TRIGGERS


async def verify(access: Access[OAuth2Token | SlackToken]) -> Account | None:
    """auth.test needs no permission, and says whose the token is."""
    said = data_of(await SlackClient(access).web.auth_test())
    return account_of(
        {
            "is_enterprise_install": said.get("is_enterprise_install"),
            "team": {"id": said.get("team_id"), "name": said.get("team")},
            "enterprise": {"id": said.get("enterprise_id"), "name": said.get("team")},
        }
    )


connector = Connector(
    name="slack",
    title="Slack",
    icon="hash",
    color="#611f69",
    description="Messages, approvals, channels, people and files.",
    auth=OAUTH,
    other_auths=(TOKEN,),
    actions=(
        send_message,
        ask_approval,
        update_message,
        delete_message,
        send_ephemeral,
        schedule_message,
        list_scheduled,
        delete_scheduled_message,
        get_permalink,
        search_messages,
        channel_history,
        thread_replies,
        list_channels,
        get_channel,
        create_channel,
        rename_channel,
        set_topic,
        set_purpose,
        archive_channel,
        unarchive_channel,
        join_channel,
        leave_channel,
        invite_to_channel,
        kick_from_channel,
        channel_members,
        open_dm,
        find_user_by_email,
        get_user,
        list_users,
        add_reaction,
        remove_reaction,
        get_reactions,
        upload_file,
        list_files,
        get_file,
        delete_file,
        respond,
        call,
    ),
    triggers=TRIGGERS,
    options=LOADERS,
    connect=SlackClient,
    verify=verify,
    app_door=DOOR,
)
