"""The OAuth 2 provider of the tests is as strict as it says: judged with Authlib's client."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from tests.support.standins.oauth import (
    ATLASSIAN,
    GOOGLE,
    PLAIN,
    SLACK,
    SLACK_WITHOUT_ROTATION,
    OAuthProvider,
    Profile,
    oauth_provider,
)

CALLBACK = "http://127.0.0.1:1/oauth/callback"


def client_of(provider: OAuthProvider, way: str = "client_secret_post", **more: Any) -> Any:
    secret = more.pop("client_secret", provider.client_secret)
    return AsyncOAuth2Client(
        provider.client_id,
        secret,
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint=provider.token_url,
        token_endpoint_auth_method=way,
        trust_env=False,
        **more,
    )


@asynccontextmanager
async def connected(provider: OAuthProvider, scope: str = "read write", **parameters: str) -> AsyncGenerator[Any]:
    """A client that went through the consent page, with its token."""
    async with client_of(provider, scope=scope) as client:
        verifier = generate_token(48)
        url, _ = client.create_authorization_url(provider.authorize_url, code_verifier=verifier, **parameters)
        location = await provider.consent(url)
        await client.fetch_token(provider.token_url, authorization_response=location, code_verifier=verifier)
        yield client


async def test_a_code_is_changed_for_a_token_that_an_api_can_check() -> None:
    with oauth_provider(redirect_uri=CALLBACK) as provider:
        async with connected(provider) as client:
            grant = provider.check(client.token["access_token"])
    assert grant is not None
    assert (grant.scopes, grant.subject, grant.state) == (("read", "write"), provider.subject, "valid")
    assert provider.check("at-made-up") is None


async def test_what_is_unticked_is_not_granted() -> None:
    with oauth_provider(GOOGLE, redirect_uri=CALLBACK) as provider:
        client, verifier = client_of(provider, scope="gmail.send gmail.modify"), generate_token(48)
        url, _ = client.create_authorization_url(provider.authorize_url, code_verifier=verifier, access_type="offline")
        location = await provider.consent(url, untick=["gmail.send"])
        token = await client.fetch_token(provider.token_url, authorization_response=location, code_verifier=verifier)
        await client.aclose()
    assert token["scope"] == "gmail.modify"


async def test_denying_leads_back_with_the_state() -> None:
    with oauth_provider(redirect_uri=CALLBACK) as provider:
        async with client_of(provider, scope="read") as client:
            url, state = client.create_authorization_url(provider.authorize_url, code_verifier=generate_token(48))
            location = await provider.consent(url, deny=True)
    assert dict(parse_qsl(urlsplit(location).query)) == {"error": "access_denied", "state": state}


@pytest.mark.parametrize("redirect", [CALLBACK + "/", CALLBACK + "?a=1", "http://evil.example/cb", ""])
async def test_no_other_redirect_address_is_led_to(redirect: str) -> None:
    with oauth_provider(redirect_uri=CALLBACK) as provider:
        async with httpx2.AsyncClient(trust_env=False) as http:
            parameters = {"client_id": provider.client_id, "redirect_uri": redirect, "response_type": "code"}
            answer = await http.get(provider.authorize_url, params=parameters)
    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize("challenge", [{}, {"code_challenge": "x" * 43}, {"code_challenge_method": "S256"}])
async def test_pkce_with_s256_is_needed(challenge: dict[str, str]) -> None:
    with oauth_provider(redirect_uri=CALLBACK) as provider:
        async with httpx2.AsyncClient(trust_env=False) as http:
            asked = {"client_id": provider.client_id, "redirect_uri": CALLBACK, "response_type": "code", "state": "s"}
            answer = await http.get(provider.authorize_url, params=asked | challenge)
    assert "error=invalid_request" in answer.headers["location"]


@pytest.mark.parametrize("wrong", [{"redirect_uri": CALLBACK + "x"}, {"code_verifier": "v" * 48}, {"code": "made-up"}])
async def test_a_code_holds_for_what_it_was_asked_with(wrong: dict[str, str]) -> None:
    with oauth_provider(redirect_uri=CALLBACK) as provider:
        async with client_of(provider, scope="read") as client:
            verifier = generate_token(48)
            url, _ = client.create_authorization_url(provider.authorize_url, code_verifier=verifier)
            code = dict(parse_qsl(urlsplit(await provider.consent(url)).query))["code"]
            given = {"code": code, "code_verifier": verifier} | wrong
            with pytest.raises(OAuthError, match="invalid_grant"):
                await client.fetch_token(provider.token_url, **given)


async def test_a_code_that_comes_back_takes_the_first_token_with_it() -> None:
    with oauth_provider(redirect_uri=CALLBACK) as provider:
        async with client_of(provider, scope="read") as client:
            verifier = generate_token(48)
            url, _ = client.create_authorization_url(provider.authorize_url, code_verifier=verifier)
            location = await provider.consent(url)
            given = {"authorization_response": location, "code_verifier": verifier}
            token = await client.fetch_token(provider.token_url, **given)
            with pytest.raises(OAuthError, match="invalid_grant"):
                await client.fetch_token(provider.token_url, **given)
            grant = provider.check(token["access_token"])
    assert grant is not None
    assert grant.state == "revoked"


@pytest.mark.parametrize(
    ("registered", "way", "secret", "taken"),
    [
        ("client_secret_post", "client_secret_post", "s3cret", True),
        ("client_secret_basic", "client_secret_basic", "s3cret", True),
        ("client_secret_post", "client_secret_basic", "s3cret", False),
        ("either", "client_secret_post", "wrong", False),
    ],
)
async def test_a_client_proves_who_it_is(registered: Any, way: str, secret: str, taken: bool) -> None:
    with oauth_provider(redirect_uri=CALLBACK) as provider:
        provider.client_auth, provider.client_secret = registered, "s3cret"
        refresh_token = str(provider.issue("read")["refresh_token"])
        async with client_of(provider, way, client_secret=secret) as client:
            if taken:
                await client.refresh_token(provider.token_url, refresh_token=refresh_token)
                return
            with pytest.raises(OAuthError, match="invalid_client"):
                await client.refresh_token(provider.token_url, refresh_token=refresh_token)


async def test_a_refresh_token_that_comes_back_revokes_the_whole_grant() -> None:
    with oauth_provider(redirect_uri=CALLBACK) as provider:
        async with connected(provider) as client:
            first = client.token["refresh_token"]
            second = await client.refresh_token(provider.token_url, refresh_token=first)
            assert provider.refreshes == 1
            with pytest.raises(OAuthError, match="invalid_grant"):
                await client.refresh_token(provider.token_url, refresh_token=first)
            with pytest.raises(OAuthError, match="invalid_grant"):
                await client.refresh_token(provider.token_url, refresh_token=second["refresh_token"])
            grant = provider.check(second["access_token"])
    assert grant is not None
    assert (grant.state, provider.refreshes, provider.token_requests) == ("revoked", 1, 4)


async def test_google_s_refresh_token_stays_and_comes_only_when_asked_for() -> None:
    with oauth_provider(GOOGLE, redirect_uri=CALLBACK) as provider:
        async with connected(provider, "a") as client:
            assert "refresh_token" not in client.token
        async with connected(provider, "a", access_type="offline", prompt="consent") as client:
            kept = client.token["refresh_token"]
            for _ in range(2):
                assert "refresh_token" not in await _refreshed(provider, kept)


async def _refreshed(provider: OAuthProvider, refresh_token: str) -> dict[str, Any]:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
    }
    async with httpx2.AsyncClient(trust_env=False) as http:
        answer = await http.post(provider.token_url, data=form)
    assert answer.status_code in (200, 403)
    return answer.json()


@pytest.mark.parametrize(("profile", "offline"), [(ATLASSIAN, "offline_access"), (GOOGLE, ""), (PLAIN, "")])
async def test_scopes_add_up_only_where_the_vendor_does_so(profile: Profile, offline: str) -> None:
    with oauth_provider(profile, redirect_uri=CALLBACK) as provider:
        async with connected(provider, f"a {offline}".strip()):
            pass
        async with connected(provider, f"b {offline}".strip(), include_granted_scopes="true") as client:
            granted = set(client.token["scope"].split(" ")) - {"offline_access"}
    assert granted == ({"a", "b"} if profile is GOOGLE else {"b"})


async def test_slack_speaks_its_own_way() -> None:
    with oauth_provider(SLACK, redirect_uri=CALLBACK) as provider:
        answer = provider.issue("chat:write", "channels:read", user_scopes=("search:read",))
        refused = await _refreshed(provider, "rt-made-up")
        again = await _refreshed(provider, str(answer["refresh_token"]))
    assert answer["ok"] is True
    assert answer["scope"] == "chat:write,channels:read"
    assert set(answer) >= {"team", "bot_user_id", "authed_user", "expires_in"}
    assert refused == {"ok": False, "error": "invalid_refresh_token"}
    assert again["refresh_token"] != answer["refresh_token"]


async def test_slack_without_rotation_gives_a_token_for_good() -> None:
    with oauth_provider(SLACK_WITHOUT_ROTATION, redirect_uri=CALLBACK) as provider:
        answer = provider.issue("chat:write")
    assert not {"refresh_token", "expires_in"} & set(answer)


async def test_atlassian_s_refresh_tokens_are_used_once() -> None:
    with oauth_provider(ATLASSIAN, redirect_uri=CALLBACK) as provider:
        first = str(provider.issue("read:board:trello", "offline_access")["refresh_token"])
        await _refreshed(provider, first)
        assert (await _refreshed(provider, first))["error"] == "invalid_grant"


async def test_tokens_expire_and_are_revoked() -> None:
    with oauth_provider(redirect_uri=CALLBACK, lifetime_s=0) as provider:
        expired = provider.check(str(provider.issue("a")["access_token"]))
        provider.lifetime_s = 60
        token = str(provider.issue("a")["access_token"])
        async with httpx2.AsyncClient(trust_env=False) as http:
            await http.post(provider.revoke_url, data={"token": token})
        revoked = provider.check(token)
    assert expired is not None
    assert revoked is not None
    assert (expired.state, revoked.state, provider.revocations) == ("expired", "revoked", 1)


async def test_the_token_endpoint_fails_as_it_is_told() -> None:
    with oauth_provider(redirect_uri=CALLBACK) as provider:
        refresh_token = str(provider.issue("a")["refresh_token"])
        async with client_of(provider, timeout=0.3) as client:
            provider.fault, provider.faults_left = "500", 1
            with pytest.raises(httpx2.HTTPStatusError):
                await client.refresh_token(provider.token_url, refresh_token=refresh_token)
            provider.fault, provider.faults_left = "silence", 1
            with pytest.raises(httpx2.ReadTimeout):
                await client.refresh_token(provider.token_url, refresh_token=refresh_token)
            provider.fault, provider.faults_left = "invalid_grant", 1
            with pytest.raises(OAuthError, match="invalid_grant"):
                await client.refresh_token(provider.token_url, refresh_token=refresh_token)
            assert provider.refreshes == 0
            provider.fault, provider.faults_left = "cut_after_rotating", 1
            with pytest.raises(httpx2.RemoteProtocolError):
                await client.refresh_token(provider.token_url, refresh_token=refresh_token)
            assert provider.refreshes == 1
            with pytest.raises(OAuthError, match="invalid_grant"):
                await client.refresh_token(provider.token_url, refresh_token=refresh_token)
