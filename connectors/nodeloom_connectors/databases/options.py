"""Pickers: the tables of a database and the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from nodeloom_connectors.sdk import Option, OptionLoader, Options, OptionsQuery

if TYPE_CHECKING:
    from nodeloom_connectors.databases.client import Reached

_SHOWN = 200
_TIMEOUT_S = 10.0
_TABLES = {
    "postgres": (
        "SELECT CASE table_schema WHEN current_schema() THEN table_name ELSE table_schema || '.' || table_name END"
        " AS name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
    ),
    "mysql": "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()",
    "sqlite": "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'",
}
_COLUMNS = {
    "postgres": (
        "SELECT column_name AS name, data_type AS hint FROM information_schema.columns WHERE table_name = :table"
        " AND table_schema = COALESCE(:schema, current_schema())"
    ),
    "mysql": (
        "SELECT column_name AS name, data_type AS hint FROM information_schema.columns WHERE table_name = :table"
        " AND table_schema = COALESCE(:schema, DATABASE())"
    ),
    "sqlite": "SELECT name, type AS hint FROM pragma_table_info(:table)",
}


class _Place(BaseModel):
    """What of the filled form says where the database is."""

    model_config = ConfigDict(extra="allow")


async def _tables(client: Reached, asked: OptionsQuery) -> Options:
    database = client.at(_place(asked))
    statement = f"SELECT name FROM ({_TABLES[database.dialect]}) t WHERE LOWER(name) LIKE :like ORDER BY name"  # noqa: S608
    like = f"%{asked.search.lower()}%"
    found = await database.read(statement, {"like": like}, at_most=_SHOWN, timeout_s=_TIMEOUT_S)
    return Options([Option(str(row["name"]), str(row["name"])) for row in found.rows])


async def _columns(client: Reached, asked: OptionsQuery) -> Options:
    table = str(asked.params.get("table") or "")
    if not table:
        return Options(())
    database = client.at(_place(asked))
    schema, _, name = table.rpartition(".")
    values: dict[str, Any] = (
        {"table": name} if database.dialect == "sqlite" else {"table": name, "schema": schema or None}
    )
    found = await database.read(_COLUMNS[database.dialect], values, at_most=_SHOWN, timeout_s=_TIMEOUT_S)
    named = {str(row["name"]): str(row["hint"]) for row in found.rows}
    return Options([Option(name, name, hint) for name, hint in named.items() if asked.search.lower() in name.lower()])


def _place(asked: OptionsQuery) -> _Place:
    return _Place.model_validate(dict(asked.params))


OPTIONS: Mapping[str, OptionLoader] = {"tables": _tables, "columns": _columns}
