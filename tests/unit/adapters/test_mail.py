"""What NODELOOM_SMTP_URL may say."""

import pytest

from nodeloom.adapters.mail import can_be_written_to, mail_server


def test_a_user_name_asks_for_tls_and_is_the_sender() -> None:
    server = mail_server("smtp://ada%40example.org:s3%2Fcret@mail.example.org")
    assert (server.host, server.port, server.username, server.password) == (
        "mail.example.org",
        587,
        "ada@example.org",
        "s3/cret",
    )
    assert (server.starttls, server.implicit_tls, server.sender) == ("required", False, "ada@example.org")


def test_a_relay_without_a_password_takes_tls_where_it_is_offered() -> None:
    server = mail_server("smtp://relay.lan:25?from=flows%40example.org")
    assert (server.port, server.starttls, server.sender) == (25, "auto", "flows@example.org")


def test_smtps_is_encrypted_from_the_first_byte() -> None:
    assert mail_server("smtps://mail.example.org").port == 465
    assert mail_server("smtps://mail.example.org").implicit_tls


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example.org",
        "smtp://:25",
        "smtp://mail.example.org:99999",
        "smtp://mail.example.org/box",
        "smtp://mail.example.org?tls=1",
        "smtp://mail.example.org?starttls=maybe",
        "smtp://mail.example.org?from=a%40b.org%2Cc%40d.org",
        "smtp://mail.example.org?from=Ada",
    ],
)
def test_anything_else_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"expected|starttls|from") as refused:
        mail_server(url)
    assert url not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("ada@example.org", True),
        ("ada+flows@example.org", True),
        ("a@b.org,c@d.org", False),
        ("Ada <ada@example.org>", False),
        ("ada@example.org\r\nBcc: x@y.org", False),
        ("ada", False),
        ("@", False),
        ("", False),
    ],
)
def test_an_address_is_one_address(address: str, fits: bool) -> None:
    assert can_be_written_to(address) is fits
