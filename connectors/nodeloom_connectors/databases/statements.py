"""Placeholders: `:name` outside of texts, comments and quoted names. Values never become part of a statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from nodeloom_connectors.sdk import Refused

Dialect = Literal["postgres", "mysql", "sqlite"]

_PIECES = re.compile(
    r"""
      '(?:[^'\\]|''|\\.)*'                 # a text
    | "(?:[^"]|"")*"                       # a quoted name
    | `[^`]*`
    | --[^\n]*
    | /\*.*?\*/
    | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$      # PostgreSQL's long text
    | ::\w+                                # PostgreSQL's cast
    | (?<![\w:]):(?P<name>[A-Za-z_]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)


def placeholders(statement: str) -> list[str]:
    """Their names, each once, in the order of the statement."""
    return list(dict.fromkeys(match["name"] for match in _PIECES.finditer(statement) if match["name"]))


def percent_style(statement: str) -> str:
    """`:name` as `%(name)s`, and every other per cent sign doubled, as psycopg and PyMySQL want it."""
    return _replaced(statement, lambda name: f"%({name})s", lambda text: text.replace("%", "%%"))


def checked(statement: str, given: Sequence[str]) -> str:
    """The statement, if each of its placeholders has a value."""
    missing = [name for name in placeholders(statement) if name not in given]
    if missing:
        names = ", ".join(f":{name}" for name in missing)
        raise Refused(f"There is no value for {names}.", "value_missing", hint="Add it under Values.")
    if not statement.strip() or "\0" in statement:
        raise Refused("This is no statement.", "no_statement", hint="Write one in SQL.")
    return statement


def quoted(name: str, dialect: Dialect) -> str:
    """A name of a table or column, which may have a schema before it; whatever is in it stays a name."""
    mark = "`" if dialect == "mysql" else '"'
    parts = name.split(".") if name else [""]
    if any(not part or "\0" in part or len(part) > 128 for part in parts):
        raise Refused(f"{name!r} is not the name of a table or column.", "bad_name", hint="Choose one from the list.")
    return ".".join(mark + part.replace(mark, mark * 2) + mark for part in parts)


def _replaced(statement: str, placed: Callable[[str], str], between: Callable[[str], str]) -> str:
    made: list[str] = []
    end = 0
    for match in _PIECES.finditer(statement):
        made.append(between(statement[end : match.start()]))
        made.append(placed(match["name"]) if match["name"] else between(match[0]))
        end = match.end()
    made.append(between(statement[end:]))
    return "".join(made)
