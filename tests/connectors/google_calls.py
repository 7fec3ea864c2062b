"""Calling the actions of Google's connectors as a run does, against the stand-in."""

from collections.abc import Sequence
from typing import Any, cast

import httpx2
from pydantic import JsonValue, SecretStr

from nodeloom_connectors.sdk import (
    Access,
    Action,
    Connector,
    ConnectorError,
    OAuth2Token,
    Occurrence,
    Options,
    OptionsQuery,
    PollTrigger,
    TriggerContext,
    WithFiles,
)
from tests.support.actions import KeptFiles, Lines, context
from tests.support.standins.google import GoogleStandin


class Calls:
    """A connector's actions by name; `address` other than the stand-in's is that of a proxy before it."""

    def __init__(
        self,
        connector: Connector,
        http: httpx2.AsyncClient,
        google: GoogleStandin,
        *,
        address: str = "",
        scopes: Sequence[str] | None = None,
        timeout_s: str = "10",
    ) -> None:
        self.connector = connector
        self.actions: dict[str, Action[Any, Any, Any]] = {action.name: action for action in connector.actions}
        everything = {scope for action in connector.actions for scope in action.scopes}
        self.token = google.issue_token(sorted(everything) if scopes is None else scopes)
        url = address or google.url
        settings = {"api_url": url, "drive_url": url, "timeout_s": timeout_s}
        self.access = Access(http, OAuth2Token(access_token=SecretStr(self.token)), settings=settings)
        assert connector.connect is not None
        self.client = connector.connect(self.access)
        self.files = KeptFiles()
        self._cursors: dict[str, JsonValue] = {}

    async def call(self, action_name: str, /, *, of_call: str = "run_1/node/0", **params: Any) -> Any:
        """What an action gives; its files are in `files`."""
        action = self.actions[action_name]
        made = context(self.client, self.files, of_call)
        result = await action.run(made, action.params.model_validate(params))
        return cast("WithFiles[Any]", result).result if isinstance(result, WithFiles) else result

    async def confirm(self, action_name: str, /, *, of_call: str = "run_1/node/0", **params: Any) -> Any:
        action = self.actions[action_name]
        assert action.confirm is not None
        return await action.confirm(context(self.client, self.files, of_call), action.params.model_validate(params))

    async def failure(self, action_name: str, /, **params: Any) -> ConnectorError:
        try:
            await self.call(action_name, **params)
        except ConnectorError as error:
            return error
        raise AssertionError(f"{action_name} did not fail")

    async def choices(self, loader: str, search: str = "", **params: JsonValue) -> Options:
        return await self.connector.options[loader](self.client, OptionsQuery(params, search))

    async def new(self, trigger_name: str, /, **params: Any) -> list[Occurrence]:
        """What a trigger tells since the last time, as the product asks: at once again while there is more."""
        [trigger] = [each for each in self.connector.triggers if each.name == trigger_name]
        assert isinstance(trigger, PollTrigger)
        ctx = TriggerContext(self.client, self.files, Lines())
        found: list[Occurrence] = []
        while True:
            polled = await trigger.poll(ctx, trigger.params.model_validate(params), self._cursors.get(trigger_name))
            self._cursors[trigger_name] = polled.cursor
            found += polled.occurrences
            if not polled.more:
                return found
