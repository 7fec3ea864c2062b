"""An account that its service no longer takes: marked once, and told to whoever has to do with it."""

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import domain_events
from nodeloom.features.accounts.notify import Notice, notify_in
from nodeloom.features.connections import repository
from nodeloom.features.connections.events import ConnectionBroken


async def mark_broken(session: AsyncSession, workspace_id: str, connection_id: str, reason: str) -> None:
    """Nothing happens if it is marked already."""
    row = await repository.connection(session, workspace_id, connection_id)
    if row is None or row.health == "broken":
        return
    await repository.set_health(session, workspace_id, connection_id, health="broken", detail=reason, used_at=None)
    title = f"The connection “{row.name}” broke"
    text = f"{reason}\nRuns that need it wait until it is connected again."
    notice = Notice(workspace_id, "connection_broken", connection_id, title, text, "/connections", once=True)
    await notify_in(session, notice)
    if row.owner_member_id is not None:
        # Perhaps no editor any more; who was told already is not told twice.
        await notify_in(session, notice, members=[row.owner_member_id])
    await domain_events.emit(session, ConnectionBroken(workspace_id, connection_id))
