"""Redirects: where they lead, what goes along, and what stays behind."""

import httpx2
import pytest

from nodeloom_connectors.sdk import Refused
from tests.connectors.http_calls import account, call
from tests.support.far_side import FarSide, Reply, Seen
from tests.support.far_side import far_side as another_far_side


def leading_to(location: str, status: int = 302) -> Reply:
    return Reply(status, {"Location": location})


@pytest.mark.parametrize(
    ("status", "method", "followed_by"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
        (302, "HEAD", "HEAD"),
    ],
)
async def test_only_307_and_308_repeat_the_method_and_the_body(
    http: httpx2.AsyncClient, far_side: FarSide, status: int, method: str, followed_by: str
) -> None:
    far_side.answer = lambda seen: leading_to("/there", status) if seen.path == "/" else Reply(200)
    await call(http, method=method, url=far_side.url(), body={"a": 1})
    assert far_side.seen[1].method == followed_by
    assert (far_side.seen[1].body == b'{"a":1}') == (followed_by == method)


async def test_secrets_stay_with_the_host_they_were_meant_for(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    async with another_far_side() as other:
        far_side.answer = lambda seen: leading_to("/b" if seen.path == "/" else other.url("/c"))
        headers = {"Cookie": "a=b", "X-Api-Key": "s3cret", "Accept": "text/csv", "Accept-Language": "de"}
        await call(http, url=far_side.url(), account=account("bearer", token="t0ken-t0ken"), headers=headers)
        assert [seen.headers.get("authorization") for seen in far_side.seen] == ["Bearer t0ken-t0ken"] * 2
        assert [seen.headers.get("x-api-key") for seen in far_side.seen] == ["s3cret"] * 2
        arrived = other.seen[0].headers
        assert not {"authorization", "cookie", "x-api-key"} & {name.lower() for name in arrived}
        assert (arrived["accept"], arrived["accept-language"]) == ("text/csv", "de")


async def test_a_circle_ends(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: leading_to("/")
    with pytest.raises(Refused, match="More than 5 redirects"):
        await call(http, url=far_side.url())
    assert len(far_side.seen) == 6


async def test_redirects_can_be_left_unfollowed(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: leading_to("/there")
    answer = await call(http, url=far_side.url(), follow_redirects=False)
    assert (answer.status, answer.headers["location"]) == (302, "/there")


async def test_an_address_that_is_not_http_is_not_followed(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: leading_to("file:///etc/passwd")
    with pytest.raises(Refused, match="file address"):
        await call(http, url=far_side.url())


def page(items: str, rest: str = "") -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, f'{{"data": {{"items": {items}}}{rest}}}'.encode())


async def test_pages_by_number_end_with_an_empty_one(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    pages = {"1": "[1, 2]", "2": "[3]", "3": "[]"}
    far_side.answer = lambda seen: page(pages[dict(seen.query)["p"]])
    paging = {"mode": "page", "param": "p", "items_path": "data.items"}
    assert (await call(http, url=far_side.url("/?size=2"), paging=paging)).body == [1, 2, 3]
    assert [seen.query for seen in far_side.seen][-1] == [("size", "2"), ("p", "3")]


async def test_pages_by_cursor_end_without_one(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    def answer(seen: Seen) -> Reply:
        return page("[2]") if dict(seen.query).get("cursor") == "abc" else page("[1]", ', "next_cursor": "abc"')

    far_side.answer = answer
    paging = {"mode": "cursor", "items_path": "data.items"}
    assert (await call(http, url=far_side.url(), paging=paging)).body == [1, 2]


async def test_pages_by_link_header_go_on_at_its_address(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    def answer(seen: Seen) -> Reply:
        link = '</last?page=1>; rel="last", </items?page=2>; rel="next"' if seen.path == "/" else ""
        return Reply(200, {"Content-Type": "application/json", "Link": link}, b"[1]")

    far_side.answer = answer
    assert (await call(http, url=far_side.url(), paging={"mode": "next_url"})).body == [1, 1]
    assert [seen.target for seen in far_side.seen] == ["/", "/items?page=2"]


async def test_paging_stops_at_its_limit(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: page("[1]")
    paging = {"mode": "page", "items_path": "data.items", "max_pages": 3}
    assert (await call(http, url=far_side.url(), paging=paging)).body == [1, 1, 1]


async def test_a_page_without_its_list_is_refused(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: page("[1]")
    with pytest.raises(Refused, match=r"no list at 'items'"):
        await call(http, url=far_side.url(), paging={"mode": "page", "items_path": "items"})
