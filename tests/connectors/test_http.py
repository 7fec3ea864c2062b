"""What `http.request` sends, and what it makes of an answer."""

import gzip
import json
from typing import Any

import httpx2
import pytest

from nodeloom_connectors.http.params import RequestParams
from nodeloom_connectors.http.request import request
from nodeloom_connectors.sdk import Refused, WithFiles
from tests.connectors.http_calls import call, returned_by
from tests.support.actions import KeptFiles
from tests.support.far_side import FarSide, Reply

JSON = {"Content-Type": "application/json"}


async def test_an_answer_in_json_is_status_headers_and_body(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(201, {**JSON, "X-Made": "yes"}, b'{"id": 7}')
    answer = await call(http, method="POST", url=far_side.url("/orders"), body={"name": "Ünal"})
    assert (answer.status, answer.headers["x-made"], answer.body) == (201, "yes", {"id": 7})
    sent = far_side.seen[0]
    assert (sent.method, sent.path, sent.headers["content-type"]) == ("POST", "/orders", "application/json")
    assert json.loads(sent.body) == {"name": "Ünal"}


@pytest.mark.parametrize("query", [{"a": "1 2", "b": ["x", True]}, [{"name": "a", "value": "1 2"}]])
async def test_query_parameters_join_those_of_the_url(
    http: httpx2.AsyncClient, far_side: FarSide, query: object
) -> None:
    await call(http, url=far_side.url("/?kept=%26"), query=query)
    pairs = far_side.seen[0].query
    assert pairs[:2] == [("kept", "&"), ("a", "1 2")]
    assert pairs[2:] in ([], [("b", "x"), ("b", "true")])


async def test_a_header_of_ones_own_replaces_the_default(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    await call(http, url=far_side.url(), headers={"User-Agent": "mine", "X-Snow": "☃"})
    assert far_side.seen[0].headers["user-agent"] == "mine"
    assert far_side.seen[0].headers["x-snow"].encode("latin-1").decode() == "☃"


async def test_a_line_break_in_a_header_is_refused(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    with pytest.raises(Refused, match="line break"):
        await call(http, url=far_side.url(), headers={"X-A": "1\r\nX-B: 2"})
    assert far_side.seen == []


@pytest.mark.parametrize(
    ("params", "sent", "media_type"),
    [
        ({"body": '{"a": 1}'}, b'{"a": 1}', "application/json"),
        ({"body": "plain"}, b'"plain"', "application/json"),
        ({"body_type": "form", "body": {"a": "1&2", "b": 3}}, b"a=1%262&b=3", "application/x-www-form-urlencoded"),
        ({"body_type": "text", "body": "hallo"}, b"hallo", "text/plain; charset=utf-8"),
        ({"body": {"a": 1}, "headers": {"Content-Type": "application/ld+json"}}, b'{"a":1}', "application/ld+json"),
    ],
)
async def test_a_body_goes_out_in_its_type(
    http: httpx2.AsyncClient, far_side: FarSide, params: dict[str, Any], sent: bytes, media_type: str
) -> None:
    await call(http, method="PUT", url=far_side.url(), **params)
    assert (far_side.seen[0].body, far_side.seen[0].headers["content-type"]) == (sent, media_type)


@pytest.mark.parametrize("params", [{}, {"body_type": "none", "body": {"a": 1}}])
async def test_no_body_means_none_is_sent(http: httpx2.AsyncClient, far_side: FarSide, params: dict[str, Any]) -> None:
    await call(http, method="POST", url=far_side.url(), **params)
    assert far_side.seen[0].body == b""
    assert "content-type" not in far_side.seen[0].headers


async def test_a_file_of_the_item_is_streamed(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    files = KeptFiles()
    files.add("report", b"x" * 5000, file_name="r.pdf", media_type="application/pdf")
    await call(http, files=files, method="PUT", url=far_side.url(), body_type="file", body="report")
    assert (len(far_side.seen[0].body), far_side.seen[0].headers["content-type"]) == (5000, "application/pdf")


async def test_a_file_that_the_item_has_not_is_named(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    with pytest.raises(Refused, match="no file 'report'") as refused:
        await call(http, method="PUT", url=far_side.url(), body_type="file", body="report")
    assert refused.value.code == "no_such_file"


async def test_multipart_carries_fields_and_files(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    files = KeptFiles()
    files.add("data", b"\x00\x01", file_name='a"b.bin', media_type="image/png")
    fields = [{"name": "title", "value": "Hi"}, {"name": "upload", "file": "data"}]
    await call(http, files=files, method="POST", url=far_side.url(), body_type="multipart", body=fields)
    sent = far_side.seen[0]
    boundary = sent.headers["content-type"].removeprefix("multipart/form-data; boundary=").encode()
    assert sent.body == (
        b"--" + boundary + b'\r\nContent-Disposition: form-data; name="title"\r\n\r\nHi\r\n'
        b"--" + boundary + b'\r\nContent-Disposition: form-data; name="upload"; filename="a%22b.bin"\r\n'
        b"Content-Type: image/png\r\n\r\n\x00\x01\r\n--" + boundary + b"--\r\n"
    )


@pytest.mark.parametrize(
    ("media_type", "body", "expected"),
    [
        ("application/problem+json", b'{"a": [1]}', {"a": [1]}),
        ("text/plain; charset=iso-8859-1", "Grüße".encode("iso-8859-1"), "Grüße"),
        ("text/html", b"<p>", "<p>"),
        ("application/json", b"", None),
        ("application/json; charset=nonsense", b"[]", []),
    ],
)
async def test_auto_reads_an_answer_by_its_type(
    http: httpx2.AsyncClient, far_side: FarSide, media_type: str, body: bytes, expected: object
) -> None:
    far_side.answer = lambda _: Reply(200, {"Content-Type": media_type}, body)
    assert (await call(http, url=far_side.url())).body == expected


async def test_anything_else_becomes_a_file(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    headers = {"Content-Type": "application/pdf", "Content-Disposition": 'attachment; filename="../../etc/q1.pdf"'}
    far_side.answer = lambda _: Reply(200, headers, b"%PDF" * 1000)
    files = KeptFiles()
    returned = await returned_by(http, files=files, url=far_side.url("/reports/1"))
    assert isinstance(returned, WithFiles)
    file = returned.files["data"]
    assert (file.name, file.media_type, file.size) == ("q1.pdf", "application/pdf", 4000)
    assert files.contents[file.id] == b"%PDF" * 1000
    assert returned.result.body == {"name": "q1.pdf", "media_type": "application/pdf", "size": 4000}


async def test_a_head_request_has_no_body(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(200, {**JSON, "Content-Length": "99"})
    assert (await call(http, method="HEAD", url=far_side.url())).body is None


async def test_compressed_answers_are_read(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(200, {**JSON, "Content-Encoding": "gzip"}, gzip.compress(b'{"a": 1}'))
    assert (await call(http, url=far_side.url())).body == {"a": 1}


@pytest.mark.parametrize("compressed", [False, True])
async def test_an_answer_over_the_limit_is_refused(
    http: httpx2.AsyncClient, far_side: FarSide, *, compressed: bool
) -> None:
    body = b"[" + b" " * 2_000_000 + b"]"
    headers = {**JSON, "Content-Encoding": "gzip"} if compressed else JSON
    far_side.answer = lambda _: Reply(200, headers, gzip.compress(body) if compressed else body)
    with pytest.raises(Refused, match="larger than 1 MB") as refused:
        await call(http, url=far_side.url(), max_response_mb=1)
    assert refused.value.code == "response_too_large"


async def test_an_answer_that_is_not_json_says_so(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(200, JSON, b"<html>Login</html>")
    with pytest.raises(Refused, match="not JSON") as refused:
        await call(http, url=far_side.url())
    assert refused.value.detail == {"status": 200, "body": "<html>Login</html>"}


async def test_an_error_status_can_be_an_ordinary_item(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(404, JSON, b'{"error": "none"}')
    answer = await call(http, url=far_side.url(), fail_on_error_status=False)
    assert (answer.status, answer.body) == (404, {"error": "none"})


@pytest.mark.parametrize("url", ["ftp://a.example/", "example.com/x", "http://", "http://[::1/", "//host/x"])
async def test_what_is_no_address_is_refused(http: httpx2.AsyncClient, url: str) -> None:
    with pytest.raises(Refused) as refused:
        await call(http, url=url)
    assert refused.value.code == "invalid_url"


async def test_a_password_in_the_url_is_refused_unseen(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    with pytest.raises(Refused, match="user name or password") as refused:
        await call(http, url=f"http://me:hunter2@127.0.0.1:{far_side.port}/")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("method", "headers", "effect"),
    [
        ("GET", {}, "read"),
        ("HEAD", {}, "read"),
        ("OPTIONS", {}, "read"),
        ("PUT", {}, "idempotent"),
        ("DELETE", {}, "idempotent"),
        ("POST", {}, "once"),
        ("PATCH", {}, "once"),
        ("post", {"idempotency-key": ""}, "idempotent"),
    ],
)
def test_the_method_tells_the_effect(method: str, headers: dict[str, str], effect: str) -> None:
    params = RequestParams.model_validate({"method": method, "url": "https://a.example", "headers": headers})
    assert request.effect_of(params) == effect


@pytest.mark.parametrize(("given", "sent"), [("", "run_1/node/0"), ("order-7", "order-7")])
async def test_an_empty_idempotency_key_is_filled_in(
    http: httpx2.AsyncClient, far_side: FarSide, given: str, sent: str
) -> None:
    await call(http, method="POST", url=far_side.url(), headers={"Idempotency-Key": given})
    assert far_side.seen[0].headers["idempotency-key"] == sent


async def test_cookies_of_one_call_are_not_sent_with_the_next(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(200, {"Set-Cookie": "session=1; Path=/"})
    await call(http, url=far_side.url())
    await call(http, url=far_side.url())
    assert "cookie" not in far_side.seen[1].headers


async def test_no_cookie_is_kept_in_the_shared_client(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(200, {"Set-Cookie": "session=1; Path=/"})
    await http.get(far_side.url())
    await http.get(far_side.url())
    assert "cookie" not in far_side.seen[1].headers


async def test_the_length_is_computed_never_taken(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    headers = {"Content-Length": "1", "Transfer-Encoding": "chunked"}
    await call(http, method="POST", url=far_side.url(), headers=headers, body={"a": 1})
    assert far_side.seen[0].body == b'{"a":1}'
    assert "transfer-encoding" not in far_side.seen[0].headers
