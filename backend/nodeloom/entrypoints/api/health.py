"""/healthz and /readyz, for whoever watches the process."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from redis.exceptions import RedisError
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from nodeloom import migrations
from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.features.runs.models import Worker

router = APIRouter(tags=["health"])

_log = structlog.stdlib.get_logger(__name__)


class Alive(BaseModel):
    status: str


class Ready(BaseModel):
    """Only the database decides: without Redis or workers all is still taken in and stored."""

    database: str
    redis: str
    workers: int


@router.get("/healthz")
async def healthz() -> Alive:
    return Alive(status="ok")


def _database(request: Request) -> Database:
    return request.app.state.db


@router.get("/readyz", responses={503: {"model": Ready, "description": "Nothing can be stored."}})
async def readyz(request: Request, response: Response, db: Annotated[Database, Depends(_database)]) -> Ready:
    database = await db.check(migrations.head())
    if database != "ok":
        # What exactly is wrong is for the log: this page is open to everybody.
        _log.warning("not_ready", database=database)
        response.status_code = 503
    return Ready(
        database="ok" if database == "ok" else "unavailable",
        redis=await _redis(request),
        workers=await _workers(db) if database == "ok" else 0,
    )


async def _redis(request: Request) -> str:
    try:
        await request.app.state.redis.ping()
    except (RedisError, OSError):
        return "degraded"
    return "ok"


async def _workers(db: Database) -> int:
    alive = select(func.count()).select_from(Worker).where(col(Worker.lease_until) > clock.now())
    try:
        async with db.read() as session:
            return await session.scalar(alive) or 0
    except SQLAlchemyError:
        return 0
