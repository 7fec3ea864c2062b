"""Many rows of one table by a statement that was compiled once.

SQLAlchemy looks at every value of every row, which costs three times what the database does with the row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg
from sqlalchemy.dialects.sqlite.pysqlite import dialect as pysqlite
from sqlalchemy.types import TypeDecorator
from sqlmodel.sql.sqltypes import AutoString

from nodeloom.adapters.columns import UtcTime, to_ms

_DIALECTS: tuple[Dialect, ...] = (pysqlite(paramstyle="qmark"), psycopg(paramstyle="format"))


class Bulk:
    """Inserts rows, or with `replacing` puts them in the place of those with the same primary key.

    Times are converted; other columns take what the driver does, and of the table's types only plain ones.
    """

    def __init__(self, table: Table, columns: Sequence[str], *, replacing: bool = False) -> None:
        types = [table.c[name].type for name in columns]
        plain = (UtcTime, AutoString)
        if odd := {kind for kind in types if isinstance(kind, TypeDecorator) and not isinstance(kind, plain)}:
            raise TypeError(f"{table.name}: {odd} convert what they are given, and would not be asked")
        # The order in which a statement names them.
        self._columns = tuple(column.name for column in table.columns if column.name in columns)
        self._times = tuple(at for at, name in enumerate(self._columns) if isinstance(table.c[name].type, UtcTime))
        self._statements = {
            dialect.name: _statement(dialect, table, columns, replacing=replacing) for dialect in _DIALECTS
        }

    def write(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Each row has all the columns; others are left alone."""
        if rows:
            connection.exec_driver_sql(self._statements[connection.dialect.name], [self._values(row) for row in rows])

    def _values(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        values = [row[name] for name in self._columns]
        for at in self._times:
            if values[at] is not None:
                values[at] = to_ms(values[at])
        return tuple(values)


def _statement(dialect: Dialect, table: Table, columns: Sequence[str], *, replacing: bool) -> str:
    insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values({name: bindparam(name) for name in columns})
    if replacing:
        keys = [column.name for column in table.primary_key]
        changes = {name: statement.excluded[name] for name in columns if name not in keys}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changes)
    compiled = statement.compile(dialect=dialect)
    named = [name for name in (column.name for column in table.columns) if name in columns]
    if compiled.positiontup != named:
        raise TypeError(f"{table.name}: {compiled.positiontup} have to be given, as some have defaults, not {named}")
    return str(compiled)
