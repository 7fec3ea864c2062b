"""How Slack is connected."""

import subprocess
import sys
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr, ValidationError

from nodeloom_connectors.sdk import Access, Reconnect, Refused
from nodeloom_connectors.slack import connector, verify
from nodeloom_connectors.slack.auth import OAUTH, SlackToken, read_error, read_token, scope_parameters
from tests.support.standins.slack import SlackStandin
from tests.support.standins.slack_events import TEAM


def test_permissions_of_the_app_and_of_the_person_are_asked_for_apart() -> None:
    assert scope_parameters(["chat:write", "search:read", "users:read"]) == {
        "scope": "chat:write,users:read",
        "user_scope": "search:read",
    }
    assert scope_parameters(["chat:write"]) == {"scope": "chat:write"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"ok": True, "access_token": "x"}, None),
        ({"ok": False, "error": "invalid_refresh_token"}, "invalid_grant"),
        ({"ok": False, "error": "token_revoked"}, "invalid_grant"),
        ({"ok": False, "error": "bad_client_secret"}, "invalid_client"),
        ({"ok": False, "error": "ratelimited"}, "temporarily_unavailable"),
        ({"ok": False, "error": "access_denied"}, "access_denied"),
        ({"ok": False}, "invalid_request"),
        ({}, "invalid_request"),
    ],
)
def test_slacks_errors_by_the_names_of_the_rfc(answer: dict[str, Any], error: str | None) -> None:
    assert read_error(answer) == error


def test_a_whole_organisation_is_the_account() -> None:
    answer: dict[str, Any] = {
        "access_token": "xoxb-1",
        "scope": "chat:write",
        "team": None,
        "enterprise": {"id": "E1", "name": "Loom Group"},
        "is_enterprise_install": True,
    }
    account = read_token(answer).account
    assert account is not None
    assert (account.id, account.name) == ("E1", "Loom Group")


def test_a_person_alone_may_be_asked() -> None:
    token = read_token({"authed_user": {"access_token": "xoxp-1", "scope": "search:read"}, "team": {"id": "T1"}})
    assert (token.access_token, token.more) == ("xoxp-1", {"user_token": "xoxp-1"})
    with pytest.raises(Refused):
        read_token({"ok": True})


def test_a_renewed_token_leaves_the_persons_permissions_as_they_were() -> None:
    answer: dict[str, Any] = {"access_token": "xoxe.xoxb-2", "refresh_token": "xoxe-2", "scope": "chat:write"}
    assert read_token(answer).scopes is None


async def test_whose_a_pasted_token_is(slack: SlackStandin, http: httpx2.AsyncClient) -> None:
    def access(token: str) -> Access[Any]:
        return Access(http, SlackToken(token=SecretStr(token)), settings={"api_url": slack.api_url})

    account = await verify(access(slack.issue_token()))
    assert account is not None
    assert (account.id, account.name) == (TEAM, "Loom Works")
    with pytest.raises(Reconnect):
        await verify(access("xoxb-bogus"))
    with pytest.raises(ValidationError):
        SlackToken.model_validate({"token": ""})


def test_every_permission_that_is_needed_can_be_asked_for() -> None:
    needed = {scope for each in (*connector.actions, *connector.triggers) for scope in each.scopes}
    assert needed >= set(OAUTH.scopes) - {"chat:write.public", "groups:read"}
    assert all(":" in scope or scope == "commands" for scope in needed)


def test_as_many_as_were_asked_for() -> None:
    assert len(connector.actions) >= 25
    names = [each.name for each in (*connector.actions, *connector.triggers)]
    assert len(names) == len(set(names))


def test_the_start_does_not_wait_for_slacks_library() -> None:
    """It and the aiohttp behind it are imported when the first call is made."""
    said = "import sys, nodeloom_connectors.slack as _; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert not {"slack_sdk", "aiohttp"} & set(done.stdout.split())
