"""An account by OAuth from its consent to a run, and then: no token in anything that the product wrote."""

import gzip
import sys
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from nodeloom.adapters.settings import Settings
from nodeloom.adapters.telemetry import hide_secrets
from nodeloom.migrations.tables import all_tables
from tests.integration.connections.oauth_flow import begin, come_back
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.api import BASE
from tests.support.far_side import FarSide, Reply, Seen
from tests.support.flows import MANUAL, graph, node
from tests.support.standins.oauth import PLAIN, OAuthProvider, oauth_provider
from tests.support.strangers import install_connector

LOOM = '''
from pydantic import BaseModel, JsonValue
from nodeloom_connectors.sdk import Access, ActionContext, Connector, OAuth2, OAuth2Token, Reconnect, Refused, action


class Client:
    def __init__(self, access: Access[OAuth2Token]) -> None:
        self.http, self.base = access.http, access.settings["api_url"]
        self.token = access.secret.access_token.get_secret_value()
        self.app = access.app

    async def call(self, path: str) -> JsonValue:
        answer = await self.http.get(self.base + path, headers={"Authorization": f"Bearer {self.token}"})
        if answer.status_code == 401:
            raise Reconnect(f"The token {self.token} is over.")
        if answer.is_error:
            raise Refused(f"It says: {answer.text}")
        return answer.json()


class Params(BaseModel):
    path: str


class Echo(BaseModel):
    echo: JsonValue


@action(title="Echo", effect="read")
async def echo(ctx: ActionContext[Client], params: Params) -> Echo:
    """Say what was heard."""
    ctx.log.info("calling with " + ctx.client.token)
    return Echo(echo=await ctx.client.call(params.path))


connector = Connector(name="echoes", title="Echoes", icon="cable", color="#123456", description="Echoes.",
                      auth=OAuth2("https://x.invalid/a", "https://x.invalid/t", ("read",), "https://x.invalid/r"),
                      actions=(echo,), connect=Client)
'''


@pytest.fixture
def provider() -> Generator[OAuthProvider]:
    with oauth_provider(PLAIN, redirect_uri=f"{BASE}/oauth/callback") as provider:
        yield provider


@pytest.fixture
def settings(
    settings: Settings, provider: OAuthProvider, service: FarSide, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Settings]:
    folder = install_connector(tmp_path_factory.mktemp("echoes"), "echoes", LOOM)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(folder), *sys.path])
        yield settings.model_copy(
            update={
                "public_url": BASE,
                "connector_settings": {
                    "ECHOES_CLIENT_ID": provider.client_id,
                    "ECHOES_CLIENT_SECRET": provider.client_secret,
                    "ECHOES_AUTHORIZE_URL": provider.authorize_url,
                    "ECHOES_TOKEN_URL": provider.token_url,
                    "ECHOES_REVOKE_URL": provider.revoke_url,
                    "ECHOES_API_URL": service.url(""),
                },
            }
        )


@pytest.fixture(autouse=True)
def logs() -> Generator[None]:
    """As a process of the product writes them."""
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[*before[:-1], hide_secrets, before[-1]])
    yield
    structlog.configure(processors=before)


async def test_no_token_in_anything_that_was_written(
    running: Running, provider: OAuthProvider, service: FarSide, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    def answer(seen: Seen) -> Reply:
        sent = seen.headers["authorization"]
        grant = provider.check(sent.removeprefix("Bearer "))
        if grant is None or grant.state != "valid":
            return Reply(401)
        return Reply(200 if seen.path == "/fine" else 418, {"Content-Type": "application/json"}, f'"{sent}"'.encode())

    service.answer = answer
    client = running.client
    page = await come_back(client, await provider.consent(await begin(client, connector="echoes")))
    connection_id = page.connection_id
    said = [page.text]

    def flow(path: str) -> dict[str, Any]:
        return graph(MANUAL, {**node("echo", "echoes.echo", path=path), "connection_id": connection_id})

    # Refused once and renewed; then refused for another reason, with the token in the service's words.
    provider.expire_access_tokens()
    fine = await running.start(flow("/fine"))
    teapot = await running.start(flow("/teapot"))
    assert (fine["status"], teapot["status"], provider.refreshes) == ("succeeded", "failed", 1)
    assert "•••" in str(nodes_of(teapot)["echo"]["error"])
    provider.revoke_grants()
    parked = await running.start(flow("/fine"), wait_s=0)
    await running.until_waiting(parked["id"], "connection")

    runs = [fine["id"], teapot["id"], parked["id"]]
    paths = [
        *(f"/runs/{run}" for run in runs),
        *(f"/runs/{run}/nodes/echo/output?port=out" for run in runs),
        *(f"/runs/{run}/nodes/echo/input" for run in runs),
        *(f"/runs/{run}/logs" for run in runs),
        *(f"/workflows/{run['workflow_id']}" for run in (fine, teapot)),
        f"/connections/{connection_id}",
        "/connections",
        "/oauth-apps",
        "/audit",
        "/notifications",
        "/runs",
    ]
    said += [(await client.get(f"/api/v1{path}")).text for path in paths]
    assert (await client.get(f"/api/v1/connections/{connection_id}")).json()["health"] == "broken"
    assert (await client.delete(f"/api/v1/connections/{connection_id}?force=true")).status_code == 204
    out, err = capfd.readouterr()
    written = [*(text.encode() for text in (*said, out, err)), *_files(settings.home), *await _rows(running)]
    secrets = list(_issued(provider))
    assert len(secrets) >= 5
    found = {
        text[max(0, at - 100) : at] for secret in secrets for text in written if (at := text.find(secret.encode())) >= 0
    }
    assert found == set(), "what stands before each token that was found"
    assert "calling with" in out


def _issued(provider: OAuthProvider) -> Iterator[str]:
    """Every token and code that the provider ever gave, and the secret of the app."""
    yield provider.client_secret
    for store in ("_access", "_refresh", "_codes"):
        yield from getattr(provider, store)


def _files(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield from _opened(path.read_bytes())


async def _rows(running: Running) -> list[bytes]:
    texts: list[bytes] = []
    async with running.api.db.read() as session:
        for table in all_tables().sorted_tables:
            for row in (await session.execute(select(table))).all():
                texts += [text for value in row for text in _opened(_bytes(value))]
    return texts


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


def _opened(content: bytes) -> Iterator[bytes]:
    """As it is, and as it is packed."""
    yield content
    for unpack in (zlib.decompress, gzip.decompress):
        for start in (0, 1, 2):
            try:
                yield unpack(content[start:])
            except (OSError, EOFError, zlib.error):
                continue
