"""The record of a write that carries an Idempotency-Key: begun, carried out, answered.

A record is begun in a transaction of its own before the write. The write's own transaction marks it as
carried out, and the answer is added before it is sent. So a process that dies leaves one of three things:
nothing carried out (the next request begins anew once the lock has run out), carried out without an
answer (the next request is told so), or the answer.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, cast

from fastapi import Request
from sqlalchemy import CursorResult, Delete, Update, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from nodeloom.adapters.ids import new_id
from nodeloom.adapters.problem import ApiProblem
from nodeloom.features.accounts.models import IdempotencyRecord

KEPT = timedelta(hours=24)
# Longer than any request may take: runs are waited for up to 60 s.
_LOCK = timedelta(seconds=120)
SCOPE_KEY = "nodeloom.idempotency"


class StillInProgress(ApiProblem):
    status = 409
    code = "still_in_progress"
    title = "The first request with this Idempotency-Key is still being served"
    hint = "Send it again after Retry-After."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class OtherBody(ApiProblem):
    status = 422
    code = "idempotency_key_reused"
    title = "This Idempotency-Key came with another body before"
    hint = "Use a new key for a new request; send the same body to repeat one."


class AnswerLost(ApiProblem):
    status = 409
    code = "answer_lost"
    title = "The first request was carried out, but its answer was lost"
    hint = "Look up what it made; don't send it again with a new key before you know."


@dataclass(frozen=True)
class Begun:
    """A write that is ours to carry out; `attempt` tells us from a process that had it before."""

    digest: str
    attempt: str


@dataclass(frozen=True)
class Answered:
    """The answer of the first request, as it was given to `answer`."""

    digest: str
    answer: bytes


Beginning: TypeAlias = Begun | Answered


def record_digest(principal: str, method: str, path: str, key: str) -> str:
    """What a record is found by: one key or member, one route, one Idempotency-Key."""
    return hashlib.sha256("\n".join((principal, method, path, key)).encode("utf-8", "replace")).hexdigest()


async def begin(session: AsyncSession, digest: str, fingerprint: str, now: datetime) -> Beginning:
    """Take the key, or find the answer that it already has; raises if neither can be."""
    await session.execute(delete(IdempotencyRecord).where(col(IdempotencyRecord.expires_at) <= now))
    attempt, key = new_id("try"), col(IdempotencyRecord.digest)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(IdempotencyRecord).values(
        digest=digest,
        attempt=attempt,
        fingerprint=fingerprint,
        carried_out=False,
        locked_until=now + _LOCK,
        expires_at=now + KEPT,
    )
    taken = fresh.on_conflict_do_nothing(index_elements=[key]).returning(key)
    if await session.scalar(taken) is not None:
        return Begun(digest, attempt)
    record = await session.get_one(IdempotencyRecord, digest, with_for_update=True, populate_existing=True)
    if record.fingerprint != fingerprint:
        raise OtherBody
    if record.answer is not None:
        return Answered(digest, record.answer)
    if record.locked_until > now:
        raise StillInProgress
    if record.carried_out:
        raise AnswerLost
    record.attempt = attempt
    record.locked_until = now + _LOCK
    return Begun(digest, attempt)


async def mark_carried_out(session: AsyncSession, request: Request) -> None:
    """To be called in every transaction that carries out a write; does nothing for one without a key."""
    begun = cast("Begun | None", request.scope.get(SCOPE_KEY))
    if begun is not None and not await _changed(session, _ours(begun).values(carried_out=True)):
        # The lock ran out and another process has it now: its write counts, ours is taken back.
        raise StillInProgress


async def answer(session: AsyncSession, begun: Begun, body: bytes) -> None:
    await session.execute(_ours(begun).values(answer=body))


async def let_go(session: AsyncSession, begun: Begun) -> bool:
    """Give the key back after a failure, unless the write was carried out; says whether it was given back."""
    return await _changed(
        session,
        delete(IdempotencyRecord).where(
            col(IdempotencyRecord.digest) == begun.digest,
            col(IdempotencyRecord.attempt) == begun.attempt,
            col(IdempotencyRecord.carried_out).is_(False),
        ),
    )


def _ours(begun: Begun) -> Update:
    return update(IdempotencyRecord).where(
        col(IdempotencyRecord.digest) == begun.digest, col(IdempotencyRecord.attempt) == begun.attempt
    )


async def _changed(session: AsyncSession, statement: Update | Delete) -> bool:
    result = cast("CursorResult[tuple[()]]", await session.execute(statement))
    return result.rowcount > 0
