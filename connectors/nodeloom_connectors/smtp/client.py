"""A connection for each mail, in a thread. Until the text is on its way it is sure that nothing was sent."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nodeloom_connectors.mail import addresses_in, tls_of, way_to
from nodeloom_connectors.sdk import (
    Access,
    Account,
    ConnectorError,
    OutcomeUnknown,
    Reconnect,
    Refused,
    RetryLater,
)

if TYPE_CHECKING:
    from nodeloom_connectors.mail import Way
    from nodeloom_connectors.sdk import Network
    from nodeloom_connectors.smtp.account import SmtpAccount

_OK = 250
_ALSO_OK = 251
_FINAL = 500


@dataclass(frozen=True)
class Handed:
    """Who the server took it for, and whom it refused and why."""

    accepted: list[str]
    refused: Mapping[str, str]


class Smtp:
    def __init__(self, account: SmtpAccount, network: Network | None) -> None:
        self.account = account
        self._network = network

    @property
    def sender(self) -> str:
        account = self.account
        return account.sender or (account.user if "@" in account.user else "")

    async def check(self) -> None:
        way = await way_to(self.account, self._network)
        await asyncio.to_thread(self._check, way)

    async def hand_over(self, sender: str, recipients: list[str], mail: bytes) -> Handed:
        way = await way_to(self.account, self._network)
        return await asyncio.to_thread(self._hand_over, way, sender, recipients, mail)

    def _check(self, way: Way) -> None:
        with self._connected(way):
            pass

    def _hand_over(self, way: Way, sender: str, recipients: list[str], mail: bytes) -> Handed:
        with self._connected(way) as connection:
            with _nothing_sent(self.account.host):
                code, answer = connection.mail(sender)
                if code != _OK:
                    raise _refusal(code, answer, f"The server does not send for {sender}")
                refused = _recipients(connection, recipients)
            try:
                code, answer = connection.data(mail)
            except smtplib.SMTPDataError as error:
                raise _refusal(error.smtp_code, error.smtp_error, "The server does not take the mail") from error
            except (OSError, smtplib.SMTPException) as error:
                text = f"The connection to {self.account.host} broke before it said whether it took the mail."
                raise OutcomeUnknown(text, hint="Ask a recipient, or look into the server's log.") from error
            if code != _OK:
                raise _refusal(code, answer, "The server does not take the mail")
            return Handed([recipient for recipient in recipients if recipient not in refused], refused)

    @contextmanager
    def _connected(self, way: Way) -> Generator[smtplib.SMTP]:
        account = self.account
        domain = self.sender.rpartition("@")[2].strip("> ") or "localhost"
        with _nothing_sent(account.host):
            connection = (
                _Encrypted(account, way, domain) if account.encryption == "tls" else _Open(account, way, domain)
            )
        try:
            with _nothing_sent(account.host):
                connection.ehlo()
                if account.encryption == "starttls":
                    connection.starttls(context=tls_of(account))
                    connection.ehlo()
                if account.user:
                    connection.login(account.user, account.password.get_secret_value())
            yield connection
        finally:
            _leave(connection)


class _Open(smtplib.SMTP):
    """To the address that was judged; the name is for the certificate."""

    def __init__(self, account: SmtpAccount, way: Way, domain: str) -> None:
        self._way = way
        super().__init__(account.host, account.port, domain, timeout=15)

    def _get_socket(self, *_: object) -> socket.socket:
        return self._way.connected()


class _Encrypted(smtplib.SMTP_SSL):
    def __init__(self, account: SmtpAccount, way: Way, domain: str) -> None:
        self._way = way
        self._tls = tls_of(account)
        self._name = account.host
        super().__init__(account.host, account.port, domain, timeout=15, context=self._tls)

    def _get_socket(self, *_: object) -> socket.socket:
        return self._tls.wrap_socket(self._way.connected(), server_hostname=self._name)


def connect(access: Access[SmtpAccount]) -> Smtp:
    return Smtp(access.secret, access.network)


async def verify(access: Access[SmtpAccount]) -> Account | None:
    """Lets itself in and leaves again."""
    client = connect(access)
    if client.sender:
        addresses_in(client.sender, "From")
    await client.check()
    name = client.sender or f"{access.secret.user} @ {access.secret.host}"
    return Account(id=name, name=name)


def _recipients(connection: smtplib.SMTP, recipients: list[str]) -> dict[str, str]:
    refused: dict[str, tuple[int, bytes]] = {}
    for recipient in recipients:
        code, answer = connection.rcpt(recipient)
        if code not in (_OK, _ALSO_OK):
            refused[recipient] = (code, answer)
    told = {recipient: _text(code, answer) for recipient, (code, answer) in refused.items()}
    if len(refused) < len(recipients):
        return told
    if any(code < _FINAL for code, _ in refused.values()):
        raise RetryLater("The server takes none of the recipients now.", nothing_happened=True)
    raise Refused("The server takes none of the recipients.", "recipients_refused", dict(told))


@contextmanager
def _nothing_sent(host: str) -> Generator[None]:
    """Whatever goes wrong in here: no mail has left."""
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise _before_sending(host, error) from error


def _before_sending(host: str, error: Exception) -> ConnectorError:
    match error:
        case smtplib.SMTPAuthenticationError() if error.smtp_code >= _FINAL:
            text = f"{host} does not accept the account: {_text(error.smtp_code, error.smtp_error)}"
            return Reconnect(text, hint="Check user and password in the connection.")
        case smtplib.SMTPNotSupportedError():
            return Refused(f"{host}: {error}", "not_supported", hint="Choose another encryption in the connection.")
        case ssl.SSLError():
            hint = "If its certificate is its own, let the connection take any certificate."
            return Refused(f"No encrypted connection to {host}: {error.reason}", "tls", hint=hint)
        case smtplib.SMTPResponseException():
            return _refusal(error.smtp_code, error.smtp_error, f"{host} refuses")
        case _:
            return RetryLater(f"{host} can't be reached: {error or type(error).__name__}", nothing_happened=True)


def _refusal(code: int, answer: bytes | str, what: str) -> ConnectorError:
    text = f"{what}: {_text(code, answer)}"
    if code < _FINAL:
        return RetryLater(text, nothing_happened=True)
    return Refused(text, "mail_refused", {"code": code}, hint="The server's own words say why.")


def _text(code: int, answer: bytes | str) -> str:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(words.split())}"[:500]


def _leave(connection: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()
    connection.close()
