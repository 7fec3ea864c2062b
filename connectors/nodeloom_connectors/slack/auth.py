"""How Slack is connected: its OAuth, which answers in a way of its own, or the pasted token of an app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nodeloom_connectors.sdk import Account, ApiKey, OAuth2, Refused, TokenAnswer

if TYPE_CHECKING:
    from pydantic import JsonValue

USER_TOKEN = "user_token"  # noqa: S105  the name of a token, not one
SIGNING_SECRET = "signing_secret"  # noqa: S105

# Of these Slack knows no app's form: a person lends their own right.
_OF_A_PERSON = {"search:read", "users.profile:write"}
_ERRORS = {
    "invalid_refresh_token": "invalid_grant",
    "token_revoked": "invalid_grant",
    "token_expired": "invalid_grant",
    "account_inactive": "invalid_grant",
    "invalid_code": "invalid_grant",
    "code_already_used": "invalid_grant",
    "code_expired": "invalid_grant",
    "invalid_grant_type": "unsupported_grant_type",
    "bad_redirect_uri": "invalid_grant",
    "bad_client_secret": "invalid_client",
    "invalid_client_id": "invalid_client",
    "ratelimited": "temporarily_unavailable",
    "internal_error": "temporarily_unavailable",
    "fatal_error": "temporarily_unavailable",
    "service_unavailable": "temporarily_unavailable",
}


class SlackToken(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: SecretStr = Field(
        title="Token of the app",
        description="In the settings of your Slack app under OAuth & Permissions: it begins with xoxb-.",
        min_length=1,
        max_length=1000,
    )


def scope_parameters(scopes: Sequence[str]) -> dict[str, str]:
    """The app's and the person's permissions are asked for apart, with commas between them."""
    of_app = [scope for scope in scopes if scope not in _OF_A_PERSON]
    of_person = [scope for scope in scopes if scope in _OF_A_PERSON]
    return {"scope": ",".join(of_app)} | ({"user_scope": ",".join(of_person)} if of_person else {})


def read_error(answer: Mapping[str, JsonValue]) -> str | None:
    """Slack says `ok: false` with the status 200 and has errors of its own."""
    if answer.get("ok") is True:
        return None
    error = answer.get("error")
    said = error if isinstance(error, str) and error else "invalid_request"
    return _ERRORS.get(said, said)


def read_token(answer: Mapping[str, JsonValue]) -> TokenAnswer:
    person = _object(answer.get("authed_user"))
    of_app, of_person = _text(answer.get("access_token")), _text(person.get("access_token"))
    if not of_app and not of_person:
        raise Refused("Slack answered without a token.", "no_token")
    main = answer if of_app else person
    expires_in = main.get("expires_in")
    return TokenAnswer(
        access_token=of_app or of_person,
        refresh_token=_text(main.get("refresh_token")) or None,
        expires_in_s=float(expires_in) if isinstance(expires_in, int | float) else None,
        # A renewed token comes without the person, whose permissions are as they were.
        scopes=(*_scopes(answer), *_scopes(person)) if person else None,
        account=account_of(answer),
        more={USER_TOKEN: of_person} if of_person else {},
    )


def account_of(answer: Mapping[str, JsonValue]) -> Account | None:
    """The workspace, or the organisation if the app was installed for all of it."""
    whole_organisation = answer.get("is_enterprise_install") is True
    place = _object(answer.get("enterprise" if whole_organisation else "team"))
    id_ = _text(place.get("id"))
    return Account(id_, _text(place.get("name")) or id_) if id_ else None


def _scopes(answer: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(scope.strip() for scope in _text(answer.get("scope")).split(",") if scope.strip())


def _object(value: JsonValue) -> Mapping[str, JsonValue]:
    return cast("Mapping[str, JsonValue]", value) if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


OAUTH = OAuth2(
    authorize_url="https://slack.com/oauth/v2/authorize",
    token_url="https://slack.com/api/oauth.v2.access",  # noqa: S106  an address, no token
    revoke_url="https://slack.com/api/auth.revoke",
    scopes=("chat:write", "chat:write.public", "channels:read", "channels:history", "groups:read", "users:read"),
    scope_parameters=scope_parameters,
    app_secrets=(SIGNING_SECRET,),
    error=read_error,
    token=read_token,
)
TOKEN = ApiKey(fields=SlackToken)
