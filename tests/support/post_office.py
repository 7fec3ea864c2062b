"""A real SMTP server on loopback: STARTTLS, a password, refusals, and the letters that it took."""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nodeloom.adapters import clock


@dataclass
class PostOffice:
    """`refusals` answer RCPT for an address; `said` is every line that came in, `encrypted` whether it came so."""

    port: int = 0
    login: tuple[str, str] | None = None
    tls: ssl.SSLContext | None = None
    refusals: dict[str, str] = field(default_factory=dict[str, str])
    letters: list[EmailMessage] = field(default_factory=list[EmailMessage])
    recipients: list[str] = field(default_factory=list[str])
    said: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])

    def url(self, scheme: str = "smtp", user: str = "", query: str = "") -> str:
        return f"{scheme}://{user}127.0.0.1:{self.port}{query}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _say(writer, "220 here")
        encrypted = False
        while (line := (await reader.readline()).decode().rstrip("\r\n")) != "":
            self.said.append((line, encrypted))
            verb = line.split(" ")[0].upper()
            if verb == "DATA":
                await _say(writer, "354 go on")
                await self._take(reader, writer)
                continue
            await _say(writer, self._answer(verb, line, encrypted=encrypted))
            if verb == "STARTTLS" and self.tls is not None:
                await writer.start_tls(self.tls)
                encrypted = True
            if verb == "QUIT":
                return

    def _answer(self, verb: str, line: str, *, encrypted: bool) -> str:
        match verb:
            case "EHLO":
                offers = ["AUTH PLAIN"] * (self.login is not None) + ["STARTTLS"] * (
                    self.tls is not None and not encrypted
                )
                return "\r\n".join(f"250-{offer}" for offer in ["here", *offers]) + "\r\n250 8BITMIME"
            case "STARTTLS":
                return "220 begin"
            case "AUTH":
                return "235 welcome" if self._knows(line) else "535 5.7.8 wrong password"
            case "RCPT":
                return self._recipient(line.partition("<")[2].partition(">")[0])
            case "QUIT":
                return "221 bye"
            case _:
                return "250 ok"

    def _knows(self, line: str) -> bool:
        _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        return (user, password) == self.login

    def _recipient(self, address: str) -> str:
        if (refusal := self.refusals.get(address)) is not None:
            return refusal
        self.recipients.append(address)
        return "250 ok"

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw = await reader.readuntil(b"\r\n.\r\n")
        self.letters.append(message_from_bytes(raw[:-3].replace(b"\r\n..", b"\r\n."), policy=default))
        await _say(writer, "250 taken")


async def _say(writer: asyncio.StreamWriter, line: str) -> None:
    writer.write(line.encode() + b"\r\n")
    await writer.drain()


@asynccontextmanager
async def post_office() -> AsyncGenerator[PostOffice]:
    office = PostOffice()
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1 that nobody but its own file vouches for, and the server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post office")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path, key_path = folder / "certificate.pem", folder / "key.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key_path)
    return path, context
