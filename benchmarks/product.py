"""Nodeloom as it is started by hand: API, one worker and a scheduler on SQLite, and workflows to load."""

import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

EMAIL, PASSWORD = "bench@example.org", "a long enough password"
PORT = 18_600


def set_node(number: int) -> dict[str, Any]:
    fields = [{"name": "greeting", "value": "Hello {{ $json.body.name }}"}]
    return {
        "id": f"set{number}",
        "type": "core.set",
        "title": f"Set {number}",
        "params": {"fields": fields, "keep": "all"},
    }


def code_node(number: int) -> dict[str, Any]:
    source = "return items.map((item) => ({...item.json, greeting: 'Hello ' + item.json.body.name}));"
    return {"id": f"code{number}", "type": "core.code", "title": f"Code {number}", "params": {"source": source}}


def chain(path: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    hook = {
        "id": "hook",
        "type": "core.webhook",
        "title": "Hook",
        "params": {"path": path, "method": "POST", "respond": "last_node"},
    }
    listed = [hook, *nodes]
    edges = [
        {"source": source["id"], "port": "out", "target": target["id"], "input": "in"}
        for source, target in itertools.pairwise(listed)
    ]
    return {"format": 1, "nodes": listed, "edges": edges}


def cases(slow_url: str) -> dict[str, dict[str, Any]]:
    call = {
        "id": "call",
        "type": "http.request",
        "title": "Call",
        "params": {"method": "GET", "url": slow_url, "response": "json"},
    }
    return {
        "a: webhook, one set, answer": chain("bench-a", set_node(1)),
        "b: ten sets": chain("bench-b", *(set_node(number) for number in range(10))),
        "c: forty sets": chain("bench-c", *(set_node(number) for number in range(40))),
        "d: one HTTP call of 50 ms": chain("bench-d", call),
        "e: ten small steps of JavaScript": chain("bench-e", *(code_node(number) for number in range(10))),
    }


@contextmanager
def started(home: Path, *, workers: int = 1) -> Generator[str]:
    """The address of a running installation in an empty folder."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    environment = os.environ | {
        "NODELOOM_HOME": str(home),
        "NODELOOM_PORT": str(PORT),
        "NODELOOM_WORKERS": str(workers),
        "NODELOOM_OWNER_EMAIL": EMAIL,
        "NODELOOM_OWNER_PASSWORD": PASSWORD,
        "NODELOOM_EGRESS_ALLOW": "127.0.0.1",
        "NODELOOM_LOG_LEVEL": "warning",
    }
    command = [str(Path(sys.executable).parent / "nodeloom"), "up", "--no-browser"]
    with (home / "up.log").open("w") as log:
        up = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{PORT}"
            _wait_until_ready(url, up)
            yield url
        finally:
            up.terminate()
            up.wait(30)


def _wait_until_ready(url: str, up: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and up.poll() is None:
        try:
            ready = httpx2.get(f"{url}/readyz", timeout=1)
            if ready.status_code == 200 and ready.json()["workers"] > 0:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.1)
    sys.exit("Nodeloom did not start; see up.log in its folder.")


def publish(url: str, graphs: dict[str, dict[str, Any]]) -> None:
    with httpx2.Client(base_url=f"{url}/api/v1", timeout=30) as client:
        login = client.post("/auth/login", json={"email": EMAIL, "password": PASSWORD}).raise_for_status()
        client.headers["X-CSRF-Token"] = login.json()["csrf_token"]
        for name, graph in graphs.items():
            made = client.post("/workflows", json={"name": name, "graph": graph}).raise_for_status()
            client.post(f"/workflows/{made.json()['id']}/publish", json={}).raise_for_status()


def succeeded(home: Path, name: str) -> int:
    """How many stored runs of the workflow succeeded."""
    with sqlite3.connect(home / "nodeloom.db") as database:
        query = "SELECT count(*) FROM run WHERE workflow_name = ? AND status = 'succeeded'"
        return int(database.execute(query, (name,)).fetchone()[0])
