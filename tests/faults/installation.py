"""Nodeloom as a team runs it: processes of their own, a Redis of their own, and somebody who kills them."""

import asyncio
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from nodeloom.adapters.database import Database
from nodeloom.adapters.embedded_redis import server_command
from nodeloom.features.accounts import keys, members
from nodeloom.features.audit import trail
from tests.support.up import NODELOOM, environment, free_port

PATIENCE_S = 60.0
_ASK_EVERY_S = 0.02


async def eventually(fact: Callable[[], Awaitable[object]], what: str, *, within_s: float = PATIENCE_S) -> None:
    """Returns as soon as `fact()` is true; the event loop stays free for the servers in it."""
    end = time.monotonic() + within_s
    while not await fact():
        assert time.monotonic() < end, f"waited {within_s:g} s for {what}"
        await asyncio.sleep(_ASK_EVERY_S)


def _in_background(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class OwnRedis:
    """A server that may be emptied, killed and started again on the same socket."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="nodeloom-faults-"))
        self._socket = self._folder / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    async def start(self) -> None:
        self._process = _in_background(server_command(self._socket, self._folder))
        await eventually(self._answers, "Redis to answer")

    async def _answers(self) -> bool:
        try:
            return await self._ask("PING") is not None
        except OSError:
            return False

    async def empty(self) -> None:
        await self._ask("FLUSHALL")

    async def _ask(self, command: str) -> bytes | None:
        reader, writer = await asyncio.open_unix_connection(self._socket)
        try:
            writer.write(f"{command}\r\n".encode())
            await writer.drain()
            answer = await reader.readline()
            return answer if answer.startswith(b"+") else None
        finally:
            writer.close()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            self._socket.unlink(missing_ok=True)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


@dataclass
class Part:
    """One process of the installation."""

    word: str
    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """As the kernel does it when memory runs out: nothing is tidied up."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> int:
        """SIGTERM; the exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def said(self) -> str:
        return self.log.read_text()


@dataclass
class Installation:
    folder: Path
    database_url: str
    database: Database
    redis: OwnRedis
    port: int = field(default_factory=free_port)
    parts: list[Part] = field(default_factory=list[Part])
    settings: dict[str, str] = field(default_factory=dict[str, str])
    client: httpx2.AsyncClient = field(init=False)
    workspace_id: str = ""

    def start(self, word: str) -> Part:
        """`api`, `worker` or `scheduler`; returns before it is ready."""
        log = self.folder / f"{word}-{len(self.parts)}.log"
        settings = {
            "NODELOOM_DATABASE_URL": self.database_url,
            "NODELOOM_REDIS_URL": self.redis.url,
            "NODELOOM_SECRET_KEY": "a key that only these tests know",
            "NODELOOM_EGRESS_ALLOW": "127.0.0.1",
            **self.settings,
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                [NODELOOM, word],
                env=environment(self.folder / "home", self.port, **settings),
                cwd=self.folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        part = Part(word, process, log)
        self.parts.append(part)
        return part

    async def ready(self, *parts: Part) -> None:
        """Until each has said that it is ready; the API is asked."""
        for part in parts:
            try:
                await eventually(lambda part=part: self._is_ready(part), f"the {part.word} to be ready")
            except AssertionError as late:
                raise AssertionError(f"{late}\n{said_by_all(self)}") from late

    async def _is_ready(self, part: Part) -> bool:
        assert part.process.poll() is None, part.said()
        if part.word != "api":
            return f"{part.word} ready" in part.said()
        try:
            return (await self.client.get("/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    async def open(self) -> None:
        """A workspace with a key in the database, and a client that carries it."""
        async with self.database.transaction() as session:
            self.workspace_id = (await members.add_workspace(session, "Ours")).id
            _, key = await keys.add_key(
                session, trail.Installation(), workspace_id=self.workspace_id, name="tests", role="owner"
            )
        self.client = httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", headers={"Authorization": f"Bearer {key}"}, timeout=30
        )

    async def close(self) -> None:
        await self.client.aclose()
        for part in self.parts:
            if part.process.poll() is None:
                part.kill()

    async def rows(self, statement: str, **values: Any) -> Sequence[Any]:
        async with self.database.read() as session:
            return (await session.execute(text(statement), values)).all()

    async def run(self, run_id: str) -> tuple[str, str | None]:
        """(status, reason of waiting)"""
        rows = await self.rows("SELECT status, waiting_reason FROM run WHERE id = :id", id=run_id)
        assert len(rows) == 1, f"{len(rows)} runs {run_id}"
        return rows[0].status, rows[0].waiting_reason

    async def run_is(self, run_id: str, status: str, reason: str | None = None) -> None:
        async def fact() -> bool:
            return await self.run(run_id) == (status, reason)

        await eventually(fact, f"run {run_id} to be {status} {reason or ''}")

    async def settle(self, run_id: str, node_id: str, outcome: str) -> None:
        output = {"output": {"settled": True}} if outcome == "happened" else {}
        answer = await self.client.post(
            f"/api/v1/runs/{run_id}/nodes/{node_id}/resolve", json={"outcome": outcome, **output}
        )
        assert answer.status_code == 202, answer.text

    async def accepted(self, path: str, body: Any) -> str:
        """The id of the run that a webhook was answered with."""
        answer = await self.client.post(f"/hooks/{path}", json=body)
        assert answer.status_code == 202, answer.text
        return answer.json()["run_id"]


def said_by_all(installation: Installation) -> str:
    """The last lines of every process, for a failure's message."""
    return "\n".join(f"--- {part.log.name}\n{part.said()[-2_000:]}" for part in installation.parts)
