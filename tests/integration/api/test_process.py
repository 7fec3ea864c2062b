"""The process as it is started: real sockets, real signals."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.support.waiting import wait_until

_PROGRAM = (
    "from nodeloom.adapters import settings; from nodeloom.entrypoints.api import main; main.run(settings.load())"
)
_OWNER = {"email": "ann@example.org", "password": "a long sentence", "name": "Ann"}


@pytest.fixture
def api_process(sqlite_url: str, redis_url: str, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process, trusting a proxy on loopback, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("NODELOOM_")},
        "PYTHONPATH": os.pathsep.join(sys.path),
        "NODELOOM_HOME": str(tmp_path),
        "NODELOOM_PORT": port,
        "NODELOOM_DATABASE_URL": sqlite_url,
        "NODELOOM_REDIS_URL": redis_url,
        "NODELOOM_TRUSTED_PROXIES": "127.0.0.1",
    }
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM], env=environment, cwd=tmp_path)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(base), "the API to answer", within_s=50)
        yield process, base
    finally:
        process.kill()
        process.wait(10)


def _answers(base: str) -> bool:
    try:
        return httpx2.get(f"{base}/healthz").is_success
    except httpx2.TransportError:
        return False


def test_a_stream_does_not_hold_up_the_end(api_process: tuple[subprocess.Popen[bytes], str]) -> None:
    process, base = api_process
    with httpx2.Client(base_url=base) as client:
        assert client.post("/api/v1/auth/setup", json=_OWNER).status_code == 201
        with client.stream("GET", "/api/v1/events?topics=runs") as events:
            lines = events.iter_lines()
            assert next(lines).startswith(":")
            process.send_signal(signal.SIGTERM)
            assert not any(line.startswith("data") for line in lines)
    # Far less than what requests are given that are still being answered.
    assert process.wait(4) in (0, -signal.SIGTERM)


def test_whom_a_trusted_proxy_names_is_the_caller(api_process: tuple[subprocess.Popen[bytes], str]) -> None:
    _, base = api_process
    assert (
        httpx2.post(f"{base}/api/v1/auth/setup", json=_OWNER, headers={"X-Forwarded-For": "192.0.2.7"}).status_code
        == 403
    )
    with httpx2.Client(base_url=base) as client:
        client.post("/api/v1/auth/setup", json=_OWNER)
        login = {"email": _OWNER["email"], "password": _OWNER["password"]}
        client.post("/api/v1/auth/login", json=login, headers={"X-Forwarded-For": "192.0.2.7"})
        newest = client.get("/api/v1/sessions").json()["items"][0]
    assert newest["address"] == "192.0.2.7"
