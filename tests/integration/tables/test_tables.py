"""Tables over HTTP: made, filled, searched, changed, by those who may."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from tests.support.api import ApiUnderTest, problem

PATH = "/api/v1/tables"
COLUMNS = [
    {"name": "email", "type": "text"},
    {"name": "age", "type": "number"},
    {"name": "active", "type": "boolean"},
    {"name": "since", "type": "datetime"},
    {"name": "extra", "type": "json"},
]


async def made(client: httpx2.AsyncClient, name: str = "customers", **more: Any) -> str:
    answer = await client.post(PATH, json={"name": name, "columns": COLUMNS, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def add(client: httpx2.AsyncClient, table: str, **values: Any) -> dict[str, Any]:
    answer = await client.post(f"{PATH}/{table}/rows", json={"values": values})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def rows(client: httpx2.AsyncClient, table: str, **query: Any) -> list[Any]:
    """The e-mail addresses, in the order they come."""
    if "filter" in query:
        query["filter"] = json.dumps(query["filter"])
    answer = await client.get(f"{PATH}/{table}/rows", params=query)
    assert answer.status_code == 200, answer.text
    return [row["values"]["email"] for row in answer.json()["items"]]


async def test_a_table_is_made_renamed_widened_and_deleted(api: ApiUnderTest) -> None:
    owner, viewer = await api.signed_in("owner"), await api.signed_in("viewer")
    table = await made(owner, key=["email"])
    read = (await viewer.get(f"{PATH}/{table}")).json()
    assert (read["name"], read["key"], read["row_count"]) == ("customers", ["email"], 0)
    assert [(column["name"], column["type"]) for column in read["columns"]] == [(c["name"], c["type"]) for c in COLUMNS]
    await add(owner, table, email="a@x.test", age=3)
    kept = [{**read["columns"][0], "name": "address"}, *read["columns"][1:3], {"name": "city", "type": "text"}]
    changed = await owner.patch(f"{PATH}/{table}", json={"name": "people", "columns": kept})
    assert changed.status_code == 200, changed.text
    assert changed.json()["key"] == ["address"]
    (row,) = (await viewer.get(f"{PATH}/{table}/rows")).json()["items"]
    assert row["values"] == {"address": "a@x.test", "age": 3, "active": None, "city": None}
    assert [one["name"] for one in (await viewer.get(PATH)).json()["items"]] == ["people"]
    assert (await owner.delete(f"{PATH}/{table}")).status_code == 204
    problem(await viewer.get(f"{PATH}/{table}"), 404)
    problem(await viewer.get(f"{PATH}/{table}/rows"), 404)
    trail = [entry["action"] for entry in (await owner.get("/api/v1/audit")).json()["items"]]
    assert trail[:3] == ["table.deleted", "table.changed", "table.created"]


async def test_values_are_taken_as_their_columns_say(api: ApiUnderTest) -> None:
    client = await api.signed_in("runner")
    table = await made(await api.signed_in("editor"))
    row = await add(
        client, table, email=12, age="4.5", active="true", since="2026-05-31T18:00:00+02:00", extra={"a": [1]}
    )
    assert row["values"] == {
        "email": "12",
        "age": 4.5,
        "active": True,
        "since": "2026-05-31T16:00:00.000Z",
        "extra": {"a": [1]},
    }
    changed = await client.patch(f"{PATH}/{table}/rows/{row['id']}", json={"values": {"age": None, "active": False}})
    assert changed.json()["values"] == {**row["values"], "age": None, "active": False}
    assert (await client.delete(f"{PATH}/{table}/rows/{row['id']}")).status_code == 204
    problem(await client.delete(f"{PATH}/{table}/rows/{row['id']}"), 404)
    problem(await client.patch(f"{PATH}/{table}/rows/{row['id']}", json={"values": {}}), 404)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"age": "many"}, "wrong_type", "age"),
        ({"active": "perhaps"}, "wrong_type", "active"),
        ({"since": "tomorrow"}, "wrong_type", "since"),
        ({"email": {"a": 1}}, "wrong_type", "email"),
        ({"emial": "x"}, "unknown_column", "emial"),
        ({"email": "x" * 40_000}, "row_too_large", ""),
        ({"age": "9" * 30}, "wrong_type", "age"),
    ],
)
async def test_what_does_not_fit_is_refused(api: ApiUnderTest, values: dict[str, Any], code: str, field: str) -> None:
    editor = await api.signed_in("editor")
    table = await made(editor)
    document = problem(await editor.post(f"{PATH}/{table}/rows", json={"values": values}), 422)
    assert [(found["code"], found["field"]) for found in document["problems"]] == [(code, field)]
    if field == "emial":
        assert document["hint"] == "Did you mean “email”?"


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "columns": []},
        {"name": "x", "columns": [{"name": "id"}]},
        {"name": "x", "columns": [{"name": "a"}, {"name": "a"}]},
        {"name": "x", "columns": [{"name": "a", "type": "blob"}]},
        {"name": "x", "columns": [{"name": "a"}], "key": ["b"]},
        {"name": "x", "columns": [{"name": f"c{number}"} for number in range(51)]},
    ],
)
async def test_tables_that_can_not_be_are_refused(api: ApiUnderTest, body: dict[str, Any]) -> None:
    problem(await (await api.signed_in("editor")).post(PATH, json=body), 422)


async def test_names_and_keys_are_taken_once(api: ApiUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = await api.signed_in("editor")
    table = await made(editor, key=["email"])
    problem(await editor.post(PATH, json={"name": "customers", "columns": []}), 409)
    other = await made(editor, "others")
    problem(await editor.patch(f"{PATH}/{other}", json={"name": "customers"}), 409)
    first = await add(editor, table, email="a")
    second = await add(editor, table, email="b")
    assert (
        "has a row with email"
        in problem(await editor.post(f"{PATH}/{table}/rows", json={"values": {"email": "a"}}), 409)["detail"]
    )
    problem(await editor.patch(f"{PATH}/{table}/rows/{second['id']}", json={"values": {"email": "a"}}), 409)
    problem(await editor.post(f"{PATH}/{table}/rows", json={"values": {"age": 1}}), 422)
    same = await editor.patch(f"{PATH}/{table}/rows/{first['id']}", json={"values": {"email": "a", "age": 1}})
    assert same.status_code == 200
    monkeypatch.setattr("nodeloom.features.tables.writes.MOST_ROWS", 2)
    problem(await editor.post(f"{PATH}/{table}/rows", json={"values": {"email": "c"}}), 409)
    monkeypatch.setattr("nodeloom.features.tables.writes.MOST_TABLES", 2)
    problem(await editor.post(PATH, json={"name": "third", "columns": []}), 409)


async def test_a_key_is_chosen_later_where_rows_differ_there(api: ApiUnderTest) -> None:
    editor = await api.signed_in("editor")
    table = await made(editor)
    for email, age in (("a", 1), ("b", 1)):
        await add(editor, table, email=email, age=age)
    problem(await editor.patch(f"{PATH}/{table}", json={"key": ["age"]}), 409)
    assert (await editor.patch(f"{PATH}/{table}", json={"key": ["email", "age"]})).json()["key"] == ["email", "age"]
    problem(await editor.post(f"{PATH}/{table}/rows", json={"values": {"email": "a", "age": "1"}}), 409)
    columns = (await editor.get(f"{PATH}/{table}")).json()["columns"]
    problem(await editor.patch(f"{PATH}/{table}", json={"columns": columns[1:]}), 422)
    problem(
        await editor.patch(f"{PATH}/{table}", json={"columns": [{**columns[0], "type": "json"}, *columns[1:]]}), 422
    )
    assert (await editor.patch(f"{PATH}/{table}", json={"key": []})).json()["key"] == []
    await add(editor, table, email="a", age=1)


async def test_rows_are_filtered_searched_sorted_and_paged(api: ApiUnderTest) -> None:
    client = await api.signed_in("editor")
    table = await made(client, key=["email"])
    for email, age, since in (("a", 9, "2026-01-01"), ("b", 10, None), ("c", None, "2025-06-01"), ("d", 2, None)):
        await add(client, table, email=email, age=age, since=since, extra={"note": f"of {email.upper()}"})

    def where(left: str, operator: str, right: Any = None) -> dict[str, Any]:
        return {"conditions": [{"left": left, "operator": operator, "right": right}]}

    assert await rows(client, table) == ["d", "c", "b", "a"]
    assert await rows(client, table, sort="age") == ["d", "a", "b", "c"]
    assert await rows(client, table, sort="-age") == ["b", "a", "d", "c"]
    assert await rows(client, table, filter=where("age", "gte", 9)) == ["b", "a"]
    assert await rows(client, table, filter=where("since", "before", "2026-01-01")) == ["c"]
    assert await rows(client, table, filter=where("age", "not_exists")) == ["c"]
    assert await rows(client, table, filter=where("email", "equals", "b")) == ["b"]
    assert await rows(client, table, filter=where("email", "in", "a, d"), sort="email") == ["a", "d"]
    assert await rows(client, table, q="OF b") == ["b"]
    either = {
        "combine": "or",
        "conditions": [*where("age", "lt", 3)["conditions"], *where("email", "equals", "a")["conditions"]],
    }
    assert await rows(client, table, filter=either) == ["d", "a"]
    for query in ({}, {"sort": "-age"}, {"q": "of"}):
        seen: list[str] = []
        cursor = None
        while True:
            page = {**query, "limit": 3, **({"cursor": cursor} if cursor else {})}
            answer = (await client.get(f"{PATH}/{table}/rows", params=page)).json()
            seen += [row["values"]["email"] for row in answer["items"]]
            cursor = answer["next_cursor"]
            if cursor is None:
                break
        assert sorted(seen) == ["a", "b", "c", "d"], query
    for wrong in ({"sort": "shoe"}, {"filter": json.dumps(where("shoe", "exists"))}, {"filter": "{"}, {"filter": "[]"}):
        problem(await client.get(f"{PATH}/{table}/rows", params=wrong), 422)
    problem(await client.get(f"{PATH}/{table}/rows", params={"filter": json.dumps(where("since", "before", "x"))}), 422)


async def test_roles_and_workspaces_are_kept_apart(api: ApiUnderTest) -> None:
    viewer, runner = await api.signed_in("viewer"), await api.signed_in("runner")
    table = await made(await api.signed_in("editor"))
    row = await add(runner, table, email="a")
    for client in (viewer, runner):
        problem(await client.post(PATH, json={"name": "x", "columns": []}), 403)
        problem(await client.patch(f"{PATH}/{table}", json={"name": "x"}), 403)
        problem(await client.delete(f"{PATH}/{table}"), 403)
    problem(await viewer.post(f"{PATH}/{table}/rows", json={"values": {}}), 403)
    problem(await viewer.delete(f"{PATH}/{table}/rows/{row['id']}"), 403)
    stranger = await api.stranger()
    for call in (
        stranger.get(f"{PATH}/{table}"),
        stranger.get(f"{PATH}/{table}/rows"),
        stranger.post(f"{PATH}/{table}/rows", json={"values": {}}),
        stranger.patch(f"{PATH}/{table}/rows/{row['id']}", json={"values": {}}),
        stranger.delete(f"{PATH}/{table}/rows/{row['id']}"),
        stranger.patch(f"{PATH}/{table}", json={"name": "mine"}),
        stranger.delete(f"{PATH}/{table}"),
    ):
        problem(await call, 404)
    assert (await stranger.get(PATH)).json()["items"] == []
    own = await made(stranger)
    problem(await stranger.delete(f"{PATH}/{own}/rows/{row['id']}"), 404)
    assert await rows(viewer, table) == ["a"]


async def test_of_many_that_add_the_same_key_at_once_one_succeeds(api: ApiUnderTest) -> None:
    editor = await api.signed_in("editor")
    table = await made(editor, key=["email"])
    calls = (editor.post(f"{PATH}/{table}/rows", json={"values": {"email": "same"}}) for _ in range(8))
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert (await editor.get(f"{PATH}/{table}")).json()["row_count"] == 1


async def test_what_no_database_keeps_finds_nothing(api: ApiUnderTest) -> None:
    editor = await api.signed_in("editor")
    table = await made(editor)
    for path in ("a%00b", f"{table}/rows?q=%00", f"{table}/rows?sort=%00", f"{table}/rows?cursor=YzE6AA"):
        answer = await editor.get(f"{PATH}/{path}")
        assert answer.status_code < 500, path
    for where in ('{"left": "email", "operator": "equals", "right": "\\u0000"}', '{"left": "age", "operator": "gt"}'):
        answer = await editor.get(f"{PATH}/{table}/rows", params={"filter": f'{{"conditions": [{where}]}}'})
        assert answer.status_code in (200, 422)
    assert (await editor.delete(f"{PATH}/{table}/rows/a%00b")).status_code < 500
    assert (await editor.get("/api/v1/variables/a%00b")).status_code == 422
