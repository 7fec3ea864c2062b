"""Mails by SMTP, at a server on loopback."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

from nodeloom_connectors.mail import tls_of
from nodeloom_connectors.sdk import Access, OutcomeUnknown, Reconnect, Refused, RetryLater
from nodeloom_connectors.smtp.account import SmtpAccount
from nodeloom_connectors.smtp.client import Smtp, verify
from nodeloom_connectors.smtp.sending import SendParams, Sent, send
from tests.connectors.databases.standing import Loopback
from tests.support.actions import KeptFiles, context
from tests.support.post_office import PostOffice, certificate, post_office


@pytest.fixture
async def office() -> AsyncGenerator[PostOffice]:
    async with post_office() as made:
        yield made


def _account(port: int, **more: Any) -> SmtpAccount:
    given = {"host": "mail.test", "port": port, "encryption": "never", "sender": "Loom <loom@example.com>", **more}
    return SmtpAccount.model_validate(given)


async def _send(account: SmtpAccount, files: KeptFiles | None = None, **params: Any) -> Sent:
    filled = SendParams.model_validate({"to": "ada@example.com", "subject": "Hello", "body": "text", **params})
    return await send.run(context(Smtp(account, Loopback()), files), filled)


async def test_a_mail_with_a_file(office: PostOffice) -> None:
    files = KeptFiles()
    files.add("data", b"%PDF-1", file_name="Übersicht.pdf", media_type="application/pdf")
    sent = await _send(
        _account(office.port),
        files,
        to=["Ada <ada@example.com>", "bob@example.com"],
        bcc="eve@example.com",
        subject="Grüße",
        attach="all",
        in_reply_to="<1@example.com>",
    )
    (letter,) = office.letters
    assert (letter["Subject"], letter["Message-ID"], letter["In-Reply-To"]) == (
        "Grüße",
        sent.message_id,
        "<1@example.com>",
    )
    assert "eve" not in letter.as_string()
    assert office.recipients == ["ada@example.com", "bob@example.com", "eve@example.com"] == sent.accepted
    (file,) = letter.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Übersicht.pdf", b"%PDF-1")


@pytest.mark.parametrize("encryption", ["starttls", "tls"])
async def test_encrypted_before_the_password_is_said(office: PostOffice, tmp_path: Path, encryption: str) -> None:
    _, tls = certificate(tmp_path)
    office.login = ("loom", "secret")
    if encryption == "starttls":
        office.tls = tls
        account = _account(office.port, encryption="starttls", certificate="any", user="loom", password="secret")
        await _send(account)
        assert [encrypted for line, encrypted in office.said if line.startswith("AUTH")] == [True]
        await _refuses_the_certificate(account)
    else:
        server = await asyncio.start_server(office.serve, "127.0.0.1", 0, ssl=tls)
        async with server:
            port = server.sockets[0].getsockname()[1]
            account = _account(port, encryption="tls", certificate="any", user="loom", password="secret")
            await _send(account)
            await _refuses_the_certificate(account)
    assert len(office.letters) == 1


async def _refuses_the_certificate(account: SmtpAccount) -> None:
    with pytest.raises(Refused) as refused:
        await _send(account.model_copy(update={"certificate": "verify"}))
    assert refused.value.code == "tls"


async def test_who_is_not_let_in(office: PostOffice) -> None:
    office.login = ("loom", "secret")
    account = _account(office.port, user="loom", password=SecretStr("wrong"))
    with pytest.raises(Reconnect) as refused:
        await _send(account)
    assert "wrong" not in refused.value.message.replace("wrong password", "")
    with pytest.raises(Reconnect):
        await verify(Access(cast("Any", None), account, network=Loopback()))


async def test_recipients_that_are_refused(office: PostOffice) -> None:
    office.refusals = {"no@example.com": "550 5.1.1 nobody here"}
    sent = await _send(_account(office.port), to="ada@example.com, no@example.com")
    assert sent.accepted == ["ada@example.com"]
    assert sent.refused == {"no@example.com": "550 5.1.1 nobody here"}
    with pytest.raises(Refused) as refused:
        await _send(_account(office.port), to="no@example.com")
    assert refused.value.code == "recipients_refused"
    office.refusals = {"no@example.com": "450 later"}
    with pytest.raises(RetryLater) as later:
        await _send(_account(office.port), to="no@example.com")
    assert later.value.nothing_happened


@pytest.mark.parametrize(
    ("field", "value"),
    [("subject", "a\r\nBcc: eve@example.com"), ("to", "ada@example.com\nBcc: eve@example.com"), ("to", "no address")],
)
async def test_nothing_is_smuggled_into_a_header(office: PostOffice, field: str, value: str) -> None:
    params: dict[str, Any] = {field: value}
    with pytest.raises(Refused):
        await _send(_account(office.port), **params)
    assert not office.said


async def _cut_off_after(verb: bytes) -> tuple[asyncio.Server, int]:
    """A server that leaves after it has heard this."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            if line.startswith(verb):
                break
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                break
            writer.write(b"250 ok\r\n")
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(("verb", "error"), [(b"rcpt", RetryLater), (b"nothing", OutcomeUnknown)])
async def test_a_server_that_leaves_in_between(verb: bytes, error: type[Exception]) -> None:
    server, port = await _cut_off_after(verb)
    async with server:
        with pytest.raises(error):
            await _send(_account(port))


async def test_nobody_there(unused_tcp_port: int) -> None:
    with pytest.raises(RetryLater) as failed:
        await _send(_account(unused_tcp_port))
    assert failed.value.nothing_happened


def test_tls_is_verified_unless_told() -> None:
    assert tls_of(_account(1)).verify_mode is ssl.CERT_REQUIRED
