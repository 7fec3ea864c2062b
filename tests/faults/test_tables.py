"""A worker is killed while its runs write into tables: each write is done once, and none is missing."""

from typing import Any

import pytest

from tests.faults.installation import Installation, eventually
from tests.faults.test_middle import started
from tests.support.flows import MANUAL, graph, node

ITEMS = 160
KEYS = 100
PATH = "/api/v1/tables"


async def table(installation: Installation, name: str, **more: Any) -> str:
    columns = [{"name": "n", "type": "number"}, {"name": "of", "type": "number"}]
    answer = await installation.client.post(PATH, json={"name": name, "columns": columns, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def writes(name: str, operation: str, **row: str) -> dict[str, Any]:
    keep = node("keep", "core.table", table=name, operation=operation, row=row)
    seen = node("seen", "core.set", fields=[{"name": "n", "value": "{{ $('Start').item.json.n }}"}], keep="none")
    return graph(MANUAL, keep, seen)


async def values(installation: Installation, table_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = (await installation.client.get(f"{PATH}/{table_id}/rows", params=query)).json()
        rows += [row["values"] for row in page["items"]]
        if page["next_cursor"] is None:
            return rows
        query["cursor"] = page["next_cursor"]


async def count(installation: Installation, table_id: str) -> int:
    return (await installation.client.get(f"{PATH}/{table_id}")).json()["row_count"]


@pytest.mark.timeout(120)
async def test_rows_are_written_once_though_the_worker_was_killed_between_them(installation: Installation) -> None:
    parts = [installation.start(word) for word in ("api", "scheduler", "worker")]
    await installation.ready(*parts)
    log, stock = await table(installation, "log"), await table(installation, "stock", key=["n"])
    items = [{"n": n} for n in range(ITEMS)]
    inserting = await started(installation, writes("log", "insert", n="{{ $json.n }}", of="{{ $itemIndex }}"), items)
    key = f"{{{{ $json.n % {KEYS} }}}}"
    upserting = await started(installation, writes("stock", "upsert", n=key, of="{{ $json.n }}"), items)

    async def in_the_middle() -> bool:
        return await count(installation, log) > ITEMS / 10 and await count(installation, stock) > KEYS / 10

    await eventually(in_the_middle, "both to have written a part")
    parts[2].kill()
    written = await count(installation, log), await count(installation, stock)
    assert written < (ITEMS, KEYS), "they were over before the worker was killed"
    await installation.ready(installation.start("worker"))
    await installation.run_is(inserting, "succeeded")
    await installation.run_is(upserting, "succeeded")

    assert sorted((row["n"], row["of"]) for row in await values(installation, log)) == [(n, n) for n in range(ITEMS)]
    assert sorted(row["n"] for row in await values(installation, stock)) == list(range(KEYS))
    assert (await count(installation, log), await count(installation, stock)) == (ITEMS, KEYS)
    for run_id in (inserting, upserting):
        run = (await installation.client.get(f"/api/v1/runs/{run_id}")).json()
        assert run["output"] == [{"n": n} for n in range(ITEMS)]
