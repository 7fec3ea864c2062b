"""Sessions, transactions and the group-committing writer, on SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, Text, insert, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from nodeloom import migrations
from nodeloom.adapters.columns import Json, UtcTime
from nodeloom.adapters.database import Database, WriterClosed, after_commit


class Base(DeclarativeBase):
    """Apart from the product's tables, so that no migration sees it."""


class Note(Base):
    __tablename__ = "note"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    written_at: Mapped[datetime | None] = mapped_column(UtcTime)
    content: Mapped[Any] = mapped_column(Json)


@pytest_asyncio.fixture
async def notes(database: Database) -> AsyncGenerator[Database]:
    async with database.transaction() as session:
        await session.run_sync(lambda sync: Base.metadata.create_all(sync.connection()))
    yield database


def add_notes(connection: Connection, ids: Sequence[str]) -> list[str]:
    connection.execute(insert(Note), [{"id": one, "content": {}} for one in ids])
    return [f"stored {one}" for one in ids]


def count_calls(connection: Connection, ids: Sequence[str]) -> list[int]:
    add_notes(connection, ids)
    return [len(ids)] * len(ids)


async def stored_ids(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(select(Note.id).order_by(Note.id))).scalars())


async def test_what_is_written_is_read_back_as_it_was(notes: Database) -> None:
    moment = datetime(2026, 3, 29, 1, 30, 0, 123_000, tzinfo=UTC)
    content = {"text": "käse \0 \ud800", "whole": 2**70, "list": [1.5, None, True]}
    async with notes.transaction() as session:
        session.add(Note(id="a", written_at=moment, content=content))
    async with notes.read() as session:
        note = (await session.execute(select(Note))).scalar_one()
    assert (note.written_at, note.content) == (moment, content)


async def test_times_before_1970_and_far_away_keep_their_milliseconds(notes: Database) -> None:
    moments = [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 1_000, UTC),
        datetime.max.replace(microsecond=999_000, tzinfo=UTC),
    ]
    async with notes.transaction() as session:
        session.add_all(Note(id=str(index), written_at=moment, content=1) for index, moment in enumerate(moments))
    async with notes.read() as session:
        assert list((await session.execute(select(Note.written_at).order_by(Note.id))).scalars()) == moments


async def test_a_time_in_another_zone_is_the_same_moment_and_one_without_is_refused(notes: Database) -> None:
    summer = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    async with notes.transaction() as session:
        session.add(Note(id="a", written_at=summer, content=1))
    async with notes.read() as session:
        assert (await session.execute(select(Note.written_at))).scalar_one() == summer
    with pytest.raises(ValueError, match="without a zone"):
        UtcTime().process_bind_param(summer.replace(tzinfo=None), sqlite.dialect())


async def test_an_exception_takes_the_transaction_back_and_silences_its_callbacks(notes: Database) -> None:
    heard: list[str] = []

    async def hear() -> None:
        heard.append("committed")

    async def write_and_regret() -> None:
        async with notes.transaction() as session:
            session.add(Note(id="a", content=1))
            after_commit(session, hear)
            await session.flush()
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await write_and_regret()
    assert (await stored_ids(notes), heard) == ([], [])


async def test_after_commit_runs_when_others_can_see_the_data_and_its_failure_changes_nothing(notes: Database) -> None:
    seen: list[list[str]] = []

    async def fail() -> None:
        raise OSError("no Redis")

    async def look() -> None:
        seen.append(await stored_ids(notes))

    async with notes.transaction() as session:
        session.add(Note(id="a", content=1))
        after_commit(session, fail)
        after_commit(session, look)
    assert seen == [["a"]]


async def test_after_commit_needs_a_transaction(notes: Database) -> None:
    async def nothing() -> None: ...

    async with notes.read() as session:
        with pytest.raises(RuntimeError, match="transaction"):
            after_commit(session, nothing)


async def test_each_caller_of_the_writer_gets_its_own_answer(notes: Database) -> None:
    answers = await asyncio.gather(*(notes.writer.call(add_notes, f"{n:03}") for n in range(200)))
    assert answers == [f"stored {n:03}" for n in range(200)]
    assert len(await stored_ids(notes)) == 200


