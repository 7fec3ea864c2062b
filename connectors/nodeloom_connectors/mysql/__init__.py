"""MySQL and MariaDB: rows read and changed with named parameters."""

from nodeloom_connectors.databases import OPTIONS, actions_with, triggers_with
from nodeloom_connectors.mysql.account import MySqlAccount
from nodeloom_connectors.mysql.client import connect, verify
from nodeloom_connectors.sdk import Basic, Connector

connector = Connector(
    name="mysql",
    title="MySQL",
    icon="database",
    color="#00618a",
    description="Read and change rows of a MySQL or MariaDB database.",
    auth=Basic(fields=MySqlAccount),
    actions=actions_with(),
    connect=connect,
    verify=verify,
    triggers=triggers_with(),
    options=OPTIONS,
)
