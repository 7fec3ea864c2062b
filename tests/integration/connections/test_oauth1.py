"""Connecting by OAuth 1.0a: three legs, against a server that checks each signature."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from nodeloom.adapters.settings import Settings
from nodeloom_connectors.sdk import Access, Account, Connector, OAuth1, OAuth1Token
from tests.integration.connections.oauth_flow import PATH, begin, come_back, read
from tests.integration.connections.stranger import add
from tests.support.accounts import LOOM
from tests.support.api import BASE, ApiUnderTest, problem
from tests.support.standins.oauth1 import OAuth1Server, oauth1_server

OLD = Connector(
    name="old",
    title="Old Loom",
    icon="cable",
    color="#336699",
    description="A service with OAuth 1.",
    auth=OAuth1(
        request_token_url="https://old.invalid/request",
        authorize_url="https://old.invalid/authorize",
        access_token_url="https://old.invalid/access",
        parameters={"scope": "read,write"},
    ),
)


@pytest.fixture
def server() -> Generator[OAuth1Server]:
    with oauth1_server(f"{BASE}/oauth/callback") as server:
        yield server


@pytest.fixture
def settings(server: OAuth1Server, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        public_url=BASE,
        database_url=database_url,
        redis_url=redis_url,
        egress_allow=("127.0.0.1",),
        connector_settings={
            "OLD_CLIENT_ID": server.client_key,
            "OLD_CLIENT_SECRET": server.client_secret,
            "OLD_REQUEST_TOKEN_URL": server.request_token_url,
            "OLD_AUTHORIZE_URL": server.authorize_url,
            "OLD_ACCESS_TOKEN_URL": server.access_token_url,
        },
    )


@pytest.fixture
def old(api: ApiUnderTest, server: OAuth1Server) -> ApiUnderTest:
    async def verify(access: Access[OAuth1Token]) -> Account | None:
        grant = server.check(access.secret.token.get_secret_value())
        assert grant is not None
        return Account(grant.subject, grant.subject)

    add(api, replace(OLD, verify=verify))
    return api


async def test_three_legs(old: ApiUnderTest, server: OAuth1Server) -> None:
    editor = await old.signed_in("editor")
    page = await come_back(editor, await server.consent(await begin(editor, connector="old")))
    assert page.title == "Old Loom is connected"
    connection = await read(editor, page.connection_id)
    assert (connection["auth"], connection["health"], connection["scopes"]) == ("oauth1", "healthy", None)
    assert connection["account"]["id"] == "member1"
    opened = await old.app.state.tokens.opened(old.workspace_id, page.connection_id)
    assert server.access_tokens[opened.secret["token"]].secret == opened.secret["token_secret"]


async def test_two_tabs_and_a_second_use(old: ApiUnderTest, server: OAuth1Server) -> None:
    editor = await old.signed_in("editor")
    first, second = await begin(editor, connector="old"), await begin(editor, connector="old")
    location = await server.consent(first)
    assert (await come_back(editor, await server.consent(second))).status == 200
    assert (await come_back(editor, location)).status == 200
    assert (await come_back(editor, location)).status == 409
    assert len((await editor.get(PATH)).json()["items"]) == 2


async def test_whoever_says_no_stores_nothing(old: ApiUnderTest, server: OAuth1Server) -> None:
    editor = await old.signed_in("editor")
    page = await come_back(editor, await server.consent(await begin(editor, connector="old"), deny=True))
    assert (page.status, page.title) == (400, "Nothing was connected")


async def test_a_foreign_browser(old: ApiUnderTest, server: OAuth1Server) -> None:
    editor = await old.signed_in("editor")
    location = await server.consent(await begin(editor, connector="old"))
    assert (await come_back(await old.visitor(), location)).status == 403


async def test_a_verifier_that_is_made_up(old: ApiUnderTest, server: OAuth1Server) -> None:
    editor = await old.signed_in("editor")
    location = await server.consent(await begin(editor, connector="old"))
    forged = location.replace("oauth_verifier=", "oauth_verifier=x")
    assert (await come_back(editor, forged)).title == "Old Loom refused"


async def test_a_wrong_secret_is_told_before_anybody_leaves(old: ApiUnderTest, server: OAuth1Server) -> None:
    server.client_secret = "another"
    editor = await old.signed_in("editor")
    answer = await editor.post(f"{PATH}/oauth", json={"connector": "old", "name": "x"})
    document = problem(answer, 502)
    assert document["type"].endswith("/consent_unavailable")
    assert old.app.state.settings.connector_settings["OLD_CLIENT_SECRET"] not in answer.text


async def test_one_service_with_both_ways(old: ApiUnderTest, server: OAuth1Server) -> None:
    """The first is offered unless the other is asked for; the address of OAuth 2 is not taken for OAuth 1's."""
    add(old, replace(OLD, auth=LOOM.auth, other_auths=(OLD.auth,)))
    settings = old.app.state.settings.connector_settings
    settings["OLD_OAUTH1_AUTHORIZE_URL"], settings["OLD_AUTHORIZE_URL"] = server.authorize_url, "https://two.invalid"
    editor = await old.signed_in("editor")
    assert (await begin(editor, connector="old")).startswith("https://two.invalid?")
    assert (await begin(editor, connector="old", auth="oauth1")).startswith(server.authorize_url)
