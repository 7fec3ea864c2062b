"""Telling members of a workspace that something happened, in the transaction in which it happens.

notify(connection, Notice(workspace_id, "approval", run_id, title, text, f"/runs/{run_id}"), to="editor")
"""

from collections.abc import Collection

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from nodeloom.features.accounts.models import Member, Person
from nodeloom.features.accounts.roles import Role, at_least
from nodeloom.features.notifications.notices import Notice, Recipient, tell

__all__ = ["Notice", "notify", "notify_in"]


def notify(
    connection: Connection, notice: Notice, *, to: Role = "editor", members: Collection[str] | None = None
) -> None:
    """Whoever has the role `to` or one above it, or just the `members` named (by id; strangers are left out).

    For operations of the writer; takes an index lookup and a few inserts.
    """
    people = (
        select(col(Member.id), col(Person.email))
        .join(Person, col(Person.id) == col(Member.person_id))
        .where(col(Member.workspace_id) == notice.workspace_id)
        .order_by(col(Member.id))
    )
    meant = col(Member.role).in_(at_least(to)) if members is None else col(Member.id).in_(members)
    recipients = [Recipient(member_id, email) for member_id, email in connection.execute(people.where(meant))]
    if recipients:
        tell(connection, notice, recipients)


async def notify_in(
    session: AsyncSession, notice: Notice, *, to: Role = "editor", members: Collection[str] | None = None
) -> None:
    """The same in the transaction of a request."""
    connection = await session.connection()
    await connection.run_sync(lambda inner: notify(inner, notice, to=to, members=members))
