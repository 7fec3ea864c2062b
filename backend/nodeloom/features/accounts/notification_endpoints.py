"""What a member was told, how they want to be told, and whether letters can leave."""

from typing import Annotated

from fastapi import APIRouter, Query

from nodeloom.adapters import clock
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.mail import MailUnavailable
from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.features.accounts import repository as people
from nodeloom.features.accounts import throttle
from nodeloom.features.accounts.auth_endpoints import InstallationSettings
from nodeloom.features.accounts.caller import Admin, AdminBrowser, Browser
from nodeloom.features.accounts.errors import MailFailed, NoMail, NotFound
from nodeloom.features.accounts.requests import Db, ReadSession, WriteSession
from nodeloom.features.accounts.schemas import (
    MailState,
    PreferenceRead,
    PreferencesRead,
    PreferencesWrite,
    SentTo,
    UnreadCount,
)
from nodeloom.features.notifications import repository
from nodeloom.features.notifications.announcing import NotificationRead, notification_read
from nodeloom.features.notifications.kinds import KINDS
from nodeloom.features.notifications.letters import Letter, rendered

router = APIRouter(tags=["notifications"])

_TEST_LETTERS = 10


@router.get("/notifications")
async def list_notifications(
    caller: Browser, session: ReadSession, page: PageQuery, *, unread: Annotated[bool, Query()] = False
) -> Page[NotificationRead]:
    """Yours, newest first; with `unread` those alone that you have not read."""
    rows = await repository.of_member(
        session, caller.workspace_id, caller.member_id or "", limit=page.fetch, after=page.after, unread=unread
    )
    shown, next_cursor = page.page(rows, lambda row: row.id)
    return Page(items=[notification_read(row) for row in shown], next_cursor=next_cursor)


@router.get("/notifications/unread")
async def count_unread(caller: Browser, session: ReadSession) -> UnreadCount:
    return UnreadCount(count=await repository.unread_count(session, caller.workspace_id, caller.member_id or ""))


@router.post("/notifications/read", status_code=204)
async def read_all_notifications(caller: Browser, session: WriteSession) -> None:
    await repository.read_all(session, caller.workspace_id, caller.member_id or "", clock.now())


@router.post("/notifications/{notification_id}/read")
async def read_notification(caller: Browser, notification_id: str, session: WriteSession) -> NotificationRead:
    row = await repository.one(session, caller.workspace_id, caller.member_id or "", notification_id)
    if row is None:
        raise NotFound("You have no such notification.")
    row.read_at = row.read_at or clock.now()
    return notification_read(row)


@router.get("/notifications/preferences")
async def list_preferences(caller: Browser, session: ReadSession) -> PreferencesRead:
    """Every kind of notification, and where you hear of it."""
    rows = await repository.preferences(session, caller.workspace_id, caller.member_id or "")
    chosen = {row.kind: row for row in rows}
    items = [
        PreferenceRead(
            kind=kind,
            title=about.title,
            description=about.description,
            in_product=chosen[kind].in_product if kind in chosen else True,
            by_mail=chosen[kind].by_mail if kind in chosen else about.by_mail,
        )
        for kind, about in KINDS.items()
    ]
    return PreferencesRead(items=items)


@router.put("/notifications/preferences")
async def replace_preferences(caller: Browser, body: PreferencesWrite, session: WriteSession) -> PreferencesRead:
    """Kinds that are left out go back to how they were at first."""
    rows = {choice.kind: choice.model_dump() for choice in body.items}
    await repository.replace_preferences(session, caller.workspace_id, caller.member_id or "", list(rows.values()))
    return await list_preferences(caller, session)


@router.get("/mail")
async def mail_state(caller: Admin, session: ReadSession, settings: InstallationSettings) -> MailState:
    """Whether letters can leave, from whom, and how many of this workspace were given up in the last month."""
    mailer = settings.mailer()
    return MailState(
        configured=mailer is not None,
        sender=mailer.sender if mailer is not None else "",
        given_up=await repository.dead_mails(session, caller.workspace_id),
    )


@router.post("/mail/test")
async def send_test_mail(caller: AdminBrowser, db: Db, settings: InstallationSettings) -> SentTo:
    """A letter to yourself, sent while you wait: what the mail server complains of is in the answer."""
    mailer = settings.mailer()
    if mailer is None:
        raise NoMail
    async with db.transaction() as session:
        bucket = f"test-mail:{caller.workspace_id}"
        refusal = await throttle.count_one(session, bucket, most=_TEST_LETTERS, now=clock.now())
        person = await people.person_by_id(session, caller.person_id)
    if refusal is not None:
        raise refusal
    if person is None:
        raise NotFound
    letter = Letter(
        id=new_id("mail"),
        recipient=person.email,
        heading="Nodeloom can send mail",
        text="You asked for this letter to see whether it arrives. It did.",
        link=settings.public_url,
        link_label="Open Nodeloom",
        written_at=clock.now(),
    )
    why = "Sent once, because you pressed a button."
    try:
        [refused] = await mailer.send([rendered(letter, sender=mailer.sender, why=why)])
    except MailUnavailable as away:
        raise MailFailed(f"The server can't be used: {away}") from away
    if refused is not None:
        raise MailFailed(str(refused))
    return SentTo(email=person.email)
