"""`nodeloom doctor`: one line for each thing that has to be right, and what to do where it is not."""

import stat
import sys
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import httpx2
import quickjs
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from nodeloom import migrations
from nodeloom.adapters import clock
from nodeloom.adapters.bubblewrap import FullPython
from nodeloom.adapters.database import Database
from nodeloom.adapters.mail import MailUnavailable
from nodeloom.adapters.python_packages import PythonPackages
from nodeloom.adapters.queue import connect
from nodeloom.adapters.sandbox import PythonSandbox
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.entrypoints.keys import STORED_SECRETS, unknown_among

_LARGEST_DRIFT_S = 5


@dataclass(frozen=True)
class Finding:
    """`advice` is what to do; empty where all is well."""

    state: Literal["ok", "warn", "fail"]
    what: str
    found: str
    advice: str = ""


Check = Callable[[Settings], AsyncGenerator[Finding]]


async def examine(settings: Settings, *, quiet: bool) -> int:
    """1 if anything failed."""
    worst = 0
    for check in _CHECKS:
        async for finding in check(settings):
            if finding.state == "fail":
                worst = 1
            if not quiet or finding.state == "fail":
                advice = f" → {finding.advice}" if finding.advice else ""
                print(f"{finding.state:4}  {finding.what}: {finding.found}{advice}", file=sys.stdout)
    return worst


async def _settings(settings: Settings) -> AsyncGenerator[Finding]:
    yield Finding("ok", "settings", f"all known and well-formed; data in {settings.home}")
    mode = stat.S_IMODE(settings.home.stat().st_mode)
    if mode & 0o077:
        yield Finding("warn", "data folder", f"others may read it (mode {mode:o})", f"chmod 700 {settings.home}")


async def _keys(settings: Settings) -> AsyncGenerator[Finding]:
    vault = Vault(settings.secret_keys)
    database = Database.open(settings.database_url)
    try:
        async with database.read() as session:
            stored = (await session.execute(STORED_SECRETS)).scalars().all()
    except SQLAlchemyError:
        yield Finding("warn", "keys", "not compared with the stored secrets: the database can't be read")
        return
    finally:
        await database.dispose()
    unknown = unknown_among(vault, stored)
    if unknown:
        advice = "add the key that they were sealed with to NODELOOM_SECRET_KEY"
        yield Finding("fail", "keys", f"{unknown} of {len(stored)} stored secrets can't be opened", advice)
    else:
        yield Finding("ok", "keys", f"{len(settings.secret_keys)} given, {len(stored)} stored secrets fit")


async def _database(settings: Settings) -> AsyncGenerator[Finding]:
    database = Database.open(settings.database_url)
    try:
        answer = await database.check(migrations.head())
        reachable = answer == "ok" or await database.check() == "ok"
    finally:
        await database.dispose()
    if answer == "ok":
        yield Finding("ok", "database", f"{database.dialect}, tables at {migrations.head()}")
    else:
        yield Finding("fail", "database", answer, "nodeloom migrate" if reachable else "check NODELOOM_DATABASE_URL")


async def _redis(settings: Settings) -> AsyncGenerator[Finding]:
    redis = connect(settings.redis_url)
    try:
        seconds, _ = await cast("Any", redis).time()
    except (RedisError, OSError) as error:
        advice = "start it with nodeloom up" if settings.embedded_redis else "check NODELOOM_REDIS_URL"
        state = "warn" if settings.embedded_redis else "fail"
        yield Finding(state, "Redis", f"no answer ({error}); nothing is lost, but runs start late", advice)
        return
    finally:
        await redis.aclose(close_connection_pool=True)
    yield Finding("ok", "Redis", "embedded" if settings.embedded_redis else "answers")
    drift = abs(clock.now().timestamp() - seconds)
    if drift > _LARGEST_DRIFT_S:
        yield Finding("fail", "clock", f"{drift:.0f} s apart from Redis's machine", "run a time service on both")
    else:
        yield Finding("ok", "clock", f"{clock.now():%Y-%m-%d %H:%M:%S} UTC, the same on Redis's machine")


async def _sandbox(settings: Settings) -> AsyncGenerator[Finding]:
    if quickjs.Context().eval("1 + 1") == 2:
        yield Finding("ok", "sandbox", "JavaScript runs in QuickJS")
    else:
        yield Finding("fail", "sandbox", "QuickJS doesn't work here", "install the quickjs-ng wheel anew")
    fault = PythonSandbox().problem("1 + 1")
    if fault is None:
        yield Finding("ok", "sandbox", "Python runs in monty")
    else:
        yield Finding("warn", "sandbox", fault[0], "install the pydantic-monty-runtime wheel anew")
    missing = FullPython(PythonPackages(settings.home)).missing()
    if missing is None and settings.full_python == "on":
        yield Finding("ok", "sandbox", "full Python runs in bubblewrap")
    elif missing is None:
        yield Finding("ok", "sandbox", "full Python could run in bubblewrap; it is switched off")
    elif settings.full_python == "on":
        yield Finding("fail", "sandbox", missing, "until then nodes that want full Python can't run")
    else:
        yield Finding("ok", "sandbox", f"full Python is switched off, and could not run: {missing}")


async def _address(settings: Settings) -> AsyncGenerator[Finding]:
    host = urlsplit(settings.public_url).hostname or ""
    if host in {"localhost", "127.0.0.1", "::1"}:
        advice = "set NODELOOM_PUBLIC_URL if webhooks or sign-in come from elsewhere"
        yield Finding("warn", "address", f"{settings.public_url} is reachable from this machine alone", advice)
    try:
        async with httpx2.AsyncClient(trust_env=False, timeout=5) as client:
            answer = await client.get(f"{settings.public_url}/healthz")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        yield Finding("warn", "address", f"{settings.public_url} doesn't answer ({error})", "is nodeloom running?")
        return
    if answer.status_code == 200:
        yield Finding("ok", "address", f"{settings.public_url} answers")
    else:
        advice = "something else listens there: check NODELOOM_PORT, NODELOOM_PUBLIC_URL and the proxy"
        yield Finding("warn", "address", f"{settings.public_url}/healthz gives {answer.status_code}", advice)


async def _mail(settings: Settings) -> AsyncGenerator[Finding]:
    mailer = settings.mailer()
    if mailer is None:
        yield Finding("ok", "mail", "no server set: nothing is mailed (NODELOOM_SMTP_URL)")
        return
    try:
        await mailer.check()
    except MailUnavailable as away:
        yield Finding("fail", "mail", f"the server can't be used: {away}", "check NODELOOM_SMTP_URL")
    else:
        yield Finding("ok", "mail", f"the server answers; letters come from {mailer.sender}")
    database = Database.open(settings.database_url)
    try:
        async with database.read() as session:
            dead = (await session.execute(text("SELECT count(*) FROM mail WHERE status = 'dead'"))).scalar() or 0
    except SQLAlchemyError:
        # The database has a line of its own.
        return
    finally:
        await database.dispose()
    if dead:
        advice = "the log says why (mail given up); each is forgotten after 30 days"
        yield Finding("warn", "mail", f"{dead} letters were given up", advice)


_CHECKS: tuple[Check, ...] = (_settings, _keys, _database, _redis, _sandbox, _address, _mail)
