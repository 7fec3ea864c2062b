"""Connections in use: pickers, re-binding, rights that are lacking, and whose they are."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pydantic import BaseModel

from nodeloom.adapters.http import guarded_client
from nodeloom.adapters.vault import Vault
from nodeloom_connectors.sdk import (
    Access,
    ActionContext,
    Option,
    Options,
    OptionsQuery,
    Reconnect,
    Refused,
    RetryLater,
    action,
)
from tests.integration.connections.oauth_flow import PATH, audited, read
from tests.integration.connections.stranger import add
from tests.support.accounts import LOOM, connected
from tests.support.api import ApiUnderTest, problem
from tests.support.standins.oauth import PLAIN, oauth_provider

TOKEN = "at-that-nobody-may-see"


class Nothing(BaseModel):
    """No parameters."""


@action(title="Weave", effect="once", scopes=["weave"])
async def weave(ctx: ActionContext[Any], params: Nothing) -> Nothing:
    """Weave something."""
    return params


@dataclass
class Boards:
    """The service behind a picker."""

    raises: list[Exception] = field(default_factory=list[Exception])
    asked: list[OptionsQuery] = field(default_factory=list[OptionsQuery])

    async def load(self, client: Access[Any], query: OptionsQuery) -> Options:
        self.asked.append(query)
        if self.raises:
            raise self.raises.pop()
        assert client.secret.access_token.get_secret_value()
        return Options([Option("b1", "First", "yours")], "next")


def itself(access: Access[Any]) -> Access[Any]:
    return access


@pytest.fixture
def boards(api: ApiUnderTest) -> Boards:
    boards = Boards()
    add(api, replace(LOOM, connect=itself, options={"boards": boards.load}, actions=(weave,)))
    return boards


async def account(api: ApiUnderTest, *scopes: str, owner: str | None = None) -> str:
    vault: Vault = api.app.state.vault
    answer: dict[str, Any] = {"access_token": TOKEN, "scope": " ".join(scopes or ("read", "write"))}
    return await connected(api.db, vault, api.workspace_id, answer, owner=owner)


def ask(**body: Any) -> dict[str, Any]:
    return {"loader": "boards", **body}


async def test_a_picker_shows_what_the_service_has(api: ApiUnderTest, boards: Boards) -> None:
    connection_id = await account(api)
    editor = await api.signed_in("editor")
    body = ask(params={"team": "t1"}, search="fi", cursor="c")
    answer = await editor.post(f"{PATH}/{connection_id}/options", json=body)
    assert answer.json() == {
        "items": [{"value": "b1", "label": "First", "hint": "yours"}],
        "next_cursor": "next",
    }
    assert boards.asked == [OptionsQuery({"team": "t1"}, "fi", "c")]


@pytest.mark.parametrize(
    ("raises", "status", "code"),
    [
        (Refused(f"No such team {TOKEN}"), 422, "options_refused"),
        (RetryLater("busy"), 503, "options_unavailable"),
        (KeyError("x"), 422, "options_refused"),
        (Reconnect(f"no {TOKEN}"), 409, "reconnect"),
    ],
)
async def test_a_picker_that_fails_says_what_to_do(
    api: ApiUnderTest, boards: Boards, raises: Exception, status: int, code: str
) -> None:
    boards.raises = [raises, raises]
    connection_id = await account(api)
    answer = await (await api.signed_in("editor")).post(f"{PATH}/{connection_id}/options", json=ask())
    document = problem(answer, status)
    assert document["type"].endswith(f"/{code}")
    assert document["hint"]
    assert TOKEN not in answer.text


async def test_a_picker_renews_the_token_once(api: ApiUnderTest, boards: Boards) -> None:
    with oauth_provider(PLAIN) as provider:
        settings = api.app.state.settings
        names = {"LOOM_CLIENT_ID": provider.client_id, "LOOM_CLIENT_SECRET": provider.client_secret}
        connector_settings = {**names, "LOOM_TOKEN_URL": provider.token_url}
        api.app.state.settings = settings.model_copy(
            update={"connector_settings": connector_settings, "egress_allow": ("127.0.0.1",)}
        )
        api.app.state.http = await api.stack.enter_async_context(guarded_client(api.app.state.settings))
        add(api, api.app.state.catalog.connector("loom"))
        connection_id = await connected(api.db, api.app.state.vault, api.workspace_id, provider.issue("read", "write"))
        boards.raises = [Reconnect("expired")]
        answer = await (await api.signed_in("editor")).post(f"{PATH}/{connection_id}/options", json=ask())
        assert answer.status_code == 200, answer.text
        assert provider.refreshes == 1


async def test_a_picker_that_is_not_there(api: ApiUnderTest, boards: Boards) -> None:
    connection_id = await account(api)
    editor = await api.signed_in("editor")
    answer = await editor.post(f"{PATH}/{connection_id}/options", json=ask(loader="lists"))
    assert "It has boards." in problem(answer, 422)["hint"]
    problem(await (await api.stranger()).post(f"{PATH}/{connection_id}/options", json=ask()), 404)


def graph(connection_id: str) -> dict[str, Any]:
    return {
        "format": 1,
        "nodes": [
            {"id": "start", "type": "core.manual"},
            {"id": "weave", "type": "loom.weave", "connection_id": connection_id},
        ],
        "edges": [{"id": "e1", "source": "start", "target": "weave"}],
    }


async def workflow(client: Any, connection_id: str) -> str:
    answer = await client.post("/api/v1/workflows", json={"name": "Cloth", "graph": graph(connection_id)})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_a_right_that_is_lacking_is_told_before_it_fails(api: ApiUnderTest, boards: Boards) -> None:
    assert boards
    editor = await api.signed_in("editor")
    poor, rich = await account(api, "read", "write"), await account(api, "read", "write", "weave")
    workflow_id = await workflow(editor, poor)
    refused = await editor.post(f"/api/v1/workflows/{workflow_id}/publish")
    assert [each["code"] for each in problem(refused, 422)["problems"]] == ["missing_scopes"]
    assert (await read(editor, poor))["missing_scopes"] == ["weave"]
    done = await editor.post(f"{PATH}/{poor}/rebind", json={"to": rich})
    assert done.json()["workflows"] == [
        {"workflow_id": workflow_id, "name": "Cloth", "changed": True, "needs_publish": False}
    ]
    assert (await editor.post(f"/api/v1/workflows/{workflow_id}/publish")).status_code == 200
    assert [use["workflow_id"] for use in (await editor.get(f"{PATH}/{rich}/used-by")).json()["items"]] == [workflow_id]
    assert len(await audited(api, "connection.rebound")) == 1


async def test_re_binding_leaves_what_is_live_and_others_alone(api: ApiUnderTest, boards: Boards) -> None:
    assert boards
    editor = await api.signed_in("editor")
    old, new = await account(api, "read", "write", "weave"), await account(api, "read", "write", "weave")
    live, other = await workflow(editor, old), await workflow(editor, old)
    await editor.post(f"/api/v1/workflows/{live}/publish")
    before = (await editor.get(f"/api/v1/workflows/{live}")).json()
    done = await editor.post(f"{PATH}/{old}/rebind", json={"to": new, "workflow_ids": [live]})
    assert done.json()["workflows"] == [{"workflow_id": live, "name": "Cloth", "changed": True, "needs_publish": True}]
    after = (await editor.get(f"/api/v1/workflows/{live}")).json()
    assert after["graph"]["nodes"][1]["connection_id"] == new
    assert after["revision"] == before["revision"] + 1
    assert (await editor.get(f"/api/v1/workflows/{other}")).json()["graph"]["nodes"][1]["connection_id"] == old
    late = await editor.put(
        f"/api/v1/workflows/{live}/draft", json={"graph": graph(old), "revision": before["revision"]}
    )
    assert late.status_code == 409


async def test_only_the_same_service_can_stand_in(api: ApiUnderTest, boards: Boards) -> None:
    assert boards
    editor = await api.signed_in("editor")
    made = await editor.post(PATH, json={"connector": "bearer", "name": "x", "secret": {"token": "t0ken"}})
    connection_id = await account(api)
    problem(await editor.post(f"{PATH}/{connection_id}/rebind", json={"to": made.json()["id"]}), 422)
    problem(await editor.post(f"{PATH}/{connection_id}/rebind", json={"to": connection_id}), 422)
    problem(await editor.post(f"{PATH}/{connection_id}/rebind", json={"to": "con_none"}), 404)


async def test_use_without_change(api: ApiUnderTest, boards: Boards) -> None:
    """Others may use what one connected, as far as its owner lets them; changing it is for the owner and admins."""
    assert boards
    connection_id = await account(api, "read", "write", "weave", owner=api.members["owner"])
    editor, owner = await api.signed_in("editor"), await api.signed_in("owner")
    problem(await editor.put(f"{PATH}/{connection_id}", json={"name": "Mine"}), 403)
    problem(await editor.delete(f"{PATH}/{connection_id}"), 403)
    workflow_id = await workflow(editor, connection_id)
    shared = await owner.put(f"{PATH}/{connection_id}", json={"usable_by": "admin"})
    assert shared.json()["usable_by"] == "admin"
    problem(await editor.post(f"{PATH}/{connection_id}/options", json=ask()), 403)
    refused = await editor.post(f"/api/v1/workflows/{workflow_id}/publish")
    tried = await editor.post(f"/api/v1/workflows/{workflow_id}/runs", json={"version": "draft"})
    for answer in (refused, tried):
        assert [each["code"] for each in problem(answer, 422)["problems"]] == ["connection_not_yours"]
    assert (await owner.post(f"/api/v1/workflows/{workflow_id}/publish")).status_code == 200
    # What is live already may be published again by those who may edit.
    assert (await editor.post(f"/api/v1/workflows/{workflow_id}/publish")).status_code == 200


async def test_what_ends_without_renewal_is_shown_as_expiring(api: ApiUnderTest, boards: Boards) -> None:
    assert boards
    answer: dict[str, Any] = {"access_token": TOKEN, "scope": "read write"}
    vault: Vault = api.app.state.vault
    soon = await connected(api.db, vault, api.workspace_id, answer | {"expires_in": 6 * 86_400})
    later = await connected(api.db, vault, api.workspace_id, answer | {"expires_in": 8 * 86_400})
    renewed = await connected(api.db, vault, api.workspace_id, answer | {"expires_in": 60, "refresh_token": "rt-1"})
    viewer = await api.signed_in("viewer")
    shown = [(await read(viewer, each))["health"] for each in (soon, later, renewed)]
    assert shown == ["expiring", "healthy", "healthy"]
