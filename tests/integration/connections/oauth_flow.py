"""A browser at the application and a person at the provider, both without a screen."""

import html
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from sqlmodel import col, select

from nodeloom.features.audit.models import AuditEntry
from tests.support.api import ApiUnderTest
from tests.support.standins.oauth import OAuthProvider

PATH = "/api/v1/connections"


@dataclass(frozen=True)
class Told:
    """What the page at the end says: to the person (`title`), and to the page that asked for it."""

    status: int
    title: str
    text: str
    message: dict[str, Any]

    @property
    def connection_id(self) -> str:
        assert self.message["ok"], self
        return self.message["connection_id"]


async def begin(client: httpx2.AsyncClient, **body: Any) -> str:
    answer = await client.post(f"{PATH}/oauth", json={"connector": "loom", "name": "Ours", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()["authorize_url"]


async def come_back(client: httpx2.AsyncClient, location: str) -> Told:
    """The redirect to our callback, followed by the browser that is given."""
    parts = urlsplit(location)
    assert parts.path == "/oauth/callback", location
    answer = await client.get(f"{parts.path}?{parts.query}")
    return told(answer)


def told(answer: httpx2.Response) -> Told:
    assert answer.headers["content-type"].startswith("text/html"), answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    title = re.search(r"<h1>(.*?)</h1>", answer.text)
    message = re.search(r'data-told="([^"]*)"', answer.text)
    assert title is not None
    assert message is not None
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.text))
    return Told(answer.status_code, html.unescape(title[1]), text, json.loads(html.unescape(message[1])))


async def connect(
    client: httpx2.AsyncClient,
    provider: OAuthProvider,
    *,
    untick: Collection[str] = (),
    deny: bool = False,
    **body: Any,
) -> Told:
    url = await begin(client, **body)
    return await come_back(client, await provider.consent(url, untick=untick, deny=deny))


async def read(client: httpx2.AsyncClient, connection_id: str) -> dict[str, Any]:
    answer = await client.get(f"{PATH}/{connection_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def audited(api: ApiUnderTest, action: str) -> list[dict[str, Any]]:
    async with api.db.read() as session:
        rows = (await session.scalars(select(AuditEntry).where(col(AuditEntry.action) == action))).all()
    return [row.detail or {} for row in rows]
