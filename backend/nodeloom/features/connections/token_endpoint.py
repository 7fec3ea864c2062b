"""Asking a service's token endpoint: for the first token, for the next one, for the end of all.

AskFailed
├── GrantRefused     the service says that what was granted is at its end (`invalid_grant`)
├── EndpointRefused  it refused for another reason: the app is wrong, or a scope
└── EndpointDown     no answer, or none that can be read
"""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast
from urllib.parse import quote_plus

import httpx2
import orjson

from nodeloom.adapters.egress import EgressRefused
from nodeloom_connectors.sdk import OAuth2, OAuthApp, Refused, TokenAnswer, masked

# Far below the time for which a lease holds: who lost it must not be at the service any more.
TIMEOUT_S: Final = 20.0
_MOST_BYTES = 1024 * 1024
_LONGEST_TEXT = 300
_LONGEST_RETRY_AFTER_S = 3600.0


class AskFailed(Exception):
    """The message may be read by a person; it holds no secret."""


class GrantRefused(AskFailed):
    pass


class EndpointRefused(AskFailed):
    """`code` is the service's own."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class EndpointDown(AskFailed):
    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True)
class Raw:
    status: int
    body: bytes
    after: timedelta | None


async def ask(http: httpx2.AsyncClient, auth: OAuth2, url: str, app: OAuthApp, form: Mapping[str, str]) -> TokenAnswer:
    """Raises `AskFailed`. `form` is the grant; who asks is added as the service wants it."""
    secrets = (app.client_secret.get_secret_value(), *form.values())
    raw = await post(http, url, *authenticated(auth, app, form))
    answer = _object(raw.body)
    code = None if answer is None else auth.error(answer)
    if answer is not None and code is not None:
        text = masked(_said(answer, code), secrets)
        raise GrantRefused(text) if code == "invalid_grant" else EndpointRefused(text, code)
    if answer is None or raw.status >= 400:
        raise EndpointDown(f"{_host(url)} answered {raw.status} where a token was expected.", raw.after)
    try:
        return auth.token(answer)
    except Refused as refused:
        raise EndpointDown(masked(refused.message, secrets)) from None


async def post(
    http: httpx2.AsyncClient, url: str, headers: Mapping[str, str], form: Mapping[str, str], method: str = "POST"
) -> Raw:
    """One request with an end in time and size; raises `EndpointDown`."""
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            http.stream(
                method,
                url,
                data=dict(form) or None,
                headers={"Accept": "application/json", **headers},
                timeout=TIMEOUT_S,
                follow_redirects=False,
            ) as response,
        ):
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise EndpointDown(f"{_host(url)} answered with more than a token takes.")
            return Raw(response.status_code, body, _retry_after(response.headers.get("retry-after", "")))
    except TimeoutError:
        raise EndpointDown(f"{_host(url)} did not answer within {TIMEOUT_S:g} s.") from None
    except EgressRefused as refused:
        raise EndpointDown(f"{refused}. {refused.hint}") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise EndpointDown(f"{_host(url)} could not be reached ({type(error).__name__}).") from None


def authenticated(auth: OAuth2, app: OAuthApp, form: Mapping[str, str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """RFC 6749, 2.3.1; an app without a secret only says its name."""
    secret = app.client_secret.get_secret_value()
    if not secret:
        return {}, {**form, "client_id": app.client_id}
    if auth.client_auth == "basic":
        pair = f"{quote_plus(app.client_id)}:{quote_plus(secret)}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, form
    return {}, {**form, "client_id": app.client_id, "client_secret": secret}


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        answer: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return cast("Mapping[str, Any]", answer) if isinstance(answer, dict) else None


def _said(answer: Mapping[str, Any], code: str) -> str:
    text = answer.get("error_description")
    return f"{text} ({code})"[:_LONGEST_TEXT] if isinstance(text, str) and text else code[:_LONGEST_TEXT]


def _retry_after(text: str) -> timedelta | None:
    """In seconds only: a date would need the service's clock."""
    return timedelta(seconds=min(float(text), _LONGEST_RETRY_AFTER_S)) if text.isdecimal() and text.isascii() else None


def _host(url: str) -> str:
    return httpx2.URL(url).host or url
