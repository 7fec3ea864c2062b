"""`nodeloom api` as a process of its own, with real sockets and signals."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from tests.support.up import free_port
from tests.support.waiting import wait_until

OWNER: Final = {"email": "ann@example.org", "password": "a long sentence", "name": "Ann"}


@dataclass(frozen=True)
class ApiProcess:
    process: subprocess.Popen[bytes]
    base: str


@contextmanager
def api_process(database_url: str, redis_url: str, home: Path) -> Generator[ApiProcess]:
    """Answers when the block begins; takes the word of a proxy on loopback."""
    port = str(free_port())
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("NODELOOM_")},
        "PYTHONPATH": os.pathsep.join(sys.path),
        "NODELOOM_HOME": str(home),
        "NODELOOM_PORT": port,
        "NODELOOM_DATABASE_URL": database_url,
        "NODELOOM_REDIS_URL": redis_url,
        "NODELOOM_TRUSTED_PROXIES": "127.0.0.1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "nodeloom.entrypoints.cli.main", "api"], env=environment, cwd=home
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(base), "the API to answer", within_s=50)
        yield ApiProcess(process, base)
    finally:
        process.kill()
        process.wait(10)


def _answers(base: str) -> bool:
    try:
        return httpx2.get(f"{base}/healthz").is_success
    except httpx2.TransportError:
        return False
