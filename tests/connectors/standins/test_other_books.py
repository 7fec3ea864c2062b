"""The stand-ins of the APIs take the tokens of the OAuth provider, for as long as the provider holds them for good."""

from typing import Any

import httpx2

from tests.support.standins.google import SCOPE, google_standin
from tests.support.standins.oauth import GOOGLE, SLACK, oauth_provider
from tests.support.standins.slack import slack_standin


async def _slack(url: str, token: str, method: str, **form: str) -> dict[str, Any]:
    async with httpx2.AsyncClient() as client:
        headers = {"Authorization": f"Bearer {token}"}
        return (await client.post(url + method, data=form, headers=headers)).json()


async def test_slack_takes_the_providers_tokens() -> None:
    with oauth_provider(SLACK) as provider, slack_standin(provider) as slack:
        issued = provider.issue("chat:write", "channels:read")
        token = str(issued["access_token"])
        said = await _slack(slack.api_url, token, "chat.postMessage", channel="general", text="hello")
        assert said["ok"]
        assert (await _slack(slack.api_url, token, "users.list"))["error"] == "missing_scope"
        provider.expire_access_tokens()
        assert (await _slack(slack.api_url, token, "auth.test"))["error"] == "token_expired"
        provider.revoke_grants()
        assert (await _slack(slack.api_url, token, "auth.test"))["error"] == "token_revoked"
        assert (await _slack(slack.api_url, "made up", "auth.test"))["error"] == "invalid_auth"


async def test_google_takes_the_providers_tokens() -> None:
    with oauth_provider(GOOGLE) as provider, google_standin(provider) as google:
        token = str(provider.issue(f"{SCOPE}readonly")["access_token"])
        place = f"{google.api_url}gmail/v1/users/me"

        async def status(http_method: str, path: str) -> int:
            async with httpx2.AsyncClient() as client:
                headers = {"Authorization": f"Bearer {token}"}
                return (await client.request(http_method, f"{place}/{path}", headers=headers)).status_code

        assert await status("GET", "profile") == 200
        assert await status("POST", "messages/send") == 403
        provider.expire_access_tokens()
        assert await status("GET", "profile") == 401
