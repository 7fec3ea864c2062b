"""The application, somebody who owns the workspace, and strangers who find pages by their addresses."""

import asyncio
import itertools
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx2
import pytest_asyncio

from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.worker.main import working
from nodeloom.features.runs.worker import RunWorker
from tests.support.api import ApiUnderTest, api, empty_api, settings
from tests.support.flows import graph, node, published

__all__ = ["api", "empty_api", "settings"]

_INPUT = re.compile(r"<input([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


@dataclass
class Hosted:
    """A member who may do everything, and a stranger."""

    api: ApiUnderTest
    owner: httpx2.AsyncClient
    stranger: httpx2.AsyncClient

    async def form(self, *fields: dict[str, Any], then: list[dict[str, Any]] | None = None, **params: Any) -> str:
        """The id of a workflow with a form at /forms/signup that is live."""
        ask = node("ask", "core.form", **{"path": "signup", "fields": list(fields), **params})
        return await published(self.owner, graph(ask, *(then if then is not None else [])))

    async def send(self, **answers: Any) -> httpx2.Response:
        """The whole form at once, as a page of one step does."""
        return await self.post({"-go": "send", **answers})

    async def post(self, data: dict[str, Any], **more: Any) -> httpx2.Response:
        return await self.stranger.post("/forms/signup", data=data, **more)

    async def runs(self) -> list[dict[str, Any]]:
        return (await self.owner.get("/api/v1/runs")).json()["items"]

    async def inbox(self) -> list[dict[str, Any]]:
        return (await self.owner.get("/api/v1/inbox")).json()["items"]

    async def resume_address(self, run_id: str) -> str:
        """Where the call goes that the run waits for, as soon as it does."""
        for _ in itertools.count():
            run = (await self.owner.get(f"/api/v1/runs/{run_id}")).json()
            if run["status"] == "waiting":
                return run["waiting"]["url"]
            await asyncio.sleep(0.01)
        raise AssertionError

    async def item(self) -> dict[str, Any]:
        """The item of the newest event."""
        [event, *_] = await self.inbox()
        return (await self.owner.get(f"/api/v1/inbox/{event['id']}")).json()["items"][0]


async def until(fact: Callable[[], bool]) -> None:
    """The test's own time limit ends a vain wait."""
    for _ in itertools.count():
        if fact():
            return
        await asyncio.sleep(0.01)


def inputs(page: httpx2.Response) -> dict[str, list[str]]:
    """What a browser would send of the page's text inputs, hidden ones too."""
    found: dict[str, list[str]] = {}
    for tag in _INPUT.findall(page.text):
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        ticked = attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes
        if ticked and attributes.get("type") != "file" and "name" in attributes:
            found.setdefault(attributes["name"], []).append(attributes.get("value", ""))
    return found


@pytest_asyncio.fixture
async def hosted(api: ApiUnderTest) -> Hosted:
    return Hosted(api, await api.signed_in("owner"), await api.visitor())


@pytest_asyncio.fixture
async def worker(hosted: Hosted, settings: Settings) -> AsyncGenerator[RunWorker]:
    async with working(settings) as (running, _):
        yield running
