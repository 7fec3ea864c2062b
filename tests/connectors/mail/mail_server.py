"""An IMAP server of others than us (pymap), in memory, on loopback."""

import asyncio
import imaplib
from argparse import Namespace
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import Cleartext

USER, PASSWORD = "loom", "open sesame"


@dataclass
class MailServer:
    port: int

    def deliver(self, message: EmailMessage, folder: str = "INBOX") -> None:
        with self._connected() as connection:
            assert connection.append(folder, "", "", message.as_bytes())[0] == "OK"

    def make_folder(self, name: str) -> None:
        with self._connected() as connection:
            assert connection.create(name)[0] == "OK"

    def _connected(self) -> imaplib.IMAP4:
        connection = imaplib.IMAP4("127.0.0.1", self.port)
        connection.login(USER, PASSWORD)
        return connection


def message(subject: str, text: str = "text", sender: str = "ada@example.com") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "loom@example.com", subject
    made["Message-ID"] = f"<{abs(hash(subject))}@example.com>"
    made["Date"] = "Mon, 23 Nov 2026 09:30:00 +0100"
    made.set_content(text)
    return made


@asynccontextmanager
async def mail_server() -> AsyncGenerator[MailServer]:
    arguments = Namespace(
        debug=False, host=None, port=0, cert=None, key=None, tls=False, proxy_protocol=None, passlib_cfg=None,
        demo_data=False, demo_user=USER, demo_password=PASSWORD, inherited_sockets=None,
    )  # fmt: skip
    backend, config = await DictBackend.init(
        arguments, invalid_user_sleep=0.0, secure_auth=False, hash_context=Cleartext()
    )
    config.apply_context()
    serve_tcp = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    server = await asyncio.start_server(serve_tcp, "127.0.0.1", 0)
    async with server:
        yield MailServer(server.sockets[0].getsockname()[1])
