"""What the queue asks must not cost more with every run there ever was."""

from typing import Any

import pytest
from sqlalchemy import Select, create_engine
from sqlalchemy.dialects import sqlite

from nodeloom.features.runs.journal import CANDIDATES
from nodeloom.features.runs.models import ATTEMPTS, OUTCOME_UNKNOWN, RUNS, unfinished


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (CANDIDATES, "ix_run_unfinished"),
        (RUNS.select().where(unfinished(RUNS), RUNS.c.status == "running"), "ix_run_unfinished"),
        (ATTEMPTS.select().where(ATTEMPTS.c.workspace_id == "ws", OUTCOME_UNKNOWN), "ix_attempt_unknown"),
    ],
)
def test_sqlite_takes_the_partial_index(sqlite_url: str, query: Select[Any], index: str) -> None:
    compiled = query.compile(dialect=sqlite.dialect(paramstyle="named"), compile_kwargs={"render_postcompile": True})
    values = {name: 10 if name == "wanted" else str(value) for name, value in compiled.params.items()}
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]
    engine.dispose()

    assert any(f"INDEX {index}" in step for step in plan), plan
    assert not any(step.startswith("SCAN run") for step in plan), plan
