"""The way to a database breaks: what is known of the statement decides what may happen next."""

import pytest
from pydantic import SecretStr

from nodeloom_connectors.mysql import connector as mysql
from nodeloom_connectors.mysql.account import MySqlAccount
from nodeloom_connectors.mysql.client import MySql
from nodeloom_connectors.postgres import connector as postgres
from nodeloom_connectors.postgres.account import PostgresAccount
from nodeloom_connectors.postgres.client import Postgres
from nodeloom_connectors.sdk import ConnectorError, OutcomeUnknown, RetryLater
from tests.connectors.databases.standing import PASSWORD, Loopback, Place, cut_off, mysql_server, postgres_over_tcp


def _postgres(port: int) -> Place:
    account = PostgresAccount(host="db", port=port, database="postgres", user="postgres", tls="never")
    return Place(postgres, Postgres(account, Loopback()), {})


def _mysql(port: int) -> Place:
    account = MySqlAccount(host="db", port=port, database="d", user="loom", password=SecretStr(PASSWORD), tls="never")
    return Place(mysql, MySql(account, Loopback()), {})


@pytest.mark.parametrize(
    ("cut_after", "error"), [(b"COMMIT", OutcomeUnknown), (b"INSERT", RetryLater), (b"BEGIN", RetryLater)]
)
async def test_postgres_before_and_at_the_commit(
    postgres_server: str, cut_after: bytes, error: type[ConnectorError]
) -> None:
    """Before it, nothing that was sent stays; while it is carried out nobody can tell."""
    async with postgres_over_tcp(postgres_server) as port:
        await _postgres(port).call("execute", statement="CREATE TABLE broken_ways (id INTEGER)")
    try:
        async with postgres_over_tcp(postgres_server, cut_after) as port:
            with pytest.raises(error) as broken:
                await _postgres(port).call("insert", table="broken_ways", row={"id": 1})
    finally:
        async with postgres_over_tcp(postgres_server) as port:
            rows = await _postgres(port).call("query", statement="SELECT id FROM broken_ways")
            await _postgres(port).call("execute", statement="DROP TABLE broken_ways")
    if isinstance(broken.value, RetryLater):
        assert broken.value.nothing_happened
        assert rows == []


@pytest.mark.parametrize(("action", "error"), [("insert", OutcomeUnknown), ("query", RetryLater)])
async def test_mysql_while_a_statement_is_carried_out(action: str, error: type[ConnectorError]) -> None:
    async with mysql_server() as (inner, database):
        database.execute("CREATE TABLE t (id INTEGER)")
        params = {"insert": {"table": "t", "row": {"id": 1}}, "query": {"statement": "SELECT id FROM t"}}
        async with cut_off(inner, b"INSERT" if action == "insert" else b"SELECT id") as port:
            with pytest.raises(error):
                await _mysql(port).call(action, **params[action])
