"""`nodeloom up` with an owner whose session the tests may use, beside the browser, to lay things out."""

import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from nodeloom.adapters.database import Database
from nodeloom.features.accounts import members, passwords
from tests.support.up import Up, nodeloom_up
from tests.support.waiting import wait_until

EMAIL = "ada@example.com"
PASSWORD = "a sentence does well"
OVER = {"succeeded", "failed", "cancelled"}


@dataclass(frozen=True)
class Installed:
    folder: Path
    up: Up
    client: httpx2.Client

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.up.port}"

    def cookies(self) -> dict[str, str]:
        return dict(self.client.cookies)

    def sign_in(self) -> None:
        answer = self.client.post("/api/v1/auth/login", json={"email": EMAIL, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]

    def set_up(self) -> None:
        """What the first visitor fills in."""
        account = {"email": EMAIL, "password": PASSWORD, "name": "Ada"}
        answer = self.client.post("/api/v1/auth/setup", json=account)
        assert answer.status_code == 201, answer.text
        self.sign_in()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.client.request(method, f"/api/v1{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def workflow(self, name: str, graph: dict[str, Any]) -> str:
        return self.ask("POST", "/workflows", {"name": name, "graph": graph})["id"]

    def publish(self, workflow_id: str) -> None:
        self.ask("POST", f"/workflows/{workflow_id}/publish", {})

    def start(self, workflow_id: str, **how: Any) -> str:
        """A run of the draft that is left to itself."""
        return self.ask("POST", f"/workflows/{workflow_id}/runs", {"version": "draft", **how})["id"]

    def run_ends(self, run_id: str, status: str) -> None:
        """Until the run is over, or waits if that is what it should do."""
        wait_until(lambda: self.ask("GET", f"/runs/{run_id}")["status"] in OVER | {status}, f"the end of {run_id}")
        assert self.ask("GET", f"/runs/{run_id}")["status"] == status

    def add_viewer(self, email: str) -> None:
        """Somebody who may only look; with the owner's password."""
        # The browser's driver keeps the loop of this thread busy.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._add_viewer(email)).result()

    async def _add_viewer(self, email: str) -> None:
        database = Database.open(f"sqlite:///{self.folder / 'home' / 'nodeloom.db'}")
        workspace_id = self.ask("GET", "/me")["workspaces"][0]["id"]
        password_hash = await passwords.hash_password(PASSWORD)
        async with database.transaction() as session:
            person = await members.add_person(session, email=email, name="Vera Looker", password_hash=password_hash)
            await members.add_member(session, workspace_id, person.id, "viewer")
        await database.dispose()


@contextmanager
def installed(folder: Path, *, owner: bool) -> Generator[Installed]:
    """Started and ready; stopped as Ctrl-C stops it."""
    account = {"NODELOOM_OWNER_EMAIL": EMAIL, "NODELOOM_OWNER_PASSWORD": PASSWORD} if owner else {}
    started = nodeloom_up(folder, port=None, NODELOOM_EGRESS_ALLOW="127.0.0.1", NODELOOM_WORKERS="1", **account)
    with started as up, httpx2.Client(timeout=30) as client:
        client.base_url = f"http://127.0.0.1:{up.port}"
        running = Installed(folder, up, client)
        if owner:
            running.sign_in()
        yield running
        up.process.terminate()
        up.process.wait(30)
