"""Connectors that speak something else than HTTP go through the installation's rules as well."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from nodeloom.adapters.egress import EgressGuard, EgressRefused
from nodeloom_connectors.imap.client import Imap
from nodeloom_connectors.mail import MailServerAccount
from nodeloom_connectors.mysql.account import MySqlAccount
from nodeloom_connectors.mysql.client import MySql
from nodeloom_connectors.postgres.account import PostgresAccount
from nodeloom_connectors.postgres.client import Postgres
from nodeloom_connectors.sdk import RetryLater
from nodeloom_connectors.smtp.account import SmtpAccount
from nodeloom_connectors.smtp.client import Smtp

Ask = Callable[[EgressGuard, str, int], Any]


def _postgres(guard: EgressGuard, host: str, port: int) -> Any:
    account = PostgresAccount(host=host, port=port, database="d", user="u", tls="never")
    return Postgres(account, guard).read("SELECT 1", {}, at_most=1, timeout_s=5)


def _mysql(guard: EgressGuard, host: str, port: int) -> Any:
    account = MySqlAccount(host=host, port=port, database="d", user="u", tls="never")
    return MySql(account, guard).change("SELECT 1", {}, at_most=1, timeout_s=5)


def _smtp(guard: EgressGuard, host: str, port: int) -> Any:
    return Smtp(SmtpAccount(host=host, port=port, encryption="never", sender="a@example.com"), guard).check()


def _imap(guard: EgressGuard, host: str, port: int) -> Any:
    account = MailServerAccount(host=host, port=port, encryption="never", user="u")
    return Imap(account, guard).reading(lambda session: session.folders())


every_kind = pytest.mark.parametrize("ask", [_postgres, _mysql, _smtp, _imap])


@every_kind
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "::1", "2130706433"])
async def test_a_private_address_is_not_reached(ask: Ask, host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        with pytest.raises(EgressRefused):
            await ask(EgressGuard(), host, listening.getsockname()[1])
        with pytest.raises(BlockingIOError):
            listening.accept()


@every_kind
async def test_the_judged_address_is_the_one_that_is_called(ask: Ask) -> None:
    """A name that answers otherwise the second time gains nothing: it is asked once."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(f"{host}:{port}")
        return ["127.0.0.1"]

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(RetryLater):
        await ask(EgressGuard(["db.example"], resolve=resolve), "db.example", port)
    assert asked == [f"db.example:{port}"]


@every_kind
async def test_a_name_that_is_not_known(ask: Ask) -> None:
    async def nothing(_host: str, _port: int) -> list[str]:
        return []

    with pytest.raises(RetryLater) as failed:
        await ask(EgressGuard(resolve=nothing), "nowhere.example", 1)
    assert failed.value.nothing_happened
