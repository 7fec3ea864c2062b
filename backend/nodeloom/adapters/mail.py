"""Letters by SMTP, through the server that the operator named.

Not through the egress guard: no workflow chooses this host, and a mail server often stands in a private network.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal, TypeAlias, cast, get_args
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = ["MailRefused", "MailServer", "MailUnavailable", "Mailer", "can_be_written_to", "mail_server"]

StartTls: TypeAlias = Literal["required", "auto", "never"]

_TIMEOUT_S = 10
_PORTS = {"smtp": 587, "smtps": 465}
_EXPECTED = "expected smtp://user:password@host:587?starttls=required&from=nodeloom@example.com or smtps://…"
_FIRST_FINAL_CODE = 500


class MailUnavailable(Exception):
    """The server can't be reached, or doesn't let us in: nothing was sent, and later it may work."""


class MailRefused(Exception):
    """The server doesn't take this letter; with `final` it never will."""

    def __init__(self, message: str, *, final: bool) -> None:
        super().__init__(message)
        self.final = final


@dataclass(frozen=True)
class MailServer:
    """`sender` is empty where neither the address nor the user name says one."""

    host: str
    port: int
    username: str
    password: str
    implicit_tls: bool
    starttls: StartTls
    sender: str


def mail_server(url: str) -> MailServer:
    """What NODELOOM_SMTP_URL says; a ValueError says what is wrong, without the address: it holds a password.

    With a user name the connection has to be encrypted before the password is said, unless `starttls=never`.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        options = parse_qs(parts.query, strict_parsing=True, max_num_fields=4) if parts.query else {}
    except (KeyError, ValueError) as wrong:
        raise ValueError(_EXPECTED) from wrong
    if not parts.hostname or parts.path not in ("", "/") or not options.keys() <= {"starttls", "from"}:
        raise ValueError(_EXPECTED)
    username = unquote(parts.username or "")
    starttls = options.get("starttls", ["required" if username else "auto"])[-1]
    sender = options.get("from", [username if "@" in username else ""])[-1]
    if starttls not in get_args(StartTls):
        raise ValueError("starttls is one of required, auto and never")
    if sender and not can_be_written_to(sender):
        raise ValueError("from is an address like nodeloom@example.com")
    return MailServer(
        host=parts.hostname,
        port=port,
        username=username,
        password=unquote(parts.password or ""),
        implicit_tls=parts.scheme == "smtps",
        starttls=cast("StartTls", starttls),
        sender=sender,
    )


def can_be_written_to(address: str) -> bool:
    """Whether it is one address and nothing more: no second one, no name, no line break."""
    try:
        parsed = Address(addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        return False
    return bool(parsed.username and parsed.domain) and parsed.addr_spec == address


class Mailer:
    """Opens a connection for each batch; nothing is kept in between."""

    def __init__(self, server: MailServer, *, sender: str) -> None:
        """`sender` is used where the server's address names none."""
        self.sender = server.sender or sender
        self._server = server

    async def send(self, letters: Sequence[EmailMessage]) -> list[MailRefused | None]:
        """What became of each, in their order; raises `MailUnavailable`, and then none was sent."""
        return await asyncio.to_thread(self._send, letters)

    async def check(self) -> None:
        """Knock and say who we are; raises `MailUnavailable`."""
        await asyncio.to_thread(self._send, ())

    def _send(self, letters: Sequence[EmailMessage]) -> list[MailRefused | None]:
        try:
            connection = self._connect()
        except (OSError, smtplib.SMTPException) as failure:
            raise MailUnavailable(_reason(failure)) from failure
        try:
            return [self._send_one(connection, letter) for letter in letters]
        finally:
            _leave(connection)

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        name = self.sender.rpartition("@")[2]
        if server.implicit_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=_TIMEOUT_S, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, name, timeout=_TIMEOUT_S)
        try:
            self._greet(connection, context)
        except BaseException:
            connection.close()
            raise
        return connection

    def _greet(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server = self._server
        connection.ehlo()
        if not server.implicit_tls and server.starttls != "never":
            if connection.has_extn("starttls"):
                connection.starttls(context=context)
                connection.ehlo()
            elif server.starttls == "required":
                raise smtplib.SMTPNotSupportedError("the server doesn't offer STARTTLS, which is required here")
        if server.username:
            connection.login(server.username, server.password)

    def _send_one(self, connection: smtplib.SMTP, letter: EmailMessage) -> MailRefused | None:
        try:
            connection.send_message(letter, from_addr=self.sender, to_addrs=[str(letter["To"])])
        except smtplib.SMTPRecipientsRefused as refused:
            code, text = next(iter(refused.recipients.values()))
            return MailRefused(f"{code} {_text(text)}", final=code >= _FIRST_FINAL_CODE)
        except smtplib.SMTPSenderRefused as refused:
            # Not this letter's fault: the setting or the server can be mended.
            return MailRefused(f"the sender {self.sender} is refused: {_reason(refused)}", final=False)
        except smtplib.SMTPDataError as refused:
            return MailRefused(_reason(refused), final=refused.smtp_code >= _FIRST_FINAL_CODE)
        except smtplib.SMTPNotSupportedError as refused:
            return MailRefused(_reason(refused), final=True)
        except (OSError, smtplib.SMTPException) as failure:
            return MailRefused(_reason(failure), final=False)
        return None


def _leave(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


def _reason(failure: Exception) -> str:
    if isinstance(failure, smtplib.SMTPResponseException):
        return f"{failure.smtp_code} {_text(failure.smtp_error)}"
    return str(failure) or type(failure).__name__


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:300]
