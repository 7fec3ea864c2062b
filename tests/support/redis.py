"""A real server of the Redis protocol, one for each process that runs tests, empty at the start of each test."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from nodeloom.adapters.embedded_redis import server_command
from tests.support.waiting import wait_until


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Path]:
    """The path of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="nodeloom-redis-"))
    path = folder / "valkey.sock"
    process = subprocess.Popen(server_command(path, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _ask(path, b"PING\r\n").startswith(b"+PONG"), "the Redis server to answer")
        yield path
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_url(redis_server: Path) -> str:
    _ask(redis_server, b"FLUSHALL\r\n")
    return f"unix://{redis_server}"


def _ask(path: Path, command: bytes) -> bytes:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect(str(path))
        connection.sendall(command)
        return connection.recv(64)
    return b""
