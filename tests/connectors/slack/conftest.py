"""A Slack for each file of tests, and a connection to it for each test."""

from collections.abc import Generator

import httpx2
import pytest

from tests.connectors.slack.calling import Calls
from tests.support.standins.slack import SlackStandin, slack_standin


@pytest.fixture(scope="module")
def slack() -> Generator[SlackStandin]:
    with slack_standin() as standin:
        yield standin


@pytest.fixture
def calls(slack: SlackStandin, http: httpx2.AsyncClient) -> Calls:
    return Calls(slack, http)
