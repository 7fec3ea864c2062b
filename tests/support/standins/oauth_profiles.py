"""How vendors differ from RFC 6749: the shape of their answers, and what becomes of refresh tokens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Issued:
    """What the token endpoint hands out, before a profile gives it the vendor's shape."""

    access_token: str
    lifetime_s: float | None
    refresh_token: str | None
    scopes: Sequence[str]
    user_scopes: Sequence[str]
    user_token: str | None
    subject: str
    client_id: str
    refreshed: bool


@dataclass(frozen=True)
class Profile:
    """`scope_separator` holds for requests and answers; `refusal` gets an RFC 6749 error code.

    `offline` says, from the parameters of the authorize request and whether there was a grant before, whether a refresh
    token is issued at all. `adds_up`: a later consent widens the earlier one of the same client and subject.
    """

    name: str
    shape: Callable[[Issued], dict[str, Any]]
    refusal: Callable[[str, str], tuple[int, dict[str, Any]]]
    offline: Callable[[dict[str, str], bool], bool]
    rotates: bool = True
    expires: bool = True
    adds_up: Callable[[dict[str, str]], bool] = lambda _: False
    scope_separator: str = " "


def _rfc6749(issued: Issued) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "scope": " ".join(issued.scopes),
    }
    if issued.lifetime_s is not None:
        answer["expires_in"] = _whole_seconds(issued.lifetime_s)
    if issued.refresh_token is not None:
        answer["refresh_token"] = issued.refresh_token
    return answer


def _whole_seconds(lifetime_s: float) -> int:
    return max(1, round(lifetime_s))


def _rfc6749_refusal(code: str, text: str) -> tuple[int, dict[str, Any]]:
    return (401 if code == "invalid_client" else 400), {"error": code, "error_description": text}


def _slack(issued: Issued) -> dict[str, Any]:
    """`oauth.v2.access`: the bot's token above, the user's own nested, scopes with commas."""
    lifetime = {} if issued.lifetime_s is None else {"expires_in": _whole_seconds(issued.lifetime_s)}
    authed_user: dict[str, Any] = {"id": issued.subject}
    if issued.user_token is not None:
        authed_user |= {
            "scope": ",".join(issued.user_scopes),
            "access_token": issued.user_token,
            "token_type": "user",
            **lifetime,
        }
    answer: dict[str, Any] = {
        "ok": True,
        "app_id": "A0LOOM",
        "authed_user": authed_user,
        "scope": ",".join(issued.scopes),
        "token_type": "bot",
        "access_token": issued.access_token,
        "bot_user_id": "U0BOT",
        "team": {"id": "T0LOOM", "name": "Loom Works"},
        "enterprise": None,
        "is_enterprise_install": False,
        **lifetime,
    }
    if issued.refresh_token is not None:
        answer["refresh_token"] = issued.refresh_token
    return answer


def _slack_refusal(code: str, text: str) -> tuple[int, dict[str, Any]]:
    """Slack answers 200 with a word of its own."""
    if code == "invalid_grant":
        return 200, {"ok": False, "error": "invalid_refresh_token" if "refresh token" in text else "invalid_code"}
    words = {"invalid_client": "bad_client_secret", "unsupported_grant_type": "invalid_grant_type"}
    return 200, {"ok": False, "error": words.get(code, "invalid_arguments")}


def _atlassian_refusal(code: str, text: str) -> tuple[int, dict[str, Any]]:
    """Atlassian answers 403 to a refresh token that it doesn't know or that was used before."""
    if code == "invalid_grant" and "refresh token" in text:
        return 403, {"error": code, "error_description": "Unknown or invalid refresh token."}
    return _rfc6749_refusal(code, text)


def _always(_parameters: dict[str, str], _granted_before: bool) -> bool:
    return True


def _google_offline(parameters: dict[str, str], granted_before: bool) -> bool:
    """Only with access_type=offline, and on a second consent only if it was shown anew (prompt=consent)."""
    return parameters.get("access_type") == "offline" and (
        not granted_before or "consent" in parameters.get("prompt", "")
    )


def _includes_granted(parameters: dict[str, str]) -> bool:
    return parameters.get("include_granted_scopes") == "true"


def _asks_for_offline_access(parameters: dict[str, str], _granted_before: bool) -> bool:
    return "offline_access" in parameters.get("scope", "").split(" ")


PLAIN = Profile("plain", _rfc6749, _rfc6749_refusal, _always)
SLACK = Profile("slack", _slack, _slack_refusal, _always, adds_up=lambda _: True, scope_separator=",")
SLACK_WITHOUT_ROTATION = Profile(
    "slack",
    _slack,
    _slack_refusal,
    _always,
    rotates=False,
    expires=False,
    adds_up=lambda _: True,
    scope_separator=",",
)
GOOGLE = Profile("google", _rfc6749, _rfc6749_refusal, _google_offline, rotates=False, adds_up=_includes_granted)
ATLASSIAN = Profile("atlassian", _rfc6749, _atlassian_refusal, _asks_for_offline_access)
