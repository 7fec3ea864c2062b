"""Gmail: mails, drafts, labels and threads of one mailbox."""

from nodeloom_connectors.gmail.approval import ask_approval
from nodeloom_connectors.gmail.client import MODIFY, SEND, GmailClient, verify
from nodeloom_connectors.gmail.drafts import (
    create_draft,
    delete_draft,
    get_draft,
    list_drafts,
    send_draft,
    update_draft,
)
from nodeloom_connectors.gmail.labelled_mail import labelled_mail
from nodeloom_connectors.gmail.labels import add_labels, create_label, label_options, list_labels, remove_labels
from nodeloom_connectors.gmail.marking import archive, mark_read, mark_unread, star, trash, untrash
from nodeloom_connectors.gmail.messages import get, get_attachment, search
from nodeloom_connectors.gmail.new_mail import new_mail
from nodeloom_connectors.gmail.profile import profile
from nodeloom_connectors.gmail.sending import forward, reply, send
from nodeloom_connectors.gmail.threads import (
    add_thread_labels,
    get_thread,
    list_threads,
    remove_thread_labels,
    reply_in_thread,
    trash_thread,
)
from nodeloom_connectors.google import google_oauth
from nodeloom_connectors.sdk import Connector, RateLimit

connector = Connector(
    name="gmail",
    title="Gmail",
    icon="mail",
    color="#c5221f",
    description="Send, read and sort mail of a Google account.",
    auth=google_oauth(MODIFY, SEND),
    actions=(
        send,
        reply,
        reply_in_thread,
        forward,
        ask_approval,
        search,
        get,
        get_attachment,
        mark_read,
        mark_unread,
        star,
        archive,
        trash,
        untrash,
        add_labels,
        remove_labels,
        list_labels,
        create_label,
        create_draft,
        update_draft,
        send_draft,
        get_draft,
        list_drafts,
        delete_draft,
        list_threads,
        get_thread,
        add_thread_labels,
        remove_thread_labels,
        trash_thread,
        profile,
    ),
    triggers=(new_mail, labelled_mail),
    options={"labels": label_options},
    connect=GmailClient,
    verify=verify,
    # 6,000 units a minute for each person; most calls cost 5.
    limits=(RateLimit(calls=20, per_s=1.0),),
)
