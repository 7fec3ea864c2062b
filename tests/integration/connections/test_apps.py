"""The apps that ask for accounts: a workspace's own before the installation's, secrets in and never out."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from nodeloom.adapters.resealing import reseal
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.features.connections.resealing import sealed_connections
from nodeloom_connectors.sdk import AppDoor, OAuth2, Reply
from tests.integration.connections.oauth_flow import PATH, audited, begin, connect
from tests.integration.connections.stranger import add
from tests.support.accounts import LOOM
from tests.support.api import BASE, ApiUnderTest, problem
from tests.support.standins.oauth import PLAIN, OAuthProvider, oauth_provider

APPS = "/api/v1/oauth-apps"
SECRET = "s3cret-of-the-app"
SETTINGS_SECRET = "s3cret-of-the-settings"


@pytest.fixture
def provider() -> Generator[OAuthProvider]:
    with oauth_provider(PLAIN, redirect_uri=f"{BASE}/oauth/callback") as provider:
        yield provider


@pytest.fixture
def settings(provider: OAuthProvider, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        public_url=BASE,
        database_url=database_url,
        redis_url=redis_url,
        egress_allow=("127.0.0.1",),
        connector_settings={
            "LOOM_AUTHORIZE_URL": provider.authorize_url,
            "LOOM_TOKEN_URL": provider.token_url,
            "LOOM_REVOKE_URL": provider.revoke_url,
        },
    )


@pytest.fixture
def loom(api: ApiUnderTest) -> ApiUnderTest:
    auth = LOOM.auth
    assert isinstance(auth, OAuth2)
    door = AppDoor(receive=lambda _request, _app: Reply())
    add(api, replace(LOOM, auth=replace(auth, app_secrets=("signing_secret",)), app_door=door))
    return api


async def listed(api: ApiUnderTest) -> dict[str, object]:
    answer = await (await api.signed_in("editor")).get(APPS)
    assert answer.status_code == 200, answer.text
    assert SECRET not in answer.text
    assert SETTINGS_SECRET not in answer.text
    return next(item for item in answer.json()["items"] if item["connector"] == "loom")


async def test_what_to_enter_at_the_service(loom: ApiUnderTest) -> None:
    assert await listed(loom) == {
        "connector": "loom",
        "title": "Loom",
        "auth_kinds": ["oauth2"],
        "source": None,
        "client_id": None,
        "redirect_url": f"{BASE}/oauth/callback",
        "request_url": f"{BASE}/hooks/-/apps/loom/{loom.workspace_id}",
        "secrets": ["client_secret", "signing_secret"],
        "secrets_set": [],
    }


async def test_the_settings_serve_every_workspace(loom: ApiUnderTest) -> None:
    loom.app.state.settings.connector_settings.update(
        {"LOOM_CLIENT_ID": "ours", "LOOM_CLIENT_SECRET": SETTINGS_SECRET, "LOOM_SIGNING_SECRET": SETTINGS_SECRET}
    )
    shown = await listed(loom)
    assert (shown["source"], shown["client_id"]) == ("settings", "ours")
    assert shown["request_url"] == f"{BASE}/hooks/-/apps/loom"
    assert shown["secrets_set"] == ["client_secret", "signing_secret"]


async def test_a_workspace_s_own_app_is_asked_first(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    loom.app.state.settings.connector_settings.update({"LOOM_CLIENT_ID": "ours", "LOOM_CLIENT_SECRET": SETTINGS_SECRET})
    admin = await loom.signed_in("admin")
    body = {"client_id": provider.client_id, "client_secret": provider.client_secret}
    answer = await admin.put(f"{APPS}/loom", json=body)
    assert answer.status_code == 200, answer.text
    assert provider.client_secret not in answer.text
    assert (answer.json()["source"], answer.json()["secrets_set"]) == ("workspace", ["client_secret"])
    page = await connect(admin, provider)
    assert page.status == 200, page
    assert provider.client_secret not in str(await audited(loom, "oauth_app.set"))
    assert (await admin.delete(f"{APPS}/loom")).status_code == 204
    assert (await listed(loom))["source"] == "settings"
    assert f"client_id={provider.client_id}" not in await begin(admin)


async def test_what_is_left_out_stays_while_the_app_does(loom: ApiUnderTest) -> None:
    admin = await loom.signed_in("admin")
    secrets = {"signing_secret": SECRET}
    await admin.put(f"{APPS}/loom", json={"client_id": "a", "client_secret": SECRET, "secrets": secrets})
    kept = await admin.put(f"{APPS}/loom", json={"client_id": "a", "secrets": {"signing_secret": ""}})
    assert kept.json()["secrets_set"] == ["client_secret"]
    other = await admin.put(f"{APPS}/loom", json={"client_id": "b"})
    assert (other.json()["client_id"], other.json()["secrets_set"]) == ("b", [])


async def test_what_cannot_be_set_up(loom: ApiUnderTest) -> None:
    admin = await loom.signed_in("admin")
    unknown = await admin.put(f"{APPS}/loom", json={"client_id": "a", "secrets": {"pin": "1"}})
    assert problem(unknown, 422)["problems"][0]["field"] == "secrets.pin"
    problem(await admin.put(f"{APPS}/bearer", json={"client_id": "a"}), 404)
    problem(await (await loom.signed_in("editor")).put(f"{APPS}/loom", json={"client_id": "a"}), 403)


async def test_an_app_that_changes_under_a_consent_is_said(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    admin = await loom.signed_in("admin")
    await admin.put(f"{APPS}/loom", json={"client_id": provider.client_id, "client_secret": provider.client_secret})
    location = await provider.consent(await begin(admin))
    await admin.put(f"{APPS}/loom", json={"client_id": "another"})
    answer = await admin.get(location.removeprefix(BASE))
    assert "is not set up any more" in answer.text
    assert answer.status_code == 409


async def test_apps_and_flows_are_sealed_anew(loom: ApiUnderTest, provider: OAuthProvider) -> None:
    admin = await loom.signed_in("admin")
    await admin.put(f"{APPS}/loom", json={"client_id": provider.client_id, "client_secret": provider.client_secret})
    await connect(admin, provider)
    location = await provider.consent(await begin(admin, name="Under way"))
    state = loom.app.state
    vault = Vault(["a newer key that is long enough", *state.settings.secret_keys])
    for column in sealed_connections(vault):
        assert (await reseal(loom.db, column)).count == 1
        assert (await reseal(loom.db, column)).count == 0
    state.vault = Vault(["a newer key that is long enough"])
    add(loom, state.catalog.connector("loom"))
    assert "is connected" in (await admin.get(location.removeprefix(BASE))).text
    assert len((await admin.get(PATH)).json()["items"]) == 2


@pytest.mark.parametrize(
    ("public_url", "reachable", "says"),
    [
        ("http://localhost:8600", False, "this machine only"),
        ("http://127.0.0.1:1", False, "this machine only"),
        ("http://10.1.2.3", False, "a private address"),
        ("http://nodeloom.invalid", False, "could not be reached"),
    ],
)
async def test_whether_services_reach_us_is_told_plainly(
    loom: ApiUnderTest, public_url: str, says: str, *, reachable: bool
) -> None:
    loom.app.state.settings = loom.app.state.settings.model_copy(update={"public_url": public_url})
    answer = await (await loom.signed_in("editor")).post(f"{APPS}/check")
    assert answer.json()["reachable"] is reachable
    assert says in answer.json()["detail"]
    assert "Loom" in answer.json()["detail"] or "could not" in says
