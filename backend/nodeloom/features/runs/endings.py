"""What the ends of runs tell people: a workflow began to fail, works again, or waits for somebody to look.

Called by the journal in the transaction of the ends. For runs that succeed it is one short statement a transaction.
"""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection, Select, bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from nodeloom.adapters import clock
from nodeloom.features.accounts.notify import Notice, notify
from nodeloom.features.notifications.kinds import Kind
from nodeloom.features.notifications.models import TROUBLES
from nodeloom.features.runs.models import ATTEMPTS, OUTCOME_UNKNOWN, RUNS
from nodeloom.features.runs.rows import Row, plain

log = structlog.stdlib.get_logger(__name__)

# What runs at night, not what somebody tries in the editor; a child's failure is its parent's to tell.
_COUNTED = RUNS.c.version.is_not(None) & RUNS.c.parent_run_id.is_(None)
_RUN = (RUNS.c.id, RUNS.c.workspace_id, RUNS.c.workflow_id, RUNS.c.workflow_name, RUNS.c.error)
_THESE = RUNS.c.id.in_(bindparam("ids", expanding=True))
_FAILED = select(*_RUN).where(_COUNTED, _THESE)
_WORKS_AGAIN = select(*_RUN).join(TROUBLES, TROUBLES.c.subject == RUNS.c.workflow_id).where(_COUNTED, _THESE)
_ANY_TROUBLE = f"SELECT 1 FROM {TROUBLES.name} LIMIT 1"  # noqa: S608 - a name of ours
_UNSETTLED = select(*_RUN).where(_THESE, exists().where(ATTEMPTS.c.run_id == RUNS.c.id, OUTCOME_UNKNOWN))


def tell_endings(
    connection: Connection, *, failed: Sequence[str], succeeded: Sequence[str], in_doubt: Sequence[str]
) -> None:
    """Ids of runs: that failed, that succeeded, and that may have left an effect whose outcome is unknown.

    Whatever goes wrong in the telling is logged and taken back alone: it must not hold up the end of a run.
    """
    _tell_each(connection, failed, _FAILED, _tell_failed)
    # Mostly nothing is in trouble, and the long question need not be put.
    if succeeded and connection.exec_driver_sql(_ANY_TROUBLE).first() is not None:
        _tell_each(connection, succeeded, _WORKS_AGAIN, _tell_succeeded)
    _tell_each(connection, in_doubt, _UNSETTLED, _tell_in_doubt)


def _tell_each(
    connection: Connection,
    run_ids: Sequence[str],
    query: Select[*tuple[Any, ...]],
    tell: Callable[[Connection, Row], None],
) -> None:
    for run in _runs(connection, query, run_ids):
        try:
            with connection.begin_nested():
                tell(connection, run)
        except Exception:
            if connection.invalidated:
                raise
            log.exception("could not tell of the end of a run", run_id=run["id"])


def _runs(connection: Connection, query: Select[*tuple[Any, ...]], run_ids: Sequence[str]) -> list[Row]:
    if not run_ids:
        return []
    return [plain(row) for row in connection.execute(query, {"ids": run_ids}).mappings()]


def _tell_failed(connection: Connection, run: Row) -> None:
    insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    row = {"subject": run["workflow_id"], "workspace_id": run["workspace_id"], "since": clock.now()}
    began = insert(TROUBLES).values(row).on_conflict_do_nothing().returning(TROUBLES.c.subject)
    if connection.execute(began).first() is not None:
        title = f"“{run['workflow_name']}” began to fail"
        _tell(connection, run, "workflow_failing", run["workflow_id"], title, _reason(run))


def _tell_succeeded(connection: Connection, run: Row) -> None:
    over = delete(TROUBLES).where(TROUBLES.c.subject == run["workflow_id"])
    if connection.execute(over).rowcount:
        title = f"“{run['workflow_name']}” works again"
        _tell(connection, run, "workflow_works_again", run["workflow_id"], title, "A run of it succeeded.")


def _tell_in_doubt(connection: Connection, run: Row) -> None:
    title = f"“{run['workflow_name']}” doesn't know what happened"
    text = "A call left, and no answer came. Look whether it took place, and settle it."
    _tell(connection, run, "outcome", run["id"], title, text)


def _tell(connection: Connection, run: Row, kind: Kind, subject: str, title: str, text: str) -> None:
    notice = Notice(run["workspace_id"], kind, subject, title, text, f"/runs/{run['id']}", once=kind == "outcome")
    notify(connection, notice)


def _reason(run: Row) -> str:
    error: dict[str, Any] = orjson.loads(run["error"]) if run["error"] else {}
    return str(error.get("message") or "The run failed.")
