"""How often may be tried to sign in, to invite, to send: counted in the database for all processes alike."""

import hashlib
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil

from sqlalchemy import case, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from nodeloom.features.accounts import repository
from nodeloom.features.accounts.errors import TooManyTries
from nodeloom.features.accounts.models import Throttle

WINDOW = timedelta(minutes=15)
TRIES_PER_EMAIL_AND_ADDRESS = 10
TRIES_PER_ADDRESS = 60
TRIES_PER_EMAIL = 100


async def count_try(session: AsyncSession, *, email: str, address: str, now: datetime) -> TooManyTries | None:
    """Count a try before it is made, and say whether it may be.

    Counted first, so that a hundred tries at once are a hundred tries. The refusal is returned and not
    raised: raising would take the count back. What strangers try holds up nobody who is signed in from
    where they are: else whoever knows an e-mail could lock its person out.
    """
    limits = (
        (_email_bucket(email, address), TRIES_PER_EMAIL_AND_ADDRESS),
        (_address_bucket(address), TRIES_PER_ADDRESS),
    )
    waits = [await _count(session, bucket, limit, now) for bucket, limit in limits]
    everywhere = await _count(session, _email_bucket(email), TRIES_PER_EMAIL, now)
    if everywhere and not await repository.signed_in_from(session, email.strip().lower(), address):
        waits.append(everywhere)
    wait = max(waits)
    return TooManyTries(wait) if wait > 0 else None


async def count_one(session: AsyncSession, bucket: str, *, most: int, now: datetime) -> TooManyTries | None:
    """The same for anything else that may be done so often in a window."""
    wait = await _count(session, bucket, most, now)
    return TooManyTries(wait) if wait > 0 else None


async def take_back(session: AsyncSession, *, email: str, address: str) -> None:
    """After a try that was right: from there its e-mail starts anew, and both alone have tried once less."""
    await session.execute(delete(Throttle).where(col(Throttle.bucket) == _email_bucket(email, address)))
    alone = col(Throttle.bucket).in_((_address_bucket(address), _email_bucket(email)))
    await session.execute(update(Throttle).where(alone).values(tries=col(Throttle.tries) - 1))


async def forgive(session: AsyncSession, email: str) -> None:
    """Whoever tried this e-mail, from wherever: it starts anew."""
    await session.execute(delete(Throttle).where(col(Throttle.bucket).startswith(_email_bucket(email))))


async def forget_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(Throttle).where(col(Throttle.since) <= now - WINDOW))


def _address_bucket(address: str) -> str:
    return f"address:{_network(address)}"[:200]


def _email_bucket(email: str, address: str | None = None) -> str:
    # A digest: what is typed into this field may be a password.
    digest = hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()
    return f"email:{digest}" if address is None else f"email:{digest}:{_network(address)}"[:200]


def _network(address: str) -> str:
    """Of IPv6 the network: every connection to the internet has 2^64 addresses to try from."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Network((int(found) >> 64 << 64, 64))) if isinstance(found, IPv6Address) else address


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
