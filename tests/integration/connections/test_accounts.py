"""Which connection a node uses, and what its action's client gets of it."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from nodeloom.features.catalog.catalog import InstalledCatalog, load_catalog
from nodeloom.features.connections.accounts import WrongConnection, access, client_for, connection_of
from nodeloom.features.connections.secrets import OpenedConnection
from nodeloom_connectors.http import HttpClient
from nodeloom_connectors.http import connector as http_connector
from nodeloom_connectors.sdk import Connector, NoAuth, OutgoingRequest
from tests.integration.connections.stranger import STRANGER, StrangerSecret

CATALOG = InstalledCatalog({}, [*load_catalog().connectors, STRANGER])
TOKEN = OpenedConnection("con_1", "bearer", "Shop", {"token": "t0ken"})
THEIRS = OpenedConnection("con_2", "stranger", "Theirs", {"api_key": "k3y"})


@pytest.mark.parametrize(
    ("own", "params", "used"),
    [
        ("con_own", {}, "con_own"),
        (None, {"auth": {"kind": "bearer", "connection_id": "con_1"}}, "con_1"),
        ("con_own", {"auth": {"kind": "none", "connection_id": "con_left_over"}}, "con_own"),
        (None, {"auth": {"kind": "none"}}, None),
        (None, {"auth": "bearer"}, None),
    ],
)
def test_a_node_uses_its_own_connection_or_the_one_its_auth_names(
    own: str | None, params: Mapping[str, Any], used: str | None
) -> None:
    assert connection_of(own, params) == used


async def test_an_account_of_the_service_is_its_secret() -> None:
    async with httpx2.AsyncClient() as http:
        given = access(CATALOG, STRANGER, http, THEIRS, {"STRANGER_API_URL": "https://x", "STRANGE_API_URL": "no"})
    assert isinstance(given.secret, StrangerSecret)
    assert given.secret.api_key.get_secret_value() == "k3y"
    assert given.authorize is None
    assert given.settings == {"api_url": "https://x"}


async def test_an_account_of_a_secret_kind_only_accompanies_requests() -> None:
    async with httpx2.AsyncClient() as http:
        client = client_for(CATALOG, http_connector, http, TOKEN, {})
    assert isinstance(client, HttpClient)
    assert client.authorize is not None
    assert client.authorize.apply(OutgoingRequest("GET", "https://x")).headers == {"Authorization": "Bearer t0ken"}
    assert "t0ken" not in repr(TOKEN)


async def test_another_service_s_account_is_not_lent_out() -> None:
    async with httpx2.AsyncClient() as http:
        with pytest.raises(WrongConnection, match="Stranger can't accompany"):
            client_for(CATALOG, http_connector, http, THEIRS, {})


async def test_a_connector_that_makes_no_client_is_a_bug_that_shows() -> None:
    bare = Connector("bare", "Bare", "x", "#000000", "Nothing.", NoAuth())
    async with httpx2.AsyncClient() as http:
        with pytest.raises(TypeError, match="makes no client"):
            client_for(CATALOG, bare, http, None, {})
