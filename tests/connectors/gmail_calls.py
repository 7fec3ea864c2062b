"""Calling Gmail's actions as a run does, against the stand-in."""

from dataclasses import replace
from typing import Any, cast

import httpx2
from pydantic import SecretStr

from nodeloom_connectors.gmail import GmailClient, connector
from nodeloom_connectors.sdk import (
    Access,
    Action,
    ApprovalDoor,
    ConnectorError,
    OAuth2,
    OAuth2Token,
    PollTrigger,
    WithFiles,
)
from tests.support.actions import KeptFiles, context
from tests.support.standins.google import GoogleStandin

ACTIONS: dict[str, Action[Any, Any, Any]] = {action.name: action for action in connector.actions}
assert isinstance(connector.auth, OAuth2)
SCOPES = connector.auth.scopes


def trigger() -> PollTrigger:
    [found] = [each for each in connector.triggers if each.name == "new_mail"]
    assert isinstance(found, PollTrigger)
    return found


def client(http: httpx2.AsyncClient, url: str, token: str, **settings: str) -> GmailClient:
    secret = OAuth2Token(access_token=SecretStr(token))
    return GmailClient(Access(http, secret, settings={"api_url": url, **settings}))


class Gmail:
    """The actions by name; `address` other than the stand-in's is that of a proxy before it."""

    def __init__(self, http: httpx2.AsyncClient, google: GoogleStandin, address: str = "", **settings: str) -> None:
        self.google = google
        self.token = google.issue_token(SCOPES)
        self.client = client(http, address or google.url, self.token, **settings)
        self.files = KeptFiles()

    async def call(self, name: str, /, *, key: str = "run_1/node/0", **params: Any) -> Any:
        """What an action gives; its files are in `files`."""
        action = ACTIONS[name]
        result = await action.run(self._context(key), action.params.model_validate(params))
        return cast("WithFiles[Any]", result).result if isinstance(result, WithFiles) else result

    async def with_files(self, name: str, /, **params: Any) -> WithFiles[Any]:
        action = ACTIONS[name]
        result = await action.run(self._context("run_1/node/0"), action.params.model_validate(params))
        assert isinstance(result, WithFiles)
        return cast("WithFiles[Any]", result)

    async def confirm(self, name: str, /, *, key: str = "run_1/node/0", **params: Any) -> Any:
        action = ACTIONS[name]
        assert action.confirm is not None
        return await action.confirm(self._context(key), action.params.model_validate(params))

    async def failure(self, name: str, /, **params: Any) -> ConnectorError:
        try:
            await self.call(name, **params)
        except ConnectorError as error:
            return error
        raise AssertionError(f"{name} did not fail")

    def _context(self, key: str) -> Any:
        door = ApprovalDoor("https://loom.test/approve/abc?x=1&y=2", "yes", "no")
        return replace(context(self.client, self.files, key), approval=door)
