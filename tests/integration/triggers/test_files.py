"""A file comes in, is read, is written anew, and goes out."""

import io
from typing import Any

import openpyxl
import pytest

from nodeloom.features.runs.worker import RunWorker
from tests.integration.triggers.conftest import Hooked
from tests.support.flows import graph, hook, node, published
from tests.unit.nodes.files.archives import archive

pytestmark = pytest.mark.usefixtures("worker")

CSV = "\ufeffName;Preis\r\nKäse;1,50\r\nBrot;2,20\r\n".encode()


def through(**last: Any) -> list[dict[str, Any]]:
    return [
        hook("files", respond="last_node"),
        node("rows", "core.extract_file"),
        node("end", "core.convert_file", **last),
    ]


async def test_a_csv_that_is_uploaded_comes_back_as_a_workbook(hooked: Hooked, worker: RunWorker) -> None:
    await published(hooked.owner, graph(*through(format="xlsx", name="prices.xlsx")))

    answer = await hooked.call("files", files={"list": ("prices.csv", CSV, "text/csv")})

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    book: Any = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [list(row) for row in book.active.values] == [["Name", "Preis"], ["Käse", "1,50"], ["Brot", "2,20"]]


async def test_rows_remember_the_request_they_came_in_with(hooked: Hooked, worker: RunWorker) -> None:
    greeting = [{"name": "who", "value": "{{ $('Hook').item.json.body.who }}: {{ $json.Name }}"}]
    flow = graph(
        hook("files", respond="last_node"), node("rows", "core.extract_file"), node("end", "core.set", fields=greeting)
    )
    await published(hooked.owner, flow)

    answer = await hooked.call("files", files={"list": ("prices.csv", CSV, "text/csv")}, data={"who": "Ada"})

    assert [item["who"] for item in answer.json()] == ["Ada: Käse", "Ada: Brot"]


async def test_an_archive_is_unpacked_and_each_file_is_read(hooked: Hooked, worker: RunWorker) -> None:
    flow = graph(
        hook("files", respond="last_node"), node("unpack", "core.extract_file"), node("end", "core.extract_file")
    )
    await published(hooked.owner, flow)
    packed = archive(**{"a.csv": b"n\n1\n", "b.json": b'[{"n": 2}, {"n": 3}]'})

    answer = await hooked.call("files", files={"all": ("all.zip", packed, "application/zip")})

    assert answer.json() == [{"n": "1"}, {"n": 2}, {"n": 3}]


async def test_what_cant_be_read_fails_with_the_files_name_and_place(hooked: Hooked, worker: RunWorker) -> None:
    await published(hooked.owner, graph(*through(format="csv")))

    answer = await hooked.call("files", files={"list": ("prices.csv", b'a,b\n"open,1\n', "text/csv")})

    assert answer.status_code == 500
    (run,) = await hooked.runs()
    error = (await hooked.run(run["id"]))["error"]
    assert (error["code"], error["message"][:18]) == ("not_csv", "prices.csv: Line 2")
    assert error["hint"]


async def test_a_file_too_many_for_the_limit_is_refused(hooked: Hooked, worker: RunWorker) -> None:
    flow = graph(
        hook("files", respond="last_node"),
        node(
            "make",
            "core.code",
            source="return [{text: 'x'.repeat(1000000)}].concat(Array(19).fill({text: 'y'.repeat(1000000)}))",
        ),
        node("end", "core.convert_file", format="json"),
    )
    await published(hooked.owner, flow)

    answer = await hooked.call("files", {})

    assert answer.status_code == 500
    (run,) = await hooked.runs()
    assert (await hooked.run(run["id"]))["error"]["code"] == "too_large"
