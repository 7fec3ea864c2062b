"""Files: stored once, read by their owners alone, whole or in part."""

from typing import Any

import pytest

from tests.integration.runs.conftest import Running
from tests.support.far_side import FarSide, Reply
from tests.support.flows import MANUAL, graph, node

CONTENT = bytes(range(256)) * 1_000


async def stored(running: Running, name: str = "bytes.bin") -> dict[str, Any]:
    answer = await running.client.post("/api/v1/artifacts", files={"file": (name, CONTENT, "application/x-bytes")})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_file_comes_back_as_it_was_and_always_as_a_download(running: Running) -> None:
    artifact = await stored(running, "<b>naïve</b>.html")

    answer = await running.client.get(f"/api/v1/artifacts/{artifact['id']}")

    assert answer.content == CONTENT
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert (artifact["size"], artifact["media_type"]) == (len(CONTENT), "application/x-bytes")


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=255990-", 206, 255_990, 256_000),
        ("bytes=-10", 206, 255_990, 256_000),
        ("bytes=10-999999999", 206, 10, 256_000),
        ("bytes=0-1,5-6", 200, 0, 256_000),
        ("lines=1-2", 200, 0, 256_000),
    ],
)
async def test_a_range_gives_just_those_bytes(running: Running, asked: str, status: int, start: int, end: int) -> None:
    artifact = await stored(running)

    answer = await running.client.get(f"/api/v1/artifacts/{artifact['id']}", headers={"Range": asked})

    assert (answer.status_code, answer.content) == (status, CONTENT[start:end])


async def test_a_range_beyond_the_end_is_refused(running: Running) -> None:
    artifact = await stored(running)

    answer = await running.client.get(f"/api/v1/artifacts/{artifact['id']}", headers={"Range": "bytes=256000-"})

    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */256000")


async def test_the_same_bytes_are_kept_once_and_belong_to_each_workspace_by_itself(running: Running) -> None:
    artifact = await stored(running)
    elsewhere = await running.api.with_key("owner", await running.api.add_workspace())

    again = await stored(running)
    theirs = await elsewhere.get(f"/api/v1/artifacts/{artifact['id']}")

    assert (again["sha256"], again["id"] != artifact["id"]) == (artifact["sha256"], True)
    assert theirs.status_code == 404


async def test_a_file_that_a_call_fetched_goes_along_with_the_item(running: Running, service: FarSide) -> None:
    service.answer = lambda _: Reply(200, {"content-type": "image/png"}, CONTENT)
    fetch = node("fetch", "http.request", method="GET", url=service.url("/cat.png"), response="file")

    run = await running.start(graph(MANUAL, fetch, node("end", "core.noop")))

    items = (await running.client.get(f"/api/v1/runs/{run['id']}/nodes/end/output")).json()["items"]
    (file,) = items[0]["files"].values()
    assert (await running.client.get(f"/api/v1/artifacts/{file['id']}")).content == CONTENT
    assert (file["media_type"], file["size"]) == ("image/png", len(CONTENT))


@pytest.mark.parametrize("media_type", ["text/html\nSet-Cookie: a=b", "text/€"])
async def test_a_type_that_no_header_can_say_is_not_kept(running: Running, media_type: str) -> None:
    form = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: {media_type}\r\n\r\nx\r\n'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    stored = await running.client.post("/api/v1/artifacts", content=f"{form}--b--\r\n".encode(), headers=kind)
    assert stored.json()["media_type"] == "application/octet-stream"


async def test_a_file_that_is_not_the_workspaces_own_is_refused(running: Running, service: FarSide) -> None:
    foreign = {"id": "art_of_somebody_else", "name": "a", "media_type": "text/plain", "size": 1}
    start = {**MANUAL, "pinned": {"out": [{"json": {}, "files": {"data": foreign}}]}}
    send = node("send", "http.request", method="POST", url=service.url(), body_type="file")
    run = await running.start(graph(start, send))
    assert (run["status"], run["error"]["code"]) == ("failed", "no_such_file")
