"""Variables over HTTP: a secret value goes in, and never comes out."""

from typing import Any

import pytest

from nodeloom.features.variables.service import MOST
from nodeloom.features.variables.values import VariableValues
from tests.support.api import ApiUnderTest, problem

PATH = "/api/v1/variables"
SECRET = "hush-hush-0815"


async def test_a_variable_is_made_changed_listed_and_taken_away(api: ApiUnderTest) -> None:
    editor, viewer = await api.signed_in("editor"), await api.signed_in("viewer")
    made = await editor.put(f"{PATH}/region", json={"value": "eu", "description": "Where we sell"})
    assert made.status_code == 200, made.text
    variable = made.json()
    assert (variable["name"], variable["value"], variable["secret"]) == ("region", "eu", False)
    assert (variable["description"], variable["updated_by"]) == ("Where we sell", "Editor")
    changed = await editor.put(f"{PATH}/region", json={"value": {"code": "us", "vat": None}})
    assert changed.json()["value"] == {"code": "us", "vat": None}
    assert changed.json()["description"] == "Where we sell"
    await editor.put(f"{PATH}/nothing", json={"value": None})
    listed = (await viewer.get(PATH)).json()
    assert [(row["name"], row["value"]) for row in listed["items"]] == [
        ("nothing", None),
        ("region", changed.json()["value"]),
    ]
    page = (await viewer.get(f"{PATH}?limit=1")).json()
    assert [row["name"] for row in page["items"]] == ["nothing"]
    rest = (await viewer.get(PATH, params={"limit": 1, "cursor": page["next_cursor"]})).json()
    assert [row["name"] for row in rest["items"]] == ["region"]
    assert (await editor.delete(f"{PATH}/region")).status_code == 204
    problem(await viewer.get(f"{PATH}/region"), 404)
    problem(await editor.delete(f"{PATH}/region"), 404)


async def test_a_secret_value_is_sealed_never_answered_and_not_in_the_trail(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    answers = [await owner.put(f"{PATH}/key", json={"value": SECRET, "secret": True})]
    answers.append(await owner.put(f"{PATH}/key", json={"description": "Of the shop"}))
    answers += [await owner.get(f"{PATH}/key"), await owner.get(PATH), await owner.get("/api/v1/audit")]
    assert all(answer.status_code == 200 for answer in answers)
    assert not any(SECRET in answer.text for answer in answers)
    assert answers[2].json() == {**answers[1].json(), "value": None, "secret": True, "description": "Of the shop"}
    trail = [(entry["action"], entry["detail"]) for entry in answers[-1].json()["items"]]
    assert ("variable.created", {"name": "key", "secret": True}) in trail
    assert ("variable.updated", {"name": "key", "secret": True, "value_replaced": False}) in trail
    found = await VariableValues(api.db, api.app.state.vault).of(api.workspace_id)
    assert (found.values, found.secrets) == ({"key": SECRET}, {SECRET})
    assert SECRET not in repr(found)


async def test_what_is_secret_becomes_readable_with_a_new_value_alone(api: ApiUnderTest) -> None:
    editor = await api.signed_in("editor")
    await editor.put(f"{PATH}/key", json={"value": "open-at-first"})
    closed = await editor.put(f"{PATH}/key", json={"secret": True})
    assert (closed.json()["secret"], closed.json()["value"]) == (True, None)
    problem(await editor.put(f"{PATH}/key", json={"secret": False}), 422)
    assert (await editor.put(f"{PATH}/key", json={"value": "x-new"})).json()["secret"] is True
    opened = await editor.put(f"{PATH}/key", json={"secret": False, "value": "public"})
    assert (opened.json()["secret"], opened.json()["value"]) == (False, "public")


async def test_values_are_read_anew_when_they_changed_and_opened_once_otherwise(api: ApiUnderTest) -> None:
    editor = await api.signed_in("editor")
    values = VariableValues(api.db, api.app.state.vault)
    await editor.put(f"{PATH}/key", json={"value": SECRET, "secret": True})
    first = await values.of(api.workspace_id)
    assert await values.of(api.workspace_id) is first
    await editor.put(f"{PATH}/key", json={"value": "another-secret"})
    assert (await values.of(api.workspace_id)).values == {"key": "another-secret"}
    await editor.delete(f"{PATH}/key")
    assert (await values.of(api.workspace_id)).values == {}


async def test_another_workspace_sees_none_of_it(api: ApiUnderTest) -> None:
    editor, stranger = await api.signed_in("editor"), await api.stranger()
    await editor.put(f"{PATH}/region", json={"value": "eu"})
    problem(await stranger.get(f"{PATH}/region"), 404)
    assert (await stranger.get(PATH)).json()["items"] == []
    await stranger.put(f"{PATH}/region", json={"value": "theirs"})
    assert (await editor.get(f"{PATH}/region")).json()["value"] == "eu"


async def test_who_may_only_look_or_run_changes_nothing(api: ApiUnderTest) -> None:
    for role in ("viewer", "runner"):
        client = await api.signed_in(role)
        problem(await client.put(f"{PATH}/region", json={"value": "eu"}), 403)
        problem(await client.delete(f"{PATH}/region"), 403)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("2nd", {"value": 1}),
        ("a-b", {"value": 1}),
        ("x" * 101, {"value": 1}),
        ("fine", {}),
        ("fine", {"secret": True}),
        ("fine", {"value": "abc", "secret": True}),
        ("fine", {"value": 12345, "secret": True}),
        ("fine", {"value": "x" * 40_000}),
        ("fine", {"value": "x", "more": 1}),
        ("fine", {"value": "nul \0"}),
    ],
)
async def test_what_can_not_be_a_variable_is_refused(api: ApiUnderTest, name: str, body: dict[str, Any]) -> None:
    editor = await api.signed_in("editor")
    problem(await editor.put(f"{PATH}/{name}", json=body), 422)
    deep: Any = "x"
    for _ in range(60):
        deep = [deep]
    problem(await editor.put(f"{PATH}/fine", json={"value": deep}), 422)


async def test_there_is_a_limit(api: ApiUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodeloom.features.variables.service.MOST", 1)
    editor = await api.signed_in("editor")
    assert (await editor.put(f"{PATH}/one", json={"value": 1})).status_code == 200
    assert (await editor.put(f"{PATH}/one", json={"value": 2})).status_code == 200
    assert "too_many_variables" in problem(await editor.put(f"{PATH}/two", json={"value": 1}), 409)["type"]
    assert MOST == 500
