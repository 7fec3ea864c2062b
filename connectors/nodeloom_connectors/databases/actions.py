"""The actions that every SQL database has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from pydantic import BaseModel, create_model

from nodeloom_connectors.databases.params import (
    Change,
    InsertFields,
    InsertParams,
    MatchParams,
    Row,
    StatementParams,
    UpdateParams,
    UpsertFields,
    UpsertParams,
)
from nodeloom_connectors.databases.statements import Dialect, checked, quoted
from nodeloom_connectors.databases.values import row_of
from nodeloom_connectors.sdk import Action, ActionContext, Effect, Refused

if TYPE_CHECKING:
    from pydantic import JsonValue

    from nodeloom_connectors.databases.client import Changed, Database, Reached

Context: TypeAlias = "ActionContext[Reached]"


async def query(ctx: Context, params: StatementParams) -> list[Row]:
    """Reads rows with a statement of your own; each becomes an item. The statement can't change anything."""
    statement = checked(params.statement, list(params.values))
    database = ctx.client.at(params)
    found = await database.read(statement, params.values, at_most=params.limit, timeout_s=params.timeout_s)
    if found.more:
        ctx.log.warning("there are more rows than were asked for", limit=params.limit)
    return [Row(row_of(row)) for row in found.rows]


async def execute(ctx: Context, params: StatementParams) -> Change:
    """Runs one statement that changes data, in a transaction of its own."""
    statement = checked(params.statement, list(params.values))
    database = ctx.client.at(params)
    return _told(await database.change(statement, params.values, at_most=params.limit, timeout_s=params.timeout_s))


async def insert(ctx: Context, params: InsertParams) -> Change:
    """Adds a row to a table."""
    database = ctx.client.at(params)
    statement, values = _insert(params, database.dialect)
    return await _changed(database, statement + _returning(database.dialect), values, params.timeout_s)


async def upsert(ctx: Context, params: UpsertParams) -> Change:
    """Adds a row, or changes the one that has the same key."""
    missing = [key for key in params.keys if key not in params.row]
    if missing:
        text = f"The row has no value for the key column {missing[0]!r}."
        raise Refused(text, "value_missing", hint="Add it to the row.")
    database = ctx.client.at(params)
    statement, values = _insert(params, database.dialect)
    statement += _on_conflict(params, database.dialect) + _returning(database.dialect)
    return await _changed(database, statement, values, params.timeout_s)


async def update(ctx: Context, params: UpdateParams) -> Change:
    """Changes the rows of a table that have certain values."""
    database = ctx.client.at(params)
    changes, changed = _assignments(params.change, "c", database.dialect)
    conditions, wanted = _conditions(params.match, database.dialect)
    statement = f"UPDATE {quoted(params.table, database.dialect)} SET {', '.join(changes)} WHERE {conditions}"  # noqa: S608
    return await _changed(database, statement, {**changed, **wanted}, params.timeout_s)


async def delete(ctx: Context, params: MatchParams) -> Change:
    """Deletes the rows of a table that have certain values."""
    database = ctx.client.at(params)
    conditions, wanted = _conditions(params.match, database.dialect)
    statement = f"DELETE FROM {quoted(params.table, database.dialect)} WHERE {conditions}"  # noqa: S608  quoted names
    return await _changed(database, statement, wanted, params.timeout_s)


def actions_with(extra: type[BaseModel] | None = None) -> tuple[Action[Any, Any, Any], ...]:
    """All of them, their params widened by what a connector needs beside (where its database is)."""
    return (
        _action(query, StatementParams, "Read rows", "read", "{statement}", ("select", "sql", "query"), extra),
        _action(execute, StatementParams, "Run a statement", "once", "{statement}", ("sql", "call", "ddl"), extra),
        _action(insert, InsertParams, "Add a row", "once", "{table}", ("insert", "create"), extra),
        _action(upsert, UpsertParams, "Add or change a row", "idempotent", "{table}", ("upsert", "merge"), extra),
        _action(update, UpdateParams, "Change rows", "idempotent", "{table}", ("update", "set"), extra),
        _action(delete, MatchParams, "Delete rows", "destructive", "{table}", ("delete", "remove"), extra),
    )


def _action(
    run: Callable[[Context, Any], Awaitable[Any]],
    params: type[BaseModel],
    title: str,
    effect: Effect,
    summary: str,
    aliases: tuple[str, ...],
    extra: type[BaseModel] | None,
) -> Action[Any, Any, Any]:
    widened = params if extra is None else create_model(params.__name__, __base__=(params, extra))
    return Action(
        name=run.__name__,
        title=title,
        description=run.__doc__ or "",
        params=widened,
        effect=effect,
        run=run,
        summary=summary,
        icon=None,
        aliases=aliases,
        confirm=None,
    )


def _insert(params: InsertFields, dialect: Dialect) -> tuple[str, dict[str, Any]]:
    columns = [quoted(column, dialect) for column in params.row]
    values = {f"v{number}": value for number, value in enumerate(params.row.values())}
    places = ", ".join(f":{name}" for name in values)
    table = quoted(params.table, dialect)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", values  # noqa: S608  quoted names


def _on_conflict(params: UpsertFields, dialect: Dialect) -> str:
    others = [quoted(column, dialect) for column in params.row if column not in params.keys]
    keys = [quoted(key, dialect) for key in params.keys]
    if dialect == "mysql":
        names = others or keys
        return " ON DUPLICATE KEY UPDATE " + ", ".join(f"{name} = VALUES({name})" for name in names)
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in others)
    return f" ON CONFLICT ({', '.join(keys)}) DO " + (f"UPDATE SET {changed}" if others else "NOTHING")


def _returning(dialect: Dialect) -> str:
    return "" if dialect == "mysql" else " RETURNING *"


def _assignments(row: Mapping[str, JsonValue], prefix: str, dialect: Dialect) -> tuple[list[str], dict[str, Any]]:
    values = {f"{prefix}{number}": value for number, value in enumerate(row.values())}
    return [f"{quoted(column, dialect)} = :{name}" for column, name in zip(row, values, strict=True)], values


def _conditions(match: Mapping[str, JsonValue], dialect: Dialect) -> tuple[str, dict[str, Any]]:
    """No value means no value: a comparison with NULL would never hold."""
    given = {column: value for column, value in match.items() if value is not None}
    equal, values = _assignments(given, "m", dialect)
    absent = [f"{quoted(column, dialect)} IS NULL" for column, value in match.items() if value is None]
    return " AND ".join([*equal, *absent]), values


async def _changed(database: Database, statement: str, values: Mapping[str, Any], timeout_s: float) -> Change:
    return _told(await database.change(statement, values, at_most=1000, timeout_s=timeout_s))


def _told(changed: Changed) -> Change:
    rows = [row_of(row) for row in changed.rows]
    return Change(changed=changed.count, rows=cast("list[dict[str, Any]]", rows), inserted_id=changed.inserted_id)
