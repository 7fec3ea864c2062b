"""Approvals: asked for with the row of their node, decided once, by whom they are meant for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, cast

from sqlalchemy import Connection, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from nodeloom.adapters import clock
from nodeloom.features.accounts.models import Member, Person
from nodeloom.features.accounts.notify import Notice, notify
from nodeloom.features.accounts.roles import Role, at_least, covers
from nodeloom.features.audit import trail
from nodeloom.features.runs.asks import AskRow
from nodeloom.features.runs.models import ENDED, NODE_RUNS, RUNS
from nodeloom.features.runs.rows import Row, plain, row_of, rows_of
from nodeloom.features.runs.waking import resume
from nodeloom.features.waiting.models import APPROVALS
from nodeloom.nodes.approval import ANYONE, ROLES
from nodeloom.nodes.node_type import ApprovalAsked

Decision: TypeAlias = Literal["approved", "rejected"]
Settled: TypeAlias = Literal["decided", "already", "over"]


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides: a member, an API key (by its role alone), or somebody of whom nothing is known but the link."""

    name: str
    workspace_id: str
    role: Role | None = None
    member_id: str | None = None
    email: str | None = None
    key_id: str | None = None


def ask_for_approval(connection: Connection, rows: Sequence[AskRow]) -> None:
    """The handler of `ApprovalAsked`: a row for each, and a notice to those who may decide. `made` is the message."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for row in rows:
        ask = row.ask
        assert isinstance(ask, ApprovalAsked)  # what this handles
        values = {
            "run_id": row.run_id,
            "node_id": row.node_id,
            "path": row.path,
            "workspace_id": row.workspace_id,
            "workflow_id": row.workflow_id,
            "workflow_name": row.workflow_name,
            "message": row.made,
            "approvers": list(ask.approvers),
            "asked_at": row.at,
            "until": ask.until,
            "comment": "",
        }
        asked = insert(APPROVALS).values(values).on_conflict_do_nothing().returning(APPROVALS.c.run_id)
        if connection.execute(asked).first() is not None:
            _tell(connection, row, ask)


def may_decide(approvers: Sequence[str], decider: Decider) -> bool:
    """Whether one of the approvers means this person."""
    for approver in approvers:
        if approver == ANYONE or (approver in (decider.email, decider.member_id) and approver):
            return True
        if approver in ROLES and decider.role is not None and covers(decider.role, approver):
            return True
    return False


async def approvals_of(session: AsyncSession, run_id: str) -> Sequence[Row]:
    """Those of a run, whatever became of them: whoever has the run's link may see them."""
    return await rows_of(session, select(APPROVALS).where(APPROVALS.c.run_id == run_id).order_by(APPROVALS.c.asked_at))


async def find_approval(session: AsyncSession, run_id: str, node_id: str, path: str) -> Row | None:
    return await row_of(session, select(APPROVALS).where(_one(run_id, node_id, path)))


async def still_open(session: AsyncSession, approval: Row) -> bool:
    """Whether the node still waits for this decision."""
    waits = select(NODE_RUNS.c.node_id).where(
        NODE_RUNS.c.run_id == approval["run_id"],
        NODE_RUNS.c.node_id == approval["node_id"],
        NODE_RUNS.c.path == approval["path"],
        NODE_RUNS.c.status == "waiting",
        NODE_RUNS.c.resumption.is_(None),
    )
    run = select(RUNS.c.status).where(RUNS.c.id == approval["run_id"])
    status = await session.scalar(run)
    late = approval["until"] is not None and approval["until"] <= clock.now()
    return (
        approval["decision"] is None
        and not late
        and status is not None
        and status not in ENDED
        and (await session.scalar(waits)) is not None
    )


async def decide(session: AsyncSession, approval: Row, decision: Decision, decider: Decider, comment: str) -> Settled:
    """Write the decision down, once, and let the node go on; the caller rings and signals after the commit."""
    now = clock.now()
    connection = await session.connection()
    settled = await connection.run_sync(_decide, approval, decision, decider, comment, now)
    if settled == "decided":
        actor = trail.Installation(decider.workspace_id, decider.member_id, decider.key_id, decider.name)
        detail = {"decision": decision, "node_id": approval["node_id"], "path": approval["path"], "comment": comment}
        await trail.record(session, actor, f"approval.{decision}", "run", approval["run_id"], detail)
    return settled


def _decide(
    connection: Connection, approval: Row, decision: Decision, decider: Decider, comment: str, now: datetime
) -> Settled:
    key = (approval["run_id"], approval["node_id"], approval["path"])
    # The run first, as everything that wakes a run does.
    connection.execute(select(RUNS.c.id).where(RUNS.c.id == key[0]).with_for_update()).all()
    current = plain(connection.execute(select(APPROVALS).where(_one(*key))).mappings().one())
    if current["decision"] is not None:
        return "already"
    said = {"decision": decision, "by": decider.name, "comment": comment, "at": _iso(now)}
    late = current["until"] is not None and current["until"] <= now
    if late or not resume(connection, *key, "approval", said):
        return "over"
    values = {
        "decision": decision,
        "decided_by": decider.name,
        "decided_by_member": decider.member_id,
        "comment": comment,
        "decided_at": now,
    }
    connection.execute(update(APPROVALS).where(_one(*key)).values(values))
    return "decided"


def _tell(connection: Connection, row: AskRow, ask: ApprovalAsked) -> None:
    """Those who are named hear of it; where anyone may decide, those who look after workflows."""
    title = f"“{row.workflow_name}” waits for approval"
    notice = Notice(row.workspace_id, "approval", row.run_id, title, row.made, "/waiting")
    roles = [approver for approver in ask.approvers if approver in ROLES]
    named = [approver for approver in ask.approvers if approver not in (ANYONE, *ROLES)]
    if not roles and not named:
        roles = ["editor"]
    meant = [or_(col(Person.email).in_(named), col(Member.id).in_(named))]
    if roles:
        meant.append(col(Member.role).in_(at_least(cast("Role", min(roles, key=ROLES.index)))))
    members = (
        select(col(Member.id))
        .join(Person, col(Person.id) == col(Member.person_id))
        .where(col(Member.workspace_id) == row.workspace_id, or_(*meant))
    )
    notify(connection, notice, members=list(connection.execute(members).scalars()))


def _one(run_id: str, node_id: str, path: str) -> Any:
    return and_(APPROVALS.c.run_id == run_id, APPROVALS.c.node_id == node_id, APPROVALS.c.path == path)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
