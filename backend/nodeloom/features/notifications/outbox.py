"""Letters on their way: claimed, sent, tried again, given up.

Each is sent once, as well as SMTP allows. A process that dies between the server's yes and our note of it
sends the letter again, a quarter of an hour later, with the same Message-ID.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.mail import Mailer, MailRefused, MailUnavailable, can_be_written_to
from nodeloom.adapters.resealing import SealedColumn
from nodeloom.adapters.vault import SecretDamaged, Vault, WrongKey
from nodeloom.features.notifications import repository
from nodeloom.features.notifications.letters import Letter, rendered
from nodeloom.features.notifications.models import MAILS, Mail
from nodeloom.features.notifications.plain import plain

log = structlog.stdlib.get_logger(__name__)

_EVERY_S = 1.0
_CLAIMED_FOR = timedelta(minutes=15)
_AT_ONCE = 10
MOST_TRIES = 12
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_WHY = (
    "You get this because you are a member of a workspace on {base}. "
    "What you are told of is set under {base}/settings/notifications."
)
_WHY_INVITED = "Somebody on {base} asked for this to be sent to you. If you don't know them, there is nothing to do."


@dataclass(frozen=True)
class Office:
    """What sending needs: the way out, the key to sealed links, and the address that links begin with."""

    mailer: Mailer
    vault: Vault
    public_url: str


def pause_after(tries: int) -> timedelta:
    """How long a letter rests after so many vain tries: doubled from half a minute up to an hour."""
    return min(_FIRST_PAUSE * 2 ** (tries - 1), _LONGEST_PAUSE)


async def write_sealed(
    session: AsyncSession, vault: Vault, *, workspace_id: str, recipient: str, heading: str, text: str, link: str
) -> None:
    """A letter whose link (a whole address) lets in: kept sealed until it is sent."""
    mail_id, now = new_id("mail"), clock.now()
    session.add(
        Mail(
            id=mail_id,
            workspace_id=workspace_id,
            recipient=recipient,
            heading=plain(heading, 200),
            text=plain(text, 2_000),
            sealed_link=vault.encrypt(link.encode(), bound_to=mail_id),
            link_label="Join",
            due_at=now,
            created_at=now,
        )
    )
    await session.flush()


def sealed_links(vault: Vault) -> SealedColumn:
    """For changing the installation's key."""
    link = MAILS.c.sealed_link
    return SealedColumn(link, lambda row, sealed: vault.sealed_anew(sealed, bound_to=row.id), link.is_not(None))


async def send_due(database: Database, office: Office) -> int:
    """One batch; how many letters were dealt with. Reads first, so that an idle installation writes nothing."""
    now = clock.now()
    async with database.read() as session:
        if not await repository.any_mail_due(session, now):
            return 0
    async with database.transaction() as session:
        mails = await repository.claim_mails(session, now, until=now + _CLAIMED_FOR, limit=_AT_ONCE)
    ready: list[Mail] = []
    verdicts: dict[str, MailRefused | None] = {}
    for mail in mails:
        if problem := _unsendable(mail, office.vault):
            verdicts[mail.id] = MailRefused(problem, final=True)
        else:
            ready.append(mail)
    verdicts |= await _sent(ready, office)
    async with database.transaction() as session:
        for mail in mails:
            await _note(session, mail, verdicts[mail.id])
    return len(mails)


async def _sent(mails: Sequence[Mail], office: Office) -> dict[str, MailRefused | None]:
    if not mails:
        return {}
    letters = [_letter(mail, office) for mail in mails]
    try:
        answers = await office.mailer.send(letters)
    except MailUnavailable as away:
        log.warning("mail server unavailable", reason=str(away), letters=len(letters))
        return {mail.id: MailRefused(str(away), final=False) for mail in mails}
    return {mail.id: answer for mail, answer in zip(mails, answers, strict=True)}


async def _note(session: AsyncSession, mail: Mail, refused: MailRefused | None) -> None:
    now = clock.now()
    if refused is None:
        changes: dict[str, Any] = {"status": "sent", "sent_at": now, "problem": None, "sealed_link": None}
    elif refused.final or mail.tries >= MOST_TRIES:
        log.error("mail given up", mail=mail.id, tries=mail.tries, reason=str(refused))
        changes = {"status": "dead", "problem": str(refused), "sealed_link": None}
    else:
        changes = {"due_at": now + pause_after(mail.tries), "problem": str(refused)}
    await repository.change_mail(session, mail.workspace_id, mail.id, changes)


def _unsendable(mail: Mail, vault: Vault) -> str:
    if not can_be_written_to(mail.recipient):
        return "the address can't be written to"
    try:
        _link(mail, vault, "")
    except (WrongKey, SecretDamaged):
        return "its link was sealed with a key that is gone"
    return ""


def _link(mail: Mail, vault: Vault, base: str) -> str:
    if mail.sealed_link is not None:
        return vault.decrypt(mail.sealed_link, bound_to=mail.id).decode()
    return base + (mail.link or "")


def _letter(mail: Mail, office: Office) -> EmailMessage:
    letter = Letter(
        id=mail.id,
        recipient=mail.recipient,
        heading=mail.heading,
        text=mail.text,
        link=_link(mail, office.vault, office.public_url),
        link_label=mail.link_label,
        written_at=mail.created_at,
    )
    why = _WHY if mail.sealed_link is None else _WHY_INVITED
    return rendered(letter, sender=office.mailer.sender, why=why.format(base=office.public_url))


async def put_away(database: Database) -> None:
    """Without a server letters are not kept: whoever sets one up a month later is spared the old ones."""
    async with database.read() as session:
        if not await repository.any_mail_due(session, clock.now()):
            return
    async with database.transaction() as session:
        await repository.drop_queued_mails(session)


async def send_for_ever(database: Database, office: Office | None) -> None:
    """Until cancelled, what is due within a second. Any number may run."""
    while True:
        try:
            if office is None:
                await put_away(database)
            elif await send_due(database, office) == _AT_ONCE:
                continue
        except (DatabaseUnavailable, SQLAlchemyError, OSError) as failure:
            log.warning("mail waits for the database", reason=str(getattr(failure, "orig", failure)))
        await asyncio.sleep(_EVERY_S)