async def test_calls_that_meet_share_a_transaction(notes: Database) -> None:
    sizes = await asyncio.gather(*(notes.writer.call(count_calls, str(n)) for n in range(100)))
    assert max(sizes) > 10


async def test_one_bad_payload_fails_alone(notes: Database) -> None:
    await notes.writer.call(add_notes, "taken")
    answers = await asyncio.gather(
        *(notes.writer.call(add_notes, one) for one in ("a", "taken", "b")), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [str, IntegrityError, str]
    assert await stored_ids(notes) == ["a", "b", "taken"]


async def test_an_operation_that_answers_too_little_stores_nothing(notes: Database) -> None:
    def forgetful(connection: Connection, ids: Sequence[str]) -> list[str]:
        return add_notes(connection, ids)[1:]

    with pytest.raises(RuntimeError, match="0 results for 1 payloads"):
        await notes.writer.call(forgetful, "a")
    assert await stored_ids(notes) == []


async def test_a_caller_that_gives_up_does_not_disturb_the_others(notes: Database) -> None:
    calls = [asyncio.ensure_future(notes.writer.call(add_notes, one)) for one in "abc"]
    await asyncio.sleep(0)
    calls[1].cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [answers[0], answers[2]] == ["stored a", "stored c"]
    assert isinstance(answers[1], asyncio.CancelledError)


async def test_requests_and_the_writer_write_side_by_side(notes: Database) -> None:
    async def request(n: int) -> None:
        async with notes.transaction() as session:
            session.add(Note(id=f"request {n}", content=1))

    await asyncio.gather(
        *(request(n) for n in range(30)), *(notes.writer.call(add_notes, f"writer {n}") for n in range(300))
    )
    assert len(await stored_ids(notes)) == 330


async def test_closing_writes_what_is_queued_and_then_refuses(database_url: str, notes: Database) -> None:
    other = Database.open(database_url)
    calls = [asyncio.ensure_future(other.writer.call(add_notes, f"{n:02}")) for n in range(50)]
    await asyncio.sleep(0)
    await other.dispose()
    assert len(await asyncio.gather(*calls)) == 50
    with pytest.raises(WriterClosed):
        await other.writer.call(add_notes, "late")


async def test_the_writer_gets_over_a_lost_connection(postgres_url: str) -> None:
    database = Database.open(postgres_url)
    async with database.transaction() as session:
        await session.run_sync(lambda sync: Base.metadata.create_all(sync.connection()))
    await database.writer.call(add_notes, "before")
    async with database.read() as session:
        await session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database()"
            )
        )
    assert await database.writer.call(add_notes, "after") == "stored after"
    await database.dispose()


async def test_a_transaction_that_its_process_forgot_ends_by_itself(postgres_url: str) -> None:
    def limit_of(connection: Connection) -> Any:
        return connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one()

    database = Database.open(postgres_url)
    async with database.read() as session:
        assert await session.run_sync(lambda sync: limit_of(sync.connection())) == "1min"
    assert await database.writer.call(lambda connection, _: [limit_of(connection)], None) == "1min"
    await database.dispose()


async def test_an_unreachable_database_is_an_error_at_once_not_a_wait() -> None:
    database = Database.open("postgresql://nobody@/nothing?host=/nonexistent")
    for _ in range(2):
        with pytest.raises(Exception, match="nothing was stored"):
            await database.writer.call(add_notes, "a")
    assert (await database.check()).startswith("unavailable: ")
    await database.dispose()


async def test_readiness_compares_the_tables_with_what_the_program_needs(database: Database) -> None:
    assert await database.check(migrations.head()) == "ok"
    assert "nodeloom migrate" in await database.check("9999")


async def test_an_error_does_not_repeat_the_values_of_its_statement(database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as failed:
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO no_such_table VALUES (:value)"), {"value": "hunter22"})
    assert "hunter22" not in str(failed.value)
