"""Connecting by OAuth 2: there and back, in several tabs, and every way in which it does not work."""

import asyncio
from collections.abc import Generator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update
from sqlmodel import select

from nodeloom.adapters import clock
from nodeloom.adapters.http import guarded_client
from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.api.app import create_app
from nodeloom.features.connections.models import OauthFlow
from nodeloom_connectors.sdk import Access, Account, OAuth2Token, Refused
from tests.integration.connections.oauth_flow import PATH, audited, begin, come_back, connect, read, told
from tests.integration.connections.stranger import add
from tests.support.accounts import LOOM, loom_settings
from tests.support.api import BASE, ApiUnderTest, problem
from tests.support.standins.oauth import PLAIN, OAuthProvider, oauth_provider

CALLBACK = f"{BASE}/oauth/callback"


@pytest.fixture
def provider() -> Generator[OAuthProvider]:
    with oauth_provider(PLAIN, redirect_uri=CALLBACK) as provider:
        yield provider


@pytest.fixture
def settings(provider: OAuthProvider, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        public_url=BASE,
        database_url=database_url,
        redis_url=redis_url,
        egress_allow=("127.0.0.1",),
        connector_settings=loom_settings(provider),
    )


@pytest.fixture
def loom(api: ApiUnderTest, provider: OAuthProvider) -> ApiUnderTest:
    """The service tells whose account it is."""

    async def verify(access: Access[OAuth2Token]) -> Account | None:
        grant = provider.check(access.secret.access_token.get_secret_value())
        if grant is None or grant.state != "valid":
            raise Refused("The token is not good.")
        assert access.secret.refresh_token is None
        assert access.app is not None
        return Account(grant.subject, f"Person {grant.subject}")

    add(api, replace(LOOM, verify=verify))
    return api


