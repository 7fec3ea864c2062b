"""A letter as text and as simple HTML. Nothing is loaded from elsewhere, nothing tells that it was read."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape


@dataclass(frozen=True)
class Letter:
    """`link` is a whole address."""

    id: str
    recipient: str
    heading: str
    text: str
    link: str
    link_label: str
    written_at: datetime


def rendered(letter: Letter, *, sender: str, why: str) -> EmailMessage:
    """`why` is said below: why this came, and where to stop it.

    The Message-ID is the letter's own, so that one that had to be sent twice can be told for the same.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Nodeloom <{sender}>"
    message["To"] = letter.recipient
    message["Subject"] = " ".join(letter.heading.split())
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{letter.heading}\n\n{letter.text}\n\n{letter.link_label}: {letter.link}\n\n-- \n{why}\n", charset="utf-8"
    )
    message.add_alternative(_html(letter, why), subtype="html", charset="utf-8")
    return message


def _html(letter: Letter, why: str) -> str:
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in letter.text.split("\n") if part.strip())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"></head>'
        '<body style="font: 15px/1.5 system-ui, sans-serif; margin: 24px auto; padding: 0 16px; max-width: 560px">'
        f'<h1 style="font-size: 18px">{escape(letter.heading)}</h1>{paragraphs}'
        f'<p><a href="{escape(letter.link)}" style="display: inline-block; padding: 8px 16px; border-radius: 6px; '
        f'background: #4a3fd1; color: #ffffff; text-decoration: none">{escape(letter.link_label)}</a></p>'
        f'<p style="font-size: 12px; opacity: 0.7">{escape(why)}</p></body></html>'
    )
