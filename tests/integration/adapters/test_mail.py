"""Letters that leave through a real server, and what it may complain of."""

from collections.abc import AsyncGenerator
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.post_office import PostOffice, certificate, post_office

from nodeloom.adapters.mail import Mailer, MailUnavailable, mail_server

LOGIN = ("ada", "p@ss:word")
AS_ADA = "ada:p%40ss%3Aword@"


@pytest_asyncio.fixture
async def office() -> AsyncGenerator[PostOffice]:
    async with post_office() as opened:
        yield opened


@pytest.fixture
def with_tls(office: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    path, office.tls = certificate(tmp_path)
    # How an operator makes a private authority known.
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return office


def mailer(office: PostOffice, *, user: str = "", query: str = "") -> Mailer:
    return Mailer(mail_server(office.url(user=user, query=query)), sender="nodeloom@example.org")


def letter(to: str = "grace@example.org", text: str = "Grüße\n.\nend") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "nodeloom@example.org", to, "Hello"
    message.set_content(text)
    return message


async def test_a_letter_arrives_whole(office: PostOffice) -> None:
    assert await mailer(office).send([letter()]) == [None]
    assert office.recipients == ["grace@example.org"]
    assert office.letters[0].get_content().replace("\r\n", "\n") == "Grüße\n.\nend\n"


async def test_the_password_is_said_behind_tls_alone(with_tls: PostOffice) -> None:
    with_tls.login = LOGIN
    assert await mailer(with_tls, user=AS_ADA).send([letter()]) == [None]
    assert [encrypted for line, encrypted in with_tls.said if line.startswith("AUTH")] == [True]


async def test_a_server_without_tls_never_hears_the_password(office: PostOffice) -> None:
    office.login = LOGIN
    with pytest.raises(MailUnavailable, match="STARTTLS"):
        await mailer(office, user=AS_ADA).send([letter()])
    assert not any(line.startswith("AUTH") for line, _ in office.said)
    assert await mailer(office, user=AS_ADA, query="?starttls=never").send([letter()]) == [None]


async def test_a_stranger_with_a_certificate_of_its_own_is_not_believed(office: PostOffice, tmp_path: Path) -> None:
    _, office.tls = certificate(tmp_path)
    with pytest.raises(MailUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        await mailer(office).check()


async def test_a_wrong_password_is_said_so_and_not_repeated(with_tls: PostOffice) -> None:
    with_tls.login = ("ada", "another")
    with pytest.raises(MailUnavailable, match="535") as refused:
        await mailer(with_tls, user=AS_ADA).check()
    assert LOGIN[1] not in str(refused.value)


async def test_one_refused_letter_does_not_hold_up_the_next(office: PostOffice) -> None:
    office.refusals = {"gone@example.org": "550 5.1.1 nobody of that name", "full@example.org": "452 4.2.2 full"}
    answers = await mailer(office).send([letter("gone@example.org"), letter("full@example.org"), letter()])
    assert [answer and (str(answer), answer.final) for answer in answers] == [
        ("550 5.1.1 nobody of that name", True),
        ("452 4.2.2 full", False),
        None,
    ]


async def test_nobody_there_is_unavailable() -> None:
    away = Mailer(mail_server("smtp://127.0.0.1:1"), sender="nodeloom@example.org")
    with pytest.raises(MailUnavailable):
        await away.check()
