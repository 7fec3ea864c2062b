"""PostgreSQL: rows read and changed with named parameters."""

from nodeloom_connectors.databases import OPTIONS, actions_with, triggers_with
from nodeloom_connectors.postgres.account import PostgresAccount
from nodeloom_connectors.postgres.client import connect, verify
from nodeloom_connectors.sdk import Basic, Connector

connector = Connector(
    name="postgres",
    title="PostgreSQL",
    icon="database",
    color="#336791",
    description="Read and change rows of a PostgreSQL database.",
    auth=Basic(fields=PostgresAccount),
    actions=actions_with(),
    connect=connect,
    verify=verify,
    triggers=triggers_with(),
    options=OPTIONS,
)
