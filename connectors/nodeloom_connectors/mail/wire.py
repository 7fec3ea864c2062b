"""The way to a mail server: an address that was judged, and how it is encrypted."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nodeloom_connectors.sdk import Refused, RetryLater

if TYPE_CHECKING:
    from nodeloom_connectors.mail.account import MailServerAccount
    from nodeloom_connectors.sdk import Network

TIMEOUT_S = 60.0
_CONNECT_TIMEOUT_S = 15.0


@dataclass(frozen=True)
class Way:
    address: str
    port: int

    def connected(self) -> socket.socket:
        reached = socket.create_connection((self.address, self.port), timeout=_CONNECT_TIMEOUT_S)
        reached.settimeout(TIMEOUT_S)
        return reached


async def way_to(account: MailServerAccount, network: Network | None) -> Way:
    if network is None:
        raise Refused("Connections to mail servers are not possible here.", "no_network")
    try:
        return Way((await network.addresses(account.host, account.port))[0], account.port)
    except OSError as error:
        text = f"{account.host} can't be found: {error}"
        raise RetryLater(text, nothing_happened=True, hint="Check the host in the connection.") from error


def tls_of(account: MailServerAccount) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if account.certificate == "any":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
