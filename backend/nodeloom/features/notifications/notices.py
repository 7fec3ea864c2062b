"""Telling members something: rows in the transaction of what they tell of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from nodeloom.adapters import clock
from nodeloom.adapters.ids import new_id
from nodeloom.features.notifications.kinds import KINDS, Kind
from nodeloom.features.notifications.models import MAILS, NOTIFICATIONS, PREFERENCES
from nodeloom.features.notifications.plain import plain

_LONGEST_TITLE = 200
_LONGEST_TEXT = 2_000


@dataclass(frozen=True)
class Notice:
    """`subject` is the id of what it is about, `link` the path of the page where it happened.

    With `once` nobody is told again who has not read of this kind and subject yet.
    """

    workspace_id: str
    kind: Kind
    subject: str
    title: str
    text: str
    link: str
    once: bool = False


@dataclass(frozen=True)
class Recipient:
    member_id: str
    email: str


@dataclass(frozen=True)
class Wishes:
    in_product: bool
    by_mail: bool


def tell(connection: Connection, notice: Notice, recipients: Sequence[Recipient]) -> None:
    """To each as they wish. Letters are written always; without an address to send from they are put away unsent."""
    if notice.once:
        unread = _unread(connection, notice)
        recipients = [recipient for recipient in recipients if recipient.member_id not in unread]
    chosen = _chosen(connection, notice, [recipient.member_id for recipient in recipients])
    default = Wishes(in_product=True, by_mail=KINDS[notice.kind].by_mail)
    shown = [one for one in recipients if chosen.get(one.member_id, default).in_product]
    mailed = [one for one in recipients if chosen.get(one.member_id, default).by_mail]
    if shown:
        connection.execute(insert(NOTIFICATIONS), [_row(notice, recipient) for recipient in shown])
    if mailed:
        connection.execute(insert(MAILS), [_letter(notice, recipient) for recipient in mailed])


def _unread(connection: Connection, notice: Notice) -> frozenset[str]:
    table = NOTIFICATIONS.c
    query = select(table.member_id).where(
        table.workspace_id == notice.workspace_id,
        table.kind == notice.kind,
        table.subject == notice.subject,
        table.read_at.is_(None),
    )
    return frozenset(connection.execute(query).scalars())


def _chosen(connection: Connection, notice: Notice, member_ids: Sequence[str]) -> Mapping[str, Wishes]:
    table = PREFERENCES.c
    query = select(table.member_id, table.in_product, table.by_mail).where(
        table.workspace_id == notice.workspace_id, table.kind == notice.kind, table.member_id.in_(member_ids)
    )
    rows = connection.execute(query)
    return {member_id: Wishes(in_product=shown, by_mail=mailed) for member_id, shown, mailed in rows}


def _row(notice: Notice, recipient: Recipient) -> dict[str, object]:
    return {
        "id": new_id("ntf"),
        "workspace_id": notice.workspace_id,
        "member_id": recipient.member_id,
        "kind": notice.kind,
        "subject": notice.subject,
        "title": plain(notice.title, _LONGEST_TITLE),
        "text": plain(notice.text, _LONGEST_TEXT),
        "link": notice.link,
        "created_at": clock.now(),
        "announced": False,
    }


def _letter(notice: Notice, recipient: Recipient) -> dict[str, object]:
    now = clock.now()
    return {
        "id": new_id("mail"),
        "workspace_id": notice.workspace_id,
        "recipient": recipient.email,
        "heading": plain(notice.title, _LONGEST_TITLE),
        "text": plain(notice.text, _LONGEST_TEXT),
        "link": notice.link,
        "link_label": KINDS[notice.kind].link_label,
        "status": "queued",
        "tries": 0,
        "due_at": now,
        "created_at": now,
    }
