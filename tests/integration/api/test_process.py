"""The process as it is started."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.support.api_process import OWNER, ApiProcess, api_process


@pytest.fixture
def running(sqlite_url: str, redis_url: str, tmp_path: Path) -> Iterator[ApiProcess]:
    with api_process(sqlite_url, redis_url, tmp_path) as api:
        yield api


def test_a_stream_does_not_hold_up_the_end(running: ApiProcess) -> None:
    with httpx2.Client(base_url=running.base) as client:
        assert client.post("/api/v1/auth/setup", json=OWNER).status_code == 201
        with client.stream("GET", "/api/v1/events?topics=runs") as events:
            lines = events.iter_lines()
            assert next(lines).startswith(":")
            running.process.send_signal(signal.SIGTERM)
            assert not any(line.startswith("data") for line in lines)
    # Less than what requests are given that are still being answered.
    assert running.process.wait(4) in (0, -signal.SIGTERM)


def test_whom_a_trusted_proxy_names_is_the_caller(running: ApiProcess) -> None:
    proxied = {"X-Forwarded-For": "192.0.2.7"}
    with httpx2.Client(base_url=running.base) as client:
        assert client.post("/api/v1/auth/setup", json=OWNER, headers=proxied).status_code == 403
        client.post("/api/v1/auth/setup", json=OWNER)
        login = {"email": OWNER["email"], "password": OWNER["password"]}
        client.post("/api/v1/auth/login", json=login, headers=proxied)
        newest = client.get("/api/v1/sessions").json()["items"][0]
    assert newest["address"] == "192.0.2.7"
