"""A connection for each call, in a thread."""

from __future__ import annotations

import asyncio
import imaplib
import socket
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from nodeloom_connectors.imap.folder import Session
from nodeloom_connectors.mail import tls_of, way_to
from nodeloom_connectors.sdk import Access, Account, ConnectorError, OutcomeUnknown, Reconnect, Refused, RetryLater

if TYPE_CHECKING:
    from nodeloom_connectors.mail import MailServerAccount, Way
    from nodeloom_connectors.sdk import Network

T = TypeVar("T")


class Imap:
    def __init__(self, account: MailServerAccount, network: Network | None) -> None:
        self._account = account
        self._network = network

    async def reading(self, work: Callable[[Session], T]) -> T:
        """What only looks may be repeated however it fails."""
        way = await way_to(self._account, self._network)
        return await asyncio.to_thread(self._work, way, work, changing=False)

    async def changing(self, work: Callable[[Session], T]) -> T:
        way = await way_to(self._account, self._network)
        return await asyncio.to_thread(self._work, way, work, changing=True)

    def _work(self, way: Way, work: Callable[[Session], T], *, changing: bool) -> T:
        with self._let_in(way) as connection:
            try:
                return work(Session(connection))
            except (OSError, imaplib.IMAP4.abort) as error:
                text = f"The connection to {self._account.host} broke."
                if changing:
                    raise OutcomeUnknown(text, hint="Look into the folder whether it happened.") from error
                raise RetryLater(text) from error
            except imaplib.IMAP4.error as error:
                raise Refused(f"{self._account.host} refuses: {_text(error)}", "imap_refused") from error

    @contextmanager
    def _let_in(self, way: Way) -> Generator[imaplib.IMAP4]:
        account = self._account
        try:
            connection = _Encrypted(account, way) if account.encryption == "tls" else _Open(account, way)
        except (OSError, imaplib.IMAP4.error) as error:
            raise self._outside(error) from error
        try:
            try:
                if account.encryption == "starttls":
                    connection.starttls(tls_of(account))
                connection.login(account.user, account.password.get_secret_value())
            except (OSError, imaplib.IMAP4.error) as error:
                raise self._outside(error) from error
            yield connection
        finally:
            _leave(connection)

    def _outside(self, error: Exception) -> ConnectorError:
        host = self._account.host
        if isinstance(error, ssl.SSLError):
            hint = "If its certificate is its own, let the connection take any certificate."
            return Refused(f"No encrypted connection to {host}: {error.reason}", "tls", hint=hint)
        if isinstance(error, OSError | imaplib.IMAP4.abort):
            return RetryLater(f"{host} can't be reached: {_text(error)}", nothing_happened=True)
        if "UNAVAILABLE" in str(error) or "INUSE" in str(error):
            return RetryLater(f"{host} is busy: {_text(error)}", nothing_happened=True)
        text = f"{host} does not accept the account: {_text(error)}"
        return Reconnect(text, hint="Check user, password and encryption in the connection.")


class _Open(imaplib.IMAP4):
    """To the address that was judged; the name is for the certificate."""

    def __init__(self, account: MailServerAccount, way: Way) -> None:
        self._way = way
        super().__init__(account.host, account.port)

    def _create_socket(self, *_: object) -> socket.socket:
        return self._way.connected()


class _Encrypted(imaplib.IMAP4_SSL):
    def __init__(self, account: MailServerAccount, way: Way) -> None:
        self._way = way
        self._tls = tls_of(account)
        super().__init__(account.host, account.port, ssl_context=self._tls)

    def _create_socket(self, *_: object) -> ssl.SSLSocket:
        return self._tls.wrap_socket(self._way.connected(), server_hostname=self.host)


def connect(access: Access[MailServerAccount]) -> Imap:
    return Imap(access.secret, access.network)


async def verify(access: Access[MailServerAccount]) -> Account | None:
    await connect(access).reading(lambda session: session.opened("INBOX", readonly=True))
    name = f"{access.secret.user} @ {access.secret.host}"
    return Account(id=name, name=name)


def _text(error: Exception) -> str:
    given = error.args[0] if error.args else type(error).__name__
    text = given.decode(errors="replace") if isinstance(given, bytes) else str(error)
    return " ".join(text.split())[:300]


def _leave(connection: imaplib.IMAP4) -> None:
    with suppress(OSError, imaplib.IMAP4.error):
        connection.logout()
    with suppress(OSError):
        connection.shutdown()
