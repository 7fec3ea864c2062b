"""Alembic's entry: runs on the connection, and inside the transaction, of its caller."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from nodeloom.adapters.columns import Json, UtcTime
from nodeloom.migrations.tables import all_tables


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Plain column types: a revision must mean the same after our own types have changed."""
    if kind != "type":
        return False
    if isinstance(item, UtcTime):
        return "sa.BigInteger()"
    if isinstance(item, Json):
        return "sa.Text()"
    if type(item).__name__ == "AutoString":
        return f"sa.String({'' if item.length is None else f'length={item.length}'})"
    return False


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=all_tables(),
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_render,
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