async def test_there_and_back(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    page = await connect(editor, provider, name="Ours")
    assert (page.status, page.title) == (200, "Loom is connected")
    assert page.message["connector"] == "loom"
    connection = await read(editor, page.connection_id)
    assert connection["name"] == "Ours"
    assert (connection["health"], connection["auth"]) == ("healthy", "oauth2")
    assert connection["account"] == {"id": "U0PERSON", "name": "Person U0PERSON"}
    assert (connection["scopes"], connection["missing_scopes"]) == (["read", "write"], [])
    assert connection["expires_at"] is None
    assert connection["owner"]["member_id"] == loom.members["editor"]
    opened = await loom.app.state.tokens.opened(loom.workspace_id, page.connection_id)
    assert opened.client_id == provider.client_id
    [entry] = await audited(loom, "connection.created")
    assert entry["account"] == "Person U0PERSON"


async def test_the_address_asks_as_the_standard_says(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    query = parse_qs(urlsplit(await begin(editor, scopes=["more"])).query)
    assert query["scope"] == ["read write more"]
    assert (query["redirect_uri"], query["code_challenge_method"]) == ([CALLBACK], ["S256"])
    assert provider.client_secret not in str(query)


async def test_two_tabs_at_once(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    first, second = await begin(editor, name="First"), await begin(editor, name="Second")
    later = await come_back(editor, await provider.consent(second))
    earlier = await come_back(editor, await provider.consent(first))
    assert (await read(editor, earlier.connection_id))["name"] == "First"
    assert (await read(editor, later.connection_id))["name"] == "Second"


async def test_another_process_may_take_the_callback(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    """The second application knows of the first nothing but the database."""
    editor = await loom.signed_in("editor")
    location = await provider.consent(await begin(editor))
    async with AsyncExitStack() as stack:
        app = create_app(loom.app.state.settings)
        await stack.enter_async_context(app.router.lifespan_context(app))
        other = ApiUnderTest(app, stack, loom.workspace_id)
        add(other, LOOM)
        browser = await other.visitor()
        browser.cookies = editor.cookies
        page = await come_back(browser, location)
    assert page.status == 200
    assert (await read(editor, page.connection_id))["auth"] == "oauth2"


async def test_whoever_says_no_stores_nothing(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    page = await connect(editor, provider, deny=True)
    assert (page.status, page.title) == (400, "Nothing was connected")
    assert page.message == {"connection_id": None, "connector": "loom", "ok": False, "text": page.message["text"]}
    assert (await editor.get(PATH)).json()["items"] == []


async def test_a_box_that_was_not_ticked_is_named(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    page = await connect(editor, provider, untick=["write"])
    assert page.status == 200
    assert "less than was asked for" in page.title
    assert "write" in page.text
    connection = await read(editor, page.connection_id)
    assert (connection["scopes"], connection["missing_scopes"]) == (["read"], ["write"])
    again = await connect(editor, provider, connection_id=page.connection_id)
    assert again.connection_id == page.connection_id
    assert (await read(editor, page.connection_id))["missing_scopes"] == []


async def test_a_flow_works_once(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    location = await provider.consent(await begin(editor))
    assert (await come_back(editor, location)).status == 200
    again = await come_back(editor, location)
    assert (again.status, again.title) == (409, "This was done already")
    assert len((await editor.get(PATH)).json()["items"]) == 1


async def test_a_callback_that_comes_twice_at_once_counts_once(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    location = await provider.consent(await begin(editor))
    pages = await asyncio.gather(*(come_back(editor, location) for _ in range(5)))
    assert sorted(page.status for page in pages) == [200, 409, 409, 409, 409]
    assert provider.token_requests == 1


async def test_a_flow_ends_after_ten_minutes(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    location = await provider.consent(await begin(editor))
    async with loom.db.transaction() as session:
        await session.execute(update(OauthFlow).values(expires_at=clock.now() - timedelta(seconds=1)))
    page = await come_back(editor, location)
    assert (page.status, page.title) == (410, "That took too long")


@pytest.mark.parametrize("who", ["nobody", "another browser of the same person", "another member"])
async def test_a_callback_of_somebody_else_is_refused_and_uses_nothing_up(
    loom: ApiUnderTest, provider: OAuthProvider, who: str
) -> None:
    editor = await loom.signed_in("editor")
    location = await provider.consent(await begin(editor))
    if who == "nobody":
        other = await loom.visitor()
    elif who == "another member":
        other = await loom.signed_in("admin")
        other.cookies.set("nodeloom_oauth", editor.cookies["nodeloom_oauth"])
    else:
        other = await loom.signed_in("editor")
    page = await come_back(other, location)
    assert (page.status, page.title) == (403, "This consent was not begun here")
    assert BASE in page.text
    assert (await come_back(editor, location)).status == 200


@pytest.mark.parametrize("query", ["", "?state=made-up&code=x", "?error=access_denied", "?state=" + "x" * 9000])
async def test_a_state_that_is_not_ours(loom: ApiUnderTest, query: str) -> None:
    page = told(await (await loom.visitor()).get(f"/oauth/callback{query}"))
    assert (page.status, page.title) == (400, "Nobody asked for this consent")


async def test_what_the_provider_says_is_shown_and_can_do_no_harm(loom: ApiUnderTest) -> None:
    editor = await loom.signed_in("editor")
    [state] = parse_qs(urlsplit(await begin(editor)).query)["state"]
    query = f"state={state}&error=server_error&error_description=%3Cscript%3Ealert(1)%3C/script%3E"
    answer = await editor.get(f"/oauth/callback?{query}")
    assert "<script>alert" not in answer.text
    page = told(answer)
    assert (page.status, page.title) == (502, "Loom refused")
    assert "alert(1)" in page.text


@pytest.mark.parametrize(
    ("fault", "title"), [("500", "Loom could not be reached"), ("silence", "Loom could not be reached")]
)
async def test_a_token_endpoint_that_is_down(
    loom: ApiUnderTest, provider: OAuthProvider, fault: str, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodeloom.features.connections.token_endpoint.TIMEOUT_S", 0.3)
    provider.fault = "500" if fault == "500" else "silence"
    page = await connect(await loom.signed_in("editor"), provider)
    assert (page.status, page.title) == (502, title)


async def test_a_code_that_is_not_the_service_s(loom: ApiUnderTest) -> None:
    editor = await loom.signed_in("editor")
    [state] = parse_qs(urlsplit(await begin(editor)).query)["state"]
    page = told(await editor.get(f"/oauth/callback?state={state}&code=made-up"))
    assert page.title == "Loom refused"


async def test_the_verifier_of_another_flow_does_not_do(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    """Somebody's code put into our own flow: the provider sees that the challenge is another's."""
    editor = await loom.signed_in("editor")
    theirs = parse_qs(urlsplit(await provider.consent(await begin(editor))).query)["code"][0]
    [state] = parse_qs(urlsplit(await begin(editor)).query)["state"]
    page = told(await editor.get(f"/oauth/callback?state={state}&code={theirs}"))
    assert page.title == "Loom refused"
    assert "verifier" in page.text


async def test_connecting_anew_keeps_to_the_account(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    first = await connect(editor, provider)
    provider.subject = "U0OTHER"
    page = await connect(editor, provider, connection_id=first.connection_id)
    assert (page.status, page.title) == (409, "That is another account")
    assert "Person U0PERSON" in page.text
    assert (await read(editor, first.connection_id))["account"]["id"] == "U0PERSON"


async def test_what_is_broken_is_mended_by_connecting_anew(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    first = await connect(editor, provider)
    provider.revoke_grants()
    tested = await editor.post(f"{PATH}/{first.connection_id}/test")
    assert tested.json()["health"] == "broken"
    for member in (editor, await loom.signed_in("viewer")):
        told_of = [notice["kind"] for notice in (await member.get("/api/v1/notifications")).json()["items"]]
        assert told_of == (["connection_broken"] if member is editor else [])
    page = await connect(editor, provider, connection_id=first.connection_id)
    assert page.connection_id == first.connection_id
    assert (await read(editor, first.connection_id))["health"] == "healthy"
    await loom.app.state.tokens.opened(loom.workspace_id, first.connection_id)
    assert len(await audited(loom, "connection.reconnected")) == 1


async def test_more_rights_are_asked_for_beside_what_is_there(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    first = await connect(editor, provider)
    await connect(editor, provider, connection_id=first.connection_id, scopes=["admin"])
    assert (await read(editor, first.connection_id))["scopes"] == ["read", "write", "admin"]


async def test_deleting_revokes_at_the_service(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    page = await connect(editor, provider)
    assert (await editor.delete(f"{PATH}/{page.connection_id}")).status_code == 204
    assert provider.revocations == 1
    [entry] = await audited(loom, "connection.revoked")
    assert entry["outcome"] == "revoked"


async def test_without_an_app_it_is_said_where_to_set_one_up(loom: ApiUnderTest) -> None:
    loom.app.state.settings.connector_settings.clear()
    answer = await (await loom.signed_in("editor")).post(f"{PATH}/oauth", json={"connector": "loom", "name": "x"})
    document = problem(answer, 422)
    assert document["type"].endswith("/app_missing")
    assert CALLBACK in document["hint"]
    assert "NODELOOM_LOOM_CLIENT_ID" in document["hint"]


async def test_a_browser_at_another_address_is_told_before_it_leaves(loom: ApiUnderTest) -> None:
    editor = await loom.signed_in("editor")
    answer = await editor.post(
        f"{PATH}/oauth", json={"connector": "loom", "name": "x"}, headers={"Origin": "https://localhost:8600"}
    )
    assert BASE in problem(answer, 422)["hint"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"connector": "nothing", "name": "x"}, 422),
        ({"connector": "bearer", "name": "x"}, 422),
        ({"connector": "loom", "name": "x", "auth": "oauth1"}, 422),
        ({"connector": "loom", "name": "x", "connection_id": "con_1"}, 404),
        ({"connector": "loom", "name": "x", "scopes": ["a b"]}, 422),
    ],
)
async def test_what_cannot_be_begun(loom: ApiUnderTest, body: dict[str, object], status: int) -> None:
    problem(await (await loom.signed_in("editor")).post(f"{PATH}/oauth", json=body), status)


async def test_a_program_with_a_key_may_connect_too(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    program = await loom.with_key("editor")
    page = await connect(program, provider)
    assert (await read(program, page.connection_id))["owner"]["member_id"] is None


async def test_the_secrets_of_a_flow_are_sealed(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    editor = await loom.signed_in("editor")
    await provider.consent(await begin(editor))
    async with loom.db.read() as session:
        [flow] = (await session.scalars(select(OauthFlow))).all()
    assert b"verifier" not in flow.ciphertext
    assert flow.nonce_hash not in editor.cookies["nodeloom_oauth"]


async def test_a_service_on_a_private_address_is_refused_by_the_guard(
    loom: ApiUnderTest, provider: OAuthProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = await loom.signed_in("editor")
    location = await provider.consent(await begin(editor))
    async with guarded_client(loom.app.state.settings.model_copy(update={"egress_allow": ()})) as guarded:
        monkeypatch.setattr(loom.app.state, "http", guarded)
        page = await come_back(editor, location)
    assert "a loopback address" in page.text
