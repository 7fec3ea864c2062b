"""What workflows did to tables is forgotten once nobody can ask for it again."""

from datetime import datetime

from sqlalchemy import delete

from nodeloom.adapters.database import Database
from nodeloom.features.tables.models import DATA_WRITES


async def forget_writes(database: Database, before: datetime) -> int:
    """Of every workspace; how many. A write is asked for again right after a crash, never days later."""
    async with database.transaction() as session:
        connection = await session.connection()
        return (await connection.execute(delete(DATA_WRITES).where(DATA_WRITES.c.done_at < before))).rowcount
