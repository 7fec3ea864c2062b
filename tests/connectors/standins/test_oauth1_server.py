"""The OAuth 1.0a server of the tests, judged with Authlib's client: oauthlib checks what Authlib signs."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth1Client
from authlib.oauth1 import ClientAuth

from tests.support.far_side import Seen
from tests.support.standins.oauth1 import OAuth1Server, oauth1_server

CALLBACK = "http://127.0.0.1:1/oauth/callback?flow=abc"


def client_of(server: OAuth1Server, **more: Any) -> Any:
    given: dict[str, Any] = {"client_secret": server.client_secret, "redirect_uri": CALLBACK} | more
    return AsyncOAuth1Client(server.client_key, trust_env=False, **given)


async def test_the_three_legs_lead_to_a_token_that_signs() -> None:
    with oauth1_server(CALLBACK) as server:
        async with client_of(server) as client:
            await client.fetch_request_token(server.request_token_url)
            url = client.create_authorization_url(server.authorize_url, scope="read,write", name="Nodeloom")
            location = await server.consent(url)
            assert location.startswith(CALLBACK)
            client.parse_authorization_response(location)
            token = await client.fetch_access_token(server.access_token_url)
            grant = server.check(token["oauth_token"])
            assert grant is not None
            assert (grant.scopes, grant.subject) == (("read", "write"), server.subject)


async def test_a_signature_is_taken_once_and_only_from_who_knows_the_secrets() -> None:
    with oauth1_server(CALLBACK) as server:
        token, secret = server.issue("read")
        signed = signed_request(server, token, secret)
        assert server.signer(signed) is not None
        assert server.signer(signed) is None, "a nonce comes once"
        assert server.signer(signed_request(server, token, "another")) is None
        server.revoke(token)
        assert server.signer(signed_request(server, token, secret)) is None


def signed_request(server: OAuth1Server, token: str, token_secret: str) -> Seen:
    auth: Any = ClientAuth(server.client_key, server.client_secret, token=token, token_secret=token_secret)
    url = f"{server.url}/1/cards/abc?fields=name"
    _, headers, _ = auth.prepare("GET", url, {}, b"")
    lower = {name.lower(): value for name, value in headers.items()}
    return Seen("GET", "/1/cards/abc?fields=name", {**lower, "host": urlsplit(server.url).netloc}, b"")


async def test_a_wrong_secret_gets_no_token() -> None:
    with oauth1_server(CALLBACK) as server:
        async with client_of(server, client_secret="wrong") as client:
            with pytest.raises(OAuthError):
                await client.fetch_request_token(server.request_token_url)


async def test_no_other_address_is_led_back_to() -> None:
    with oauth1_server(CALLBACK) as server:
        async with client_of(server, redirect_uri="http://evil.example/") as client:
            with pytest.raises(OAuthError):
                await client.fetch_request_token(server.request_token_url)


async def test_denying_leads_back_without_a_verifier() -> None:
    with oauth1_server(CALLBACK) as server:
        async with client_of(server) as client:
            token = await client.fetch_request_token(server.request_token_url)
            location = await server.consent(client.create_authorization_url(server.authorize_url), deny=True)
    answered = dict(parse_qsl(urlsplit(location).query))
    assert answered == {"flow": "abc", "denied": token["oauth_token"]}


@pytest.mark.parametrize("verifier", ["made-up-verifier", None])
async def test_a_request_token_needs_its_verifier(verifier: str | None) -> None:
    with oauth1_server(CALLBACK) as server:
        async with client_of(server) as client:
            await client.fetch_request_token(server.request_token_url)
            await server.consent(client.create_authorization_url(server.authorize_url))
            with pytest.raises(OAuthError):
                await client.fetch_access_token(server.access_token_url, verifier=verifier)
