"""How often may be tried to sign in, to invite, to send: counted in the database for all processes alike."""

import hashlib
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import case, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from nodeloom.features.accounts.errors import TooManyTries
from nodeloom.features.accounts.models import Throttle

WINDOW = timedelta(minutes=15)
TRIES_PER_EMAIL = 10
TRIES_PER_ADDRESS = 60


async def count_try(session: AsyncSession, *, email: str, address: str, now: datetime) -> TooManyTries | None:
    """Count a try before it is made, and say whether it may be.

    Counted first, so that a hundred tries at once are a hundred tries. The refusal is returned and not
    raised: raising would take the count back.
    """
    limits = ((_email_bucket(email), TRIES_PER_EMAIL), (_address_bucket(address), TRIES_PER_ADDRESS))
    waits = [await _count(session, bucket, limit, now) for bucket, limit in limits]
    wait = max(waits)
    return TooManyTries(wait) if wait > 0 else None


async def count_one(session: AsyncSession, bucket: str, *, most: int, now: datetime) -> TooManyTries | None:
    """The same for anything else that may be done so often in a window."""
    wait = await _count(session, bucket, most, now)
    return TooManyTries(wait) if wait > 0 else None


async def take_back(session: AsyncSession, *, email: str, address: str) -> None:
    """After a try that was right: its e-mail starts anew, and its address has tried once less."""
    await session.execute(delete(Throttle).where(col(Throttle.bucket) == _email_bucket(email)))
    await session.execute(
        update(Throttle).where(col(Throttle.bucket) == _address_bucket(address)).values(tries=col(Throttle.tries) - 1)
    )


async def forget_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(Throttle).where(col(Throttle.since) <= now - WINDOW))


def _address_bucket(address: str) -> str:
    return f"address:{address}"[:200]


def _email_bucket(email: str) -> str:
    # A digest: what is typed into this field may be a password.
    return "email:" + hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()


async def _count(session: AsyncSession, bucket: str, limit: int, now: datetime) -> int:
    """Seconds to wait, 0 for none."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(Throttle).values(bucket=bucket, tries=1, since=now)
    old = col(Throttle.since) <= now - WINDOW
    counted = first.on_conflict_do_update(
        index_elements=[col(Throttle.bucket)],
        set_={
            "tries": case((old, 1), else_=col(Throttle.tries) + 1),
            "since": case((old, first.excluded.since), else_=col(Throttle.since)),
        },
    ).returning(col(Throttle.tries), col(Throttle.since))
    tries, since = (await session.execute(counted)).one()
    return 0 if tries <= limit else max(1, ceil((since + WINDOW - now).total_seconds()))
