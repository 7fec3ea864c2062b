"""Tables out as CSV and in again."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from nodeloom.features.tables import exchange
from nodeloom.features.tables.models import DATA_TABLES
from nodeloom.features.tables.writes import MOST_ROWS
from tests.support.api import ApiUnderTest, problem

PATH = "/api/v1/tables"
COLUMNS = [
    {"name": "email", "type": "text"},
    {"name": "visits", "type": "number"},
    {"name": "member", "type": "boolean"},
    {"name": "since", "type": "datetime"},
    {"name": "more", "type": "json"},
]
ROWS: list[dict[str, Any]] = [
    {"email": "ada@x.test", "visits": 3, "member": True, "since": "2026-05-31T16:00:00.000Z", "more": {"a": [1, "x"]}},
    {"email": '=cmd|"x"!A1', "visits": -1.5, "member": False, "since": None, "more": "text"},
    {"email": "two\nlines; and, separators", "visits": None, "member": None, "since": None, "more": "7"},
    {"email": "+49 30 123", "visits": 2**53, "member": None, "since": None, "more": None},
]


async def table(client: httpx2.AsyncClient, name: str = "guests", **more: Any) -> str:
    answer = await client.post(PATH, json={"name": name, "columns": COLUMNS, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def values(client: httpx2.AsyncClient, table_id: str) -> list[dict[str, Any]]:
    items = (await client.get(f"{PATH}/{table_id}/rows", params={"limit": 200})).json()["items"]
    return [row["values"] for row in reversed(items)]


async def sent(client: httpx2.AsyncClient, table_id: str, content: bytes | str) -> httpx2.Response:
    body = content.encode() if isinstance(content, str) else content
    return await client.post(f"{PATH}/{table_id}/import", files={"file": ("rows.csv", body, "text/csv")})


async def test_what_goes_out_comes_in_as_it_was(api: ApiUnderTest) -> None:
    client = await api.signed_in("editor")
    first, second = await table(client), await table(client, "again")
    for row in ROWS:
        assert (await client.post(f"{PATH}/{first}/rows", json={"values": row})).status_code == 201

    out = await client.get(f"{PATH}/{first}/export")
    back = await sent(client, second, out.content)

    assert out.headers["content-type"].startswith("text/csv")
    assert out.headers["content-disposition"] == "attachment; filename*=UTF-8''guests.csv"
    assert "'=cmd|" in out.text
    assert back.json() == {"added": 4, "changed": 0}
    assert await values(client, second) == await values(client, first) == ROWS
    chosen = {"filter": '{"conditions": [{"left": "visits", "operator": "gt", "right": 2}]}', "q": "ADA"}
    some = await client.get(f"{PATH}/{first}/export", params=chosen)
    assert len(some.text.splitlines()) == 2


async def test_rows_are_told_apart_by_their_key(api: ApiUnderTest) -> None:
    client = await api.signed_in("runner")
    table_id = await table(await api.signed_in("editor"), key=["email"])
    await client.post(f"{PATH}/{table_id}/rows", json={"values": {"email": "a", "visits": 1, "member": True}})

    answer = await sent(client, table_id, "visits;email\r\n2;a\r\n3;b\r\n;b\r\n5;c\r\n")

    assert answer.json() == {"added": 2, "changed": 1}
    assert [(row["email"], row["visits"], row["member"]) for row in await values(client, table_id)] == [
        ("a", 2, True),
        ("b", None, None),
        ("c", 5, None),
    ]
    assert (await client.get(f"{PATH}/{table_id}")).json()["row_count"] == 3
    trail = (await (await api.signed_in("owner")).get("/api/v1/audit")).json()["items"]
    assert next(one["detail"] for one in trail if one["action"] == "table.imported") == {"added": 2, "changed": 1}


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("email,vists\na,1\n", "unknown_column", "has no column “vists”"),
        ("email,visits\na,1\nb,many\n", "wrong_type", "Row 2: “visits” takes a number"),
        ("visits\n1\n", "key_missing", "Row 1: The key column “email”"),
        ('email\n"a\n', "not_csv", "can't be read as CSV"),
        ("email\na\0b\n", "bad_text", "Row 1: "),
        ("email\n", "no_lines", "holds no rows"),
        ("", "no_lines", "holds no rows"),
        ("email\n" + "".join(f"{n}\n" for n in range(exchange.MOST_IMPORTED + 1)), "too_many_lines", "At most 10,000"),
    ],
    ids=str,
)
async def test_a_file_that_does_not_fit_changes_nothing(api: ApiUnderTest, content: str, code: str, said: str) -> None:
    client = await api.signed_in("editor")
    table_id = await table(client, key=["email"])

    refused = problem(await sent(client, table_id, content), 422)

    assert (refused["problems"][0]["code"], said in refused["detail"]) == (code, True), refused
    assert await values(client, table_id) == []


async def test_the_limits_of_a_table_hold(api: ApiUnderTest) -> None:
    client = await api.signed_in("editor")
    table_id = await table(client)
    async with api.db.transaction() as session:
        await session.execute(update(DATA_TABLES).values(row_count=MOST_ROWS - 1))

    problem(await sent(client, table_id, "email\none\ntwo\n"), 409)
    problem(await sent(client, table_id, b"x" * (exchange.LARGEST_FILE + 1)), 413)
    assert await values(client, table_id) == []
    assert (await sent(client, table_id, "email\none\n")).json() == {"added": 1, "changed": 0}
