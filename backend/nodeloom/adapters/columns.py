"""Column types and the base of all tables, the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, MetaData, Text
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel
from typing_extensions import override

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Base of every table: `class Workflow(Table, table=True)`."""


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, kept as whole milliseconds since 1970: sorts and compares alike everywhere."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored")
        return to_ms(value)

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


class Json(TypeDecorator[Any]):
    r"""JSON as text. Not PostgreSQL's jsonb: that refuses the character \u0000, which webhooks may carry.

    `None` is SQL's NULL.
    """

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else dump_json(value)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else load_json(value)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, for statements written without the ORM; exact, unlike `timestamp()`.

    The last day of 9999 ends in UTC only after the calendar does: a time that could not be read back becomes its end.
    """
    delta = moment - _EPOCH
    return max(_FIRST_MS, min((delta.days * 86_400 + delta.seconds) * 1_000 + delta.microseconds // 1_000, _LAST_MS))


def from_ms(milliseconds: int) -> datetime:
    seconds, rest = divmod(milliseconds, 1_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1_000)


def dump_json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # orjson refuses whole numbers over 64 bits and half surrogate pairs; both are legal in Python and JSON.
        return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def load_json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MS = -62_135_596_800_000
_LAST_MS = 253_402_300_799_999
