"""Connections over HTTP: a secret goes in, and never comes out."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from nodeloom.adapters.resealing import reseal
from nodeloom.adapters.vault import SecretDamaged, Vault
from nodeloom.features.connections import repository, service, uses
from nodeloom.features.connections.accounts import accepts
from nodeloom.features.connections.errors import ConnectionMissing
from nodeloom.features.connections.models import Credential
from nodeloom.features.connections.resealing import sealed_connections
from nodeloom.features.connections.uses import Use, on_used_by
from nodeloom_connectors.sdk import IncomingRequest, OutcomeUnknown, Reconnect, Refused, RetryLater
from tests.integration.connections.stranger import install
from tests.support.api import ApiUnderTest, problem

PATH = "/api/v1/connections"
TOKEN = "t0ken-that-nobody-may-see"
BEARER = {"connector": "bearer", "name": "Shop", "secret": {"token": TOKEN}}


async def made(client: httpx2.AsyncClient, **changes: object) -> dict[str, Any]:
    answer = await client.post(PATH, json={**BEARER, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_connection_is_made_listed_and_read_without_its_secret(api: ApiUnderTest) -> None:
    editor, viewer = await api.signed_in("editor"), await api.signed_in("viewer")
    connection = await made(editor)
    assert (connection["connector"], connection["name"], connection["health"]) == ("bearer", "Shop", "unknown")
    assert connection["created_by"] == "Editor"
    listed = await viewer.get(PATH)
    assert listed.json() == {"items": [connection], "next_cursor": None}
    assert (await viewer.get(f"{PATH}?connector=basic")).json()["items"] == []
    one = await viewer.get(f"{PATH}/{connection['id']}")
    assert one.json() == connection
    assert TOKEN not in listed.text + one.text


async def test_the_secret_is_stored_sealed_and_opens_only_in_its_row(api: ApiUnderTest) -> None:
    connection = await made(await api.signed_in("editor"))
    vault: Vault = api.app.state.vault
    async with api.db.read() as session:
        opened = await service.open_secret(session, vault, api.workspace_id, connection["id"])
        found = await repository.with_credential(session, api.workspace_id, connection["id"])
    assert (opened.connector, opened.name, opened.secret) == ("bearer", "Shop", {"token": TOKEN})
    assert TOKEN not in repr(opened)
    assert found is not None
    assert TOKEN.encode() not in found[1].ciphertext
    with pytest.raises(SecretDamaged):
        vault.decrypt(found[1].ciphertext, bound_to=f"{api.workspace_id}/con_another")


async def test_an_opened_connection_tells_who_may_come_in(api: ApiUnderTest) -> None:
    connection = await made(await api.signed_in("editor"))
    async with api.db.read() as session:
        opened = await service.open_secret(session, api.app.state.vault, api.workspace_id, connection["id"])
    good = IncomingRequest("POST", {"authorization": f"Bearer {TOKEN}"}, {}, b"")
    assert accepts(api.app.state.catalog, opened, good)
    assert not accepts(api.app.state.catalog, opened, IncomingRequest("POST", {}, {}, b""))


@pytest.mark.parametrize(
    ("connector", "secret", "fields"),
    [
        ("bearer", {}, {"secret.token"}),
        ("bearer", {"token": "", "tokn": "x"}, {"secret.token", "secret.tokn"}),
        ("header", {"name": "X Token", "value": TOKEN}, {"secret.name"}),
        ("hmac", {"secret": TOKEN, "algorithm": "md5"}, {"secret.algorithm"}),
        ("api_key", {"name": "a b", "value": TOKEN}, {"secret"}),
    ],
)
async def test_a_secret_that_does_not_fit_is_refused_by_field(
    api: ApiUnderTest, connector: str, secret: dict[str, object], fields: set[str]
) -> None:
    editor = await api.signed_in("editor")
    answer = await editor.post(PATH, json={"connector": connector, "name": "x", "secret": secret})
    document = problem(answer, 422)
    assert {each["field"] for each in document["problems"]} == fields
    assert TOKEN not in answer.text


@pytest.mark.parametrize("connector", ["http", "nothing"])
async def test_what_takes_no_secret_cannot_be_connected(api: ApiUnderTest, connector: str) -> None:
    editor = await api.signed_in("editor")
    answer = await editor.post(PATH, json={"connector": connector, "name": "x", "secret": {}})
    assert problem(answer, 422)["type"].endswith("/unknown_connector")


STRANGER = {"connector": "stranger", "name": "Theirs", "secret": {"api_key": TOKEN}}


SERVICE_SAYS: list[tuple[Callable[[str], Exception] | None, int, str | None]] = [
    (None, 201, "healthy"),
    (lambda secret: Refused(f"wrong key {secret}"), 422, None),
    (lambda secret: Reconnect(f"expired {secret}"), 422, None),
    (lambda secret: RetryLater(f"down {secret}"), 201, "unknown"),
    (lambda secret: OutcomeUnknown(f"no answer {secret}"), 201, "unknown"),
    (KeyError, 201, "unknown"),
]


@pytest.mark.parametrize(("raises", "status", "health"), SERVICE_SAYS)
async def test_the_service_is_asked_before_a_secret_is_kept(
    api: ApiUnderTest, raises: Callable[[str], Exception] | None, status: int, health: str | None
) -> None:
    install(api).raises = raises
    answer = await (await api.signed_in("editor")).post(PATH, json=STRANGER)
    assert answer.status_code == status, answer.text
    assert answer.json().get("health") == health
    assert TOKEN not in answer.text


async def test_a_test_keeps_what_the_service_says_as_health(api: ApiUnderTest) -> None:
    theirs = install(api)
    editor = await api.signed_in("editor")
    connection = await made(editor, **STRANGER)
    theirs.raises = lambda _: Reconnect("The key was revoked.")
    tested = (await editor.post(f"{PATH}/{connection['id']}/test")).json()
    assert (tested["health"], tested["health_detail"]) == ("broken", "The key was revoked.")
    theirs.raises = None
    assert (await editor.post(f"{PATH}/{connection['id']}/test")).json()["health"] == "healthy"
    assert theirs.asked == 3


async def test_a_change_without_a_secret_keeps_the_old_one(api: ApiUnderTest) -> None:
    theirs = install(api)
    editor = await api.signed_in("editor")
    connection = await made(editor, **STRANGER)
    changed = await editor.put(f"{PATH}/{connection['id']}", json={"name": "Renamed"})
    assert (changed.status_code, changed.json()["name"]) == (200, "Renamed")
    assert theirs.asked == 1
    async with api.db.read() as session:
        opened = await service.open_secret(session, api.app.state.vault, api.workspace_id, connection["id"])
    assert opened.secret["api_key"] == TOKEN


async def test_a_new_secret_is_asked_and_replaces_the_old_one(api: ApiUnderTest) -> None:
    theirs = install(api)
    editor = await api.signed_in("editor")
    connection = await made(editor, **STRANGER)
    address = f"{PATH}/{connection['id']}"
    theirs.raises = lambda _: Refused("wrong")
    problem(await editor.put(address, json={"secret": {"api_key": "other"}}), 422)
    theirs.raises = None
    assert (await editor.put(address, json={"secret": {"api_key": "other"}})).json()["name"] == "Theirs"
    async with api.db.read() as session:
        opened = await service.open_secret(session, api.app.state.vault, api.workspace_id, connection["id"])
    assert opened.secret["api_key"] == "other"


async def test_a_connection_cannot_become_another_connector_s(api: ApiUnderTest) -> None:
    editor = await api.signed_in("editor")
    connection = await made(editor)
    problem(await editor.put(f"{PATH}/{connection['id']}", json={"connector": "basic"}), 422)


async def test_deleting_takes_the_secret_along(api: ApiUnderTest) -> None:
    editor = await api.signed_in("editor")
    address = f"{PATH}/{(await made(editor))['id']}"
    assert (await editor.delete(address)).status_code == 204
    problem(await editor.get(address), 404)
    problem(await editor.delete(address), 404)
    async with api.db.read() as session:
        assert (await session.scalars(select(Credential))).all() == []


async def test_a_connection_in_use_is_deleted_only_by_force(api: ApiUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lookup(_session: AsyncSession, workspace_id: str, _connection_id: str) -> list[Use]:
        return [Use("wf_1", "Orders", published=True)] if workspace_id == api.workspace_id else []

    monkeypatch.setattr(uses, "_lookups", [])
    on_used_by(lookup)
    on_used_by(lookup)
    editor = await api.signed_in("editor")
    address = f"{PATH}/{(await made(editor))['id']}"
    used = (await editor.get(f"{address}/used-by")).json()
    assert used == {"items": [{"workflow_id": "wf_1", "name": "Orders", "published": True}]}
    refusal = problem(await editor.delete(address), 409)
    assert "Orders" in refusal["detail"]
    assert refusal["workflows"] == [{"id": "wf_1", "name": "Orders", "published": True}]
    assert (await editor.delete(f"{address}?force=true")).status_code == 204


async def test_every_change_leaves_a_line_without_the_secret(api: ApiUnderTest) -> None:
    editor, owner = await api.signed_in("editor"), await api.signed_in("owner")
    address = f"{PATH}/{(await made(editor))['id']}"
    await editor.put(address, json={"secret": {"token": TOKEN + "2"}})
    await editor.post(f"{address}/test")
    await editor.delete(address)
    trail = await owner.get("/api/v1/audit")
    lines = [entry["action"] for entry in trail.json()["items"] if entry["action"].startswith("connection.")]
    assert lines == ["connection.deleted", "connection.tested", "connection.updated", "connection.created"]
    assert TOKEN not in trail.text


async def test_roles_and_workspaces_are_kept_apart(api: ApiUnderTest) -> None:
    address = f"{PATH}/{(await made(await api.signed_in('editor')))['id']}"
    runner = await api.signed_in("runner")
    problem(await runner.post(PATH, json=BEARER), 403)
    for method in ("PUT", "DELETE"):
        problem(await runner.request(method, address, json={}), 403)
    problem(await runner.post(f"{address}/test"), 403)
    stranger = await api.with_key("owner", await api.add_workspace())
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/used-by")):
        problem(await stranger.request(method, address + path, json={}), 404)
    assert (await stranger.get(PATH)).json()["items"] == []


async def test_what_a_run_learns_becomes_the_health(api: ApiUnderTest) -> None:
    editor = await api.signed_in("editor")
    connection = await made(editor)
    for refused, health in ((None, "healthy"), ("No longer accepted.", "broken")):
        async with api.db.transaction() as session:
            await service.note_use(session, api.workspace_id, connection["id"], refused=refused)
        seen = (await editor.get(f"{PATH}/{connection['id']}")).json()
        assert (seen["health"], seen["health_detail"]) == (health, refused or "")
        assert seen["last_used_at"] is not None


async def test_secrets_move_to_a_new_key(api: ApiUnderTest) -> None:
    connection = await made(await api.signed_in("editor"))
    old = api.app.state.settings.secret_keys[0]
    credentials, *_ = sealed_connections(Vault(["a-new-key-that-is-long-enough", old]))
    assert (await reseal(api.db, credentials)).count == 1
    async with api.db.read() as session:
        opened = await service.open_secret(
            session, Vault(["a-new-key-that-is-long-enough"]), api.workspace_id, connection["id"]
        )
        with pytest.raises(ConnectionMissing):
            await service.open_secret(session, api.app.state.vault, "ws_other", connection["id"])
    assert opened.secret == {"token": TOKEN}
